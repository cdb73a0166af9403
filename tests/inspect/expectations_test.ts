import assert from "node:assert/strict";
import type { Entry } from "../../lib/borg/entries.ts";
import {
  checkExpectations,
  type Expectation,
  type FoundFiles,
  unmetParts,
  withEntry,
} from "../../lib/inspect/expectations.ts";
import { TARGET } from "../backup/plans.ts";
import { BorgDouble } from "../borg/double.ts";
import { entryWith } from "../restore/archives.ts";

const AT = new Date("2026-11-22T04:00:00Z");
const HOUR = 3_600_000;
const MIB = 1_048_576;

function foundIn(...entries: readonly Partial<Entry>[]): FoundFiles {
  const nothing: FoundFiles = { exists: false, files: 0, size: 0, newest: undefined };
  return entries.map(entryWith).reduce(withEntry, nothing);
}

function unmet(expectation: Omit<Expectation, "path">, ...entries: readonly Partial<Entry>[]) {
  return unmetParts({ path: "srv", ...expectation }, foundIn(...entries), AT)
    .map(({ text }) => text);
}

const hoursAgo = (hours: number) => new Date(AT.getTime() - hours * HOUR);

Deno.test("unmetParts() says that nothing is there, and nothing else", () => {
  const all = { newerThan: HOUR, minSize: 1, minFiles: 1 };
  assert.deepEqual(unmet(all), ["is not in the new archive"]);
  assert.deepEqual(unmet({}, { type: "directory" }), []);
  assert.deepEqual(unmet({}, { type: "symlink" }), []);
});

Deno.test("unmetParts() takes the time of the newest file", () => {
  const old = { modified: hoursAgo(50) };
  const fresh = { modified: hoursAgo(47) };
  assert.deepEqual(unmet({ newerThan: 48 * HOUR }, old, fresh, old), []);
  assert.deepEqual(unmet({ newerThan: 48 * HOUR }, old), [
    "was last modified 2 d 2 h before the backup, expected less than 2 d",
  ]);
  assert.equal(unmet({ newerThan: 50 * HOUR }, old).length, 1, "exactly as old is too old");
  // A file that is written while the run begins, or by a clock that is ahead.
  assert.deepEqual(unmet({ newerThan: HOUR }, { modified: hoursAgo(-1) }), []);
});

Deno.test("unmetParts() takes no directory and no link for a new file", () => {
  const directory = { type: "directory", modified: AT } as const;
  const link = { type: "symlink", modified: AT } as const;
  assert.deepEqual(unmet({ newerThan: HOUR }, directory, link), [
    "contains no file that could be new",
  ]);
  assert.deepEqual(unmet({ minFiles: 1 }, directory, link), [
    "contains 0 files, expected at " +
    "least 1",
  ]);
});

Deno.test("unmetParts() adds the sizes of files up, one with two names once", () => {
  const half = { size: MIB / 2 };
  assert.deepEqual(unmet({ minSize: MIB }, half, half), []);
  assert.deepEqual(unmet({ minSize: MIB }, half, { type: "hardlink", size: 0 }), [
    "contains 512.0 KiB, expected at least 1.0 MiB",
  ]);
  assert.deepEqual(unmet({ minSize: MIB }, { size: MIB - 1 }), [
    "contains 1,048,575 bytes, expected at least 1.0 MiB",
  ]);
});

Deno.test("unmetParts() counts files by their names", () => {
  const two = [{}, { type: "hardlink" }] as const;
  assert.deepEqual(unmet({ minFiles: 2 }, ...two), []);
  assert.deepEqual(unmet({ minFiles: 3 }, ...two), ["contains 2 files, expected at least 3"]);
  assert.deepEqual(unmet({ minFiles: 2 }, {}), ["contains 1 file, expected at least 2"]);
});

/** Looks into an archive of a Borg in memory. */
async function check(expectations: readonly Expectation[], archived: Record<string, string>) {
  const borg = new BorgDouble();
  borg.archivesOf(TARGET.url).set("web-1", archived);
  const signal = new AbortController().signal;
  const answer = await checkExpectations(
    { inherited: {}, start: borg.start, signal },
    { repository: TARGET, archive: "web-1", expectations, startedAt: AT },
  );
  return { borg, answer, alarms: answer.kind === "answer" ? answer.value : [] };
}

Deno.test("checkExpectations() starts no Borg when nothing is expected", async () => {
  const { borg, answer } = await check([], {});
  assert.deepEqual(answer, { kind: "answer", value: [] });
  assert.deepEqual(borg.started, []);
});

Deno.test("checkExpectations() asks Borg once for all paths and globs", async () => {
  const archived = { "srv/www/a.php": "12", "srv/www/sub/b.php": "34", "srv/wwwroot": "5" };
  const { borg, alarms } = await check([
    { path: "srv/www", minFiles: 2, minSize: 4 },
    { path: "srv/*/*.php", minFiles: 1 },
    { path: "srv/ww?", minFiles: 3 },
    { path: "srv/missing" },
  ], archived);
  assert.deepEqual(borg.started, ["borg list"]);
  const { args = [] } = borg.requests[0] ?? {};
  assert.deepEqual(args.slice(args.indexOf("--") + 1), [
    `${TARGET.url}::web-1`,
    "pp:srv/www",
    "re:(?s)\\Asrv\\/[^/]*\\/[^/]*\\.php(?:/.*)?\\Z",
    "re:(?s)\\Asrv\\/ww[^/](?:/.*)?\\Z",
    "pp:srv/missing",
  ]);
  assert.deepEqual(alarms.map(({ subject, message }) => [subject, message]), [
    ["srv/ww?: at least 3 files", '"/srv/ww?" contains 2 files, expected at least 3'],
    ["srv/missing: exists", '"/srv/missing" is not in the new archive'],
  ]);
});

Deno.test("checkExpectations() raises an alarm for each demand, so that each is accepted alone", async () => {
  const { alarms } = await check([
    { path: "srv", minFiles: 2 },
    { path: "srv", minSize: 10 },
    { path: "srv", minFiles: 2 },
  ], { "srv/a": "1" });
  assert.deepEqual(alarms.map(({ subject }) => subject), [
    "srv: at least 2 files",
    "srv: at least 10 bytes",
  ]);
  assert.deepEqual(alarms.map(({ kind, severity }) => `${severity} ${kind}`), [
    "error expectation-unmet",
    "error expectation-unmet",
  ]);
  assert.equal(alarms[0]?.message, '"/srv" contains 1 file, expected at least 2');
  assert.match(alarms[0].hint, /"autoborg list --repo disk web-1 \/srv"$/);
});

Deno.test("checkExpectations() says that Borg failed, not that nothing is there", async () => {
  const borg = new BorgDouble();
  borg.set("borg list", { code: 2, stderr: ["no answer"] });
  const answer = await checkExpectations(
    { inherited: {}, start: borg.start, signal: new AbortController().signal },
    { repository: TARGET, archive: "web-1", expectations: [{ path: "srv" }], startedAt: AT },
  );
  assert.equal(answer.kind, "failed");
});
