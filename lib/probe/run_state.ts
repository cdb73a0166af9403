/** Checks whether a run is in progress, and whether one has died. @module */
import { ownCommand } from "../text/own_command.ts";
import { type Journal, readJournal } from "../state/journal.ts";
import { describeServices } from "../state/journal_services.ts";
import { lookAtLock } from "../state/run_lock.ts";
import { counted, humanDuration } from "../text/units.ts";
import type { ProbeContext } from "./probe_context.ts";
import { failedBy, type Finding, ok, subject, warning } from "./finding.ts";

const LOCK = subject("lock");
const LEFTOVERS = subject("leftovers");

/** Reads the run lock and the journal. */
export async function probeRunState(context: ProbeContext): Promise<readonly Finding[]> {
  const { paths, name } = context.config;
  let running: string | undefined;
  let lock: Finding;
  try {
    const { held, holder } = await lookAtLock(`${paths.stateDir}/run.lock`);
    running = holder?.runId;
    lock = held ? heldLock(holder, context.now) : ok(LOCK, "no run is in progress");
  } catch (error) {
    lock = failedBy(LOCK, error);
  }
  try {
    const journal = await readJournal(paths.stateDir, name);
    return [lock, leftovers(journal, running, context.hostname)];
  } catch (error) {
    return [lock, failedBy(LEFTOVERS, error)];
  }
}

type Holder = NonNullable<Awaited<ReturnType<typeof lookAtLock>>["holder"]>;

function heldLock(holder: Holder | undefined, now: Date): Finding {
  const hint = "A run that starts now is refused with exit code 75: wait until this one has " +
    "finished";
  if (holder === undefined) return warning(LOCK, "a run is in progress", hint);
  const { runId, process, startedAt } = holder;
  const age = humanDuration(now.getTime() - Date.parse(startedAt));
  return warning(
    LOCK,
    `run ${runId} is in progress (process ${process}), for ${age} now`,
    `${hint}; what it uses may be locked meanwhile`,
  );
}

function leftovers(
  journal: Journal | undefined,
  running: string | undefined,
  hostname: string,
): Finding {
  // What a run in progress has made is in the journal too, and it is in use.
  const dead = (journal?.runs ?? []).filter(({ runId }) => runId !== running);
  if (journal === undefined || dead.length === 0) {
    return ok(LEFTOVERS, "nothing left behind by crashed runs");
  }
  if (journal.hostname !== hostname) {
    return warning(
      LEFTOVERS,
      `nothing is cleaned up: the journal was written on the host "${journal.hostname}", and this is "${hostname}"`,
      `If the host was renamed, put "${hostname}" into the journal; if it was copied, move it to ` +
        "another name: it is the only record of what crashed runs left behind",
    );
  }
  const snapshots = dead.reduce((sum, run) => sum + run.snapshots.length, 0);
  const mounts = dead.reduce((sum, run) => sum + run.mounts.length, 0);
  const runs = dead.map(({ runId }) => runId).join(", ");
  const services = dead.flatMap(({ services = [] }) => services);
  const stopped = services.length === 0 ? "" : `, and stopped: ${describeServices(services)}`;
  return warning(
    LEFTOVERS,
    `crashed runs (${runs}) left ${counted(snapshots, "snapshot", "snapshots")} and ${
      counted(mounts, "mount", "mounts")
    }${stopped}`,
    `The next run cleans up, or this does it now: ${ownCommand("recover")}`,
  );
}
