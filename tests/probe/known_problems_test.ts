import assert from "node:assert/strict";
import { probeKnownProblems } from "../../lib/probe/known_problems.ts";
import { firstChecks } from "../../lib/state/check_ledger.ts";
import { History } from "../../lib/state/history.ts";
import { historyPath } from "../../lib/state/history_opening.ts";
import { Place, SHORTEST } from "../config/files.ts";
import { alarmOf } from "../restore/pasts.ts";

Deno.test("probeKnownProblems() names alarms that are open, and damage that a check found", async () => {
  using place = new Place();
  const state = `${place.directory}/state`;
  const { config } = await place.load(`${SHORTEST}[paths]\nstate_dir = "${state}"\n`);
  const context = { config };
  assert.deepEqual(probeKnownProblems(context), [], "before the first run");
  Deno.mkdirSync(state, { mode: 0o700 });
  using history = History.open(historyPath(state));
  assert.deepEqual(probeKnownProblems(context), []);
  const archives = [{
    name: "host-2026-11-22T04:00:00Z-00000001",
    id: "1",
    state: "present" as const,
  }];
  history.ledger("host", "disk").write({
    ...{ seen: { id: "1", modifiedAt: 0, machine: "" }, trusted: true, archives },
    alarms: [alarmOf("archives-vanished"), { ...alarmOf("archives-foreign"), accepted: true }],
  });
  history.checks("host", "disk").write({
    ...firstChecks("", 0),
    damage: "segment 5",
    damagedAt: 0,
  });
  const [damage, alarm, ...others] = probeKnownProblems(context);
  assert.deepEqual(others, []);
  assert.deepEqual([damage?.name, damage?.state], ["disk", "failed"]);
  assert.match(damage?.message ?? "", /^a check found damage on 1970-01-01 .*: segment 5$/);
  assert.deepEqual([alarm?.name, alarm?.state], ["disk", "warning"]);
  assert.match(alarm?.message ?? "", /^1 alarm is open, nothing is pruned: .* archives-vanished$/);
  assert.match(alarm?.hint ?? "", /autoborg accept --config \S+ disk|autoborg accept disk/);
});
