/** A dump that a program writes on its standard output. @module */
import { hintOf, reasonOf } from "../errors.ts";
import { describeEnd } from "../process/reported_program.ts";
import type { StreamEnd, StreamRequest } from "../process/streamed_program.ts";
import type { Masker } from "../text/secret.ts";
import type { DumpContext, DumpEnd, DumpWarning, RunningDump } from "./dump_source.ts";
import { type EndMark, reasonIn, StreamTail, warningIn } from "./dump_text.ts";

/** What is started, and how it is told whether the dump is whole. */
interface ProgramDump {
  readonly request: Omit<StreamRequest, "signal" | "timeLimit">;
  /** What is dumped, such as `the database "app"`. */
  readonly what: string;
  /** Absent: such dumps have no mark. */
  readonly mark?: EndMark;
  /** Hides what must not be read. */
  readonly mask: Masker;
  /** What to do, by the words of the program. */
  readonly hintFor: (reason: string) => string | undefined;
  /** What a person should know of a dump that is whole. */
  readonly warnings?: readonly DumpWarning[];
  /** Is disposed of when the program has ended. */
  readonly access: AsyncDisposable;
}

/**
 * Starts a program that writes a dump.
 *
 * @throws {AppError} when it can't be started
 */
export async function openProgramDump(
  dump: ProgramDump,
  { startStream, signal }: Pick<DumpContext, "startStream" | "signal">,
): Promise<RunningDump> {
  await using stack = new AsyncDisposableStack();
  stack.use(dump.access);
  const program = stack.use(startStream({ ...dump.request, signal }));
  const tail = new StreamTail();
  const ended = Promise.withResolvers<boolean>();
  const bytes = program.stdout.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        tail.push(piece);
        controller.enqueue(piece);
      },
      flush: () => ended.resolve(true),
      cancel: () => ended.resolve(false),
    }),
  );
  const running = stack.move();
  const end = judge(dump, program.ended, ended.promise, tail);
  return {
    bytes,
    end,
    async [Symbol.asyncDispose]() {
      if (!bytes.locked) await bytes.cancel();
      await running.disposeAsync();
    },
  };
}

async function judge(
  dump: ProgramDump,
  program: Promise<StreamEnd>,
  isRead: Promise<boolean>,
  tail: StreamTail,
): Promise<DumpEnd> {
  try {
    const wasRead = await isRead;
    const { end, stderr } = await program;
    const { mark, mask, what, request } = dump;
    const lines = stderr.lines.map(mask);
    const failed = (state: string, reason = ""): DumpEnd => {
      const message = `Cannot dump ${what}: ${request.program} ${state}`;
      const hint = dump.hintFor(reason);
      return {
        kind: "failed",
        message: reason === "" ? message : `${message}: ${reason}`,
        ...(hint === undefined ? {} : { hint }),
      };
    };
    if (end.kind !== "exited" || end.code !== 0) {
      const told = describeEnd(end);
      // What a program says that we have stopped is not why it ended.
      if (end.kind === "exited") return failed(`ended with ${told}`, reasonIn(lines));
      return failed(end.kind === "killed" ? `was ${told}` : told);
    }
    if (!wasRead) return failed("was stopped before it ended");
    if (mark !== undefined && !mark.pattern.test(tail.text)) {
      return failed(`ended with exit code 0, but without "${mark.text}": the dump is cut off`);
    }
    if (tail.size === 0) return failed("ended with exit code 0, but wrote nothing");
    const said = warningIn(lines);
    const warnings = [...dump.warnings ?? [], ...said === undefined ? [] : [{ message: said }]];
    return { kind: "whole", warnings };
  } catch (error) {
    const message = `Cannot dump ${dump.what}: ${dump.mask(reasonOf(error))}`;
    return { kind: "failed", message, ...hintOf(error) };
  }
}
