import assert from "node:assert/strict";
import fc from "fast-check";
import { EntryList, entryReport } from "../../lib/restore/entry_list.ts";
import { createMasker, Secret } from "../../lib/text/secret.ts";
import { entryWith } from "./archives.ts";

const NO_SECRETS = createMasker([]);

function written(paths: readonly string[], complete: boolean, mask = NO_SECRETS): string {
  let text = "";
  const list = new EntryList("web", mask, (piece) => text += piece);
  for (const path of paths) list.add(entryWith({ path }));
  list.end(complete);
  return text;
}

Deno.test("EntryList writes JSON however many entries there are", () => {
  fc.assert(fc.property(fc.array(fc.string()), (paths) => {
    assert.deepEqual(JSON.parse(written(paths, true)), {
      version: 1,
      archive: "web",
      entries: paths.map((path) => entryReport(entryWith({ path }))),
      complete: true,
    });
  }));
});

Deno.test("EntryList says so when there should be more entries", () => {
  const { entries, complete } = JSON.parse(written(["a", "b"], false));
  assert.deepEqual([entries.length, complete], [2, false]);
});

Deno.test("EntryList writes nothing when it failed before the first entry", () => {
  assert.equal(written([], false), "");
});

Deno.test("EntryList writes JSON whatever the secret is", () => {
  for (const secret of ["1", "e", "path", '"', "\\", "entries", "0"]) {
    const mask = createMasker([new Secret(secret)]);
    const { entries } = JSON.parse(written([`srv/${secret}`, "b"], true, mask));
    assert.equal(entries[0].path, mask(`/srv/${secret}`));
    assert.equal(entries[1].bytes, 3);
  }
});
