import assert from "node:assert/strict";
import { describeError, exitCodeOfError } from "../../lib/cli/describe_error.ts";
import { AppError, ExitCode } from "../../lib/errors.ts";

Deno.test("describeError() gives an error for people its hint", () => {
  const error = new AppError("Cannot do it", { hint: "Do something else" });
  assert.equal(describeError(error), "error: Cannot do it\nhint: Do something else");
});

Deno.test("describeError() takes an error of the system for no mistake of the program", () => {
  const error = new Deno.errors.PermissionDenied("os error 13");
  assert.equal(describeError(error), "error: Permission denied");
  assert.equal(exitCodeOfError(error), ExitCode.failed);
});

Deno.test("describeError() names the place of a mistake in the program, without a stack trace", () => {
  const lines = describeError(new TypeError("undefined is no function")).split("\n");
  assert.match(
    lines[0] ?? "",
    /^error: Internal error: undefined is no function, at describe_error_test\.ts:\d+:\d+$/,
  );
  assert.equal(lines.length, 2);
  assert.equal(exitCodeOfError(new TypeError("undefined is no function")), ExitCode.internal);
  assert.equal(exitCodeOfError("thrown by nobody"), ExitCode.internal);
});
