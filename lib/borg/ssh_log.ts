/**
 * ssh's own words in a file. Borg reads them from ssh's standard error, and may notice that ssh has
 * ended before it has read why; a file loses nothing.
 *
 * @module
 */
import { join } from "node:path";
import { makeScratchDirectory } from "../files/scratch_directory.ts";

/** What ssh writes down at its first level of debugging, and what is no reason. */
const TALK =
  /^(?:debug\d: |OpenSSH_|Authenticated to |Transferred: |Bytes per second: |Authenticated using |\s*$)/;
const EXIT_STATUS = /^debug1: Exit status (\d+)$/;

/** What ssh has written down. */
interface SshWords {
  /** What may tell why a connection failed. */
  readonly lines: readonly string[];
  /** How the command on the server ended; `undefined`: ssh did not come that far. */
  readonly exitStatus: number | undefined;
}

/** The log of one connection; it is removed at the end. */
export class SshLog implements Disposable {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  get #path(): string {
    return join(this.#directory, "log");
  }

  /**
   * Begins a log; `undefined`: there is no place for one.
   *
   * @param parent where; `undefined` for the directory for temporary files
   */
  static open(parent: string | undefined): SshLog | undefined {
    try {
      return new SshLog(makeScratchDirectory(parent, "autoborg-ssh-"));
    } catch {
      return undefined;
    }
  }

  /** The options with which ssh writes it. They come first: ssh takes the first LogLevel. */
  get options(): readonly string[] {
    return ["-v", "-E", this.#path];
  }

  /** Reads what was written. */
  read(): SshWords {
    const all = readLinesOf(this.#path);
    const status = all.findLast((line) => EXIT_STATUS.test(line)) ?? "";
    const [, exitStatus] = EXIT_STATUS.exec(status) ?? [];
    return {
      lines: all.filter((line) => !TALK.test(line)),
      exitStatus: exitStatus === undefined ? undefined : Number(exitStatus),
    };
  }

  /** Removes it. */
  [Symbol.dispose](): void {
    try {
      Deno.removeSync(this.#directory, { recursive: true });
    } catch {
      // It is gone already.
    }
  }
}

/** Says whether a line is one of those that ssh writes only because of its log, as a jump host does. */
export function isSshTalk(line: string): boolean {
  return /^Remote:\s*debug\d: /.test(line);
}

function readLinesOf(path: string): readonly string[] {
  try {
    return Deno.readTextFileSync(path).split("\n").map((line) => line.trimEnd());
  } catch {
    return [];
  }
}
