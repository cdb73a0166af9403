/** Asks everything that a run depends on, side by side. @module */
import { within } from "../async/deadline.ts";
import { createLimiter } from "../async/concurrency.ts";
import { probeBorg, probeSsh } from "./programs.ts";
import { callerNumber } from "../files/path_safety.ts";
import type { ProbeContext } from "./probe_context.ts";
import { failedBy, type Finding, ok, skipped, type Subject, subject, warning } from "./finding.ts";
import { probeCoverage } from "./uncovered_places.ts";
import { probeKey } from "./key_probe.ts";
import { probeKnownProblems } from "./known_problems.ts";
import { probeDatabases, probeRunningServers } from "./database_probe.ts";
import { probeMail } from "./mail_server.ts";
import { probeServices } from "./quiesced_services.ts";
import { probeHooks, probePlaces } from "./run_directories.ts";
import { probeRepository } from "./repository_probe.ts";
import { probeRetention } from "./retention_probe.ts";
import { probeRunState } from "./run_state.ts";
import { probeSources } from "./sources.ts";
import { probeOtherPrograms } from "./other_programs.ts";
import { probeTimer } from "./timer.ts";
import { probeUser } from "./user.ts";

/** How long to wait for programs that were told to stop, in milliseconds. */
const STOP_LIMIT = 6_000;

interface Probe {
  /** The subject of the finding when the probe itself fails. */
  readonly about: Subject;
  /** Whether it starts programs, which stop by themselves when they are told to. */
  readonly startsPrograms: boolean;
  ask(): Promise<readonly Finding[]> | readonly Finding[];
}

/**
 * Asks everything and returns the findings in the order in which they are shown, secrets masked. What
 * can't be asked is a finding, too; one thing that hangs keeps nothing else from being asked. When the
 * signal aborts, the findings are those that there are. `onWaiting` hears the names of what has not
 * answered yet, each time that changes.
 */
export async function probeAll(
  context: ProbeContext,
  onWaiting: (names: readonly string[]) => void = () => {},
): Promise<readonly Finding[]> {
  const probes = probesOf(context);
  const answers = new Map<Probe, readonly Finding[]>();
  const tellWaiting = () =>
    onWaiting(probes.filter((probe) => !answers.has(probe)).map(({ about }) => nameOf(about)));
  const stopped = aborted(context.signal);
  const all = Promise.all(probes.map(async (probe) => {
    const answer = answerOf(probe, context.signal);
    answers.set(probe, await (probe.startsPrograms ? answer : Promise.race([answer, stopped])));
    tellWaiting();
  }));
  tellWaiting();
  await Promise.race([all, stopped.then(() => within(all, STOP_LIMIT))]);
  return probes.flatMap((probe) => answers.get(probe) ?? []).map((finding) =>
    masked(finding, context)
  );
}

function probesOf(context: ProbeContext): readonly Probe[] {
  const { config, now, path } = context;
  const timer = { now, config: path, maxAge: config.status.maxAge };
  const limit = createLimiter(config.run.parallel || config.repositories.length);
  const borg = answerOf(program("borg", async () => [await probeBorg(context)]), context.signal);
  const withBorg = (about: Subject, ask: () => Promise<readonly Finding[]>): Probe => ({
    about,
    startsPrograms: true,
    ask: async () => {
      const [found] = await borg;
      if (found?.state === "failed" || found === undefined) {
        return [skipped(about, "not tested: there is no usable Borg")];
      }
      return await ask();
    },
  });
  return [
    look("configuration", () => configurationFindings(context)),
    look("user", () => [probeUser(callerNumber())]),
    program("borg", () => borg),
    withBorg(subject("ssh"), async () => [await probeSsh(context)]),
    ...config.repositories.map((target) =>
      withBorg(
        subject("repository", target.label),
        () =>
          limit(async () => {
            const found = await probeRepository(context, target);
            const isOpen = found.state === "ok" || found.state === "warning";
            return [found, ...(isOpen ? await probeRetention(context, target) : [])];
          }),
      )
    ),
    ...config.repositories.map((target) =>
      withBorg(
        subject("key", target.label),
        () => limit(async () => [await probeKey(context, target)]),
      )
    ),
    look("repository", () => probeKnownProblems(context)),
    program("zfs", () => probeSources(context)),
    ...config.databases.map((entry) => ({
      about: subject("database", entry.label),
      startsPrograms: true,
      ask: () => probeDatabases(context, entry),
    })),
    program("coverage", () => probeCoverage(context)),
    look("coverage", () => probeRunningServers(context)),
    look("mail", () => probeMail(context)),
    look("place", () => probePlaces(context)),
    look("lock", () => probeRunState(context)),
    program("service", () => probeServices(context)),
    look("hook", () => probeHooks()),
    look("timer", () => probeTimer(timer)),
    look("timer", () => probeOtherPrograms()),
  ];
}

/** The warnings of the configuration, which is valid by now. */
function configurationFindings({ path, warnings }: ProbeContext): readonly Finding[] {
  const about = subject("configuration");
  return [ok(about, `"${path}" is valid`), ...warnings.map((message) => warning(about, message))];
}

function program(topic: Subject["topic"], ask: Probe["ask"]): Probe {
  return { about: subject(topic), startsPrograms: true, ask };
}

function look(topic: Subject["topic"], ask: Probe["ask"]): Probe {
  return { about: subject(topic), startsPrograms: false, ask };
}

async function answerOf(probe: Probe, signal: AbortSignal): Promise<readonly Finding[]> {
  try {
    return await probe.ask();
  } catch (error) {
    return signal.aborted ? [] : [failedBy(probe.about, error)];
  }
}

function nameOf({ topic, name }: Subject): string {
  return name === "" ? topic : name;
}

/** Resolves, to no findings, when a signal aborts. */
function aborted(signal: AbortSignal): Promise<readonly Finding[]> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve([]);
    signal.addEventListener("abort", () => resolve([]), { once: true });
  });
}

function masked(finding: Finding, { mask }: Pick<ProbeContext, "mask">): Finding {
  const { name, message, hint } = finding;
  const advice = hint === undefined ? {} : { hint: mask(hint) };
  return { ...finding, name: mask(name), message: mask(message), ...advice };
}
