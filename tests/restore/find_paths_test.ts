import assert from "node:assert/strict";
import { DEFAULT_CONFIG, nameConfig } from "../../lib/text/own_command.ts";
import { findReport, findText } from "../../lib/restore/find_report.ts";
import { mergeArchives } from "../../lib/restore/archive_index.ts";
import { searchPattern, VersionCollector } from "../../lib/restore/find_paths.ts";
import { KnownArchives } from "../../lib/restore/known_archives.ts";
import { archivesIn, entryWith, named } from "./archives.ts";

const NAMES = ["2026-11-22", "2026-11-21", "2026-11-20"].map((day) => named(`${day}T04:00:00Z`));
const [newest, middle, oldest] = mergeArchives([
  archivesIn("first", ...NAMES.map((name) => [name, "2026-11-20T00:00:00Z"] as const)),
]);
const NOTHING = new KnownArchives("web");
const LATER = new Date("2026-11-21T08:00:00Z");

function collect(...entries: readonly (Parameters<typeof entryWith>[0])[]): VersionCollector {
  const collector = new VersionCollector();
  for (const [index, archive] of [newest, middle, oldest].entries()) {
    assert.ok(archive !== undefined);
    const different = entries[index];
    if (different !== undefined) collector.add({ entry: entryWith(different), archive });
  }
  return collector;
}

function countVersions(...entries: readonly (Parameters<typeof entryWith>[0])[]): number {
  return collect(...entries).paths.flatMap(({ versions }) => versions).length;
}

Deno.test("VersionCollector holds archives with the same size and time for one version", () => {
  const [found] = collect({ modified: LATER }, {}, {}).paths;
  assert.deepEqual(found?.versions.map(({ archives }) => archives.map(({ name }) => name)), [
    [NAMES[0]],
    [NAMES[1], NAMES[2]],
  ]);
});

Deno.test("VersionCollector tells versions apart by their content alone when it is known", () => {
  const [a, b] = ["a".repeat(64), "b".repeat(64)];
  assert.equal(countVersions({ sha256: a, modified: LATER }, { sha256: a }), 1);
  assert.equal(countVersions({ sha256: a }, { sha256: b }), 2);
});

Deno.test("VersionCollector takes a directory for the same whenever it was changed", () => {
  assert.equal(countVersions({ type: "directory" }, { type: "directory", modified: LATER }), 1);
});

Deno.test("VersionCollector sorts paths, whatever archive they are from", () => {
  const { paths } = collect({ path: "b" }, { path: "a" }, { path: "b" });
  assert.deepEqual(paths.map(({ path }) => path), ["a", "b"]);
});

Deno.test("findText() says how to restore each version", () => {
  const { paths } = collect({ path: "srv/it's\n", modified: LATER }, { path: "srv/it's\n" });
  nameConfig("/etc/my config");
  const text = findText(paths, NOTHING);
  nameConfig(DEFAULT_CONFIG);
  assert.equal(text.split("\n").length, 6);
  assert.match(
    text,
    /autoborg restore --config '\/etc\/my config' --archive web-2026-11-22\S+ \$'/,
  );
});

Deno.test("findReport() has the command as a list, and what could not be searched", () => {
  const { paths } = collect({});
  const report = findReport("a", paths, { searched: 1, notSearched: ["lost"], known: NOTHING });
  assert.deepEqual(report.notSearched, ["lost"]);
  assert.deepEqual(report.paths[0]?.versions[0]?.restore, [
    "autoborg",
    "restore",
    "--archive",
    NAMES[0],
    "/srv/a",
  ]);
});

const PATTERNS: readonly (readonly [pattern: string, expression: string])[] = [
  ["*.conf", "(?s)\\A(?:[^/]*/)*[^/]*\\.conf\\Z"],
  ["etc/*.conf", "(?s)\\A(?:[^/]*/)*etc\\/[^/]*\\.conf\\Z"],
  ["/etc/*.conf", "(?s)\\Aetc\\/[^/]*\\.conf\\Z"],
  ["./x", "(?s)\\Ahome\\/x\\Z"],
];

for (const [pattern, expression] of PATTERNS) {
  Deno.test(`searchPattern().includes looks for ${pattern} where it may be`, () => {
    assert.deepEqual(searchPattern(pattern, "/home").includes, [{
      kind: "pattern",
      pattern: expression,
    }]);
  });
}
