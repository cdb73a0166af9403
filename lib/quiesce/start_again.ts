/**
 * Starts services again that were stopped for snapshots, and makes sure that they run.
 *
 * @module
 */
import { waitFor } from "../async/deadline.ts";
import { reasonOf } from "../errors.ts";
import { failure, type Problem } from "../problem.ts";
import type { JournalService } from "../state/journal.ts";
import {
  command,
  look,
  type ServiceTools,
  startCommands,
  stopCommand,
  type Surroundings,
} from "./service_commands.ts";
import { describeFirst, keyOf, type ServiceState, startHint } from "./managed_services.ts";

/** How long one command that starts services may take, in milliseconds; systemd has limits itself. */
const START_LIMIT = 5 * 60_000;
/** How often it is looked whether a container that was told to stop has done so, in milliseconds. */
const INTERVAL = 500;
/** How much longer than it may take a container is watched, in milliseconds. */
const MARGIN = 2_000;

/** What became of services. */
interface StartedAgain {
  /** Those that do not run, and that another attempt may start. */
  readonly remaining: readonly JournalService[];
  readonly problems: readonly Problem[];
}

/**
 * Starts services in this order. One that does not start is tried once more when all others have been:
 * it may need them.
 *
 * @param services those that were stopped last come first
 */
export async function startAgain(
  tools: ServiceTools,
  services: readonly JournalService[],
  surroundings: Surroundings,
): Promise<StartedAgain> {
  let failed: readonly FailedStart[] = services.map((service) => ({ service, reason: "" }));
  for (let attempt = 0; attempt < 2 && failed.length > 0; attempt += 1) {
    failed = await attemptStart(tools, failed.map(({ service }) => service), surroundings);
  }
  return {
    remaining: failed.filter(({ isGone }) => isGone !== true).map(({ service }) => service),
    problems: failed.map(({ service, reason }) =>
      failure(
        `${notStarted(service)}: ${reason}`,
        startHint(service),
      )
    ),
  };
}

/** Says that a service does not run; the reason comes behind it. */
export function notStarted(service: JournalService): string {
  return `${describeFirst(service)} was stopped for the snapshot and did not start again`;
}

interface FailedStart {
  readonly service: JournalService;
  readonly reason: string;
  /** It does not exist any more. */
  readonly isGone?: boolean;
}

async function attemptStart(
  tools: ServiceTools,
  services: readonly JournalService[],
  surroundings: Surroundings,
): Promise<readonly FailedStart[]> {
  const refused = new Map<string, string>();
  for (const { command: asked, of } of startCommands(services, surroundings)) {
    const reason = await startReason(tools, asked);
    if (reason === undefined) continue;
    for (const service of of) refused.set(keyOf(service), reason);
  }
  let states: ReadonlyMap<string, ServiceState>;
  try {
    states = await look(tools, services, surroundings);
  } catch {
    // Then what the commands said has to do.
    states = new Map();
  }
  return services.flatMap((service): FailedStart[] => {
    const state = states.get(keyOf(service));
    const reason = refused.get(keyOf(service));
    if (state?.kind === "running") return [];
    if (state === undefined || (state.ends && state.word !== "failed")) {
      return reason === undefined ? [] : [{ service, reason }];
    }
    if (state.kind === "missing") return [{ service, reason: "it does not exist", isGone: true }];
    return [{ service, reason: reason ?? `it is ${state.word}` }];
  });
}

/** Why a command did not succeed. */
async function startReason(
  tools: ServiceTools,
  asked: Parameters<typeof command>[1],
): Promise<string | undefined> {
  try {
    const { succeeded, reason } = await command(tools, asked, START_LIMIT);
    return succeeded ? undefined : reason;
  } catch (error) {
    return reasonOf(error);
  }
}

/**
 * Finds those that do not run. A container that a dead process has told to stop still runs for as long
 * as it may take: it is watched until then. A Podman that was killed while it waited for that leaves a
 * container that can't be started before another one has stopped it.
 *
 * @param watch whether containers that run are watched
 *
 * @throws {AppError} when a manager does not answer
 */
export async function findResting(
  tools: ServiceTools,
  services: readonly JournalService[],
  surroundings: Surroundings,
  watch: boolean,
): Promise<
  { readonly resting: readonly JournalService[]; readonly gone: readonly JournalService[] }
> {
  const began = performance.now();
  while (performance.now() - began < START_LIMIT) {
    const states = await look(tools, services, surroundings);
    const passed = performance.now() - began;
    const stuck = services.filter((service) =>
      watch && states.get(keyOf(service))?.word === "stopping"
    );
    for (const service of stuck) {
      await command(tools, stopCommand(service, surroundings), START_LIMIT);
    }
    if (stuck.length > 0) continue;
    const mayStop = watch && services.some((service) => {
      const state = states.get(keyOf(service));
      return service.manager !== "systemd" && service.action === "stop" &&
        state?.kind === "running" && passed < state.stopTime + MARGIN;
    });
    if (!mayStop) {
      const are = (kind: ServiceState["kind"]) =>
        services.filter((service) => states.get(keyOf(service))?.kind === kind);
      return { resting: are("resting"), gone: are("missing") };
    }
    await waitFor(INTERVAL, new AbortController().signal);
  }
  return { resting: services, gone: [] };
}
