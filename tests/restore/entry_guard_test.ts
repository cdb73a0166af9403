import assert from "node:assert/strict";
import type { Entry, EntryType } from "../../lib/borg/entries.ts";
import { canonicalPath, EntryGuard } from "../../lib/restore/entry_guard.ts";

function entry(type: EntryType, path: string, target = ""): Entry {
  const unset = { mode: "", user: "", group: "", size: 0, modified: new Date(0), healthy: true };
  return { ...unset, type, path, target, sha256: undefined };
}

const file = (path: string) => entry("file", path);
const link = (path: string) => entry("symlink", path, "/elsewhere");
const directory = (path: string) => entry("directory", path);
const hardLink = (path: string, target: string) => entry("hardlink", path, target);

/** The paths that are not extracted. */
function refused(...entries: readonly Entry[]): readonly string[] {
  const guard = new EntryGuard();
  const paths = entries.filter((one) => guard.judge(one) !== undefined).map(({ path }) => path);
  return [...paths, ...guard.unresolved.map((one) => one.entry.path)];
}

Deno.test("EntryGuard allows what Borg makes of files", () => {
  assert.deepEqual(
    refused(
      directory("."),
      directory("srv"),
      file("srv/a"),
      link("srv/link"),
      hardLink("srv/b", "srv/a"),
      file("srv/..a/...b"),
      file("./imported/from a tar"),
      // Of overlapping directories Borg writes everything twice.
      directory("srv"),
      file("srv/a"),
      link("srv/link"),
    ),
    [],
  );
});

Deno.test("EntryGuard refuses what lies below a link, however its path is written", () => {
  const below = ["p/f", "p/deep/f", "./p/f", "p//f", "p/./f"];
  assert.deepEqual(refused(link("p"), ...below.map(file), file("plain"), file("pp/f")), below);
  assert.deepEqual(refused(entry("fifo", "p"), file("p/f")), ["p/f"]);
  assert.deepEqual(refused(directory("d"), link("d"), file("d/f")), ["d/f"]);
});

Deno.test("EntryGuard refuses paths that lead out of the directory", () => {
  const paths = ["/etc/x", "..", "../x", "a/../../x", "a/..", "", "nul\0"];
  assert.deepEqual(refused(...paths.map(file)), paths);
  assert.deepEqual(refused(link("."), file("./"), entry("other", "socket")), [".", "./", "socket"]);
});

Deno.test("EntryGuard refuses something else in the place of a link or a device", () => {
  assert.deepEqual(refused(link("a"), file("a"), directory("./a"), hardLink("a", "x")), [
    "a",
    "./a",
    "a",
  ]);
  assert.deepEqual(refused(entry("block", "disk"), file("disk")), ["disk"]);
});

Deno.test("EntryGuard refuses hard links to what is elsewhere, behind a link, or not there", () => {
  const targets = ["/etc/shadow", "../x", "p/secret", "p", "nothing", "", "file"];
  const links = targets.map((target, at) => hardLink(`h${at}`, target));
  // Without a target it is not known that it is a link: Borg extracts it as a file.
  assert.deepEqual(refused(link("p"), file("file"), ...links), ["h0", "h1", "h2", "h3", "h4"]);
});

Deno.test("EntryGuard knows the content of hard links that is not extracted", () => {
  const guard = new EntryGuard();
  assert.equal(guard.judge(hardLink("h", "other/a")), undefined);
  assert.equal(guard.unresolved.length, 1);
  guard.knowContent(file("other/a"));
  assert.deepEqual(guard.unresolved, []);
});

Deno.test("canonicalPath() takes dots and doubled slashes away", () => {
  for (const [path, expected] of [["a/b", "a/b"], ["./a//b/.", "a/b"], [".", ""], ["a.", "a."]]) {
    assert.equal(canonicalPath(path ?? ""), expected);
  }
});

/** A directory as Borg lists it. */
function owned(path: string, user: string, mode = "drwxr-xr-x"): Entry {
  return { ...directory(path), user, mode };
}

Deno.test("EntryGuard refuses what comes for a directory that another user can change by then", () => {
  const entries = [owned("d", "mallory"), owned("d/sub", "root"), file("x"), file("d/sub/late")];
  assert.deepEqual(refused(...entries), ["d/sub/late"]);
  assert.deepEqual(
    refused(owned("d", "root", "drwxrwxr-x"), file("x"), file("d/late")),
    ["d/late"],
    "root's group may write, or an access list lets somebody in",
  );
  assert.deepEqual(refused(owned("d", "1001"), file("d/a"), file("d2/x"), file("d/late")), []);
  const byNumber = { ...owned("d", "1001"), uid: 1001 };
  assert.deepEqual(refused(byNumber, file("d2/x"), file("d/late")), ["d/late"]);
});

Deno.test("EntryGuard allows everything below a directory as long as it is not finished", () => {
  assert.deepEqual(
    refused(
      owned("home", "root"),
      owned("home/eve", "eve"),
      file("home/eve/a"),
      owned("home/eve/deep", "eve"),
      file("home/eve/deep/b"),
      file("home/eve/z"),
      owned("home/eve2", "eve2"),
      file("home/eve2/a"),
      // Overlapping sources of root's own.
      owned("home", "root"),
      file("home/c"),
    ),
    [],
  );
});

Deno.test("EntryGuard does not mind the order when other users may change directories", () => {
  const guard = new EntryGuard(true);
  const entries = [owned("d", "mallory"), file("x"), file("d/late")];
  assert.deepEqual(entries.map((one) => guard.judge(one)), [undefined, undefined, undefined]);
});

Deno.test("EntryGuard.judgeParent() refuses what was allowed below a link or a finished directory", () => {
  const guard = new EntryGuard();
  const below = [file("p/f"), file("x"), file("d/a"), file("y"), file("d/late")];
  for (const one of below) assert.equal(guard.judge(one), undefined);
  const paths = (parent: Entry) => guard.judgeParent(parent, below).map(({ entry }) => entry.path);
  assert.deepEqual(paths(directory("p")), [], "a directory with this name, and then a link");
  assert.deepEqual(paths(link("p")), ["p/f"]);
  assert.deepEqual(paths(owned("d", "mallory")), ["d/late"]);
});
