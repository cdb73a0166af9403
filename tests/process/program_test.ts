import assert from "node:assert/strict";
import { AppError } from "../../lib/errors.ts";
import { type ProgramRequest, runProgram } from "../../lib/process/program.ts";

const ENV = { PATH: "/usr/bin:/bin" };

/** A shell stands for any program. */
function shell(script: string, more: Partial<ProgramRequest> = {}): ProgramRequest {
  return { program: "/bin/sh", args: ["-c", script], env: ENV, ...more };
}

/** Whether a process is alive; a zombie is not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

Deno.test("runProgram() gives exit code, output and duration", async () => {
  const result = await runProgram(shell("echo out; echo err >&2; exit 3"));
  assert.deepEqual(result.end, { kind: "exited", code: 3 });
  assert.equal(result.stdout, "out");
  assert.deepEqual(result.stderr.lines, ["err"]);
  assert.ok(result.duration > 0);
});

Deno.test("runProgram() hands every argument on as it is", async () => {
  const args = ["-n", "", "a b", "$HOME", "new\nline", "ü", "*"];
  const script = 'for a in "$@"; do printf "<%s>" "$a"; done';
  const { stdout } = await runProgram({
    program: "/bin/sh",
    args: ["-c", script, "-", ...args],
    env: ENV,
  });
  assert.equal(stdout, args.map((arg) => `<${arg}>`).join(""));
});

Deno.test("runProgram() gives the program its environment and nothing else", async () => {
  const { stdout } = await runProgram({ program: "/usr/bin/env", args: [], env: { ONE: "1" } });
  assert.equal(stdout, "ONE=1");
});

Deno.test("runProgram() starts the program in the root directory, or where it is told to", async () => {
  assert.equal((await runProgram(shell("pwd"))).stdout, "/");
  assert.equal((await runProgram(shell("pwd", { cwd: "/usr" }))).stdout, "/usr");
});

Deno.test("runProgram() gives the program no terminal to ask questions on", async () => {
  const script = "(: </dev/tty) 2>/dev/null && echo a terminal; cat; echo $? ";
  assert.equal((await runProgram(shell(script))).stdout, "0");
});

Deno.test("runProgram() writes to standard input what it is given", async () => {
  const text = "ümläut\n".repeat(100_000);
  const { stdout } = await runProgram(shell("wc -c", { stdin: text }));
  assert.equal(stdout.trim(), String(new TextEncoder().encode(text).length));
});

Deno.test("runProgram() does not mind a program that leaves its input unread", async () => {
  const { end } = await runProgram(shell("exec <&-; exit 0", { stdin: "x".repeat(1_000_000) }));
  assert.deepEqual(end, { kind: "exited", code: 0 });
});

Deno.test("runProgram() hands lines on as they come", async () => {
  const seen: string[] = [];
  const errors: string[] = [];
  const result = await runProgram(shell("echo a; echo b >&2; printf c", {
    onStdoutLine: (line) => seen.push(line),
    onStderrLine: (line) => errors.push(line),
  }));
  assert.deepEqual(seen, ["a", "c"]);
  assert.deepEqual(errors, ["b"]);
  assert.equal(result.stdout, "");
});

Deno.test("runProgram() loses nothing of a big output on both streams", async () => {
  const count = 200_000;
  let lines = 0;
  const { stdout } = await runProgram(shell(`seq ${count} >&2; seq ${count}`, {
    onStderrLine: () => lines++,
  }));
  assert.equal(lines, count);
  assert.equal(stdout.split("\n").length, count);
});

Deno.test("runProgram() keeps only the end of standard error", async () => {
  const { stderr } = await runProgram(shell("seq 100000 >&2"));
  assert.equal(stderr.lines.at(-1), "100000");
  assert.ok(stderr.text.length <= 16_384);
});

Deno.test("runProgram() throws when a program prints more than it may keep", async () => {
  const request = shell("head -c 70000000 /dev/zero");
  await assert.rejects(runProgram(request), /printed more than 64 MiB/);
});

Deno.test("runProgram() says which signal killed a program", async () => {
  const { end } = await runProgram(shell("kill -KILL $$"));
  assert.deepEqual(end, { kind: "killed", signal: "SIGKILL" });
});

Deno.test("runProgram() stops a program when its time is over", async () => {
  const { end, duration } = await runProgram(shell("exec sleep 60", { timeLimit: 100 }));
  assert.equal(end.kind, "timed-out");
  assert.ok(duration < 10_000);
});

Deno.test("runProgram() stops a program when the signal aborts", async () => {
  const controller = new AbortController();
  const running = runProgram(shell("echo ready; exec sleep 60", {
    signal: controller.signal,
    onStdoutLine: () => controller.abort(),
  }));
  assert.equal((await running).end.kind, "stopped");
});

Deno.test("runProgram() gives the exit code of a program that ends well when it is stopped", async () => {
  const controller = new AbortController();
  const script = "trap 'exit 7' INT; echo ready; while :; do sleep 0.1; done";
  const { end } = await runProgram(shell(script, {
    signal: controller.signal,
    stop: [{ signal: "SIGINT", timeout: 9_000 }],
    onStdoutLine: () => controller.abort(),
  }));
  assert.deepEqual(end, { kind: "stopped", code: 7 });
});

Deno.test("runProgram() starts nothing when the signal has aborted before", async () => {
  const mark = await Deno.makeTempFile();
  await Deno.remove(mark);
  const signal = AbortSignal.abort(new Error("stopped before"));
  await assert.rejects(runProgram(shell(`touch ${mark}`, { signal })), /stopped before/);
  await assert.rejects(Deno.stat(mark), Deno.errors.NotFound);
});

Deno.test("runProgram() goes on to SIGKILL when a program ignores the other signals", async () => {
  const controller = new AbortController();
  let pid = 0;
  const { end } = await runProgram(shell("trap '' INT TERM; echo $$; while :; do sleep 0.1; done", {
    signal: controller.signal,
    stop: [
      { signal: "SIGINT", timeout: 200 },
      { signal: "SIGTERM", timeout: 200 },
      { signal: "SIGKILL", timeout: 9_000 },
    ],
    onStdoutLine: (line) => {
      pid = Number(line);
      controller.abort();
    },
  }));
  assert.equal(end.kind, "stopped");
  assert.ok(pid > 0 && !isAlive(pid));
});

Deno.test({
  name: "runProgram() gives up on a program that no signal ends",
  // Its pipes stay open as long as it lives.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const controller = new AbortController();
    let pid = 0;
    const { end } = await runProgram(shell("trap '' TERM; echo $$; sleep 3", {
      signal: controller.signal,
      // Without a SIGKILL in the sequence it stands for a process that hangs in the kernel.
      stop: [{ signal: "SIGTERM", timeout: 100 }],
      onStdoutLine: (line) => {
        pid = Number(line);
        controller.abort();
      },
    }));
    assert.deepEqual(end, { kind: "unkillable", reason: "stopped" });
    Deno.kill(pid, "SIGKILL");
  },
});

Deno.test({
  name: "runProgram() does not wait for ever for what a program left in the background",
  // The pipes stay open as long as the other process lives: that is what this is about.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const { end, stdout, duration } = await runProgram(shell("sleep 60 & echo $!"));
    assert.deepEqual(end, { kind: "exited", code: 0 });
    assert.ok(duration < 20_000);
    Deno.kill(Number(stdout), "SIGKILL");
  },
});

Deno.test("runProgram() ends a program when a listener throws, and throws what it threw", async () => {
  let pid = 0;
  const running = runProgram(shell("echo $$; exec yes", {
    onStdoutLine: (line) => {
      pid = Number(line);
      throw new Error("the listener failed");
    },
  }));
  await assert.rejects(running, /the listener failed/);
  assert.ok(!isAlive(pid));
});

Deno.test("runProgram() reads on when a listener throws, so that the program can end as it should", async () => {
  const mark = await Deno.makeTempFile();
  const said = "head -c 1000000 /dev/zero | tr '\\0' '\\n' >&2";
  const script = `trap '${said}; echo whole >${mark}; exit 0' INT; echo go >&2; read -r _ </dev/null
    while :; do sleep 0.05; done`;
  let heard = 0;
  const running = runProgram(shell(script, {
    stop: [{ signal: "SIGINT", timeout: 20_000 }],
    onStderrLine: () => {
      heard++;
      throw new Error("the listener failed");
    },
  }));
  await assert.rejects(running, /the listener failed/);
  assert.equal(await Deno.readTextFile(mark), "whole\n");
  assert.equal(heard, 1);
  await Deno.remove(mark);
});

Deno.test("runProgram() ends what a program has started when it stops it", async () => {
  const pids: number[] = [];
  const script = "(trap '' TERM; sleep 60) & echo $!; (exec sleep 60) & echo $!; wait";
  const { end, duration } = await runProgram(shell(script, {
    timeLimit: 300,
    onStdoutLine: (line) => pids.push(Number(line)),
  }));
  assert.equal(end.kind, "timed-out");
  assert.equal(pids.length, 2);
  assert.deepEqual(pids.filter(isAlive), []);
  assert.ok(duration < 20_000);
});

Deno.test("runProgram() sends SIGINT to the program alone, and ends the others after it", async () => {
  const controller = new AbortController();
  const pids: number[] = [];
  // A shell has SIGINT ignored by what it puts into the background; this child would die of it.
  const script = "trap 'kill -0 $child && exit 9; exit 1' INT; " +
    "env --default-signal=INT sleep 60 & child=$!; echo $child; while :; do sleep 0.05; done";
  const { end, stopping } = await runProgram(shell(script, {
    signal: controller.signal,
    stop: [{ signal: "SIGINT", timeout: 9_000 }],
    onStdoutLine: (line) => {
      pids.push(Number(line));
      controller.abort();
    },
  }));
  assert.deepEqual(end, { kind: "stopped", code: 9 });
  assert.equal(stopping?.signal, "SIGINT");
  assert.deepEqual(pids.filter(isAlive), []);
});

Deno.test("runProgram() ends what a program left behind when it was killed, or is told to", async () => {
  const killed = await runProgram(shell("sleep 60 & echo $!; kill -KILL $$"));
  assert.deepEqual(killed.end, { kind: "killed", signal: "SIGKILL" });
  assert.ok(!isAlive(Number(killed.stdout)));
  const ended = await runProgram(shell("sleep 60 & echo $!", { background: "end" }));
  assert.deepEqual(ended.end, { kind: "exited", code: 0 });
  assert.ok(!isAlive(Number(ended.stdout)));
});

Deno.test("runProgram() still stops the program itself where there is no kill", async () => {
  const { end } = await runProgram({
    program: "/bin/sleep",
    args: ["60"],
    env: { PATH: "/nowhere" },
    timeLimit: 100,
  });
  assert.equal(end.kind, "timed-out");
});

const BUSYBOX = ["/bin/busybox", "/usr/bin/busybox"].find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

Deno.test({
  name: "runProgram() ends a program's children with the kill of busybox, too",
  ignore: BUSYBOX === undefined,
  async fn() {
    const directory = await Deno.makeTempDir();
    await Deno.symlink(BUSYBOX ?? "", `${directory}/kill`);
    const pids: number[] = [];
    const script = "(trap '' TERM; /bin/sleep 60) & echo $!; wait";
    const { end } = await runProgram(shell(script, {
      env: { PATH: directory },
      timeLimit: 300,
      onStdoutLine: (line) => pids.push(Number(line)),
    }));
    assert.equal(end.kind, "timed-out");
    assert.equal(pids.length, 1);
    assert.deepEqual(pids.filter(isAlive), []);
    await Deno.remove(directory, { recursive: true });
  },
});

Deno.test("runProgram() keeps standard output as it is, also a very long line of it", async () => {
  const { stdout } = await runProgram(shell("head -c 3000000 /dev/zero; printf 'a\\n\\nb\\n\\n'"));
  assert.equal(stdout, "\0".repeat(3_000_000) + "a\n\nb\n");
});

Deno.test("runProgram() says that a program is not installed", async () => {
  const request = { program: "no-such-program", args: [], env: { PATH: "/nowhere" } };
  await assert.rejects(runProgram(request), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.message, 'Cannot start "no-such-program": it is not installed');
    assert.match(error.hint ?? "", /PATH \(\/nowhere\)/);
    return true;
  });
});

Deno.test("runProgram() says that PATH is not set when it is not", async () => {
  // What Deno itself puts there.
  for (const env of [{}, { PATH: "" }, { PATH: "/root/.cache/deno/node_compat_bin" }]) {
    await assert.rejects(runProgram({ program: "no-such-program", args: [], env }), (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.message, 'Cannot start "no-such-program": the variable PATH is not set');
      assert.match(error.hint ?? "", /a line "PATH=\/usr\/local\/sbin:.*" of the crontab$/);
      return true;
    });
  }
});

Deno.test("runProgram() says why a program can't be started", async () => {
  const request = { program: "/etc/passwd", args: [], env: {} };
  await assert.rejects(runProgram(request), /Cannot start "\/etc\/passwd": permission denied/);
});

Deno.test("runProgram() says that the working directory is not there", async () => {
  const request = shell("true", { cwd: "/no/such/directory" });
  await assert.rejects(runProgram(request), /"\/no\/such\/directory"/);
});
