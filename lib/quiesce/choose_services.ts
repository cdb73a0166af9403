/**
 * Finds out which services a run has to stop: those that are named and run, and the units that systemd
 * would stop along with them, which nothing would start again.
 *
 * @module
 */
import { type Problem, warning } from "../problem.ts";
import type { JournalService } from "../state/journal.ts";
import { describeFirst, keyOf, type ServiceState } from "./managed_services.ts";

/** What is to be stopped. */
interface ChosenServices {
  /** In this order. */
  readonly running: readonly JournalService[];
  /** Named ones that do not run: they are left alone. */
  readonly resting: readonly JournalService[];
  /** Named ones that can't be stopped. */
  readonly refused: readonly RefusedService[];
}

/** A service that can't be stopped. */
interface RefusedService {
  readonly service: JournalService;
  /** Why, as the end of a sentence. */
  readonly reason: string;
  readonly problem: Problem;
}

/** Asks for the states of services, by {@linkcode keyOf}. */
type Look = (services: readonly JournalService[]) => Promise<ReadonlyMap<string, ServiceState>>;

/**
 * Looks at services and at all that depends on them.
 *
 * @param named in the order in which they are to be stopped
 * @throws {AppError} when a manager does not answer
 */
export async function chooseServices(
  named: readonly JournalService[],
  look: Look,
): Promise<ChosenServices> {
  const states = new Map<string, ServiceState>();
  let asked = named;
  while (asked.length > 0) {
    const found = await look(asked);
    for (const [key, state] of found) states.set(key, state);
    const next = asked.flatMap((service) => dependentsOf(service, states));
    asked = [...new Map(next.map((one) => [keyOf(one), one])).values()]
      .filter((one) => !states.has(keyOf(one)));
  }
  const kindOf = (service: JournalService) => states.get(keyOf(service))?.kind ?? "missing";
  const running = new Map<string, JournalService>();
  const refused: RefusedService[] = [];
  for (const service of named) {
    if (kindOf(service) === "missing") {
      refused.push(missing(service));
      continue;
    }
    const all = stoppedWith(service, states);
    const refusal = all.map((one) => obstacle(service, one, states)).find((one) => one);
    if (refusal !== undefined) refused.push(refusal);
    else for (const one of all) running.set(keyOf(one), one);
  }
  return {
    running: [...running.values()],
    resting: named.filter((service) => kindOf(service) === "resting"),
    refused,
  };
}

function dependentsOf(
  service: JournalService,
  states: ReadonlyMap<string, ServiceState>,
): readonly JournalService[] {
  const state = states.get(keyOf(service));
  if (state?.kind !== "running") return [];
  return state.dependents.map((name) => ({ manager: "systemd", name, action: "stop" } as const));
}

/** Everything that runs and stops with a service, what depends on others first; itself is the last. */
function stoppedWith(
  service: JournalService,
  states: ReadonlyMap<string, ServiceState>,
  above: ReadonlySet<string> = new Set(),
): readonly JournalService[] {
  if (states.get(keyOf(service))?.kind !== "running" || above.has(keyOf(service))) return [];
  const within = new Set([...above, keyOf(service)]);
  return [
    ...dependentsOf(service, states).flatMap((one) => stoppedWith(one, states, within)),
    service,
  ];
}

function missing(service: JournalService): RefusedService {
  const list = service.manager === "systemd"
    ? "systemctl list-units --all"
    : `sudo ${service.manager} ps --all`;
  return refusedFor(service, "it does not exist", `See what there is: ${list}`);
}

function obstacle(
  named: JournalService,
  service: JournalService,
  states: ReadonlyMap<string, ServiceState>,
): RefusedService | undefined {
  const found = states.get(keyOf(service))?.obstacle;
  if (found === undefined) return undefined;
  const reason = service === named
    ? found.reason
    : `systemd would stop "${service.name}" along with it, and ${
      found.reason.replace(/^it (?=was|is)/, "that ")
    }`;
  return refusedFor(named, reason, found.hint);
}

function refusedFor(service: JournalService, reason: string, hint: string): RefusedService {
  const message = `${describeFirst(service)} was not stopped for the snapshot: ${reason}`;
  return { service, reason, problem: warning(message, hint) };
}
