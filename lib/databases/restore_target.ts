/** What a dump is restored into: a database of a server, or a file. @module */
import { AppError } from "../errors.ts";
import { counted } from "../text/units.ts";
import type { DumpHead } from "./dump_head.ts";

/** What is at the place already. */
export interface ExistingContent {
  readonly tables?: number;
  /** As the server estimates it, and hence roughly. */
  readonly rows?: number;
  readonly bytes?: number;
}

/** A dump on its way. */
export interface ArrivingDump {
  readonly head: DumpHead;
  /** Throws when it does not come to its end: nothing may pass for restored then. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Where a dump is restored to. */
export interface RestoreTarget {
  /** How it is called in messages, such as `the database "shop"`. */
  readonly shown: string;
  /**
   * What is there already.
   *
   * @returns `undefined`: nothing
   * @throws {AppError} when it can't be told, or when something would be in the way
   */
  existing(): Promise<ExistingContent | undefined>;
  /**
   * Makes sure that no program uses what is there and is to be replaced.
   *
   * @throws {AppError} when one does
   */
  requireUnused(): Promise<void>;
  /**
   * Makes sure that a dump can be restored there; changes nothing.
   *
   * @throws {AppError} when it can't
   */
  check(head: DumpHead): Promise<void>;
  /**
   * Restores a dump. When that fails, what was made for it is removed again, and what stays is named in
   * the error.
   *
   * @param replaces whether what {@linkcode existing} found may be replaced; else it must be nothing
   * @returns what a person should know, each a sentence
   * @throws {AppError} when it failed
   */
  take(dump: ArrivingDump, replaces: boolean): Promise<readonly string[]>;
}

/**
 * Says that programs are connected to a database that is to be replaced.
 *
 * @param shown how the database is called
 */
export function inUse(shown: string, sessions: number): AppError {
  const are = counted(sessions, "program is", "programs are");
  return new AppError(`Cannot overwrite ${shown}: ${are} connected to it`, {
    hint: "Stop the services that use it, or restore under another name with --into",
  });
}
