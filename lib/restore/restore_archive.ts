/** Restores a part of an archive. @module */
import type { Entry } from "../borg/entries.ts";
import { extractArguments } from "../borg/extract.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { AppError } from "../errors.ts";
import { type Access, type Answer, failedAnswer, readContent } from "../borg/borg_queries.ts";
import { DirectoryTrust, followTarget, type Target } from "./directory_trust.ts";
import {
  archiveIn,
  type ArchiveSelection,
  type OnFailure,
  previewWithFallback,
  withFallback,
} from "./fallback.ts";
import { Losses } from "./losses.ts";
import { type Conflicts, ConflictSearch, noConflicts } from "./conflicts.ts";
import { previewRestore } from "./restore_preview.ts";
import type { Amount, Preview, PreviewListener } from "./preview_builder.ts";
import { makeTarget, removeReplaced, requireSafe } from "./target.ts";

/** What is restored, and where to. */
export interface RestoreRequest extends ArchiveSelection {
  /** An absolute path; it is made when it is not there. */
  readonly target: string;
  /** Whether what is there may be replaced. */
  readonly overwrite: boolean;
  /** Whether other users may be able to change the directories that are written into. */
  readonly allowShared: boolean;
  /** Restores numeric user and group ids instead of names. */
  readonly numericIds: boolean;
}

/** What is heard while it goes on. */
export interface RestoreListener {
  readonly onFailure: OnFailure;
  readonly onWarning: (repository: BorgRepository, text: string) => void;
  readonly onProgress: (repository: BorgRepository, percent: number, message: string) => void;
  /** Something that would be restored. */
  readonly onEntry?: (entry: Entry) => void;
}

/** What would be restored, and from where. */
export interface RestorePlan extends Preview {
  /** The repositories to try, the previewed one first. */
  readonly repositories: readonly BorgRepository[];
  readonly conflicts: Conflicts;
  readonly place: Target;
}

/** What was restored. */
export interface Restored {
  readonly repository: BorgRepository;
  readonly amount: Amount;
  /** What was not extracted, as it would have been written outside of the target. */
  readonly skipped: Preview["skipped"];
  /** What Borg could not write. */
  readonly losses: Losses;
  /** How often Borg warned of something. */
  readonly warnings: number;
  /** We are not root, as far as can be told, and only root can give files away. */
  readonly ownersLost: boolean;
}

/**
 * Finds out what would be restored, without writing anything.
 *
 * @throws {AppError} when no repository can tell, something is not in the archive, or another user
 *   could lead the restore elsewhere
 * @throws {Stopped} when it was stopped
 */
export async function planRestore(
  access: Access,
  request: RestoreRequest,
  listener: RestoreListener,
): Promise<RestorePlan> {
  const place = followTarget(request.target, DirectoryTrust.ofCaller());
  if (!request.allowShared) requireSafe(request.target, place.danger);
  let conflicts = noConflicts();
  const listen = () => {
    const search = searchConflicts(place, request, listener.onEntry);
    conflicts = search.conflicts;
    return search.listener;
  };
  const { repositories, value } = await previewWithFallback(
    access,
    request,
    listener.onFailure,
    listen,
    "Nothing was written",
  );
  if (!request.allowShared) requireSafe(request.target, conflicts.danger);
  return { ...value, repositories, conflicts, place };
}

/** Collects the conflicts while the archive is listed. */
function searchConflicts(
  { path, exists, closed }: Target,
  { overwrite, allowShared }: Pick<RestoreRequest, "overwrite" | "allowShared">,
  onEntry?: RestoreListener["onEntry"],
): { readonly conflicts: Conflicts; readonly listener: PreviewListener } {
  const isShared = closed || allowShared;
  const trust = isShared ? undefined : DirectoryTrust.ofCaller();
  const search = exists ? new ConflictSearch(path, overwrite, trust) : undefined;
  return {
    conflicts: search?.found ?? noConflicts(),
    listener: {
      restore: { isMissing: (directory) => search?.isMissing(directory) ?? true, isShared },
      onEntry: (entry) => {
        search?.consider(entry);
        onEntry?.(entry);
      },
    },
  };
}

/**
 * Restores what was planned.
 *
 * @throws {AppError} when something is in the way, or no repository can deliver
 * @throws {Stopped} when it was stopped
 */
export async function restore(
  access: Access,
  request: RestoreRequest,
  plan: RestorePlan,
  listener: RestoreListener,
): Promise<Restored> {
  if (plan.conflicts.count > 0) throw inTheWay(request, plan.conflicts);
  const ownersLost = await makeTarget(request.target, plan.place);
  const { repositories: [repository], value } = await withFallback(
    plan.repositories,
    listener.onFailure,
    async (tried): Promise<Answer<Extracted>> => {
      const part = tried === plan.repositories[0]
        ? { kind: "answer" as const, value: plan }
        : await planAnew(access, request, plan.place, tried);
      if (part.kind === "failed") return part;
      return await extract(access, request, { ...part.value, place: plan.place }, tried, listener);
    },
    `What was restored so far is in "${request.target}"`,
  );
  return { ...value, repository, ownersLost };
}

type ExtractPlan = Omit<RestorePlan, "repositories">;

/**
 * Another repository's archive has the same name, and that is all that is known of it: what is safe
 * in the one need not be so in the other. What is in the target now came from the first one.
 */
async function planAnew(
  access: Access,
  request: RestoreRequest,
  place: Target,
  repository: BorgRepository,
): Promise<Answer<Omit<ExtractPlan, "place">>> {
  const search = searchConflicts({ ...place, exists: true }, { ...request, overwrite: true });
  const at = archiveIn(request, repository);
  const answer = await previewRestore(access, at, request.selectors, search.listener);
  if (answer.kind === "failed") return answer;
  const { conflicts } = search;
  const { missing } = answer.value;
  if (missing.length > 0 || conflicts.count > 0) {
    const why = missing.length > 0 ? "does not contain the same" : "does not match what is " +
      "restored";
    return failedAnswer(`its archive ${why}`);
  }
  return { kind: "answer", value: { ...answer.value, conflicts } };
}

type Extracted = Omit<Restored, "repository" | "ownersLost">;

async function extract(
  access: Access,
  request: RestoreRequest,
  plan: ExtractPlan,
  repository: BorgRepository,
  listener: RestoreListener,
): Promise<Answer<Extracted>> {
  const { amount, skipped, patterns, place } = plan;
  const losses = new Losses(place.path);
  if (amount.files + amount.directories === 0 && skipped.length > 0) {
    return { kind: "answer", value: { amount, skipped, losses, warnings: 0 } };
  }
  removeReplaced(request.target, plan.conflicts.replaced);
  const answer = await readContent(access, {
    repository,
    args: extractArguments(repository, { ...request, ...plan, patterns: patterns !== "" }),
    ...(patterns === "" ? {} : { stdin: patterns }),
    cwd: place.path,
    // What is there already is written once more.
    isRepeatable: true,
  }, {
    onProgress: (percent, message) => listener.onProgress(repository, percent, message),
    onWarning: (text) => {
      losses.add(text);
      listener.onWarning(repository, text);
    },
  });
  if (answer.kind === "failed") return answer;
  return { kind: "answer", value: { amount, skipped, losses, warnings: answer.value } };
}

function inTheWay(request: RestoreRequest, { count, named, replaceable }: Conflicts): AppError {
  const more = count > named.length ? `, and ${count - named.length} more` : "";
  const hint = request.overwrite || !replaceable
    ? "Move it away, or restore to another directory with --to. Nothing was written"
    : "Restore to another directory with --to, or overwrite existing files with --overwrite. " +
      "Nothing was written";
  return new AppError(`Cannot restore to "${request.target}": ${named.join(", ")}${more}`, {
    hint,
  });
}
