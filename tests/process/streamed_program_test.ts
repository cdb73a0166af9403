import assert from "node:assert/strict";
import { AppError } from "../../lib/errors.ts";
import { runProgram } from "../../lib/process/program.ts";
import { startStreamed, type StreamRequest } from "../../lib/process/streamed_program.ts";

const ENV = { PATH: "/usr/bin:/bin" };

function shell(script: string, more: Partial<StreamRequest> = {}): StreamRequest {
  return { program: "/bin/sh", args: ["-c", script], env: ENV, ...more };
}

async function lengthOf(stream: ReadableStream<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of stream) length += chunk.length;
  return length;
}

Deno.test("startStreamed() hands out all bytes, then the exit code and what was complained of", async () => {
  const lines: string[] = [];
  const script = "head -c 3000000 /dev/zero; echo why >&2; exit 3";
  await using program = startStreamed(shell(script, { onStderrLine: (line) => lines.push(line) }));
  assert.equal(await lengthOf(program.stdout), 3_000_000);
  const { end, stderr } = await program.ended;
  assert.deepEqual(end, { kind: "exited", code: 3 });
  assert.deepEqual([stderr.text, lines], ["why", ["why"]]);
});

Deno.test("startStreamed() lets the program wait when nobody reads", async () => {
  const file = await Deno.makeTempFile();
  const script =
    'i=0; while [ $i -lt 400 ]; do head -c 10000 /dev/zero; i=$((i+1)); echo >>"$0"; done';
  await using program = startStreamed({ ...shell(script), args: ["-c", script, file] });
  const reader = program.stdout.getReader();
  await reader.read();
  let before = -1;
  // Until it stands still: a pipe holds 64 KiB, and the runtime reads a little ahead.
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { size } = await Deno.stat(file);
    if (size === before && size > 0) break;
    before = size;
  }
  assert.ok(before < 100, `${before} of 400 pieces were written`);
  reader.releaseLock();
  await Deno.remove(file);
});

Deno.test("startStreamed() ends the program, and all that it has started, when disposed of", async () => {
  let end: Promise<unknown>;
  {
    await using program = startStreamed(shell("sleep 1000 & cat /dev/zero"));
    const reader = program.stdout.getReader();
    await reader.read();
    reader.releaseLock();
    end = program.ended.then((result) => result.end.kind);
  }
  assert.equal(await end, "stopped");
});

Deno.test("startStreamed() stops a program at its time limit", async () => {
  await using program = startStreamed(shell("exec sleep 1000", { timeLimit: 50 }));
  assert.equal(await lengthOf(program.stdout), 0);
  assert.equal((await program.ended).end.kind, "timed-out");
});

Deno.test("startStreamed() stops the program when its signal aborts, and starts none afterwards", async () => {
  const stop = new AbortController();
  await using program = startStreamed(shell("exec sleep 1000", { signal: stop.signal }));
  stop.abort();
  assert.equal((await program.ended).end.kind, "stopped");
  assert.throws(() => startStreamed(shell("exit 0", { signal: stop.signal })));
});

Deno.test("startStreamed() says which program is not installed", () => {
  assert.throws(
    () => startStreamed({ program: "no-such-program", args: [], env: ENV }),
    (error) => error instanceof AppError && /not installed/.test(error.message),
  );
});

Deno.test({
  name: "startStreamed() starts a program as another user, without the groups of ours",
  ignore: Deno.uid() !== 0,
  async fn() {
    const user = { uid: 65_534, gid: 65_534 };
    await using program = startStreamed(shell("id -u; id -g; id -G", { user }));
    const words = await new Response(program.stdout).text();
    assert.deepEqual(words.trim().split("\n"), ["65534", "65534", "65534"]);
    const same = await runProgram(shell("id -u", { user }));
    assert.equal(same.stdout, "65534");
  },
});

Deno.test("runProgram() writes a stream to standard input, all of it", async () => {
  const pieces = (function* () {
    for (let i = 0; i < 300; i += 1) yield new Uint8Array(10_000).fill(i);
  })();
  const { stdout } = await runProgram(shell("wc -c", { stdin: ReadableStream.from(pieces) }));
  assert.equal(stdout.trim(), "3000000");
});

Deno.test("runProgram() stops a program whose input fails, and lets it not see an end before", async () => {
  // "cat" would say "whole" at the end of its input; the signal comes first.
  async function* cut(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(100_000);
    throw new Error("cut off");
  }
  const script = "trap 'echo signalled; cat >/dev/null; exit 7' INT; cat >/dev/null; echo whole";
  const stop = [{ signal: "SIGINT", timeout: 30_000 }] as const;
  const result = await runProgram(shell(script, { stdin: cut(), stop }));
  assert.equal(result.end.kind, "stopped");
  assert.doesNotMatch(result.stdout, /^whole/);
});

Deno.test("runProgram() ends when the program does, although its input goes on", async () => {
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    cancel: () => void (cancelled = true),
  });
  const result = await runProgram(shell("head -c 100000 | wc -c; exit 4", { stdin: endless }));
  assert.deepEqual([result.end, result.stdout.trim()], [{ kind: "exited", code: 4 }, "100000"]);
  assert.ok(cancelled);
});
