/**
 * Reads dumps back out of the repository, in the night in which they were made, and compares their hash
 * with that of what the dump program wrote.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { extractToOutputArguments } from "../../borg/extract.ts";
import { verifiedKey } from "../../state/dump_ledger.ts";
import { databaseLabel } from "../../text/database_series.ts";
import { distrustHint } from "../../verify/distrust.ts";
import type { DumpOutcome } from "../dump_outcome.ts";
import { type Problem, stateOf } from "../outcome.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { callBorg, failedStep, type StepContext, type StepResult } from "./borg_step.ts";

/** How often progress is reported at most, in milliseconds. */
const TELLING = 200;

/** A dump that is in the repository, with what is known of it. */
interface MadeDump {
  readonly dump: DumpOutcome;
  readonly archive: string;
  readonly size: number;
  readonly sha256: string;
}

/**
 * Reads tonight's dumps back, those first that were not read back for the longest time, as many as
 * `verify.max_bytes` allows.
 *
 * @param context the run and the repository
 * @param made the dumps that this run has made
 * @throws {AppError} when Borg can't be started
 */
export async function verifyDumps(
  context: StepContext,
  { dumps: memory }: Pick<RepositoryMemory, "dumps">,
  made: readonly DumpOutcome[],
): Promise<StepResult> {
  const { plan, target } = context;
  const at = plan.startedAt.getTime();
  const began = performance.now();
  const all = made.flatMap((dump) => {
    const { archive, size, sha256 } = dump;
    return archive === undefined || size === undefined || sha256 === undefined
      ? []
      : [{ dump, archive, size, sha256 }];
  });
  const chosen = chooseDumps(all, memory, context);
  const problems: Problem[] = [];
  let [dumps, bytes] = [0, 0];
  for (const one of chosen) {
    const result = await readBack(context, one.archive);
    if ("outcome" in result) return withProblems(result, problems);
    const isEqual = result.size === one.size && result.sha256 === one.sha256;
    memory.noteVerified(one.archive, at, isEqual ? "equal" : "different");
    if (isEqual) [dumps, bytes] = [dumps + 1, bytes + one.size];
    else problems.push(differs(one, target.label));
  }
  const duration = performance.now() - began;
  const later = all.length - chosen.length;
  const figures = { dumps, size: bytes, later };
  const state = stateOf(problems);
  return { outcome: { step: "verify-dumps", state, problems, duration, readBack: figures } };
}

/**
 * Chooses what is read back: at most `verify.max_bytes` a night. One dump that is larger by itself comes in
 * addition, when as many runs have gone by since the last such one as it takes on average.
 */
function chooseDumps(
  made: readonly MadeDump[],
  memory: RepositoryMemory["dumps"],
  { target: { verify: { maxBytes } } }: StepContext,
): readonly MadeDump[] {
  if (maxBytes === 0) return made;
  const times = memory.verifiedTimes();
  const lastTime = ({ dump: { label: entry, database } }: MadeDump) =>
    times.get(verifiedKey({ entry, database })) ?? 0;
  const sorted = made.toSorted((a, b) => lastTime(a) - lastTime(b));
  let left = maxBytes;
  const small = sorted.filter(({ size }) => {
    if (size > left) return false;
    left -= size;
    return true;
  });
  const large = sorted.filter(({ size }) => size > maxBytes);
  const [first] = large;
  if (first === undefined) return small;
  const runs = memory.runsAfter(Math.max(...large.map(lastTime)));
  return runs * maxBytes >= first.size ? [...small, first] : small;
}

/** Adds what was found before Borg failed. */
function withProblems(result: StepResult, found: readonly Problem[]): StepResult {
  const { outcome } = result;
  if (outcome.state === "skipped") return result;
  return { ...result, outcome: { ...outcome, problems: [...found, ...outcome.problems] } };
}

/** Reads the whole content of an archive; gives the step's end when Borg could not do it. */
async function readBack(
  context: StepContext,
  archive: string,
): Promise<StepResult | { readonly size: number; readonly sha256: string }> {
  const hash = createHash("sha256");
  let size = 0;
  let told = -Infinity;
  const { emit, target } = context;
  const args = extractToOutputArguments(target, archive);
  const result = await callBorg(context, "verify-dumps", args, {
    onStdoutBytes: (bytes) => {
      hash.update(bytes);
      size += bytes.length;
      const now = performance.now();
      if (now - told < TELLING) return;
      told = now;
      const progress = { kind: "bytes", bytes: size, message: archive } as const;
      emit({ type: "progress", repository: target.label, progress });
    },
  });
  const { end } = result;
  if (end.kind === "failed" || end.kind === "stopped") {
    return failedStep(context, "verify-dumps", result);
  }
  return { size, sha256: hash.digest("hex") };
}

function differs({ dump, archive }: MadeDump, label: string): Problem {
  return {
    severity: "error",
    message:
      `The dump of ${JSON.stringify(databaseLabel(dump))} in the archive ${archive} differs ` +
      "from what the dump program wrote",
    hint: distrustHint(label),
  };
}
