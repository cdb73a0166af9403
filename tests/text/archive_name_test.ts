import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type ArchiveName,
  formatArchiveName,
  formatRunId,
  parseArchiveName,
  seriesGlob,
} from "../../lib/text/archive_name.ts";
import { ANY_CHARACTER } from "../characters.ts";

const LETTERS = "abcxyzABC0129_.-";
const SERIES = fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 20 });
const RUN_ID = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(formatRunId);
const SECOND = fc.integer({ min: 0, max: 4_102_444_799 }).map((n) => new Date(n * 1_000));
const PARTS = { series: SERIES, startedAt: SECOND, runId: RUN_ID };
const NAME = fc.record(PARTS, { noNullPrototype: true });

/** Borg matches `--glob-archives` as Python's fnmatch does: these patterns need its sets alone. */
function matches(glob: string, text: string): boolean {
  const source = glob.replace(/[.+^${}()|\\*?]|\[.*?\]/g, (part) => {
    return part.startsWith("[") ? part : part === "*" ? ".*" : part === "?" ? "." : `\\${part}`;
  });
  return new RegExp(`^${source}$`, "s").test(text);
}

Deno.test("formatArchiveName() writes series, time in UTC and run id", () => {
  const startedAt = new Date("2026-11-22T05:00:00.789+01:00");
  const name = formatArchiveName({ series: "web", startedAt, runId: "0123abcd" });
  assert.equal(name, "web-2026-11-22T04:00:00Z-0123abcd");
});

Deno.test("parseArchiveName() reads what formatArchiveName() wrote", () => {
  fc.assert(fc.property(NAME, (name: ArchiveName) => {
    assert.deepEqual(parseArchiveName(formatArchiveName(name)), name);
  }));
});

Deno.test("formatArchiveName() throws when the run id has another form", () => {
  for (const runId of ["", "0123abc", "0123abcde", "0123ABCD", "0123abcg"]) {
    assert.throws(
      () => formatArchiveName({ series: "web", startedAt: new Date(0), runId }),
      RangeError,
    );
  }
});

Deno.test("parseArchiveName() gives nothing for a foreign name", () => {
  for (
    const name of [
      "",
      "web",
      "web-2026-11-22",
      "web-2026-11-22T04:00:00-0123abcd",
      "web-2026-11-22T04:00:00Z",
      "web-2026-11-22T04:00:00Z-0123ABCD",
      "web-2026-11-22T04:00:00Z-0123abcd.checkpoint",
      "web-2026-11-22T04:00:00Z-0123abcd\n",
      "web-2026-13-22T04:00:00Z-0123abcd",
      "web-2026-02-30T04:00:00Z-0123abcd",
      "web-2026-11-22T24:00:00Z-0123abcd",
      "-2026-11-22T04:00:00Z-0123abcd",
    ]
  ) {
    assert.equal(parseArchiveName(name), undefined, JSON.stringify(name));
  }
});

Deno.test("parseArchiveName() never throws, whatever the name", () => {
  fc.assert(fc.property(fc.string({ unit: ANY_CHARACTER }), (text) => {
    const name = parseArchiveName(text);
    if (name !== undefined) assert.equal(formatArchiveName(name), text);
  }));
});

Deno.test("seriesGlob() matches every archive of its series", () => {
  fc.assert(fc.property(NAME, (name) => {
    assert.ok(matches(seriesGlob(name.series), formatArchiveName(name)));
  }));
});

Deno.test("seriesGlob() matches no archive of another series, however it begins", () => {
  const tail = fc.constantFrom("-db", "-", ".", "2", "-2026-11-22T04:00:00Z-0123abcd");
  fc.assert(fc.property(NAME, tail, (name, tail) => {
    const other = formatArchiveName({ ...name, series: name.series + tail });
    assert.ok(!matches(seriesGlob(name.series), other));
    assert.ok(!matches(seriesGlob(name.series), `x${formatArchiveName(name)}`));
  }));
});

Deno.test("formatRunId() gives eight hexadecimal digits for any random bytes", () => {
  assert.equal(formatRunId(new Uint8Array([0, 1, 0xab, 0xff, 9])), "0001abff");
  fc.assert(fc.property(RUN_ID, (id) => assert.match(id, /^[0-9a-f]{8}$/)));
});
