import assert from "node:assert/strict";
import { QuietServices } from "../../lib/quiesce/quiet_services.ts";
import type { QuiesceRequest } from "../../lib/quiesce/managed_services.ts";
import { Managers, MemoryJournal } from "./managers.ts";

const SURROUNDINGS = {
  hasPodmanSocket: false,
  isSandboxed: false,
  ownUnits: new Set(["system.slice", "autoborg.service"]),
};

/** Units `a` and `b` and containers `c` and `d` that run, and what stops them. */
function machine(request: Partial<QuiesceRequest> = {}, surroundings = SURROUNDINGS) {
  const managers = new Managers();
  for (const name of ["a.service", "b.service"]) managers.units.set(name, { state: "active" });
  for (const name of ["c", "d"]) managers.containers.set(name, { state: "running" });
  const journal = new MemoryJournal();
  const said: string[] = [];
  let clock = 0;
  const quiet = new QuietServices({
    units: ["a.service", "b.service"],
    containers: ["c", "d"],
    engine: "podman",
    mode: "stop",
    required: false,
    allowLongPause: false,
    timeout: 60_000,
    ...request,
  }, {
    start: managers.start,
    emit: (event) => {
      if (event.type === "note") said.push(event.text);
    },
    path: "/usr/bin",
    surroundings,
    monotonic: () => clock += 500,
    lateLimit: 20,
  });
  return { managers, journal, said, quiet, signal: new AbortController() };
}

const ALL_STOPPED = [
  "podman stop c",
  "podman stop d",
  "systemctl stop a.service",
  "systemctl stop b.service",
];
const ALL_STARTED = ["systemctl start b.service", "systemctl start a.service", "podman start d c"];

Deno.test("QuietServices stops containers and units in order, and starts them in reverse", async () => {
  const { managers, journal, quiet, signal, said } = machine();
  managers.onCommand = (command) => {
    if (command === "podman stop c") {
      assert.deepEqual(journal.written, [["c", "d", "a.service", "b.service"]], "journal first");
    }
  };
  assert.equal(await quiet.stop(journal, signal.signal), undefined);
  assert.deepEqual(managers.changes, ALL_STOPPED);
  assert.equal(managers.units.get("a.service")?.state, "inactive");
  await quiet.start();
  await quiet.start();
  assert.deepEqual(managers.changes, [...ALL_STOPPED, ...ALL_STARTED]);
  assert.deepEqual(journal.written.at(-1), []);
  assert.deepEqual(quiet.problems, []);
  assert.deepEqual(quiet.pause, { services: ["c", "d", "a.service", "b.service"], duration: 500 });
  assert.deepEqual(said, ["4 services were stopped for 0.5 s"]);
});

Deno.test("QuietServices gives managers nothing of the environment but PATH and the language", async () => {
  const { managers, journal, quiet, signal } = machine();
  await quiet.stop(journal, signal.signal);
  await quiet.start();
  for (const environment of managers.environments) {
    assert.deepEqual(environment, { PATH: "/usr/bin", LC_ALL: "C.UTF-8" });
  }
});

Deno.test("QuietServices pauses containers and continues them", async () => {
  const { managers, journal, quiet, signal } = machine({ mode: "pause", units: [] });
  await quiet.stop(journal, signal.signal);
  await quiet.start();
  assert.deepEqual(managers.changes, ["podman pause c", "podman pause d", "podman unpause d c"]);
});

Deno.test("QuietServices leaves alone what did not run before", async () => {
  const { managers, journal, quiet, signal, said } = machine();
  managers.units.set("a.service", { state: "inactive" });
  managers.units.set("b.service", { state: "deactivating" });
  managers.containers.set("c", { state: "paused" });
  await quiet.stop(journal, signal.signal);
  await quiet.start();
  assert.deepEqual(managers.changes, ["podman stop d", "podman start d"]);
  assert.deepEqual(quiet.problems, []);
  assert.match(said.join(), /The container "c" does not run,The unit "a.service" does not run/);
});

Deno.test("QuietServices writes and stops nothing when nothing runs", async () => {
  const { managers, journal, quiet, signal } = machine({ containers: [] });
  for (const unit of managers.units.values()) unit.state = "inactive";
  await quiet.stop(journal, signal.signal);
  await quiet.start();
  assert.deepEqual([managers.changes, journal.written, quiet.pause], [[], [], undefined]);
});

Deno.test("QuietServices starts again what systemd stops along with a unit", async () => {
  const { managers, journal, quiet, signal } = machine({ units: ["a.service"], containers: [] });
  managers.units.set("a.service", {
    state: "active",
    properties: { RequiredBy: "web.service idle.service", ConsistsOf: "a@1.service" },
  });
  managers.units.set("web.service", {
    state: "active",
    properties: { BoundBy: "proxy.service a.service" },
  });
  managers.units.set("idle.service", { state: "inactive" });
  for (const name of ["proxy.service", "a@1.service"]) {
    managers.units.set(name, { state: "active" });
  }
  await quiet.stop(journal, signal.signal);
  await quiet.start();
  const order = ["proxy.service", "web.service", "a@1.service", "a.service"];
  assert.deepEqual(managers.changes, [
    ...order.map((name) => `systemctl stop ${name}`),
    ...order.toReversed().map((name) => `systemctl start ${name}`),
  ]);
});

for (
  const [why, properties, says] of [
    ["autoborg runs in it", { Id: "autoborg.service" }, /autoborg itself runs in it/],
    ["it is transient", { Transient: "yes" }, /transient: once stopped it is gone/],
    ["it may not be stopped", { CanStop: "no" }, /does not let it be stopped/],
    ["it may not be started", { CanStart: "no" }, /does not let it be started again/],
  ] as const
) {
  Deno.test(`QuietServices does not stop a unit when ${why}`, async () => {
    const { managers, journal, quiet, signal } = machine({ containers: [] });
    managers.units.set("a.service", { state: "active", properties });
    await quiet.stop(journal, signal.signal);
    await quiet.start();
    assert.deepEqual(managers.changes, ["systemctl stop b.service", "systemctl start b.service"]);
    const [{ message, severity } = assert.fail()] = quiet.problems;
    assert.match(message, says);
    assert.equal(severity, "warning");
  });
}

Deno.test("QuietServices does not stop a unit that would take autoborg along", async () => {
  const { managers, journal, quiet, signal } = machine({ containers: [], units: ["a.service"] });
  managers.units.set("a.service", {
    state: "active",
    properties: { RequiredBy: "autoborg.service" },
  });
  managers.units.set("autoborg.service", { state: "activating" });
  await quiet.stop(journal, signal.signal);
  assert.deepEqual(managers.changes, []);
  assert.match(
    quiet.problems[0]?.message ?? "",
    /"a.service" was not stopped.*systemd would stop "autoborg.service" along with it/,
  );
});

Deno.test("QuietServices does not stop a container that is removed when it stops", async () => {
  const { managers, journal, quiet, signal } = machine({ units: [], containers: ["c"] });
  managers.containers.set("c", { state: "running", autoRemove: true });
  await quiet.stop(journal, signal.signal);
  assert.deepEqual(managers.changes, []);
  assert.match(quiet.problems[0]?.message ?? "", /started with --rm: once stopped it is gone/);
  const paused = machine({ units: [], containers: ["c"], mode: "pause" });
  paused.managers.containers.set("c", { state: "running", autoRemove: true });
  await paused.quiet.stop(paused.journal, signal.signal);
  assert.deepEqual(paused.managers.changes, ["podman pause c"]);
});

Deno.test("QuietServices says what does not exist, and stops the others", async () => {
  const { journal, quiet, signal } = machine({
    units: ["a.service", "typo.service"],
    containers: ["c", "typo"],
  });
  await quiet.stop(journal, signal.signal);
  await quiet.start();
  assert.deepEqual(quiet.problems.map(({ message }) => message), [
    'The container "typo" was not stopped for the snapshot: it does not exist',
    'The unit "typo.service" was not stopped for the snapshot: it does not exist',
  ]);
  assert.deepEqual(quiet.pause?.services, ["c", "a.service"]);
});

Deno.test("QuietServices goes on without one that does not stop in time, and starts all again", async () => {
  const { managers, journal, quiet, signal } = machine({ containers: [], timeout: 20 });
  managers.units.set("a.service", { state: "active", on: { stop: "hangs" } });
  assert.equal(await quiet.stop(journal, signal.signal), undefined);
  await quiet.start();
  // Nothing that has stopped waits for what has not.
  assert.deepEqual(managers.changes.slice(2), [
    "systemctl start b.service",
    "systemctl start a.service",
  ]);
  assert.deepEqual(quiet.problems.map(({ severity, message }) => [severity, message]), [
    ["warning", 'The unit "a.service" did not stop within 20 ms'],
  ]);
});

Deno.test("QuietServices refuses the snapshot when one that must stop does not", async () => {
  const { managers, journal, quiet, signal } = machine({ required: true, containers: [] });
  managers.units.set("b.service", { state: "active", on: { stop: "fails" } });
  const refused = await quiet.stop(journal, signal.signal);
  assert.match(
    refused?.message ?? "",
    /^Nothing was backed up, as quiesce.required is set: The unit/,
  );
  assert.match(refused?.message ?? "", /"b.service" did not stop: exit code 1: Job for b.service/);
  await quiet.start();
  assert.equal(managers.units.get("a.service")?.state, "active");
  assert.deepEqual(quiet.problems, [], "it is the reason of the failure, not another problem");
});

Deno.test("QuietServices stops nothing when something required does not exist", async () => {
  const { managers, journal, quiet, signal } = machine({ required: true, units: ["typo.service"] });
  assert.match((await quiet.stop(journal, signal.signal))?.message ?? "", /does not exist/);
  assert.deepEqual(managers.changes, []);
});

Deno.test("QuietServices says when something started a service again at once", async () => {
  const { managers, journal, quiet, signal } = machine({ containers: [] });
  managers.units.set("a.service", { state: "active", on: { stop: "restarts" } });
  await quiet.stop(journal, signal.signal);
  const [{ message, hint } = assert.fail()] = quiet.problems;
  assert.match(message, /"a.service" was stopped for the snapshot and runs again already/);
  assert.match(hint ?? "", /TriggeredBy a.service/);
});

for (const start of ["fails", "dies"] as const) {
  Deno.test(`QuietServices fails the run when a service ${start} at its start`, async () => {
    const { managers, journal, quiet, signal } = machine({ containers: [] });
    managers.units.set("a.service", { state: "active", on: { start } });
    await quiet.stop(journal, signal.signal);
    await quiet.start();
    const [{ severity, message, hint } = assert.fail()] = quiet.problems;
    assert.equal(severity, "error");
    assert.match(message, /"a.service" was stopped for the snapshot and did not start again: /);
    assert.equal(hint, "Start it: sudo systemctl start a.service");
    assert.deepEqual(journal.written.at(-1), ["a.service"], "the next run tries again");
    assert.equal(
      managers.changes.filter((command) => command === "systemctl start a.service").length,
      2,
    );
  });
}

Deno.test("QuietServices does not take a oneshot that is done for one that did not start", async () => {
  const { managers, journal, quiet, signal } = machine({ containers: [], units: ["a.service"] });
  managers.units.set("a.service", {
    state: "activating",
    properties: { Type: "oneshot" },
    on: { start: "dies" },
  });
  await quiet.stop(journal, signal.signal);
  await quiet.start();
  assert.deepEqual(quiet.problems, []);
});

Deno.test("QuietServices starts again what it has stopped when the run is stopped meanwhile", async () => {
  const { managers, journal, quiet, signal } = machine();
  managers.onCommand = (command) => {
    if (command === "podman stop d") signal.abort(new Error("SIGTERM"));
  };
  await assert.rejects(quiet.stop(journal, signal.signal), /SIGTERM/);
  await quiet.start();
  assert.deepEqual(managers.changes, [
    "podman stop c",
    "podman stop d",
    "podman start c",
    "podman start d",
  ]);
  assert.deepEqual(journal.written.at(-1), []);
});

Deno.test("QuietServices stops nothing that can't be written down", async () => {
  const { managers, journal, quiet, signal } = machine();
  journal.broken = true;
  assert.equal(await quiet.stop(journal, signal.signal), undefined);
  await quiet.start();
  assert.deepEqual(managers.changes, []);
  assert.match(quiet.problems[0]?.message ?? "", /^No service was stopped for the snapshot: /);
});

Deno.test("QuietServices uses the socket of Podman, and refuses to run it in a sandbox", async () => {
  const listening = machine({ units: [] }, { ...SURROUNDINGS, hasPodmanSocket: true });
  await listening.quiet.stop(listening.journal, listening.signal.signal);
  assert.match(listening.managers.commands[0] ?? "", /^podman unix:\/\/\/run\/podman\/podman.sock/);
  const sandboxed = machine({ units: [] }, { ...SURROUNDINGS, isSandboxed: true });
  await sandboxed.quiet.stop(sandboxed.journal, sandboxed.signal.signal);
  assert.deepEqual(sandboxed.managers.commands, []);
  const [{ message, hint } = assert.fail()] = sandboxed.quiet.problems;
  assert.match(message, /Cannot use Podman in a sandbox of systemd/);
  assert.match(hint ?? "", /systemctl enable --now podman.socket/);
});

Deno.test("QuietServices.confirm() starts once more what has ended right after its start", async () => {
  const { managers, journal, quiet, signal } = machine({ containers: [] });
  await quiet.stop(journal, signal.signal);
  await quiet.start();
  const before = managers.changes.length;
  await quiet.confirm();
  assert.equal(managers.changes.length, before, "all run");
  managers.units.set("a.service", { state: "failed" });
  await quiet.confirm();
  assert.deepEqual(managers.changes.slice(before), ["systemctl start a.service"]);
  assert.deepEqual([quiet.problems, journal.written.at(-1)], [[], []]);
  managers.units.set("a.service", { state: "failed", on: { start: "dies" } });
  await quiet.confirm();
  assert.deepEqual(quiet.problems.map(({ severity }) => severity), ["error"]);
  assert.deepEqual(journal.written.at(-1), ["a.service"]);
});

Deno.test("QuietServices.confirm() asks nothing as long as nothing was started again", async () => {
  const { managers, journal, quiet, signal } = machine();
  await quiet.confirm();
  await quiet.stop(journal, signal.signal);
  const before = managers.commands.length;
  await quiet.confirm();
  assert.equal(managers.commands.length, before);
});
