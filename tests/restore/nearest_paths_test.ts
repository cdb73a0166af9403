import assert from "node:assert/strict";
import { NearestPaths } from "../../lib/restore/nearest_paths.ts";

function nearest(path: string, ...paths: readonly string[]): readonly string[] {
  const search = new NearestPaths(path);
  for (const one of paths) search.consider(one);
  return search.found;
}

Deno.test("NearestPaths finds a name that is mistyped in the same directory first", () => {
  const paths = ["srv/report.txt", "home/reprot.txt", "srv/other.txt"];
  assert.equal(nearest("srv/reprt.txt", ...paths)[0], "srv/report.txt");
});

Deno.test("NearestPaths finds the same name in another directory", () => {
  assert.deepEqual(nearest("srv/passwd", "etc/passwd", "etc/group"), ["etc/passwd"]);
});

Deno.test("NearestPaths keeps three at the most", () => {
  const paths = ["a", "b", "c", "d", "e"].map((directory) => `${directory}/report`);
  assert.equal(nearest("x/report", ...paths).length, 3);
});

Deno.test("NearestPaths proposes nothing that is not like it", () => {
  assert.deepEqual(nearest("srv/report", "etc/passwd", "srv"), []);
});
