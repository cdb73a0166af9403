import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type NightFigures,
  removedFiles,
  unusualChange,
} from "../../lib/inspect/unusual_change.ts";

const MB = 1_000_000;
const GB = 1_000 * MB;

/** An ordinary night: 100 of 10,000 files changed, all of the size 1 MB. */
const ORDINARY: NightFigures = {
  before: { files: 10_000, originalSize: 10 * GB, compressedSize: 6 * GB },
  now: { files: 10_000, originalSize: 10 * GB, compressedSize: 6 * GB },
  added: 10,
  modified: 90,
  newSize: 60 * MB,
};
const PAST = Array.from({ length: 10 }, () => ORDINARY);

/** A night with encrypted files besides the ordinary ones. */
function encrypted(files: number, renames = false): NightFigures {
  return {
    ...ORDINARY,
    now: { ...ORDINARY.now, compressedSize: 6 * GB + files * 0.4 * MB },
    added: ORDINARY.added + (renames ? files : 0),
    modified: ORDINARY.modified + (renames ? 0 : files),
    newSize: ORDINARY.newSize + files * MB,
  };
}

Deno.test("unusualChange() raises an alarm when files were encrypted, in place or under new names", () => {
  for (const files of [500, 2_000, 9_900]) {
    for (const renames of [false, true]) {
      const alarm = unusualChange(encrypted(files, renames), PAST);
      assert.equal(alarm?.kind, "unusual-change");
      assert.equal(alarm?.severity, "warning");
    }
  }
});

Deno.test("unusualChange() names tonight's numbers, the usual ones and the directories", () => {
  const alarm = unusualChange(encrypted(2_000), PAST, [
    { path: "/srv/office", files: 1_800, newSize: 2 * GB },
    { path: "/srv/mail", files: 290, newSize: 60 * MB },
  ]);
  assert.equal(
    alarm?.message,
    "far more existing files than usual were changed or replaced: 2,100 of 10,000 (median 100), " +
      "with 1.9 GiB of new data (median 57.2 MiB), most in " +
      '"/srv/office" (1,800 files, about 1.9 GiB), "/srv/mail" (290 files, about 57.2 MiB)',
  );
});

Deno.test("unusualChange() says nothing when fewer than seven runs are known", () => {
  assert.equal(unusualChange(encrypted(9_900), PAST.slice(0, 6)), undefined);
  assert.notEqual(unusualChange(encrypted(9_900), PAST.slice(0, 7)), undefined);
});

Deno.test("unusualChange() says nothing when Borg lists all files as new because its cache was lost", () => {
  const lost = { ...ORDINARY, added: 10_000, modified: 0, newSize: 2_000 };
  assert.equal(unusualChange(lost, PAST), undefined);
});

Deno.test("unusualChange() finds an attack in a night in which the files cache was lost", () => {
  const night = { ...encrypted(2_000), added: 10_000, modified: 0 };
  assert.notEqual(unusualChange(night, PAST), undefined);
});

Deno.test("unusualChange() says nothing about a large new directory", () => {
  const now = { files: 30_000, originalSize: 60 * GB, compressedSize: 51 * GB };
  const night = { ...ORDINARY, now, added: 20_010, newSize: 45 * GB };
  assert.equal(unusualChange(night, PAST), undefined);
});

Deno.test("unusualChange() says nothing about an upgrade, whose data compresses as before", () => {
  const night = { ...ORDINARY, added: 6_000, newSize: 0.4 * 5 * GB };
  assert.equal(unusualChange(night, PAST), undefined);
});

Deno.test("unusualChange() finds an attack on files that could not be compressed before either", () => {
  const night = { ...ORDINARY, modified: 2_000, newSize: 2 * GB };
  assert.notEqual(unusualChange(night, PAST), undefined);
});

Deno.test("unusualChange() says nothing about large files that are replaced each night", () => {
  const night = { ...ORDINARY, newSize: 4 * GB };
  assert.equal(unusualChange(night, PAST), undefined);
});

Deno.test("unusualChange() says nothing about a source too small to tell", () => {
  const size = { files: 19, originalSize: 400_000, compressedSize: 400_000 };
  const quiet = { before: size, now: size, added: 0, modified: 0, newSize: 1_500 };
  const busy = { ...quiet, modified: 19, newSize: 400_000 };
  assert.equal(unusualChange(busy, PAST.map(() => quiet)), undefined);
});

Deno.test("unusualChange() takes what happened within five weeks for usual, and no more than that", () => {
  const month = [encrypted(1_000), ...Array.from({ length: 33 }, () => ORDINARY)];
  assert.equal(unusualChange(encrypted(1_100), month), undefined);
  assert.notEqual(unusualChange(encrypted(2_000), month), undefined);
  assert.notEqual(unusualChange(encrypted(1_100), [...month, ORDINARY, ORDINARY]), undefined);
});

Deno.test("removedFiles() counts what is gone, and never less than nothing", () => {
  assert.equal(removedFiles(ORDINARY), 10);
  assert.equal(removedFiles({ ...ORDINARY, added: 10_000 }), 10_000);
  const grown = { ...ORDINARY, now: { ...ORDINARY.now, files: 10_050 } };
  assert.equal(removedFiles(grown), 0, "files came back that Borg still knew");
});

const size = fc.record({
  files: fc.nat(),
  originalSize: fc.maxSafeNat(),
  compressedSize: fc.maxSafeNat(),
});
const anyNight: fc.Arbitrary<NightFigures> = fc.record({
  before: size,
  now: size,
  added: fc.nat(),
  modified: fc.nat(),
  newSize: fc.maxSafeNat(),
});

Deno.test("unusualChange() never says NaN or a negative number, whatever the figures are", () => {
  fc.assert(fc.property(anyNight, fc.array(anyNight, { minLength: 7 }), (tonight, past) => {
    const alarm = unusualChange(tonight, past);
    assert.doesNotMatch(alarm?.message ?? "", /NaN|Infinity| -/);
  }));
});

Deno.test("unusualChange() says nothing about a night like the one before, whatever the figures are", () => {
  fc.assert(fc.property(anyNight, fc.array(anyNight, { minLength: 6 }), (night, past) => {
    assert.equal(unusualChange(night, [...past, night]), undefined);
  }));
});
