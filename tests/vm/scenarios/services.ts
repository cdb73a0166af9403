/** Scenarios: real units of systemd and real containers of Podman are stopped for the snapshot only. */
import assert from "node:assert/strict";
import { QuietServices } from "../../../lib/quiesce/quiet_services.ts";
import type { QuiesceRequest } from "../../../lib/quiesce/managed_services.ts";
import { recoverServices } from "../../../lib/quiesce/recover_services.ts";
import { runProgram } from "../../../lib/process/program.ts";
import { fileJournals } from "../../../lib/state/journal.ts";
import { installProgram, PROGRAM, WHY_NOT_COMPILED } from "../compiled.ts";
import { makeImage, WHY_NO_CONTAINERS } from "../images.ts";
import { assertNothingLeft } from "../leftovers.ts";
import {
  attempt,
  cleanUp,
  events,
  makePool,
  pause,
  PLACES,
  say,
  type Scenario,
  SEARCH_PATH,
  sh,
  stage,
} from "../machine.ts";
import { autoborg, configure, removeEverything } from "../program.ts";
import { layShims } from "../shims.ts";

/** Where units write what they do; it is in the snapshot as it was then. */
const STATE = "/srv/quiet";
const WAIT = "/bin/sleep infinity";

/** A unit that says in a file whether it runs, and in another one when that changed. */
function unit(name: string, more: { readonly head?: string; readonly service?: string } = {}) {
  const { head = "", service = `ExecStart=${WAIT}` } = more;
  const tell = (word: string) =>
    `/bin/sh -c 'echo ${word} >${STATE}/${name}; echo ${word} ${name} >>/run/quiet-order'`;
  return [
    `quiet-${name}.service`,
    `[Unit]\n${head}\n[Service]\nType=exec\nExecStartPre=${tell("running")}\n${service}\n` +
    `ExecStopPost=${tell("stopped")}\n`,
  ] as const;
}

/** Longer than a service needs that stops at once, also in an emulator beside another one. */
const PATIENCE = 15_000;
const DEAF = `TimeoutStopSec=${
  2 * PATIENCE / 1_000
}\nExecStart=/bin/sh -c 'trap "" TERM; while :; do sleep 1; done'`;
const FRAGILE = `ExecStartPre=/bin/sh -c '! [ -e /run/quiet-broken ]'\nExecStart=${WAIT}\n` +
  "ExecStopPost=/bin/touch /run/quiet-broken";

const UNITS = [
  unit("first"),
  unit("second"),
  unit("needs", { head: "Requires=quiet-first.service\nAfter=quiet-first.service" }),
  unit("resting"),
  unit("deaf", { service: DEAF }),
  unit("fragile", { service: FRAGILE }),
  unit("slow", { service: `ExecStart=${WAIT}\nExecStop=/bin/sleep 20` }),
] as const;

async function makeUnits(...started: readonly string[]): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  stack.use(await makePool("quiet"));
  await sh("zfs", "create", "-o", `mountpoint=${STATE}`, "quiet/d");
  for (const [name, text] of UNITS) await Deno.writeTextFile(`/run/systemd/system/${name}`, text);
  await sh("systemctl", "daemon-reload");
  stack.defer(async () => {
    const names = UNITS.map(([name]) => name);
    await attempt(["systemctl", "kill", "--signal=KILL", ...names]);
    await attempt(["systemctl", "stop", ...names]);
    await attempt(["systemctl", "reset-failed", ...names]);
    for (const name of names) await Deno.remove(`/run/systemd/system/${name}`);
    await attempt(["sh", "-c", "rm -f /run/quiet-*; systemctl daemon-reload"]);
  });
  await sh("systemctl", "start", ...started.map((name) => `quiet-${name}.service`));
  await attempt(["rm", "-f", "/run/quiet-order"]);
  return stack.move();
}

function quietServices(request: Partial<QuiesceRequest>): QuietServices {
  return new QuietServices({
    units: [],
    containers: [],
    mode: "stop",
    required: false,
    allowLongPause: false,
    timeout: 60_000,
    ...request,
  }, {
    start: runProgram,
    emit: (event) => events.push(event),
    path: SEARCH_PATH,
    monotonic: () => performance.now(),
  });
}

async function activeState(name: string): Promise<string> {
  return (await attempt(["systemctl", "is-active", `quiet-${name}.service`])).stdout.trim();
}

async function untilActive(state: string, name: string): Promise<void> {
  for (let waited = 0; waited < 600; waited++) {
    if (await activeState(name) === state) return;
    await pause(100);
  }
  assert.fail(`quiet-${name}.service is ${await activeState(name)}, not ${state}`);
}

async function order(): Promise<readonly string[]> {
  return (await Deno.readTextFile("/run/quiet-order")).trim().split("\n");
}

/** What a killed run has left is started by the next one, which has to have a snapshot to take. */
const SOURCES = '[zfs]\ndatasets = ["quiet/d"]\n[quiesce]\n' +
  'units = ["quiet-first.service", "quiet-second.service"]';

const IMAGE = "localhost/quiet:1";
const CONTAINERS = Array.from({ length: 10 }, (_, index) => `quiet${index}`);

async function containerStates(): Promise<readonly string[]> {
  const text = await sh("podman", "inspect", "--format", "{{.State.Status}}", ...CONTAINERS);
  return [...new Set(text.split("\n"))];
}

/** What `[quiesce]` does. */
export const serviceScenarios: readonly Scenario[] = [
  {
    name: "services: stopped in order for the snapshot only, with all that depends on them",
    async run() {
      await using _units = await makeUnits("first", "second", "needs", "deaf", "fragile");
      const names = ["first", "resting", "second", "deaf", "fragile"];
      const services = quietServices({
        units: names.map((name) => `quiet-${name}.service`),
        timeout: PATIENCE,
      });
      await using staged = await stage({ zfs: { datasets: ["quiet/d"] }, services });
      const inSnapshot = async (name: string) =>
        (await Deno.readTextFile(`${staged.root}${STATE}/${name}`)).trim();
      for (const name of ["first", "second", "needs"]) {
        assert.equal(await inSnapshot(name), "stopped", name);
        assert.equal(await activeState(name), "active", name);
      }
      assert.equal(await inSnapshot("deaf"), "running");
      assert.equal(await activeState("deaf"), "active", "it was told to stop, and started again");
      assert.equal(await activeState("resting"), "inactive");
      assert.equal(await activeState("fragile"), "failed");
      const changes = await order();
      const stops = changes.filter((line) => /^stopped (?:needs|first|second)$/.test(line));
      assert.deepEqual(stops.slice(0, 3), ["stopped needs", "stopped first", "stopped second"]);
      const starts = changes.filter((line) => /^running (?:needs|first|second)$/.test(line));
      assert.deepEqual(starts, ["running second", "running first", "running needs"]);
      assert.deepEqual(
        services.problems.map(({ severity, message }) => [
          severity,
          /"quiet-(\w+)\.service" (?:did not stop|was stopped for the snapshot and did not start)/
            .exec(message)?.[1],
        ]),
        [["warning", "deaf"], ["error", "fragile"]],
      );
      // What does not run is kept for the next run; nothing of it is staged.
      await staged.staging.release();
      assert.deepEqual(await cleanUp(), []);
      await attempt(["rm", "-f", "/run/quiet-broken"]);
      const journals = fileJournals(PLACES.state);
      const tools = { start: runProgram, emit: () => {}, path: SEARCH_PATH };
      const { started, problems } = await recoverServices({
        ...{ name: "vm", hostname: "vm", journals },
        ...tools,
      });
      assert.deepEqual([started.length, problems], [1, []]);
      assert.equal(await activeState("fragile"), "active");
      await assertNothingLeft();
    },
  },
  {
    name: "services: killed or stopped right before the snapshot, and what starts them again",
    long: "it takes several runs of the whole program",
    async run() {
      await using _units = await makeUnits("first", "second");
      await configure(SOURCES, ["first"]);
      const assertRunning = async () => {
        assert.equal(await activeState("first"), "active");
        assert.equal(await activeState("second"), "active");
      };
      const killed = async (signal: "KILL" | "TERM") => {
        await using _shims = await layShims({ command: "zfs snapshot", when: "before", signal });
        return await autoborg("run");
      };
      assert.equal((await killed("KILL")).code, 137);
      assert.equal(await activeState("first"), "inactive");
      const recovered = await autoborg("recover");
      assert.equal(recovered.code, 0, recovered.stdout + recovered.stderr);
      assert.match(recovered.stdout, /"quiet-first.service" had been left stopped by the run/);
      await assertRunning();
      await assertNothingLeft();

      assert.equal((await killed("KILL")).code, 137);
      const next = await autoborg("run");
      assert.equal(next.code, 1, next.stdout + next.stderr);
      assert.match(next.stderr, /"quiet-second.service" had been left stopped by the run/);
      assert.match(next.stdout + next.stderr, /2 services were stopped for [\d.]+ s/);
      await assertRunning();

      assert.equal((await killed("TERM")).code, 143);
      await assertRunning();
      await assertNothingLeft();
      await removeEverything();
    },
  },
  {
    name: "services: ten containers of Podman, in the service of systemd, also when it is killed",
    long: "Podman in an emulated machine takes longer than all others together",
    skip: WHY_NO_CONTAINERS ?? WHY_NOT_COMPILED,
    async run() {
      await using _units = await makeUnits("first", "slow");
      await using _containers = {
        [Symbol.asyncDispose]: async () => {
          await attempt(["podman", "rm", "--force", "--time", "0", ...CONTAINERS]);
          const script = "systemctl stop podman.socket; systemctl reset-failed autoborg.service; " +
            "rm -f /etc/systemd/system/autoborg*; systemctl daemon-reload";
          await attempt(["sh", "-c", script]);
          await removeEverything();
        },
      };
      await makeImage(IMAGE);
      for (const name of CONTAINERS) {
        await sh("podman", "run", "--detach", "--network=none", `--name=${name}`, IMAGE);
      }
      for (const mode of ["stop", "pause"] as const) {
        const services = quietServices({ containers: CONTAINERS, engine: "podman", mode });
        await using _staged = await stage({ zfs: { datasets: ["quiet/d"] }, services });
        assert.deepEqual(services.problems, []);
        assert.deepEqual(await containerStates(), ["running"]);
        say(`       10 containers, ${mode}: ${Math.round(services.pause?.duration ?? 0)} ms`);
      }
      const list = CONTAINERS.map((name) => `"${name}"`).join(", ");
      await configure(
        `[zfs]\ndatasets = ["quiet/d"]\n[quiesce]\ncontainers = [${list}]\nengine = "podman"\n` +
          'units = ["quiet-first.service", "quiet-slow.service"]\n',
        ["first"],
      );
      await installProgram();
      await sh(PROGRAM, "systemd", "--write", "/etc/systemd/system");
      await sh("systemctl", "daemon-reload");
      await sh("systemctl", "start", "autoborg.service");
      const log = await sh("journalctl", "--no-pager", "--unit=autoborg.service");
      assert.match(log, /12 services were stopped for/);
      const [last] = JSON.parse(await sh(PROGRAM, "history", "--json")).runs;
      assert.equal(last.state, "ok", log);
      assert.equal(last.pause.services.length, 12);
      assert.deepEqual(await containerStates(), ["running"]);
      assert.equal(await activeState("slow"), "active");

      await sh("systemctl", "start", "--no-block", "autoborg.service");
      await untilActive("deactivating", "slow");
      assert.deepEqual(await containerStates(), ["exited"]);
      await sh("systemctl", "kill", "--signal=KILL", "--kill-whom=all", "autoborg.service");
      await untilActive("active", "slow");
      for (let waited = 0; waited < 1_200; waited++) {
        const state = await attempt(["systemctl", "is-active", "autoborg.service"]);
        if (/failed|^inactive/.test(state.stdout)) break;
        await pause(100);
      }
      assert.deepEqual(await containerStates(), ["running"]);
      assert.equal(await activeState("first"), "active");
      // That the run has died is still to be told: the journal stays until then.
      assert.equal((await autoborg("recover")).code, 0);
      await assertNothingLeft();
    },
  },
];
