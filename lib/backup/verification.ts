/**
 * What is read back from the new archives: one walk through the sources for all repositories, and the
 * share of the plan that is due in each of them.
 *
 * @module
 */
import { once } from "../async/concurrency.ts";
import { LATE, within } from "../async/deadline.ts";
import { matcherOf } from "../borg/pattern_match.ts";
import type { Repository } from "../config/config_schema.ts";
import type { StagedSources, Staging } from "../staging/staging.ts";
import { inTree, isBelow } from "../staging/tree_paths.ts";
import { pathsAgain } from "../state/verifications.ts";
import { chooseFiles, type ChosenFiles, type VerifyLimits } from "../verify/chosen_files.ts";
import { FileWalk, type WalkedTree } from "../verify/file_walk.ts";
import { NearestFiles } from "../verify/nearest_files.ts";
import { nightlyShare } from "../verify/nightly_share.ts";
import type { Plan } from "./plan.ts";
import type { RepositoryMemory } from "./repository_memory.ts";

/** How long no directory may answer, in milliseconds: a file system may hang. */
const SILENCE = 30_000;

/** What is read back from the archive of one repository. */
export interface Verification {
  readonly limits: VerifyLimits;
  /** Paths that differed the last time. */
  readonly again: readonly string[];
  /**
   * Chooses the files, when the archive is made: then Borg has just read the same directories.
   *
   * @param changed paths of files that Borg lists as new or changed
   */
  choose(changed: readonly string[]): Promise<ChosenFiles>;
}

/** What is read back from the archive of a repository; `undefined`: nothing. */
type Verifications = (target: Repository) => Verification | undefined;

/** A repository, and what goes into its archive. */
interface VerifiedRepository {
  readonly target: Repository;
  /** Patterns of what is excluded. */
  readonly exclude: readonly string[];
  /** Its sources, relative to the root. */
  readonly paths: readonly string[];
  /** What lies below them and is left out. */
  readonly apart: readonly string[];
}

/** What is verified, and what is known of it. */
interface VerificationRequest {
  readonly plan: Plan;
  readonly staging: Pick<Staging, "sources" | "passedOver">;
  readonly repositories: readonly VerifiedRepository[];
  readonly memory: (label: string) => Pick<RepositoryMemory, "verifications">;
  readonly signal: AbortSignal;
}

/** Plans what is read back from each repository of a run. */
export function planVerifications(request: VerificationRequest): Verifications {
  const { plan, staging: { sources }, repositories, signal } = request;
  const verified = repositories.filter(({ target }) => target.verify.files > 0);
  if (sources === undefined || plan.skip.has("verify") || verified.length === 0) {
    return () => undefined;
  }
  const { root } = sources;
  const all = verified.map((one) => ({ ...one, ...shareFor(request, one) }));
  const walk = new FileWalk(walkedTree(request, sources), (directory, name, slot) => {
    for (const { nearest, isOwn } of all) {
      if (isOwn(directory, name)) nearest.offer(directory, name, slot);
    }
  });
  const walked = once(() => isWalked(walk, signal));
  return (target) => {
    const own = all.find((one) => one.target.label === target.label);
    if (own === undefined) return undefined;
    const { limits, again } = own;
    return {
      limits,
      again,
      choose: async (changed) => {
        const isWhole = await walked();
        const chosen = await chooseFiles({ ...own, root, changed, signal });
        return isWhole ? chosen : { ...chosen, done: 0 };
      },
    };
  };
}

/** What is due in one repository. */
function shareFor(
  { plan: { startedAt }, staging: { sources }, memory }: VerificationRequest,
  { target: { label, verify: { files, cycle, maxBytes } }, exclude, paths, apart }:
    VerifiedRepository,
) {
  const [last] = memory(label).verifications(startedAt);
  const share = nightlyShare(cycle, startedAt.getTime(), last);
  const isOwn = apart.length === 0 && paths.length === sources?.paths.length
    ? () => true
    : (directory: string, name: string) => {
      const isBelowOne = (places: readonly string[]) =>
        places.some((place) => isIn(place, directory + name));
      return isBelowOne(paths) && !isBelowOne(apart);
    };
  return {
    share,
    limits: { files, maxBytes: maxBytes || undefined, debt: last?.debt ?? 0 },
    again: last === undefined ? [] : pathsAgain(last),
    nearest: new NearestFiles(share, files),
    isOwn,
    isExcluded: exclusionOf(exclude),
  };
}

function isIn(source: string, path: string): boolean {
  return source === "." || path === source || isBelow(path, source);
}

/** What no repository gets is not entered. */
function walkedTree(
  { plan, staging: { passedOver } }: VerificationRequest,
  { root, paths, repositories = [] }: StagedSources,
): WalkedTree {
  const apart = new Set([
    ...repositories,
    ...passedOver.map(({ mountPoint }) => inTree(mountPoint)),
  ]);
  const { exclude, excludeIfPresent: markers } = plan.sources;
  return { root, paths, apart, isExcluded: exclusionOf(exclude), markers };
}

/** Walks until the end, or until a file system hangs; then nobody knows what else is due. */
async function isWalked(walk: FileWalk, signal: AbortSignal): Promise<boolean> {
  const stop = new AbortController();
  const work = walk.run(AbortSignal.any([signal, stop.signal]));
  for (let read = -1; read < walk.read && !signal.aborted;) {
    read = walk.read;
    if (await within(work, SILENCE, signal) !== LATE) return true;
  }
  stop.abort();
  return false;
}

/** Says what the excludes keep out; of a name with a line break nobody can say it for certain. */
function exclusionOf(patterns: readonly string[]): (path: string) => boolean {
  const matchers = patterns.flatMap((pattern) => matcherOf(pattern) ?? []);
  return (path) => !path.includes("\n") && matchers.some((matches) => matches(path));
}
