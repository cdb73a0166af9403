/** Checks the services that a run would stop for its snapshot; none is stopped. @module */
import { hintOf, reasonOf } from "../errors.ts";
import { chooseServices } from "../quiesce/choose_services.ts";
import { keyOf, servicesOf } from "../quiesce/managed_services.ts";
import { findSurroundings, look, type Surroundings } from "../quiesce/service_commands.ts";
import type { JournalService } from "../state/journal.ts";
import { failed, type Finding, ok, type Subject, subject, warning } from "./finding.ts";
import type { ProbeContext } from "./probe_context.ts";

/** Asks each manager for its services by itself: one that does not answer hides none of the other. */
export async function probeServices(
  context: ProbeContext,
  surroundings?: Surroundings,
): Promise<readonly Finding[]> {
  const around = surroundings ?? await findSurroundings();
  const managers = Map.groupBy(servicesOf(context.config.quiesce), ({ manager }) => manager);
  const found = await Promise.all(
    [...managers.values()].map((of) => ofManager(context, of, around)),
  );
  return found.flat();
}

async function ofManager(
  { config: { quiesce }, start, inherited, signal }: ProbeContext,
  services: readonly JournalService[],
  surroundings: Surroundings,
): Promise<readonly Finding[]> {
  const tools = { start, emit: () => {}, path: inherited.PATH ?? "" };
  // What the run warns of it fails for when it must not do without.
  const bad = quiesce.required ? failed : warning;
  try {
    const chosen = await chooseServices(
      services,
      (asked) => look(tools, asked, surroundings, signal),
    );
    const isAmong = (list: readonly JournalService[], service: JournalService) =>
      list.some((one) => keyOf(one) === keyOf(service));
    const along = chosen.running.filter((one) => !isAmong(services, one));
    return [
      ...services.flatMap((service): Finding[] => {
        const about = subjectOf(service);
        const refusal = chosen.refused.find((one) => one.service === service);
        if (refusal !== undefined) return [bad(about, refusal.reason, refusal.problem.hint)];
        if (isAmong(chosen.resting, service)) {
          return [ok(about, "does not run, so it is left alone")];
        }
        const verb = service.action === "pause" ? "paused" : "stopped";
        return [ok(about, `runs; it is ${verb} for the snapshot and started again`)];
      }),
      ...along.map((service) =>
        ok(subjectOf(service), "systemd stops it along with others; it is started again as well")
      ),
    ];
  } catch (error) {
    signal.throwIfAborted();
    const { hint } = hintOf(error);
    return services.slice(0, 1).map((service) => bad(subjectOf(service), reasonOf(error), hint));
  }
}

function subjectOf({ name }: JournalService): Subject {
  return subject("service", name);
}
