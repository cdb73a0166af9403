/**
 * What a fault is: how it comes about, what must become of the run, and what in the program makes
 * sure of it. The tables in `kinds/` are made of these.
 *
 * @module
 */
import type { Scene } from "./scene.ts";
import type { Running } from "../e2e/program.ts";

/** A trace that a run leaves; the exit code is the fifth. */
export type Trace = "history" | "log" | "report" | "metrics";

/** What must become of the run with the fault in it. */
export interface Expected {
  /** What all traces say. */
  readonly state: "ok" | "warning" | "failed";
  readonly code: number;
  /** What the report says, when that can't be the same: it was sent before. */
  readonly reported?: "ok" | "warning" | "failed";
  /** What must stand in the report, whether it was sent or waits. */
  readonly says?: readonly RegExp[];
  /** What must stand in the log. */
  readonly logs?: readonly RegExp[];
  /** What must stand on the terminal. */
  readonly tells?: readonly RegExp[];
  /** What must stand in none of the traces: a stack, a secret, what is not so. */
  readonly never?: readonly RegExp[];
  /** Traces that can't be written; all others must say so. */
  readonly unwritten?: readonly Trace[];
  /** What names those that can't be written; needed when there are any. */
  readonly named?: RegExp;
  /**
   * What there is no run of: `refused` before it began, of which a report and the exit code tell;
   * `dead` without a word, of which the next run tells.
   */
  readonly without?: "refused" | "dead";
  /** The exit code of the next run, which is without the fault; 0 when left out. */
  readonly next?: number;
  /** What must stand in the report of the next run. */
  readonly nextSays?: readonly RegExp[];
}

/** Where in the program the fault is met: with this piece of code gone the test must fail. */
export interface Guard {
  /** The file, from the root of the tree. */
  readonly file: string;
  /** The text that must be there once. */
  readonly find: string;
  /** What it is replaced by. */
  readonly replace: string;
}

/** One fault. */
export interface Fault {
  /** The name of its test. */
  readonly name: string;
  /** With the real Borg; else with one that does nothing and is quick. */
  readonly borg?: "real";
  /** Why it can't be put in here, if so: it needs root, for example. */
  readonly impossible?: () => string | undefined;
  /** Tables of the configuration besides those that every fault has. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Makes ready what the fault needs. */
  readonly prepare?: (scene: Scene) => void | Promise<void>;
  /** Puts the fault in; called in the process of the program before it begins. */
  readonly inject?: () => void;
  /** Starts the program, when that is not `scene.start()`. */
  readonly start?: (scene: Scene) => Running;
  /** Does something to the program that is at work. */
  readonly during?: (scene: Scene, running: Running) => Promise<void>;
  /** Says how it ended, when what was started is another program around it. */
  readonly exitCode?: (scene: Scene) => number | Promise<number>;
  /** Takes the fault away, before the next run. */
  readonly repair?: (scene: Scene) => void | Promise<void>;
  /** Looks at more than the invariants; called before `repair`. */
  readonly more?: (scene: Scene) => void | Promise<void>;
  readonly expected: Expected;
  /** Several, where they do the same: they are taken out together. */
  readonly guard: Guard | readonly Guard[];
}
