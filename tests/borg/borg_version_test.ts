import assert from "node:assert/strict";
import { defectsOf, parseBorgVersion } from "../../lib/borg/borg_version.ts";

function defectsIn(said: string) {
  const version = parseBorgVersion(said);
  assert.ok(version !== undefined, said);
  return defectsOf(version);
}

function defects(said: string): readonly string[] {
  return defectsIn(said).map(({ name }) => name);
}

Deno.test("defectsOf() names what is known to be wrong with a version, and what later ones fixed", () => {
  assert.deepEqual(defects("borg 1.2.4"), ["CVE-2023-36811", "CVE-2026-62268", "borg#9854"]);
  assert.deepEqual(defects("borg 1.2.9"), ["CVE-2026-62268", "borg#9854"]);
  assert.deepEqual(defects("borg 1.4.4"), ["CVE-2026-62268", "borg#9854"]);
  assert.deepEqual(defects("borg 1.4.5"), []);
  assert.deepEqual(defects("borg 1.4.6.dev3+g1234"), []);
  assert.deepEqual(defects("borg 1.2.10"), []);
  // Not supported: nothing is known of it.
  assert.deepEqual(defects("borg 2.0.0b14"), []);
});

Deno.test("each defect of Borg has a source where it can be read up", () => {
  for (const { name, what, source } of defectsIn("borg 1.2.0")) {
    assert.match(source, /^https:\/\/github\.com\/borgbackup\/borg\//, name);
    assert.match(name, /^(?:CVE-\d{4}-\d+|borg#\d+)$/);
    assert.doesNotMatch(what, /\.$/);
  }
});
