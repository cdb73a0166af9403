import assert from "node:assert/strict";
import fc from "fast-check";
import {
  isDatasetName,
  parseOwnSnapshot,
  poolOf,
  snapshotLabel,
} from "../../lib/zfs/dataset_names.ts";

const at = new Date("2026-11-22T04:00:00.123Z");

Deno.test("snapshotLabel() makes a name that parseOwnSnapshot() takes apart", () => {
  const label = snapshotLabel("my-host.1", at, "0123abcd");
  assert.equal(label, "autoborg-my-host.1-2026-11-22T04:00:00Z-0123abcd");
  assert.deepEqual(parseOwnSnapshot(`tank/a b@${label}`), {
    dataset: "tank/a b",
    name: "my-host.1",
    runId: "0123abcd",
  });
});

Deno.test("parseOwnSnapshot() refuses what zfs destroy would take for more than one snapshot", () => {
  const label = snapshotLabel("web", at, "0123abcd");
  for (
    const name of [
      "tank/a",
      `tank/a@${label},other`,
      `tank/a@%${label}`,
      `tank/a@${label}%`,
      `tank/a@x@${label}`,
      `tank/a#${label}`,
      `-r@${label}`,
      `tank/a@${label}\n`,
      `tank/a\n@${label}`,
      `tank//a@${label}`,
      `tank/a@${label}f`,
      `tank/a@${label.toUpperCase()}`,
      "tank/a@%",
      "",
    ]
  ) assert.equal(parseOwnSnapshot(name), undefined, JSON.stringify(name));
});

Deno.test("parseOwnSnapshot() never accepts a name with a character that has a meaning", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (dataset, rest) => {
    const name = `${dataset}@autoborg-web-2026-11-22T04:00:00Z-0123abcd${rest}`;
    if (parseOwnSnapshot(name) === undefined) return;
    assert.doesNotMatch(name, /[%,#\n\r\t*?]|@.*@/);
  }));
});

Deno.test("isDatasetName() knows the characters that ZFS allows", () => {
  for (const name of ["tank", "tank/data", "tank/a b", "tank/x on ", "t/a:b.c_d-e"]) {
    assert.equal(isDatasetName(name), true, name);
  }
  for (const name of ["", "/tank", "tank/", "1tank", "tank@x", "tank/ü", "tank/a%b"]) {
    assert.equal(isDatasetName(name), false, name);
  }
});

Deno.test("poolOf() is the first component", () => {
  assert.equal(poolOf("tank/a/b"), "tank");
  assert.equal(poolOf("tank@x"), "tank");
});
