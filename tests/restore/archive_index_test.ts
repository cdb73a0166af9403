import assert from "node:assert/strict";
import { AppError } from "../../lib/errors.ts";
import { archivesReport } from "../../lib/restore/archive_report.ts";
import { archiveTable } from "../../lib/restore/archive_table.ts";
import { mergeArchives } from "../../lib/restore/archive_index.ts";
import { chooseArchive } from "../../lib/restore/choose_archive.ts";
import { KnownArchives } from "../../lib/restore/known_archives.ts";
import { archiveIndexOf, archivesIn, named } from "./archives.ts";
import { knowing, runOf } from "./pasts.ts";

const OLD = named("2026-11-20T04:00:00Z", "00000001");
const NEW = named("2026-11-22T04:00:00Z", "00000002");
const FIRST = archivesIn("first", [OLD, "2026-11-20T04:00:05Z"], [NEW, "2026-11-22T04:00:07Z"]);
const SECOND = archivesIn("second", [OLD, "2026-11-20T04:00:09Z"], [
  "by hand",
  "2026-11-23T00:00:00Z",
]);

Deno.test("mergeArchives() has every archive once, newest first, with those that hold it", () => {
  const listed = mergeArchives([FIRST, SECOND]);
  assert.deepEqual(
    listed.map((
      { name, series, repositories },
    ) => [name, series, repositories.map(({ label }) => label)]),
    [
      ["by hand", undefined, ["second"]],
      [NEW, "web", ["first"]],
      [OLD, "web", ["first", "second"]],
    ],
  );
});

Deno.test("mergeArchives() takes the time of an archive from its name when it is one of ours", () => {
  const times = mergeArchives([FIRST]).map(({ startedAt }) => startedAt.toISOString());
  assert.deepEqual(times, ["2026-11-22T04:00:00.000Z", "2026-11-20T04:00:00.000Z"]);
});

const index = archiveIndexOf([FIRST, SECOND]);
const nothing = new KnownArchives("web");
const latest = { archive: "latest" };

Deno.test("chooseArchive() takes the newest of the series for latest", () => {
  assert.equal(chooseArchive(index, nothing, latest).name, NEW);
});

Deno.test("chooseArchive() takes the newest that is not after a time", () => {
  const at = (text: string) =>
    chooseArchive(index, nothing, { ...latest, at: new Date(text) }).name;
  assert.equal(at("2026-11-22T04:00:00Z"), NEW);
  assert.equal(at("2026-11-22T03:59:59Z"), OLD);
  assert.throws(() => at("2026-11-20T03:59:59Z"), /Cannot find an archive of "web" from before/);
});

Deno.test("chooseArchive() finds an archive of any series by its name", () => {
  assert.equal(chooseArchive(index, nothing, { ...latest, archive: "by hand" }).name, "by hand");
});

Deno.test("chooseArchive() proposes the nearest name when there is none", () => {
  assert.throws(
    () => chooseArchive(index, nothing, { ...latest, archive: "by hands" }),
    (error) =>
      error instanceof AppError && /Did you mean "--archive 'by hand'"\?/.test(error.hint ?? ""),
  );
});

Deno.test("chooseArchive() says how many others there are when the series has none", () => {
  assert.throws(
    () => chooseArchive(index, new KnownArchives("mail"), latest),
    (error) =>
      error instanceof AppError &&
      /^There are 3 archives under other names: /.test(error.hint ?? ""),
  );
});

Deno.test("archivesReport() says where an archive is missing, and knows no figures without history", () => {
  const report = archivesReport(archiveIndexOf([FIRST, SECOND], ["third"]), nothing, {
    all: false,
  });
  assert.equal(report.others, 1);
  assert.deepEqual(report.repositories.map(({ label, readable }) => [label, readable]), [
    ["first", true],
    ["second", true],
    ["third", false],
  ]);
  const [newest] = report.archives;
  assert.equal(newest?.files, null);
  assert.deepEqual(newest?.missingFrom, ["second"]);
});

Deno.test("archivesReport() takes the figures from the run that made the archive", () => {
  const step = {
    step: "create",
    state: "ok",
    reason: null,
    duration: 1,
    problems: "[]",
    archive: NEW,
    files: 7,
    originalSize: 2_048,
    compressedSize: 1_024,
    newSize: 512,
    repositorySize: 4_096,
  };
  const run = {
    run: {
      id: "00000002",
      name: "web",
      hostname: "host",
      startedAt: 0,
      finishedAt: 1,
      state: "warning",
      interruptedBy: null,
      problems: "[]",
      sourcesMissing: true,
    },
    repositories: ["first", "second"].map((label) => ({
      repository: { label, state: "ok", reason: null },
      steps: [{ ...step, label }],
    })),
  };
  const known = new KnownArchives("web", { runs: [run], ledgers: new Map() });
  const [newest] = archivesReport(index, known, { all: false }).archives;
  assert.equal(newest?.files, 7);
  assert.equal(newest?.newBytes, 1_024);
  assert.equal(newest?.state, "warning");
  assert.equal(newest?.sourcesMissing, true);
  assert.equal(newest?.complete, false);
  assert.deepEqual(newest?.reasons, ["a source is missing"]);
});

Deno.test("archiveTable() says how many optional sources a complete archive lacks", () => {
  const run = runOf(NEW, ["first"], {
    run: { absentSources: '[{"path":"/mnt/usb","reason":"it is empty"}]' },
  });
  const report = archivesReport(archiveIndexOf([FIRST]), knowing([run]), { all: false });
  const table = archiveTable(report, new Date("2026-11-22T05:00:00Z"), Infinity);
  assert.match(table, /^web-2026-11-22\S+ .* ok +yes \(1 absent\) +yes$/m);
});

Deno.test("archiveTable() has a column for every repository", () => {
  const incomplete = archiveIndexOf([FIRST, SECOND], ["third"]);
  const report = archivesReport(incomplete, nothing, { all: false });
  const lines = archiveTable(report, new Date("2026-11-22T05:00:00Z"), Infinity).split("\n");
  assert.match(
    lines[0] ?? "",
    /^archive +age +files +size +new +run +complete +first +second +third$/,
  );
  assert.match(lines[1] ?? "", /^web-2026-11-22\S+ +1 h +- .* yes +missing +\?$/);
  assert.match(lines.at(-2) ?? "", /^and 1 of other series/);
});
