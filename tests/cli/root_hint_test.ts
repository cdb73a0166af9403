import assert from "node:assert/strict";
import { explain } from "../../lib/config/explain.ts";
import { withRootHint } from "../../lib/cli/root_hint.ts";
import { AppError, ExitCode, hintOf } from "../../lib/errors.ts";
import { DEFAULT_CONFIG, nameConfig } from "../../lib/text/own_command.ts";

const DENIED = new AppError("Cannot read", {
  exitCode: ExitCode.config,
  cause: new Deno.errors.PermissionDenied("no"),
});
const WORDS = ["restore", "--config", "/a b", "--to", "/x y", "etc"];

Deno.test("withRootHint() tells a plain user to use sudo when the system denies something", () => {
  nameConfig(DEFAULT_CONFIG);
  const error = withRootHint(DENIED, 1000, ["status"]);
  assert.deepEqual(hintOf(error), { hint: "run it as root: sudo autoborg status" });
  assert.ok(error instanceof AppError && error.exitCode === ExitCode.config);
  nameConfig("/a b");
  const hint = "run it as root: sudo autoborg restore --config '/a b' --to '/x y' etc";
  assert.deepEqual(hintOf(withRootHint(DENIED, 1000, WORDS)), { hint });
  nameConfig(DEFAULT_CONFIG);
});

Deno.test("withRootHint() leaves other errors alone, and all errors of root", () => {
  const other = new AppError("Cannot read", { cause: new Deno.errors.NotFound() });
  assert.equal(withRootHint(other, 1000, ["status"]), other);
  assert.equal(withRootHint(DENIED, 0, ["status"]), DENIED);
});

Deno.test("withRootHint() tells a plain user so whose passphrase_file is root's", () => {
  const problem = { path: ["repositories", 0, "passphrase_file"], message: "permission denied" };
  const errorOf = (isDenied: boolean) =>
    explain({
      file: "config.toml",
      text: "",
      document: {},
      issues: [],
      problems: [{ ...problem, isDenied }],
    });
  const hint = "run it as root: sudo autoborg status";
  assert.deepEqual(hintOf(withRootHint(errorOf(true), 1000, ["status"])), { hint });
  assert.deepEqual(hintOf(withRootHint(errorOf(false), 1000, ["status"])), {});
});
