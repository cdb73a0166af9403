/** What a database is to those who dump it: something that can be started and is a stream. @module */
import type { HookPlace } from "../files/hook_file.ts";
import type { StartProgram } from "../process/program.ts";
import type { StartStream } from "../process/streamed_program.ts";
import type { DatabaseName } from "../text/database_series.ts";

/** What a dump needs of the world around it. */
export interface DumpContext {
  /** Starts programs whose output is the dump. */
  readonly startStream: StartStream;
  /** Starts programs that are asked something. */
  readonly start: StartProgram;
  /** Ends everything when it aborts. */
  readonly signal: AbortSignal;
  /** `PATH`, where the programs are looked for. */
  readonly path: string | undefined;
  /**
   * A directory of this run, below `paths.state_dir`, that only root can enter; whoever writes into it
   * removes that again.
   */
  readonly scratch: string;
  /** Where the hook of `kind = "command"` is; elsewhere than in /etc only in tests. */
  readonly hooks?: HookPlace;
}

/** What a person should know of a dump that is whole. */
export interface DumpWarning {
  /** The end of a sentence that begins with the database. */
  readonly message: string;
  readonly hint?: string;
}

/** What became of a dump when its last byte was read. */
export type DumpEnd =
  | {
    /** The program ended well, and the dump's own end mark was seen. */
    readonly kind: "whole";
    /** What a person should know all the same. */
    readonly warnings: readonly DumpWarning[];
  }
  /** The message names the database. */
  | { readonly kind: "failed"; readonly message: string; readonly hint?: string };

/** A dump that is being made; disposing of it ends its program. */
export interface RunningDump extends AsyncDisposable {
  /** Its bytes, made no faster than they are read. */
  readonly bytes: ReadableStream<Uint8Array>;
  /** Whether it is whole; resolves only when `bytes` has ended or was cancelled. Never rejects. */
  readonly end: Promise<DumpEnd>;
}

/** One database to be dumped. */
export interface DumpSource {
  readonly name: DatabaseName;
  /** Under which name the archive holds the dump; no slash. */
  readonly fileName: string;
  /**
   * Starts the dump.
   *
   * @throws {AppError} when it can't be started; the message names the database
   */
  open(context: DumpContext): Promise<RunningDump>;
}

/** A database, or a whole table of the configuration, that can't be dumped. */
export interface ListProblem {
  /** Unset: it is about all databases of the table. */
  readonly database?: string;
  readonly message: string;
  readonly hint?: string;
}

/** What a table of the configuration dumps. */
export interface DatabaseList {
  readonly sources: readonly DumpSource[];
  readonly problems: readonly ListProblem[];
  /** Where the databases are on this machine, absolute paths; empty when that is not known. */
  readonly files: readonly string[];
}
