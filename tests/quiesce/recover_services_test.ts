import assert from "node:assert/strict";
import { hasStoppedServices, recoverServices } from "../../lib/quiesce/recover_services.ts";
import { fileJournals, type JournalService } from "../../lib/state/journal.ts";
import { Managers } from "./managers.ts";

const SURROUNDINGS = { hasPodmanSocket: false, isSandboxed: false, ownUnits: new Set<string>() };
const A: JournalService = { manager: "systemd", name: "a.service", action: "stop" };
const B: JournalService = { manager: "systemd", name: "b.service", action: "stop" };
const PAUSED: JournalService = { manager: "docker", name: "web", action: "pause" };

/** What a run that was killed has left: these services in its journal. */
async function killed(services: readonly JournalService[], hostname = "host") {
  const directory = await Deno.makeTempDir();
  const journals = fileJournals(directory);
  const run = { runId: "0badf00d", startedAt: "2026-11-30T02:00:00Z", mounts: [] };
  const runs = [{ ...run, trees: [], snapshots: [], services }];
  await journals.write({ version: 1, name: "web", hostname: "host", runs });
  const managers = new Managers();
  return {
    managers,
    journals,
    recovery: {
      name: "web",
      hostname,
      journals,
      start: managers.start,
      emit: () => {},
      path: "/usr/bin",
      surroundings: SURROUNDINGS,
    },
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

Deno.test("recoverServices() starts what was left stopped, in reverse order, and forgets it", async () => {
  await using left = await killed([PAUSED, A, B]);
  const { managers, recovery, journals } = left;
  managers.units.set("a.service", { state: "inactive" });
  managers.units.set("b.service", { state: "active" });
  managers.containers.set("web", { state: "paused" });
  assert.equal(await hasStoppedServices(recovery), true);
  const { started, problems } = await recoverServices(recovery);
  assert.deepEqual(managers.changes, ["systemctl start a.service", "docker unpause web"]);
  assert.deepEqual(problems, []);
  assert.equal(started.length, 2);
  assert.match(
    started[0] ?? "",
    /"a.service" had been left stopped by the run 0badf00d of 2026-11-30/,
  );
  assert.equal(await journals.read("web"), undefined);
  assert.equal(await hasStoppedServices(recovery), false);
});

Deno.test("recoverServices() keeps what does not start for the next time", async () => {
  await using left = await killed([A, B]);
  const { managers, recovery, journals } = left;
  managers.units.set("a.service", { state: "inactive", on: { start: "fails" } });
  managers.units.set("b.service", { state: "inactive" });
  const { started, problems } = await recoverServices(recovery);
  assert.equal(started.length, 1);
  assert.deepEqual(problems.map(({ severity }) => severity), ["error"]);
  assert.deepEqual((await journals.read("web"))?.runs[0]?.services, [A]);
});

Deno.test("recoverServices() drops what does not exist any more", async () => {
  await using left = await killed([A]);
  const { started, problems } = await recoverServices(left.recovery);
  assert.deepEqual([started, problems], [[], []]);
  assert.equal(await left.journals.read("web"), undefined);
});

Deno.test("recoverServices() keeps all when a manager does not answer", async () => {
  await using left = await killed([A]);
  const start = () => Promise.reject(new Error("no systemd here"));
  const { problems } = await recoverServices({ ...left.recovery, start });
  assert.match(problems[0]?.message ?? "", /may not run: no systemd here/);
  assert.equal(await hasStoppedServices(left.recovery), true);
});

Deno.test("recoverServices() does nothing for the journal of another host", async () => {
  await using left = await killed([A], "other");
  assert.equal(await hasStoppedServices(left.recovery), false);
  assert.deepEqual(await recoverServices(left.recovery), { started: [], problems: [] });
  assert.deepEqual(left.managers.commands, []);
});

Deno.test("recoverServices() leaves snapshots of the same run in the journal", async () => {
  await using left = await killed([A]);
  left.managers.units.set("a.service", { state: "inactive" });
  const journal = await left.journals.read("web");
  const [run = assert.fail()] = journal?.runs ?? [];
  const snapshots = [{ source: "zfs", name: "tank@autoborg-x", guid: null }];
  const runs = [{ ...run, snapshots }];
  await left.journals.write({ version: 1, name: "web", hostname: "host", runs });
  await recoverServices(left.recovery);
  const [kept = assert.fail()] = (await left.journals.read("web"))?.runs ?? [];
  assert.deepEqual([kept.snapshots, kept.services], [snapshots, []]);
});
