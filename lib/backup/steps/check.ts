/**
 * The step that checks a repository and its archives, in turns and within `check.max_duration`.
 *
 * @module
 */
import { archiveCoverage, archiveTurns, cycleLimit } from "../../state/check_coverage.ts";
import { counted, formatDuration, humanAge, humanDuration, humanLimit } from "../../text/units.ts";
import { planCheck } from "../check_plan.ts";
import type { CheckStats, Problem } from "../outcome.ts";
import { stateOf } from "../outcome.ts";
import type { StepContext, StepResult } from "./borg_step.ts";
import { checkArchives, damagedArchive } from "./check_archives.ts";
import { standingProblem } from "./check_findings.ts";
import { CheckRecord, type CheckRequest } from "./check_record.ts";
import { checkAllData, checkRepository } from "./check_repository.ts";

/**
 * Checks what is due. Borg ends `check` with a mere warning when it found damage ("Archive consistency
 * check complete, problems found"): here that is a failure, and stays one until everything was
 * checked again.
 *
 * @throws {AppError} when Borg can't be started
 */
export async function check(context: StepContext, request: CheckRequest): Promise<StepResult> {
  // Anew in each attempt: an earlier one has noted how far it came.
  const due = planCheck(context.target, request.memory, context.plan.startedAt.getTime());
  if (typeof due === "string") {
    return { outcome: { step: "check", state: "skipped", reason: due, expected: true } };
  }
  const record = new CheckRecord(request, due);
  for (const part of partsOf(record)) {
    const failed = await part(context, record);
    if (failed !== undefined) return withFindings(failed, record);
  }
  const problems = [
    ...record.problems,
    ...standingProblems(context, record),
    ...unfinishedProblems(context, record),
  ];
  const checked = statsOf(context, record);
  const { duration } = record;
  return { outcome: { step: "check", state: stateOf(problems), problems, duration, checked } };
}

/** Repository and archives take turns in coming first: each may need all of the time. */
function partsOf(record: CheckRecord) {
  const { plan: { allData, repository, due }, request: { budget } } = record;
  if (allData) return [checkAllData];
  if (!repository) return [checkArchives];
  if (due.length === 0) return [checkRepository];
  const { archivesFirst } = record.checks;
  // An attempt that follows another one goes on as that one began.
  if (budget.isWhole) record.note({ archivesFirst: !archivesFirst });
  return archivesFirst === budget.isWhole
    ? [checkArchives, checkRepository]
    : [checkRepository, checkArchives];
}

/** What was found before Borg failed must be told as well. */
function withFindings({ outcome, ...rest }: StepResult, record: CheckRecord): StepResult {
  if (outcome.state === "skipped") return { outcome, ...rest };
  const { duration } = record;
  return {
    ...rest,
    outcome: { ...outcome, duration, problems: [...record.problems, ...outcome.problems] },
  };
}

/** Damage that earlier runs found, and that this one could not look at again. */
function standingProblems(context: StepContext, record: CheckRecord): readonly Problem[] {
  const { target } = context;
  const isTold = (text: string) => record.problems.some(({ message }) => message.includes(text));
  const { damage } = record.checks;
  const isChecked = target.check.repositoryEvery !== "never" ||
    target.check.verifyDataEvery !== "never";
  const ofRepository = damage === null || !isChecked || damage.split("; ").some(isTold)
    ? []
    : [standingProblem(target, damage)];
  if (target.check.archivesEvery === "never") return ofRepository;
  const ofArchives = turnsNow(record).flatMap(({ archive, check }) => {
    const found = check?.damage ?? null;
    return found === null || isTold(archive) ? [] : [damagedArchive(context, archive, found)];
  });
  return [...ofRepository, ...ofArchives];
}

/** Says which key to change when the time does not suffice. */
function unfinishedProblems({ plan, target }: StepContext, record: CheckRecord): Problem[] {
  const { archivesEvery, repositoryEvery, maxDuration } = target.check;
  const now = plan.startedAt.getTime();
  const { checks } = record;
  const limit = `check.max_duration = "${formatDuration(maxDuration)}"`;
  const problems: Problem[] = [];
  const warn = (message: string, hint: string) =>
    problems.push({ severity: "warning", message, hint });
  const since = checks.completedAt ?? checks.since;
  if (record.plan.repository && repositoryEvery !== "never" && record.percent !== 100) {
    const age = now - since;
    if (age > cycleLimit(repositoryEvery)) {
      const done = checks.cycle === null ? "" : `: ${Math.floor(checks.cycle.percent)} % are done`;
      warn(
        `the whole repository has not been checked for ${humanAge(age)}${done}`,
        `There is not enough time: raise ${limit}`,
      );
    }
  }
  if (archivesEvery === "never") return problems;
  const turns = turnsNow(record);
  const tooLong = turns.flatMap(({ check }) => check?.duration ?? []).filter((one) =>
    one > maxDuration
  );
  if (tooLong.length > 0) {
    const longest = Math.max(...tooLong);
    warn(
      `${counted(tooLong.length, "archive takes", "archives take")} longer to read than a run ` +
        `may check, up to ${humanDuration(longest)}: it can't be checked`,
      `Raise ${limit} to "${Math.ceil(longest / 3_600_000) + 1}h", or set ` +
        'check.archives_every = "never" and check.verify_data_every = "90d" instead',
    );
  }
  const measure = { every: archivesEvery, now, since: checks.since };
  const overdue = (archiveCoverage(turns, measure)?.overdue ?? 0) - tooLong.length;
  if (overdue > 0) {
    warn(
      `${counted(overdue, "archive has", "archives have")} not been read for more than ` +
        humanLimit(2 * archivesEvery),
      `There is not enough time: raise ${limit}, or check.archives_every = ` +
        `"${formatDuration(archivesEvery)}"`,
    );
  }
  return problems;
}

/** The archives with what this run has noted of them. */
function turnsNow({ request: { memory } }: CheckRecord) {
  return archiveTurns(memory.recall().archives, memory.checks());
}

function statsOf({ plan, target }: StepContext, record: CheckRecord): CheckStats {
  const { allData, percent, archivesRead } = record;
  const { archivesEvery: every } = target.check;
  const measure = { every, now: plan.startedAt.getTime(), since: record.checks.since };
  const coverage = archiveCoverage(turnsNow(record), measure);
  return {
    allData,
    archivesRead,
    ...(percent === undefined ? {} : { percent }),
    ...(coverage === undefined || every === "never" ? {} : {
      coverage: {
        archives: coverage.archives,
        damaged: coverage.damaged,
        unchecked: coverage.unchecked,
        every,
      },
    }),
  };
}
