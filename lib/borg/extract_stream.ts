/** Reads the content of an archive as a stream: no file is written, and nothing is kept. @module */
import type { StartStream } from "../process/streamed_program.ts";
import { STOP_POLITELY } from "../process/program.ts";
import { BorgListener } from "./borg_listener.ts";
import type { Answer } from "./borg_queries.ts";
import type { InheritedEnvironment } from "./environment.ts";
import { extractToOutputArguments } from "./extract.ts";
import type { BorgRepository } from "./repository.ts";
import { type BorgEnd, judgeEnd, processEnvironment, STOP_BORG, withOpenWord } from "./run_borg.ts";
import { BORG_LIMITS, StartupDeadline } from "./startup_deadline.ts";

/** What is needed to start a Borg whose output is data. */
export interface StreamAccess {
  /** Our own environment, as far as Borg may see it. */
  readonly inherited: InheritedEnvironment;
  readonly startStream: StartStream;
  /** Stops Borg when it aborts. */
  readonly signal: AbortSignal;
}

/** The content of an archive on its way; disposing of it ends Borg. */
export interface ExtractedStream extends AsyncDisposable {
  /** Read no faster than it is taken. It ends as well when Borg fails: only `end` tells. */
  readonly bytes: ReadableStream<Uint8Array>;
  /**
   * What Borg warned of, when it came to its end; resolves when Borg has ended, never rejects. Content
   * that it could not read whole is such a warning.
   */
  readonly end: Promise<Answer<readonly string[]> | { readonly kind: "stopped" }>;
}

const KEPT_WARNINGS = 20;

/**
 * Starts a Borg that writes the content of an archive.
 *
 * @throws {AppError} when Borg can't be started
 */
export function extractStream(
  { inherited, startStream, signal }: StreamAccess,
  { repository, archive }: { readonly repository: BorgRepository; readonly archive: string },
): ExtractedStream {
  using stack = new DisposableStack();
  const startup = stack.use(new StartupDeadline(repository, BORG_LIMITS));
  const args = extractToOutputArguments(repository, archive);
  const warnings: string[] = [];
  const listener = new BorgListener({
    args,
    inherited,
    onLine: (line) => {
      const isWarning = line.kind === "message" && line.level === "warning";
      if (isWarning && warnings.length < KEPT_WARNINGS) warnings.push(line.text);
    },
  }, startup);
  const program = startStream({
    program: "borg",
    args: withOpenWord(args),
    env: processEnvironment(repository, inherited, BORG_LIMITS),
    signal: AbortSignal.any([signal, startup.signal]),
    stop: () => startup.isOver ? STOP_BORG : STOP_POLITELY,
    onStderrLine: (line) => listener.hear(line),
  });
  const watch = stack.move();
  const end = program.ended.then(({ end }) => {
    watch.dispose();
    const { failure } = startup;
    if (failure !== undefined && !signal.aborted) return { kind: "failed", failure } as const;
    return answerOf(judgeEnd(repository, end, listener), warnings);
  });
  return {
    bytes: program.stdout,
    end,
    async [Symbol.asyncDispose]() {
      // Else a Borg that has something to write waits for us, even when it is told to end.
      if (!program.stdout.locked) await program.stdout.cancel();
      await program[Symbol.asyncDispose]();
    },
  };
}

function answerOf(end: BorgEnd, warnings: readonly string[]): Awaited<ExtractedStream["end"]> {
  switch (end.kind) {
    case "success":
      return { kind: "answer", value: [] };
    case "warnings":
      return { kind: "answer", value: warnings.length > 0 ? warnings : ["Borg warned of it"] };
    case "failed":
    case "stopped":
      return end;
  }
}
