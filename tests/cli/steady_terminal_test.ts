import assert from "node:assert/strict";
import type { Problem } from "../../lib/backup/outcome.ts";
import { type OutputStream, SteadyTerminal } from "../../lib/cli/steady_terminal.ts";

/** Takes everything, a few bytes at a time. */
class Reader implements OutputStream {
  text = "";

  write(bytes: Uint8Array): Promise<number> {
    const taken = bytes.slice(0, 3);
    this.text += new TextDecoder().decode(taken);
    return Promise.resolve(taken.length);
  }
}

const FULL: OutputStream = {
  write: () => Promise.reject(new Error("No space left on device (os error 28)")),
};

/** Takes nothing and says nothing, such as a terminal that is stopped with Ctrl-S. */
const STOPPED: OutputStream = { write: () => new Promise(() => {}) };

Deno.test("SteadyTerminal writes everything, in order", async () => {
  const reader = new Reader();
  const terminal = new SteadyTerminal(reader, "standard error");
  for (const text of ["first\n", "", "second\n", "third\n"]) terminal.write(text);
  await terminal.flush();
  assert.equal(reader.text, "first\nsecond\nthird\n");
  assert.deepEqual(terminal.problems, []);
});

Deno.test("SteadyTerminal tells once that the disk behind it is full, and never throws", async () => {
  const heard: Problem[] = [];
  const terminal = new SteadyTerminal(FULL, "standard error");
  terminal.onLost = (problem) => void heard.push(problem);
  for (let line = 0; line < 10; line++) terminal.write("a line\n");
  await terminal.flush();
  terminal.write("one more\n");
  await terminal.flush();
  assert.deepEqual(heard.map(({ message }) => message), [
    "The run continued without standard error: no space left on device",
  ]);
  assert.deepEqual(terminal.problems, heard);
});

Deno.test("SteadyTerminal keeps no more than a MiB for a reader that takes nothing", () => {
  const terminal = new SteadyTerminal(STOPPED, "its terminal");
  const line = "x".repeat(65_536);
  for (let count = 0; count < 17; count++) terminal.write(line);
  const [problem] = terminal.problems;
  assert.match(problem?.message ?? "", /without its terminal: nothing reads from it/);
});

Deno.test("SteadyTerminal writes nothing more once the terminal was closed", async () => {
  const reader = new Reader();
  const terminal = new SteadyTerminal(reader, "its terminal");
  terminal.lose("it was closed");
  terminal.write("nobody is there\n");
  await terminal.flush();
  assert.equal(reader.text, "");
  assert.equal(terminal.problems.length, 1);
});

Deno.test("SteadyTerminal.flush() waits for what is written while it waits", async () => {
  const reader = new Reader();
  const terminal = new SteadyTerminal(reader, "standard error");
  terminal.write("a\n");
  const flushed = terminal.flush();
  for (let line = 0; line < 50; line++) {
    await Promise.resolve();
    terminal.write("b\n");
  }
  await flushed;
  assert.deepEqual(terminal.problems, []);
  await terminal.flush();
  assert.equal(reader.text, `a\n${"b\n".repeat(50)}`);
});
