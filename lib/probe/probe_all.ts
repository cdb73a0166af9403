/**
 * Asks everything that a run depends on, side by side.
 *
 * @module
 */
import { createLimiter } from "../async/limiter.ts";
import { probeBorg } from "./borg_program.ts";
import { configurationFindings } from "./configuration.ts";
import type { ProbeContext } from "./probe_context.ts";
import { failedBy, type Finding, skipped, type Subject, subject } from "./finding.ts";
import { probeHooks } from "./hook_files.ts";
import { probeMail } from "./mail_server.ts";
import { probePlaces } from "./run_directories.ts";
import { probeRepository } from "./repository_probe.ts";
import { probeRunState } from "./run_state.ts";
import { probeSources } from "./sources.ts";
import { probeSsh } from "./ssh_client.ts";
import { probeOtherPrograms } from "./other_programs.ts";
import { probeTimer } from "./timer.ts";
import { probeUser } from "./who.ts";

/** How long programs that were told to stop are waited for, in milliseconds. */
const FAREWELL = 6_000;

/** Something that is asked. */
interface Probe {
  /** What a failure of the probe itself is attributed to. */
  readonly about: Subject;
  /** Whether it starts programs, which stop by themselves when they are told to. */
  readonly startsPrograms: boolean;
  ask(): Promise<readonly Finding[]>;
}

/**
 * Asks everything. What can't be asked is a finding, too; one thing that hangs keeps nothing else
 * from being asked.
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
  await Promise.race([all, stopped.then(() => pause(all))]);
  return probes.flatMap((probe) => answers.get(probe) ?? []).map((finding) =>
    masked(finding, context)
  );
}

function probesOf(context: ProbeContext): readonly Probe[] {
  const { config, now, path } = context;
  const timer = { now, config: path, maxAge: config.status.maxAge };
  const limit = createLimiter(config.run.parallel || config.repositories.length);
  const borg = answerOf(
    program("borg", async () => [await probeBorg(context)]),
    context.signal,
  );
  const withBorg = (about: Subject, ask: () => Promise<Finding>): Probe => ({
    about,
    startsPrograms: true,
    ask: async () => {
      const [found] = await borg;
      if (found?.state !== "ok") return [skipped(about, "not asked: there is no usable Borg")];
      return [await ask()];
    },
  });
  return [
    look("configuration", () => Promise.resolve(configurationFindings(context))),
    look("user", async () => [await probeUser()]),
    program("borg", () => borg),
    withBorg(subject("ssh"), () => probeSsh(context)),
    ...config.repositories.map((target) =>
      withBorg(
        subject("repository", target.label),
        () => limit(() => probeRepository(context, target)),
      )
    ),
    program("zfs", () => probeSources(context)),
    look("mail", () => probeMail(context)),
    look("place", () => probePlaces(context)),
    look("lock", () => probeRunState(context)),
    look("hook", () => probeHooks()),
    look("timer", () => probeTimer(timer)),
    look("timer", () => probeOtherPrograms()),
  ];
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

/** Waits a moment for those that are ending. */
async function pause(all: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, FAREWELL);
  });
  await Promise.race([all, late]);
  clearTimeout(timer);
}

function masked(finding: Finding, { mask }: Pick<ProbeContext, "mask">): Finding {
  const { name, message } = finding;
  const told = { ...finding, name: mask(name), message: mask(message) };
  return "hint" in told && told.hint !== undefined ? { ...told, hint: mask(told.hint) } : told;
}
