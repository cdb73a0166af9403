/**
 * Starts services again that a run stopped and could not start itself, because it was killed or the
 * power failed.
 *
 * @module
 */
import { hintOf, reasonOf } from "../errors.ts";
import { failure, type Problem, warning } from "../problem.ts";
import {
  isDone,
  type Journal,
  type JournalRun,
  type JournalService,
  type JournalStore,
} from "../state/journal.ts";
import { localTime } from "../text/local_time.ts";
import { findSurroundings, type ServiceTools } from "./service_commands.ts";
import { describeFirst } from "./managed_services.ts";
import { describeServices } from "../state/journal_services.ts";
import { findResting, startAgain } from "./start_again.ts";

/** For which configuration services are started again, and on what machine. */
interface ServiceRecovery extends ServiceTools {
  readonly name: string;
  readonly hostname: string;
  readonly journals: JournalStore;
}

/** What was done. */
interface RecoveredServices {
  /** Services that were left stopped and run again, each as a sentence without a full stop. */
  readonly started: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Whether there is something to do, which can be asked without the run lock.
 *
 * @throws {AppError} when the journal can't be read
 */
export async function hasStoppedServices(
  { name, hostname, journals }: Pick<ServiceRecovery, "name" | "hostname" | "journals">,
): Promise<boolean> {
  const journal = await journals.read(name);
  return journal?.hostname === hostname && journal.runs.some((run) => servicesOf(run).length > 0);
}

/**
 * Starts again what the journal of a configuration names, and what does not run. What does not start
 * stays in the journal for the next time. To be called under the run lock; what else is in the journal
 * is left alone, as is one that can't be read: who cleans up says so.
 */
export async function recoverServices(recovery: ServiceRecovery): Promise<RecoveredServices> {
  const { name, hostname, journals } = recovery;
  let journal: Journal | undefined;
  try {
    journal = await journals.read(name);
  } catch {
    return { started: [], problems: [] };
  }
  const started: string[] = [];
  const problems: Problem[] = [];
  if (journal?.hostname !== hostname) return { started, problems };
  let { runs } = journal;
  for (const run of runs) {
    if (servicesOf(run).length === 0) continue;
    const outcome = await recoverRun(recovery, run);
    started.push(...outcome.started);
    problems.push(...outcome.problems);
    runs = runs.map((one) => one === run ? { ...one, services: outcome.remaining } : one)
      .filter((one) => !isDone(one));
    try {
      await journals.write({ ...journal, runs });
    } catch (error) {
      const message = `Cannot record that services were started again: ${reasonOf(error)}`;
      const { hint = "Check whether paths.state_dir is full or read-only" } = hintOf(error);
      problems.push(warning(message, hint));
    }
  }
  return { started, problems };
}

interface RecoveredRun extends RecoveredServices {
  readonly remaining: readonly JournalService[];
}

async function recoverRun(recovery: ServiceRecovery, run: JournalRun): Promise<RecoveredRun> {
  const services = servicesOf(run).toReversed();
  const when = `the run ${run.runId} of ${localTime(run.startedAt)}`;
  const note = (text: string) =>
    recovery.emit({ type: "note", scope: { step: "services" }, level: "info", text });
  note(`Looking for services that ${when} stopped: ${describeServices(services)}`);
  try {
    const surroundings = recovery.surroundings ?? await findSurroundings();
    const first = await findResting(recovery, services, surroundings, false);
    for (const service of first.gone) note(`${describeFirst(service)} does not exist any more`);
    const now = await startAgain(recovery, first.resting, surroundings);
    // Only when all others run again: it may take a while.
    const known = [...first.resting, ...first.gone];
    const others = services.filter((service) => !known.includes(service));
    const second = await findResting(recovery, others, surroundings, true);
    const later = await startAgain(recovery, second.resting, surroundings);
    const remaining = [...now.remaining, ...later.remaining];
    const started = [...first.resting, ...second.resting]
      .filter((service) => !remaining.includes(service))
      .map((service) =>
        `${describeFirst(service)} had been left stopped by ${when}, and was started again`
      );
    for (const text of started) note(text);
    const problems = [...now.problems, ...later.problems];
    return { started, problems, remaining: run.services?.filter(isIn(remaining)) ?? [] };
  } catch (error) {
    const message = `Services that ${when} stopped may not run: ${reasonOf(error)}`;
    const names = describeServices(services);
    const { hint = `See whether they run, and start them: ${names}` } = hintOf(error);
    return { started: [], problems: [failure(message, hint)], remaining: services.toReversed() };
  }
}

function isIn(list: readonly JournalService[]): (service: JournalService) => boolean {
  return (service) => list.includes(service);
}

function servicesOf({ services = [] }: JournalRun): readonly JournalService[] {
  return services;
}
