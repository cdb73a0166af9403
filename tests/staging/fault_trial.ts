/**
 * Stages, releases, recovers and stages again on a machine in memory, with one fault in the first
 * of these processes, and asserts what must hold in any case.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Problem } from "../../lib/backup/outcome.ts";
import { type Staging, StagingStopped } from "../../lib/staging/staging.ts";
import { recover } from "../../lib/staging/recover.ts";
import { stageSources } from "../../lib/staging/stage.ts";
import { requireEmptyTempDir } from "../../lib/staging/temp_dir.ts";
import type { Faults, Machine, Process } from "./double/machine.ts";
import { foreignState, leftovers, requestOn, RUN, type Server } from "./double/server.ts";

const COMES_ALONG = "/run/autoborg/web/srv/live/";
const NEXT_RUN = "89abcdef";

/** What is tried. */
export interface Trial {
  readonly server: () => Server;
  readonly faults: Faults;
  /** Stops the first process. */
  readonly stop?: AbortController;
}

/** What became of the first process. */
export interface FirstRun {
  readonly process: Process;
  readonly end: "released" | "stopped" | "died";
  readonly problems: readonly Problem[];
}

/** Runs it all, asserts what must hold, and says what became of the first process. */
export async function tryFault(trial: Trial): Promise<FirstRun> {
  const server = trial.server();
  const { machine } = server;
  const before = foreignState(machine, [RUN, NEXT_RUN]);
  const untouched = () => {
    assert.deepEqual(machine.violations, []);
    assert.equal(foreignState(machine, [RUN, NEXT_RUN]), before, "something foreign has changed");
  };
  const first = await firstRun(trial, server);
  untouched();
  if (first.end !== "died") assertReported(machine, first.problems);
  const request = requestOn(server, machine.process());
  assert.deepEqual(await recover(request), [], "recover() is not content");
  untouched();
  assertNothingLeft(machine);
  await requireEmptyTempDir(request);
  for (const { live, frozen } of server.expected) {
    if (frozen && live !== undefined) machine.write(live, "as it was");
  }
  const next = requestOn(server, machine.process(), { runId: NEXT_RUN });
  const staging = await stageSources(next);
  assert.deepEqual(staging.problems, [], "the next run is not content");
  assertReadable(server, staging);
  assert.deepEqual(await staging.release(), []);
  assertNothingLeft(machine);
  untouched();
  return first;
}

async function firstRun({ faults, stop }: Trial, server: Server): Promise<FirstRun> {
  const process = server.machine.process(faults);
  const signal = stop === undefined ? {} : { signal: stop.signal };
  const request = requestOn(server, process, signal);
  // Both processes begin like this.
  let recovered: readonly Problem[] | "died" = [];
  let staging: Staging | "died";
  try {
    recovered = await Promise.race([recover(request), process.died]);
    if (recovered === "died") return { process, end: "died", problems: [] };
    staging = await Promise.race([stageSources(request), process.died]);
  } catch (error) {
    if (stop?.signal.aborted !== true) throw error;
    const problems = error instanceof StagingStopped ? error.problems : [];
    return { process, end: "stopped", problems };
  }
  if (staging === "died") return { process, end: "died", problems: [] };
  assertReadable(server, staging);
  const released = await Promise.race([staging.release(), process.died]);
  if (released === "died") return { process, end: "died", problems: [] };
  assert.deepEqual(await staging.release(), released, "a second release() is another one");
  return { process, end: "released", problems: [...recovered, ...staging.problems, ...released] };
}

/** Each file is in the archive as it was at the snapshot, or a problem says why it is not. */
function assertReadable({ machine, expected }: Server, { sources, problems }: Staging): void {
  const said = problems.map(({ message }) => message).join("\n");
  for (const { path, live, names, frozen, pool } of expected) {
    const covered = sources !== undefined &&
      sources.paths.some((source) =>
        source === "." || path === source || path.startsWith(`${source}/`)
      );
    const inside = covered ? machine.read(`${sources.root}/${path}`.replace("//", "/")) : undefined;
    const isLive = sources?.root === "/" || (inside === "later" && live !== undefined);
    if (inside !== undefined && !(frozen && isLive)) continue;
    const explained = names.some((name) =>
      said.includes(`"${name}"`) || said.includes(`"${name}@`)
    );
    const whole = said.includes(`Cannot back up the dataset "${pool}`);
    const unknown = said.includes("which of the directories lie on ZFS") && inside !== undefined;
    assert(
      explained || whole || unknown,
      `"${path}" is ${inside ?? "missing"}, and nobody says why: ${said}`,
    );
  }
  for (const { message, hint } of problems) {
    assert(/^(Cannot|The|Not|A) \S/.test(message) && !message.endsWith("."), message);
    assert(hint !== undefined && hint !== "", `no hint: ${message}`);
    assert(!/: $|undefined|exit code 0/.test(message), message);
  }
}

/** What is left is in the journal, so that it can be found again, and it is reported. */
function assertReported(machine: Machine, problems: readonly Problem[]): void {
  const journal = machine.journals.get("web") ?? "";
  const left = leftovers(machine, [RUN]);
  for (const one of left) {
    // What is mounted below a live directory has come along with it.
    const known = journal.includes(JSON.stringify(one)) || one.startsWith(COMES_ALONG);
    assert(known, `"${one}" is left, and no journal knows of it`);
  }
  if (left.length > 0) {
    const said = problems.map(({ message }) => message).join("\n");
    assert(
      /Cannot (release|unmount|record)/.test(said),
      `${left} is left, and nobody says so: ${said}`,
    );
  }
}

function assertNothingLeft(machine: Machine): void {
  assert.deepEqual(leftovers(machine, [RUN, NEXT_RUN]), [], "something is left");
  const { node } = machine.mounts.find("/run");
  const directories = [...node.entries.get("autoborg")?.entries.keys() ?? []];
  assert.deepEqual(directories, [], "directories are left");
  assert.deepEqual([...machine.journals], [], "a journal is left");
}
