/**
 * Brings files back.
 *
 * @module
 */
import type { Entry } from "../borg/entries.ts";
import { extractArguments } from "../borg/extract.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { AppError, reasonOf } from "../errors.ts";
import { type Access, callBorg } from "./ask.ts";
import { askInTurn, lookInto, type OnFailure, type Part } from "./holders.ts";
import { type Obstacles, ObstacleSearch } from "./obstacles.ts";
import type { Amount, Survey } from "./survey.ts";

/** What is restored, and where to. */
export interface RestoreRequest extends Part {
  /** An absolute path; it is made when it is not there. */
  readonly target: string;
  /** Whether what is there may be replaced. */
  readonly overwrite: boolean;
  /** Owners by their numbers instead of by their names. */
  readonly numericIds: boolean;
}

/** What is heard while it goes on. */
export interface RestoreListener {
  /** A repository could not give what was asked of it. */
  readonly onFailure: OnFailure;
  /** Borg warns of something. */
  readonly onWarning: (repository: BorgRepository, text: string) => void;
  readonly onProgress: (repository: BorgRepository, percent: number, message: string) => void;
  /** Something that would be restored. */
  readonly onEntry?: (entry: Entry) => void;
}

/** What would be restored, and from where. */
export interface RestorePlan extends Survey {
  /** The repositories to try, the one that was looked at first. */
  readonly holders: readonly BorgRepository[];
  /** What is in the way. */
  readonly obstacles: Obstacles;
}

/** What was restored. */
export interface Restored {
  readonly repository: BorgRepository;
  readonly amount: Amount;
  /** How often Borg warned of something. */
  readonly warnings: number;
  /** We are not root, as far as can be told, and only root can give files away. */
  readonly ownersLost: boolean;
}

/**
 * Looks at what would be restored, without writing anything.
 *
 * @param access what is needed to start Borg
 * @param request what, and where to
 * @param listener hears what goes on
 * @returns the plan
 * @throws {AppError} when no repository can tell, or something is not in the archive
 * @throws {Stopped} when it was stopped
 */
export async function planRestore(
  access: Access,
  request: RestoreRequest,
  listener: RestoreListener,
): Promise<RestorePlan> {
  const { target, overwrite } = request;
  const there = isThere(target);
  let search: ObstacleSearch | undefined;
  const { holders, value } = await lookInto(access, request, listener.onFailure, () => {
    const attempt = there ? new ObstacleSearch(target, overwrite) : undefined;
    search = attempt;
    return (entry) => {
      attempt?.consider(entry);
      listener.onEntry?.(entry);
    };
  }, "Nothing was written");
  return { ...value, holders, obstacles: search?.found ?? { count: 0, named: [] } };
}

/**
 * Restores what was planned.
 *
 * @param access what is needed to start Borg
 * @param request what, and where to
 * @param plan what was found out about it
 * @param listener hears what goes on
 * @returns what was restored
 * @throws {AppError} when something is in the way, or no repository can give it
 * @throws {Stopped} when it was stopped
 */
export async function restore(
  access: Access,
  request: RestoreRequest,
  plan: RestorePlan,
  listener: RestoreListener,
): Promise<Restored> {
  if (plan.obstacles.count > 0) throw inTheWay(request, plan.obstacles);
  const ownersLost = await makeTarget(request.target);
  let warnings = 0;
  const { holders: [repository], value } = await askInTurn(
    plan.holders,
    listener.onFailure,
    async (holder) => {
      warnings = 0;
      const { end } = await callBorg(access, {
        repository: holder,
        args: extractArguments(holder, { ...request, includes: plan.includes }),
        cwd: request.target,
        onLine: (line) => {
          if (line.kind === "percent") listener.onProgress(holder, line.percent, line.message);
          // What is worse ends Borg, and is told as its failure.
          if (line.kind !== "message" || line.level !== "warning") return;
          warnings += 1;
          listener.onWarning(holder, line.text);
        },
      });
      if (end.kind === "failed") return end;
      return { kind: "answer", value: end.kind === "warnings" };
    },
    `What was restored until then is in "${request.target}"`,
  );
  const amount = plan.amount;
  return { repository, amount, warnings: value ? Math.max(1, warnings) : 0, ownersLost };
}

function inTheWay(request: RestoreRequest, { count, named }: Obstacles): AppError {
  const more = count > named.length ? `, and ${count - named.length} more` : "";
  const hint = request.overwrite
    ? "Move it away, or restore to another directory with --to. Nothing was written"
    : "Restore to another directory with --to, or replace what is there with --overwrite. Nothing was " +
      "written";
  return new AppError(`Cannot restore to "${request.target}": ${named.join(", ")}${more}`, {
    hint,
  });
}

function isThere(target: string): boolean {
  try {
    if (Deno.statSync(target).isDirectory) return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw new AppError(`Cannot restore to "${target}": ${reasonOf(error)}`, { cause: error });
  }
  throw new AppError(`Cannot restore to "${target}": it is no directory`);
}

/**
 * Makes the target. What is restored may be secret, so a new directory is for its owner alone. Whose
 * it is tells who we are.
 */
async function makeTarget(target: string): Promise<boolean> {
  try {
    if (isThere(target)) return false;
    await Deno.mkdir(target, { recursive: true, mode: 0o700 });
    return (await Deno.lstat(target)).uid !== 0;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(`Cannot make the directory "${target}": ${reasonOf(error)}`, {
      cause: error,
    });
  }
}
