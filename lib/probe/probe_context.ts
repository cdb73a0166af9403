/**
 * What probes work with.
 *
 * @module
 */
import type { InheritedEnvironment } from "../borg/environment.ts";
import type { Config } from "../config/config_schema.ts";
import type { StartProgram } from "../process/program.ts";
import type { SmtpLimits } from "../report/mail/smtp.ts";
import type { Masker } from "../text/secret.ts";

/** What probes work with. */
export interface ProbeContext {
  readonly config: Config;
  /** The file, absolute. */
  readonly path: string;
  /** What a person should change in it. */
  readonly warnings: readonly string[];
  /** Our own environment, as far as Borg may see it. */
  readonly outer: InheritedEnvironment;
  /** Starts programs. */
  readonly start: StartProgram;
  readonly hostname: string;
  readonly now: Date;
  /** Keeps secrets out of every finding. */
  readonly mask: Masker;
  /** Stops everything when it aborts. */
  readonly signal: AbortSignal;
  /** How long each thing may take to answer. */
  readonly limits: ProbeLimits;
}

/** How long things may take to answer. */
export interface ProbeLimits {
  /** For one repository, in milliseconds. */
  readonly repository: number;
  /** For one command of ZFS or of mounting, or one look at a program, in milliseconds. */
  readonly command: number;
  /** For the mail server; as in a run when left out. */
  readonly smtp?: SmtpLimits;
}
