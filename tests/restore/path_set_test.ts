import assert from "node:assert/strict";
import { PathSet } from "../../lib/restore/path_set.ts";

Deno.test("PathSet knows every path that was added, and hardly another one", () => {
  const set = new PathSet();
  const paths = Array.from({ length: 100_000 }, (_, number) => `srv/data/${number}/file`);
  for (const path of paths) set.add(path);
  assert.ok(paths.every((path) => set.has(path)));
  const wrong = paths.filter((path) => set.has(`${path}.other`)).length;
  assert.ok(wrong < 50, `${wrong} are taken for known`);
});
