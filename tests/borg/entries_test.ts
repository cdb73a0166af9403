import assert from "node:assert/strict";
import { parseArchives, parseTime } from "../../lib/borg/archives.ts";
import { includeArgument, listEntriesArguments, parseEntry } from "../../lib/borg/entries.ts";
import { extractArguments, mountArguments, readAllArguments } from "../../lib/borg/extract.ts";
import { repositoryWith } from "./repositories.ts";

const ID = "1f".repeat(32);
const FILE = {
  id: "-",
  type: "-",
  mode: "-rw-r--r--",
  uid: "0",
  size: "3",
  mtime: "2026-11-23T05:57:22.545201",
  health: "healthy",
  user: "'root'",
  group: "4711",
  source: "''",
  path: String.raw`'srv/new\nline'`,
};

/** What Borg prints of {@linkcode FILE}, with something else in it. */
function lineOf(other: Partial<typeof FILE & { readonly sha256: string }> = {}): string {
  return Object.values({ ...FILE, ...other }).join(" ");
}

Deno.test("parseEntry() reads a file, and a group without a name", () => {
  assert.deepEqual(parseEntry(lineOf()), {
    path: "srv/new\nline",
    type: "file",
    mode: "-rw-r--r--",
    user: "root",
    uid: 0,
    group: "4711",
    size: 3,
    modified: new Date("2026-11-23T05:57:22.545Z"),
    target: "",
    healthy: true,
    sha256: undefined,
  });
  assert.deepEqual(parseEntry(lineOf({ id: ID })), parseEntry(lineOf()));
});

Deno.test("parseEntry() knows a further hard link by its mode", () => {
  const entry = parseEntry(lineOf({ mode: "hrw-r--r--", source: "'srv/a'" }));
  assert.equal(entry?.type, "hardlink");
  assert.equal(entry?.mode, "-rw-r--r--");
  assert.equal(entry?.target, "srv/a");
});

Deno.test("parseEntry() does not take the length of a link for its size", () => {
  const entry = parseEntry(lineOf({ type: "l", mode: "lrwxrwxrwx", source: "'abc'" }));
  assert.equal(entry?.type, "symlink");
  assert.equal(entry?.size, 0);
});

Deno.test("parseEntry() reads what has no owner, and content that is lost in parts", () => {
  const entry = parseEntry(lineOf({ uid: "None", user: "None", health: "broken" }));
  assert.equal(entry?.uid, undefined);
  assert.equal(entry?.user, "");
  assert.equal(entry?.healthy, false);
});

Deno.test("parseEntry() reads a SHA-256 that was asked for", () => {
  assert.equal(parseEntry(lineOf({ sha256: `'${ID}'` }))?.sha256, ID);
  assert.equal(parseEntry(lineOf({ sha256: "''" }))?.sha256, undefined);
});

Deno.test("parseEntry() lets no name end its field", () => {
  const path = String.raw`"a' healthy 'b"`;
  assert.equal(parseEntry(lineOf({ path }))?.path, "a' healthy 'b");
  const user = String.raw`'\'" \'x\' \\'`;
  assert.equal(parseEntry(lineOf({ user }))?.user, String.raw`'" 'x' \ `.trim());
});

Deno.test("parseEntry() says nothing of lines that are none", () => {
  const lines = ["", "-", "{}", lineOf({ mtime: "x" }), lineOf({ path: "'a" })];
  for (const line of [...lines, `${lineOf()} `, ` ${lineOf()}`]) {
    assert.equal(parseEntry(line), undefined, line);
  }
});

Deno.test("parseArchives() reads what Borg lists, with times in UTC", () => {
  const list = '[{"name": "a", "start": "2026-11-22T04:00:00.000000", "id": "1f"}]';
  const archives = [{ name: "a", startedAt: new Date("2026-11-22T04:00:00Z"), id: "1f" }];
  assert.deepEqual(parseArchives(`{"archives": ${list}}`), {
    repositoryId: "",
    archives,
    pins: [],
  });
  const named = parseArchives(`{"archives": ${list}, "repository": {"id": "2e"}}`);
  assert.deepEqual(named, { repositoryId: "2e", archives, pins: [] });
});

Deno.test("parseArchives() says nothing of what it does not understand", () => {
  for (
    const stdout of ["", "{}", '{"archives": [{}]}', '{"archives": [{"name": "a", "start": ""}]}']
  ) {
    assert.equal(parseArchives(stdout), undefined, stdout);
  }
});

Deno.test("parseTime() minds a zone when Borg writes one", () => {
  assert.equal(parseTime("2026-11-22T04:00:00+01:00")?.toISOString(), "2026-11-22T03:00:00.000Z");
});

Deno.test("includeArgument() puts the style before a path, so that it is nothing else", () => {
  assert.equal(includeArgument({ kind: "path", path: "-x" }), "pp:-x");
  assert.equal(includeArgument({ kind: "path", path: "re:.*" }), "pp:re:.*");
  assert.equal(includeArgument({ kind: "pattern", pattern: "a" }), "re:a");
});

const repository = repositoryWith({ lockWait: 5_000, remoteBorg: "borg1" });
const COMMON = ["--log-json", "--progress", "--lock-wait=5", "--remote-path=borg1"];

Deno.test("listEntriesArguments() reads the content only when it is asked to", () => {
  const args = (hash: boolean) => listEntriesArguments(repository, "x", [], { hash }).join(" ");
  assert.ok(!args(false).includes("sha256"));
  assert.ok(args(true).includes("{sha256!a}"));
});

Deno.test("extractArguments() names the archive and what is wanted of it", () => {
  const includes = [{ kind: "path", path: "srv" }] as const;
  const args = extractArguments(repository, {
    archive: "x",
    includes,
    numericIds: true,
    patterns: false,
  });
  assert.deepEqual(args, [
    "extract",
    ...COMMON,
    "--sparse",
    "--numeric-ids",
    "--",
    "/mnt/disk/borg::x",
    "pp:srv",
  ]);
});

Deno.test("readAllArguments() writes nothing", () => {
  assert.ok(readAllArguments(repository, "x").includes("--dry-run"));
});

Deno.test("mountArguments() shows one archive or all", () => {
  assert.deepEqual(mountArguments(repository, "/mnt/a").slice(-3), [
    "--",
    "/mnt/disk/borg",
    "/mnt/a",
  ]);
  assert.equal(mountArguments(repository, "/mnt/a", "x").at(-2), "/mnt/disk/borg::x");
});
