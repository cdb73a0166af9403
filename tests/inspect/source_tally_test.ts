import assert from "node:assert/strict";
import { SourceTally } from "../../lib/inspect/source_tally.ts";
import type { StagedRoot } from "../../lib/staging/staging.ts";

function tallyOf(...places: readonly string[]): SourceTally {
  return new SourceTally(
    places.map((at): StagedRoot => ({ kind: "directory", path: `/${at}`, at })),
  );
}

function add(tally: SourceTally, ...files: readonly string[]): void {
  for (const path of files) tally.add({ path, isFile: true, size: 3 });
}

Deno.test("SourceTally counts an entry for the innermost source, and for that one alone", () => {
  const tally = tallyOf("srv", "srv/a", "srv/ab");
  add(tally, "srv/a/f", "srv/ab/f", "srv/abc", "srv/ab/g", "etc/hosts");
  tally.add({ path: "srv/a", isFile: false, size: 0 });
  tally.add({ path: "srv/a/d", isFile: false, size: 0 });
  assert.deepEqual(tally.counts.get("/srv/a"), { files: 1, bytes: 3, entries: 2 });
  assert.deepEqual(tally.counts.get("/srv/ab"), { files: 2, bytes: 6, entries: 2 });
  assert.deepEqual(tally.counts.get("/srv"), { files: 1, bytes: 3, entries: 1 });
});

Deno.test("SourceTally counts everything else for the root directory", () => {
  const tally = tallyOf("", "home");
  add(tally, "home/u/f", "etc/hosts", "homes");
  assert.equal(tally.counts.get("/")?.files, 2);
  assert.equal(tally.counts.get("/home")?.files, 1);
});
