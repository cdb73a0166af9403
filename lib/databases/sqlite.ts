/**
 * SQLite: a copy of the file is made in the directory of the run, and read from there. It is the only
 * dump that needs space: a file that its program writes to can't be read as it is, and `VACUUM INTO`
 * attaches a database, which the permission set of the program does not allow.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import type { DatabaseEntry } from "../config/database_entry.ts";
import { AppError } from "../errors.ts";
import { spaceAt } from "../files/free_space.ts";
import { makeScratchDirectory } from "../files/scratch_directory.ts";
import { humanSize } from "../text/units.ts";
import type { DumpEnd, DumpSource, RunningDump } from "./dump_source.ts";
import worker from "./sqlite_copy.js" with { type: "text" };

/** What is left free beside a copy, in bytes: journal and history are written meanwhile. */
const RESERVE = 100 * 1_048_576;

/** What is dumped of a file of SQLite. */
export function sqliteDump({ label }: DatabaseEntry, path: string): DumpSource {
  return {
    name: { label, database: path },
    fileName: basename(path),
    async open({ signal, scratch }) {
      await using stack = new AsyncDisposableStack();
      const what = `the database "${path}" of "${label}"`;
      const directory = makeScratchDirectory(scratch, "autoborg-sqlite-");
      stack.defer(() => Deno.remove(directory, { recursive: true }));
      const copy = join(directory, "copy");
      await makeCopy({ what, path, copy, signal });
      const file = await Deno.open(copy);
      const { size } = await file.stat();
      return streamCopy(what, file, size, stack.move());
    },
  };
}

/** @throws {AppError} when a copy has no room */
async function requireSpace(what: string, needed: number, scratch: string): Promise<void> {
  const space = await spaceAt(scratch);
  if (space === undefined || space.free >= needed + RESERVE) return;
  throw new AppError(
    `Cannot dump ${what}: its copy needs ${humanSize(needed)} in "${scratch}", where ` +
      `${humanSize(space.free)} are free, ${humanSize(RESERVE)} of which must stay free`,
    { hint: "Make room there, or set paths.state_dir to a directory with more" },
  );
}

/** What is copied, and what ends it. */
interface Copying {
  readonly what: string;
  readonly path: string;
  readonly copy: string;
  readonly signal: AbortSignal;
}

/** Copies and proves a database. @throws {AppError} when that fails */
async function makeCopy({ what, path, copy, signal }: Copying): Promise<void> {
  using thread = new CopyThread(signal);
  const { size } = await thread.ask<{ readonly size: number }>(what, { from: path });
  await requireSpace(what, size, dirname(dirname(copy)));
  const { found } = await thread.ask<{ readonly found: readonly string[] }>(what, { to: copy });
  if (found[0] === "ok") return;
  throw new AppError(`Cannot dump ${what}: it is damaged: ${found.join("; ")}`, {
    hint: `Look at it: sqlite3 "${path}" "PRAGMA integrity_check"`,
  });
}

/** The worker that copies; see its text. */
class CopyThread implements Disposable {
  // A compiled program finds no module by the URL of a blob.
  readonly #worker = new Worker(
    `data:application/javascript,${encodeURIComponent(worker)}`,
    { type: "module" },
  );
  readonly #stop: AbortSignal;

  /** @param stop ends it when it aborts */
  constructor(stop: AbortSignal) {
    this.#stop = stop;
  }

  /**
   * Tells it something, and waits for the answer.
   *
   * @throws {AppError} when it fails, or the reason of the signal
   */
  async ask<Answer extends object>(
    what: string,
    message: { readonly from: string } | { readonly to: string },
  ): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer | { failed: string }>();
    const onAbort = () => reject(this.#stop.reason);
    this.#stop.throwIfAborted();
    this.#stop.addEventListener("abort", onAbort, { once: true });
    try {
      this.#worker.onmessage = ({ data }) => resolve(data);
      this.#worker.onerror = (event) => {
        event.preventDefault();
        resolve({ failed: event.message });
      };
      this.#worker.postMessage(message);
      const answer = await promise;
      if ("failed" in answer) throw cannotDump(what, answer.failed);
      return answer;
    } finally {
      this.#stop.removeEventListener("abort", onAbort);
    }
  }

  /** Ends it, whatever it is at. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

/** What SQLite says, and what to do about it. */
const HINTS: readonly (readonly [words: RegExp, hint: string])[] = [
  [/unable to open/, "Check the path, and whether its directory can be written to"],
  [/not a database/, "Check the path: the file is not an SQLite database, or it is encrypted"],
  [/locked|busy/, "Check which program holds the database locked for so long"],
  [/readonly|read-only/, "Start the program of the database once: it crashed and must repair it"],
];

function cannotDump(what: string, reason: string): AppError {
  const hint = HINTS.find(([words]) => words.test(reason))?.[1];
  return new AppError(`Cannot dump ${what}: ${reason}`, hint === undefined ? {} : { hint });
}

function streamCopy(
  what: string,
  file: Deno.FsFile,
  size: number,
  stack: AsyncDisposableStack,
): RunningDump {
  const end = Promise.withResolvers<DumpEnd>();
  let read = 0;
  const finish = () => {
    const message = `Cannot dump ${what}: its copy was read to ${read} of ${size} bytes`;
    end.resolve(read === size ? { kind: "whole", warnings: [] } : { kind: "failed", message });
  };
  const bytes = file.readable.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        read += piece.length;
        controller.enqueue(piece);
      },
      flush: finish,
      cancel: finish,
    }),
  );
  return {
    bytes,
    end: end.promise,
    async [Symbol.asyncDispose]() {
      if (!bytes.locked) await bytes.cancel();
      await stack.disposeAsync();
    },
  };
}
