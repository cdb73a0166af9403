import assert from "node:assert/strict";
import { AppError, ExitCode, reasonOf, UsageError } from "../lib/errors.ts";

Deno.test("ExitCode is what timers and monitoring rely on", () => {
  assert.deepEqual(ExitCode, {
    ok: 0,
    warning: 1,
    failed: 2,
    usage: 64,
    internal: 70,
    locked: 75,
    config: 78,
    hangup: 129,
    interrupted: 130,
    quit: 131,
    terminated: 143,
  });
});

Deno.test("AppError carries an exit code, a hint and its cause", () => {
  const cause = new Error("deeper");
  const error = new AppError("It failed", { exitCode: ExitCode.locked, hint: "Wait", cause });
  assert.equal(error.exitCode, 75);
  assert.equal(error.hint, "Wait");
  assert.equal(error.cause, cause);
  assert.ok(error instanceof Error);
});

Deno.test("AppError means a failed run when nothing else is said", () => {
  const error = new AppError("It failed");
  assert.equal(error.exitCode, 2);
  assert.equal(error.hint, undefined);
  assert.ok(!Object.hasOwn(error, "cause"));
});

Deno.test("UsageError ends with 64", () => {
  assert.equal(new UsageError("Wrong").exitCode, 64);
});

Deno.test("reasonOf() says in a few words what the system refused", async () => {
  const refused = async (action: () => Promise<unknown>) => {
    try {
      await action();
    } catch (error) {
      return reasonOf(error);
    }
    return "";
  };
  assert.equal(await refused(() => Deno.stat("/no/such/file")), "it does not exist");
  assert.equal(await refused(() => Deno.readTextFile("/")), "it is a directory");
  assert.equal(reasonOf(new Deno.errors.PermissionDenied("x")), "permission denied");
  assert.equal(
    reasonOf(new Deno.errors.NotCapable("specify the required permissions during compilation")),
    "the permissions of this program exclude it",
  );
});

Deno.test("reasonOf() gives the message of any error and the text of anything else", () => {
  assert.equal(reasonOf(new Error("broken")), "broken");
  assert.equal(reasonOf("thrown text"), "thrown text");
  assert.equal(reasonOf(undefined), "undefined");
});
