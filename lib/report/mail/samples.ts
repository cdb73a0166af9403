/** Made-up runs, with which `autoborg test-notify` shows what reports look like. Pure. @module */
import type { RepositoryOutcome, RunOutcome, StepOutcome } from "../../backup/outcome.ts";
import type { PastCreate } from "../../state/history.ts";
import type { MailContent } from "./content.ts";
import type { LastGood } from "../last_good.ts";
import { runContent } from "./report_content.ts";
import { SHOWN_RUNS, trendOf } from "./trend.ts";
import { logTime } from "../../text/local_time.ts";

interface SampleSubject {
  readonly name: string;
  readonly hostname: string;
  readonly version: string;
  readonly labels: readonly string[];
  readonly at: Date;
}

const MINUTE = 60_000;
const MIB = 1024 ** 2;

/** A made-up run, and what is known of the backups before it. */
interface SampleRun {
  readonly outcome: RunOutcome;
  readonly lastGood: LastGood;
}

/** Makes up mails about a run that went well, and about one that failed. */
export function sampleContents(about: SampleSubject): readonly [MailContent, MailContent] {
  const [good, bad] = sampleOutcomes(about);
  return [sample(about, good), sample(about, bad)];
}

/** Makes up a run that went well, and one that failed. */
export function sampleOutcomes(about: SampleSubject): readonly [SampleRun, SampleRun] {
  const good = about.labels.map((label) => goodRepository(label, about));
  const [first = "repository", ...others] = about.labels;
  const bad = [failedRepository(first), ...others.map((label) => goodRepository(label, about))];
  return [
    sampleRun(about, { state: "ok", repositories: good }),
    sampleRun(about, { state: "failed", repositories: bad }),
  ];
}

function sampleRun(
  about: SampleSubject,
  what: Pick<RunOutcome, "state" | "repositories">,
): SampleRun {
  const { name, hostname, at } = about;
  const startedAt = new Date(at.getTime() - 4 * MINUTE - 10_000);
  const outcome: RunOutcome = {
    ...what,
    name,
    hostname,
    runId: "00000000",
    startedAt,
    finishedAt: at,
    problems: [],
  };
  const lastGood: LastGood = (label) => {
    const failed = what.repositories.some((one) => one.label === label && one.state === "failed");
    const runId = failed ? "11111111" : outcome.runId;
    return { runId, startedAt: new Date(startedAt.getTime() - (failed ? 24 * 60 * MINUTE : 0)) };
  };
  return { outcome, lastGood };
}

function sample(about: SampleSubject, { outcome, lastGood }: SampleRun): MailContent {
  const content = runContent(outcome, {
    version: about.version,
    lastGood,
    trends: about.labels.flatMap((label) => trendOf(label, pastOf(about.at)) ?? []),
    log: { name: "a sample", head: logOf(about, outcome.state), tail: undefined, note: undefined },
    mask: (text) => text,
  });
  return {
    ...content,
    subject: `${content.subject} (a sample)`,
    headline: `A sample; no backup was run. ${content.headline}`,
  };
}

function goodRepository(label: string, { name, at }: SampleSubject): RepositoryOutcome {
  const stats = {
    archive: `${name}-${at.toISOString().replace(/\.\d+Z$/, "Z")}-00000000`,
    files: 128_402,
    originalSize: 84_512 * MIB,
    compressedSize: 61_020 * MIB,
    newSize: 1_229 * MIB,
    repositorySize: 98_304 * MIB,
    changes: { added: 310, modified: 42, changedWhileRead: 0, unreadable: 0 },
  };
  const ok = { state: "ok", problems: [] } as const;
  const steps: readonly StepOutcome[] = [
    { step: "create", ...ok, duration: 2 * MINUTE, stats },
    { step: "verify", ...ok, duration: 3_000, verified: { files: 20, size: 14 * MIB } },
    { step: "check", ...ok, duration: MINUTE },
    { step: "prune", ...ok, duration: 12_000 },
    { step: "compact", ...ok, duration: 48_000 },
  ];
  return { label, state: "ok", steps };
}

function failedRepository(label: string): RepositoryOutcome {
  const skipped = { state: "skipped", reason: "create failed", expected: false } as const;
  const problem = {
    severity: "error",
    message: "wrong passphrase",
    hint: "A real report says here what to do about it",
  } as const;
  const skippedSteps = (["verify", "check", "prune", "compact"] as const)
    .map((step) => ({ step, ...skipped }));
  const create = { step: "create", state: "failed", duration: 1_400, problems: [problem] } as const;
  return { label, state: "failed", steps: [create, ...skippedSteps] };
}

/** A wave, with a large one and a failed one in it. */
function pastOf(at: Date): readonly PastCreate[] {
  return Array.from({ length: SHOWN_RUNS }, (_, index) => {
    const startedAt = new Date(at.getTime() - (SHOWN_RUNS - 1 - index) * 24 * 60 * MINUTE);
    if (index === 11) return { startedAt, state: "failed", newSize: undefined };
    const size = index === 3 ? 9_000 : 700 + 500 * Math.sin(index / 2);
    return { startedAt, state: "ok", newSize: Math.round(size * MIB) };
  });
}

function logOf({ name, hostname, version, at }: SampleSubject, state: string): string {
  const time = logTime(at);
  const level = state === "ok" ? "INFO   " : "ERROR  ";
  return `${time} INFO    autoborg ${version}: run 00000000 of "${name}" on ${hostname}

${time} INFO    The complete log of the run is shown here, including blank lines

${time} ${level} ${state}
`;
}
