import assert from "node:assert/strict";
import { AppError } from "../../lib/errors.ts";
import { runInteractive } from "../../lib/process/interactive_program.ts";

const env = { PATH: Deno.env.get("PATH") ?? "" };

Deno.test("runInteractive() gives the program's exit code", async () => {
  assert.equal(await runInteractive({ program: "sh", args: ["-c", "exit 7"], env }), 7);
});

Deno.test("runInteractive() gives 128 and the signal's number when a signal ended it", async () => {
  assert.equal(await runInteractive({ program: "sh", args: ["-c", "kill -TERM $$"], env }), 143);
});

Deno.test("runInteractive() gives the program no environment but the one it is told", async () => {
  const script = '[ "$ONLY" = this ] && [ -z "$HOME" ]';
  const only = { ...env, ONLY: "this" };
  assert.equal(await runInteractive({ program: "sh", args: ["-c", script], env: only }), 0);
});

Deno.test("runInteractive() says so when the program is not installed", async () => {
  await assert.rejects(
    runInteractive({ program: "no-such-program", args: [], env }),
    (error) => error instanceof AppError && /it is not installed/.test(error.message),
  );
});
