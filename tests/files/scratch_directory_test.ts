import assert from "node:assert/strict";
import { join } from "node:path";
import { makeScratchDirectory } from "../../lib/files/scratch_directory.ts";

Deno.test("makeScratchDirectory() makes a new private directory when a parent is given", () => {
  const parent = Deno.makeTempDirSync();
  try {
    const [one, two] = [makeScratchDirectory(parent, "a-"), makeScratchDirectory(parent, "a-")];
    assert.notEqual(one, two);
    for (const path of [one, two]) {
      assert.ok(path.startsWith(join(parent, "a-")));
      assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o700);
    }
  } finally {
    Deno.removeSync(parent, { recursive: true });
  }
});

Deno.test("makeScratchDirectory() uses the directory for temporary files when there is no parent", () => {
  const path = makeScratchDirectory(undefined, "autoborg-scratch-");
  try {
    const expected = Deno.realPathSync(Deno.env.get("TMPDIR") ?? "/tmp");
    assert.equal(Deno.realPathSync(join(path, "..")), expected);
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("makeScratchDirectory() throws when the parent is missing", () => {
  const parent = join(Deno.makeTempDirSync(), "gone");
  assert.throws(() => makeScratchDirectory(parent, "a-"), Deno.errors.NotFound);
  Deno.removeSync(join(parent, ".."));
});
