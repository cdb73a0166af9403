import assert from "node:assert/strict";
import { implicitExcludes } from "../../lib/borg/implicit_excludes.ts";

Deno.test("implicitExcludes() knows Borg's cache and a local repository, by their inodes", async () => {
  const directory = await Deno.makeTempDir();
  for (const name of ["cache/id", "repository/data", "files"]) {
    await Deno.mkdir(`${directory}/${name}`, { recursive: true });
  }
  await Deno.symlink("repository", `${directory}/link`);
  const inherited = { BORG_CACHE_DIR: `${directory}/cache` };
  const isExcluded = await implicitExcludes({ url: `${directory}/link` }, inherited);
  for (const path of ["cache/CACHEDIR.TAG", "cache/id/gone", "repository/data/0/1"]) {
    assert.equal(await isExcluded(`${directory}/${path}`), true, path);
  }
  for (const path of ["files/one", "cached", "gone/file"]) {
    assert.equal(await isExcluded(`${directory}/${path}`), false, path);
  }
  const elsewhere = await implicitExcludes({ url: "ssh://server/./repository" }, inherited);
  assert.equal(await elsewhere(`${directory}/repository/data/0/1`), false);
  const unknown = await implicitExcludes({ url: `${directory}/link` }, {});
  assert.equal(await unknown(`${directory}/files/one`), true);
  await Deno.remove(directory, { recursive: true });
});
