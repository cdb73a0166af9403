import assert from "node:assert/strict";
import type { ZfsCommand, ZfsCommandResult } from "../../lib/zfs/command.ts";
import { deferDestroy, failedSnapshots, notFound, stillHeld } from "../../lib/zfs/snapshots.ts";
import { parseSnapshotFacts } from "../../lib/zfs/snapshot_facts.ts";

const LABEL = "autoborg-web-2026-11-22T04:00:00Z-0123abcd";

Deno.test("parseSnapshotFacts() takes an owner only when it was set on the snapshot itself", () => {
  const lines = (name: string, source: string) => [
    `${name}\tguid\t925542492349801773\t-`,
    `${name}\tcreatetxg\t41\t-`,
    `${name}\tdefer_destroy\ton\t-`,
    `${name}\tuserrefs\t2\t-`,
    `${name}\tclones\ttank/c1,tank/c2\t-`,
    `${name}\torg.autoborg:run\t0123abcd\t${source}`,
  ];
  const facts = parseSnapshotFacts([
    ...lines("tank/a b@s", "local"),
    ...lines("tank/b@s", "inherited from tank"),
    ...lines("tank/c@s", "received"),
  ].join("\n"));
  assert.deepEqual(facts.get("tank/a b@s"), {
    name: "tank/a b@s",
    guid: "925542492349801773",
    createtxg: "41",
    owner: "0123abcd",
    deferred: true,
    holds: 2,
    clones: ["tank/c1", "tank/c2"],
  });
  assert.equal(facts.get("tank/b@s")?.owner, undefined);
  assert.equal(facts.get("tank/c@s")?.owner, undefined);
});

Deno.test("deferDestroy() runs nothing when the name is not one of this run's", async () => {
  const ran: ZfsCommand[] = [];
  const run = (command: ZfsCommand): Promise<ZfsCommandResult> => {
    ran.push(command);
    return Promise.resolve({
      succeeded: true,
      end: { kind: "exited", code: 0 },
      stdout: "",
      stderr: "",
    });
  };
  const own = { configuration: "web", runId: "0123abcd" };
  for (const name of ["tank", "tank@%", `tank@${LABEL},x`, `tank@${LABEL.replace("web", "db")}`]) {
    await assert.rejects(deferDestroy(run, { name, ...own }), /Refusing to destroy/);
  }
  await assert.rejects(deferDestroy(run, { ...own, name: `tank@${LABEL}`, runId: "ffffffff" }));
  assert.deepEqual(ran, []);
  await deferDestroy(run, { name: `tank@${LABEL}`, ...own });
  assert.deepEqual(ran, [
    { program: "zfs", args: ["destroy", "-d", `tank@${LABEL}`], pool: "tank" },
  ]);
});

Deno.test("failedSnapshots() finds those that a failed zfs snapshot named", () => {
  const names = ["tank/a@s", "tank/b@s"];
  assert.deepEqual(
    failedSnapshots("cannot open 'tank/b': dataset does not exist\nusage:\n", names),
    [
      "tank/b@s",
    ],
  );
  assert.deepEqual(
    failedSnapshots("cannot create snapshot 'tank/a@s': dataset already exists\n", names),
    ["tank/a@s"],
  );
  assert.deepEqual(failedSnapshots("cannot create snapshots : out of space\n", names), []);
});

Deno.test("stillHeld() and notFound() tell busy snapshots from those that are gone", () => {
  const names = ["tank/a@s", "tank/b@s", "tank/c@s", "tank/d@s"];
  const stderr = [
    "cannot release hold from snapshot 'tank/a@s': dataset is busy",
    "cannot release hold from snapshot 'tank/b@s': dataset does not exist",
    "cannot open 'tank/d': dataset does not exist",
  ].join("\n");
  assert.deepEqual(stillHeld(stderr, names), ["tank/a@s"]);
  assert.deepEqual(notFound(stderr, names), ["tank/b@s", "tank/d@s"]);
});
