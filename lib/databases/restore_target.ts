/** What a dump is restored into: a database of a server, or a file. @module */
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
   * @throws {AppError} when it can't be told, or when it could not be replaced
   */
  existing(): Promise<ExistingContent | undefined>;
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
