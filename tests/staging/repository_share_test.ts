import assert from "node:assert/strict";
import { shareOf } from "../../lib/staging/repository_share.ts";
import type { StagedRoot } from "../../lib/staging/staging.ts";

const directory = (path: string): StagedRoot => ({
  kind: "directory",
  path,
  at: path.replace(/^\//, ""),
});
const dataset = (path: string, at: string): StagedRoot => ({ kind: "dataset", path, at });

function share(roots: readonly StagedRoot[], ...own: readonly string[]) {
  const sources = { root: "/run/x", paths: ["everything"], repositories: ["srv/borg"] };
  return shareOf(({ path }) => own.includes(path), { sources, roots });
}

Deno.test("shareOf() changes nothing when a repository gets everything", () => {
  const { sources, leftOut } = share(
    [directory("/etc"), dataset("tank/srv", "srv")],
    "/etc",
    "tank/srv",
  );
  assert.deepEqual(sources?.paths, ["everything"]);
  assert.deepEqual(leftOut, []);
});

Deno.test("shareOf() takes a directory once that is the mount point of a dataset as well", () => {
  const roots = [directory("/srv"), dataset("tank/srv", "srv")];
  assert.deepEqual(share(roots, "/srv", "tank/srv").roots, [directory("/srv")]);
  assert.deepEqual(share(roots, "tank/srv").roots, [dataset("tank/srv", "srv")]);
  assert.deepEqual(share(roots, "tank/srv").leftOut, []);
});

Deno.test("shareOf() names to Borg what the repository gets, inner sources first", () => {
  const roots = ["/etc", "/srv", "/srv/data", "/home"].map(directory);
  const { sources } = share(roots, "/srv/data", "/srv");
  assert.deepEqual(sources, {
    root: "/run/x",
    paths: ["srv/data", "srv"],
    repositories: ["srv/borg"],
  });
  assert.equal(share(roots).sources, undefined);
});

Deno.test("shareOf() leaves out a dataset that is mounted in another one", () => {
  const roots = [
    dataset("tank/srv", "srv"),
    dataset("tank/srv/media", "srv/media"),
    dataset("tank/srv/media/photos", "srv/media/photos"),
  ];
  const { sources, leftOut } = share(roots, "tank/srv", "tank/srv/media/photos");
  assert.deepEqual(leftOut, ["srv/media"]);
  // What the repository gets is named itself, so it is read although it lies in what is left out.
  assert.deepEqual(sources?.paths, ["srv/media/photos", "srv"]);
  assert.deepEqual(sources?.leftOut, ["srv/media"]);
});

Deno.test("shareOf() takes what is mounted below a directory with the directory", () => {
  const roots = [directory("/srv"), dataset("tank/media", "srv/media")];
  assert.deepEqual(share(roots, "/srv").leftOut, []);
  const inner = [...roots, dataset("tank/srv", "srv")];
  assert.deepEqual(share(inner, "/srv", "tank/srv").leftOut, []);
  assert.deepEqual(share(inner, "tank/srv").leftOut, ["srv/media"]);
});

Deno.test("shareOf() names the entries of a root directory that was split", () => {
  const root = { ...directory("/"), at: "", shown: ["bin", "etc"] };
  const { sources } = share([root, dataset("tank", "zfs/tank")], "/");
  assert.deepEqual(sources?.paths, ["bin", "etc"]);
});

Deno.test("shareOf() never gives Borg a lone hyphen, which would be its standard input", () => {
  assert.deepEqual(share([directory("/-"), directory("/x")], "/-").sources?.paths, ["./-"]);
});
