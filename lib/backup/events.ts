/** What happens in a run, as it happens. Reporters hear these and nothing else. @module */
import type { ProgramEvent } from "../process/reported_program.ts";
import type { Problem, RepositoryOutcome, RunOutcome, Step, StepOutcome } from "./outcome.ts";

/** How important a line is. */
export type Level = "debug" | "info" | "warning" | "error";

/** Where something happens: in the run itself without `repository`. */
export interface Scope {
  readonly repository?: string;
  readonly step?: Step | "init" | "snapshot" | "recover" | "services" | "hook";
}

/** How far a step is. */
export type Progress =
  | {
    readonly kind: "create";
    readonly files: number;
    /** Bytes read so far. */
    readonly originalSize: number;
    /** Bytes that were new to the repository so far. */
    readonly newSize: number;
    readonly path: string;
  }
  | {
    readonly kind: "percent";
    /** 0 to 100. */
    readonly percent: number;
    readonly message: string;
  }
  | {
    readonly kind: "entries";
    /** How many entries of an archive were listed so far. */
    readonly entries: number;
    /** About how many there are. */
    readonly expected?: number;
    readonly message: string;
  }
  | {
    readonly kind: "bytes";
    /** How many bytes went through so far, of a dump or its restore. */
    readonly bytes: number;
    /** About how many there are. */
    readonly expected?: number;
    readonly message: string;
  };

/** One thing that happened. */
export type RunEvent =
  | {
    readonly type: "run-started";
    readonly at: Date;
    readonly name: string;
    readonly runId: string;
    readonly hostname: string;
    readonly version: string;
    readonly repositories: readonly string[];
    readonly sources: readonly string[];
  }
  | { readonly type: "note"; readonly scope: Scope; readonly level: Level; readonly text: string }
  /** `expected`: it failed because an optional repository is absent, which is no problem. */
  | (ProgramEvent<Scope> & { readonly expected?: true })
  | { readonly type: "output"; readonly scope: Scope; readonly level: Level; readonly text: string }
  | { readonly type: "progress"; readonly repository: string; readonly progress: Progress }
  | {
    readonly type: "step-started";
    readonly repository: string;
    readonly step: Step;
    /** Bytes that `create` will read, judging by the last good archive. */
    readonly expectedSize?: number;
  }
  | {
    /** A step has failed in a way that may pass, and is tried again after a wait. */
    readonly type: "retry-waiting";
    readonly repository: string;
    readonly step: Step;
    /** Which attempt comes next: 2 or more. */
    readonly attempt: number;
    /** Milliseconds. */
    readonly wait: number;
    /** Why the attempt before failed. */
    readonly reason: string;
  }
  | {
    /** The wait is over, and the step is tried again. */
    readonly type: "retry-started";
    readonly repository: string;
    readonly step: Step;
    readonly attempt: number;
  }
  | { readonly type: "step-finished"; readonly repository: string; readonly outcome: StepOutcome }
  | { readonly type: "repository-finished"; readonly outcome: RepositoryOutcome }
  | {
    /**
     * The outcome is written down. It comes again when a report that could not be sent, or a record
     * that could not be written, has changed the outcome.
     */
    readonly type: "outcome-recorded";
    readonly outcome: RunOutcome;
    /** Problems that were not in the outcome that was written down before. */
    readonly added: readonly Problem[];
  }
  /** Everybody has been told; nothing comes behind it. */
  | { readonly type: "run-finished"; readonly outcome: RunOutcome };

/** Takes an event; must neither throw nor wait. */
export type Emit = (event: RunEvent) => void;
