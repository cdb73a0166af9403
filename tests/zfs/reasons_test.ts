import assert from "node:assert/strict";
import fc from "fast-check";
import { unmountReason } from "../../lib/staging/release/unmounting.ts";
import type { ZfsCommandResult } from "../../lib/zfs/command.ts";
import { reasonFor } from "../../lib/zfs/reasons.ts";
import { notFound } from "../../lib/zfs/snapshots.ts";

/** Names that a dataset or a directory may have, and that read like a reason. */
const NAMES = [
  "busybox",
  "busy",
  "dataset is busy",
  "does not exist",
  "no such pool",
  "permission denied",
  "out of space",
  "encryption key not loaded",
  "pool is read-only",
  "suspended",
  "name is too long",
  "POOL",
];

/** What ZFS and mount say about a snapshot, and what it means. */
const SAID: readonly [(dataset: string) => string, string][] = [
  [(name) => `cannot create snapshot '${name}@x': dataset is busy`, "it is busy"],
  [(name) => `cannot open '${name}': dataset does not exist`, "it does not exist"],
  [(name) => `cannot open '${name}': no such pool '${name}'`, "it does not exist"],
  [
    (name) => `cannot create snapshot '${name}@x': out of space`,
    "there is no space left for a snapshot",
  ],
  [(name) => `cannot create snapshot '${name}@x': permission denied`, "permission denied"],
  [(name) => `mount: /t/${name}: special device ${name}@x does not exist.`, "it does not exist"],
  [(name) => `mount: /t/${name}: permission denied.`, "permission denied"],
  [
    (name) => `cannot create snapshot '${name}@x': pool I/O is currently suspended`,
    "its pool is suspended after I/O errors",
  ],
];

function failed(stderr: string): ZfsCommandResult {
  return { succeeded: false, end: { kind: "exited", code: 1 }, stdout: "", stderr };
}

Deno.test("reasonFor() takes no name for a reason", () => {
  for (const part of NAMES) {
    for (const name of [`tank/${part}`, `${part}/data`, `tank/${part}/data`]) {
      for (const [said, reason] of SAID) {
        const result = failed(said(name));
        assert.equal(reasonFor(result, name, [`/t/${name}`]).reason, reason, result.stderr);
      }
      const unknown = failed(`cannot hold '${name}@x': something new`);
      assert.equal(reasonFor(unknown, name).reason, unknown.stderr);
    }
  }
});

Deno.test("reasonFor() finds the same reason whatever the dataset is called", () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.: -]{0,20}(\/[A-Za-z0-9_.: -]{1,20}){1,3}$/);
  fc.assert(fc.property(name, fc.constantFrom(...SAID), (dataset, [said, reason]) => {
    const result = failed(said(dataset));
    assert.equal(reasonFor(result, dataset, [`/t/${dataset}`]).reason, reason, result.stderr);
  }));
});

Deno.test("reasonFor() puts dataset and pool into the hint, whatever they are called", () => {
  const { hint } = reasonFor(failed("cannot open 'x': encryption key not loaded"), "tank/POOL");
  assert.match(hint, /zfs load-key "tank\/POOL"/);
});

Deno.test("notFound() does not take a dataset for missing because of its name", () => {
  const name = "tank/does not exist@autoborg-x";
  const said = (reason: string) => `cannot release hold from snapshot '${name}': ${reason}`;
  assert.deepEqual(notFound(said("dataset is busy"), [name]), []);
  assert.deepEqual(notFound(said("dataset does not exist"), [name]), [name]);
});

Deno.test("unmountReason() gives each mount its own reason, whatever it is called", () => {
  const [busybox, data] = ["/run/autoborg/tank/busybox", "/run/autoborg/tank/data"];
  const targets = [busybox, data];
  const said = `umount: ${busybox}: not mounted.\numount: ${data}: target is busy.`;
  assert.equal(unmountReason(said, busybox, targets), "not mounted");
  assert.equal(unmountReason(said, data, targets), "it is busy");
  const denied = `umount: ${busybox}: must be superuser to unmount.`;
  assert.equal(unmountReason(denied, busybox, targets), "must be superuser to unmount");
  assert.equal(unmountReason(denied, data, targets), denied);
  assert.equal(unmountReason("", data, targets), "it did not respond");
});
