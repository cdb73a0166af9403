import assert from "node:assert/strict";
import { borgCache, implicitExcludes } from "../../lib/borg/implicit_excludes.ts";

Deno.test("borgCache() is where Borg's manual says", () => {
  assert.equal(borgCache({ HOME: "/root" }), "/root/.cache/borg");
  assert.equal(borgCache({ HOME: "/root", BORG_BASE_DIR: "/b" }), "/b/.cache/borg");
  assert.equal(borgCache({ BORG_BASE_DIR: "/b", BORG_CACHE_DIR: "/c" }), "/c");
  assert.equal(borgCache({ HOME: "/root", XDG_CACHE_HOME: "/x" }), "/x/borg");
  assert.equal(borgCache({ BORG_BASE_DIR: "/b", XDG_CACHE_HOME: "/x" }), "/b/.cache/borg");
  assert.equal(borgCache({ HOME: "/root", XDG_CACHE_HOME: "" }), "/root/.cache/borg");
  assert.equal(borgCache({}), undefined);
});

Deno.test("implicitExcludes() knows Borg's cache and a local repository, by their inodes", async () => {
  const directory = await Deno.makeTempDir();
  for (const name of ["cache/id", "repository/data", "files"]) {
    await Deno.mkdir(`${directory}/${name}`, { recursive: true });
  }
  await Deno.symlink("repository", `${directory}/link`);
  const outer = { BORG_CACHE_DIR: `${directory}/cache` };
  const isExcluded = await implicitExcludes({ url: `${directory}/link` }, outer);
  for (const path of ["cache/CACHEDIR.TAG", "cache/id/gone", "repository/data/0/1"]) {
    assert.equal(await isExcluded(`${directory}/${path}`), true, path);
  }
  for (const path of ["files/one", "cached", "gone/file"]) {
    assert.equal(await isExcluded(`${directory}/${path}`), false, path);
  }
  const elsewhere = await implicitExcludes({ url: "ssh://server/./repository" }, outer);
  assert.equal(await elsewhere(`${directory}/repository/data/0/1`), false);
  const unknown = await implicitExcludes({ url: `${directory}/link` }, {});
  assert.equal(await unknown(`${directory}/files/one`), true);
  await Deno.remove(directory, { recursive: true });
});
