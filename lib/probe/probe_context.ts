/** What probes work with, and how those that hang are kept from holding up the others. @module */
import { IN_UTC } from "../borg/archives.ts";
import type { InheritedEnvironment } from "../borg/environment.ts";
import type { BorgLevel } from "../borg/log_line.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { type BorgResult, runBorg } from "../borg/run_borg.ts";
import type { Config } from "../config/config_schema.ts";
import type { StartProgram, StopSequence } from "../process/program.ts";
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
  readonly inherited: InheritedEnvironment;
  readonly start: StartProgram;
  readonly hostname: string;
  readonly now: Date;
  /** Keeps secrets out of every finding. */
  readonly mask: Masker;
  /** Stops everything when it aborts. */
  readonly signal: AbortSignal;
  readonly limits: ProbeLimits;
}

/** How long things may take to answer, in milliseconds. */
interface ProbeLimits {
  readonly repository: number;
  /** For one command of ZFS or of mounting, or one version of a program. */
  readonly command: number;
  /** For the search of the sources; ten seconds when left out. */
  readonly search?: number;
  /** For the mail server; as in a run when left out. */
  readonly smtp?: SmtpLimits;
}

/** The limits of `check-config --probe`. */
export const PROBE_LIMITS: ProbeLimits = { repository: 60_000, command: 30_000 };

/** For a Borg that writes nothing: it need not be waited for as long as one that does. */
export const STOP_READER: StopSequence = [
  { signal: "SIGINT", timeout: 2_000 },
  { signal: "SIGTERM", timeout: 2_000 },
  { signal: "SIGKILL", timeout: 1_000 },
];

/**
 * Runs something that a signal stops, and stops it as well after a time in milliseconds. It must end
 * when its own signal aborts.
 */
export async function withTimeLimit<T>(
  signal: AbortSignal,
  limit: number,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T | "timed-out"> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limit);
  try {
    const result = await work(AbortSignal.any([signal, late.signal]));
    return late.signal.aborted && !signal.aborted ? "timed-out" : result;
  } catch (error) {
    if (late.signal.aborted && !signal.aborted) return "timed-out";
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks Borg about a repository.
 *
 * @param onMessage hears what Borg says, and how grave it is
 * @throws {AppError} when Borg can't be started
 */
export async function askBorg(
  { inherited, start, signal, limits }: ProbeContext,
  repository: BorgRepository,
  args: readonly string[],
  onMessage: (text: string, level: BorgLevel) => void = () => {},
): Promise<BorgResult | "timed-out"> {
  return await withTimeLimit(signal, limits.repository, (limited) =>
    runBorg({
      repository,
      args,
      inherited,
      start,
      signal: limited,
      stop: STOP_READER,
      variables: IN_UTC,
      onLine: (line) => {
        if (line.kind === "message") onMessage(line.text, line.level);
      },
    }));
}
