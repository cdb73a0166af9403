/**
 * Brings files back.
 *
 * @module
 */
import type { Entry } from "../borg/entries.ts";
import { extractArguments } from "../borg/extract.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { AppError } from "../errors.ts";
import { type Access, type Answer, callBorg } from "../borg/borg_queries.ts";
import { DirectoryTrust, followTarget, type Target } from "./directory_trust.ts";
import {
  type ArchiveSelection,
  type OnFailure,
  previewWithFallback,
  withFallback,
} from "./fallback.ts";
import { Losses } from "./losses.ts";
import { type Conflicts, ConflictSearch, NO_CONFLICTS } from "./conflicts.ts";
import {
  type Amount,
  type Preview,
  type PreviewListener,
  previewRestore,
} from "./restore_preview.ts";
import { makeTarget, removeReplaced, requireSafe } from "./target.ts";

/** What is restored, and where to. */
export interface RestoreRequest extends ArchiveSelection {
  /** An absolute path; it is made when it is not there. */
  readonly target: string;
  /** Whether what is there may be replaced. */
  readonly overwrite: boolean;
  /** Whether other users may be able to change the directories that are written into. */
  readonly allowShared: boolean;
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
export interface RestorePlan extends Preview {
  /** The repositories to try, the one that was looked at first. */
  readonly repositories: readonly BorgRepository[];
  /** What is in the way. */
  readonly conflicts: Conflicts;
  /** Where it is restored to. */
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
 * Looks at what would be restored, without writing anything.
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
  const trust = DirectoryTrust.ofCaller();
  const place = followTarget(request.target, trust);
  if (!request.allowShared) requireSafe(request.target, place.danger);
  let search: ConflictSearch | undefined;
  const listen = (): PreviewListener => {
    search = searchIn(place, request, trust);
    return listening(search, place.closed || request.allowShared, listener.onEntry);
  };
  const assurance = "Nothing was written";
  const { repositories, value } = await previewWithFallback(
    access,
    request,
    listener.onFailure,
    listen,
    assurance,
  );
  const conflicts = search?.found ?? NO_CONFLICTS;
  if (!request.allowShared) requireSafe(request.target, conflicts.danger);
  return { ...value, repositories, conflicts, place };
}

function searchIn(
  place: Target,
  { overwrite, allowShared }: Pick<RestoreRequest, "overwrite" | "allowShared">,
  trust: DirectoryTrust,
): ConflictSearch | undefined {
  if (!place.exists) return undefined;
  return new ConflictSearch(place.path, overwrite, place.closed || allowShared ? undefined : trust);
}

function listening(
  search: ConflictSearch | undefined,
  isShared: boolean,
  onEntry?: RestoreListener["onEntry"],
): PreviewListener {
  return {
    restore: { isMissing: (path) => search?.isMissing(path) ?? true, isShared },
    onEntry: (entry) => {
      search?.consider(entry);
      onEntry?.(entry);
    },
  };
}

/**
 * Restores what was planned.
 *
 * @throws {AppError} when something is in the way, or no repository can give it
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
  const first = plan.repositories[0];
  const { repositories: [repository], value } = await withFallback(
    plan.repositories,
    listener.onFailure,
    async (holder): Promise<Answer<Extracted>> => {
      const part = holder === first
        ? { kind: "answer" as const, value: plan }
        : await planAnew(access, request, plan, holder);
      if (part.kind === "failed") return part;
      return await extract(
        access,
        { request, place: plan.place, part: part.value },
        holder,
        listener,
      );
    },
    `What was restored until then is in "${request.target}"`,
  );
  return { ...value, repository, ownersLost };
}

/** What is extracted from one repository. */
type PlannedPart = Preview & { readonly conflicts: Conflicts };

/**
 * Another repository's archive has the same name, and that is all that is known of it: what is safe
 * in the one need not be so in the other. What is in the target now came from the first one.
 */
async function planAnew(
  access: Access,
  request: RestoreRequest,
  { place }: RestorePlan,
  holder: BorgRepository,
): Promise<Answer<PlannedPart>> {
  const trust = DirectoryTrust.ofCaller();
  const search = searchIn({ ...place, exists: true }, { ...request, overwrite: true }, trust);
  const at = { archive: request.archive, repository: holder };
  const answer = await previewRestore(
    access,
    at,
    request.selectors,
    listening(search, place.closed || request.allowShared),
  );
  if (answer.kind === "failed") return answer;
  const conflicts = search?.found ?? NO_CONFLICTS;
  const { missing } = answer.value;
  if (missing.length > 0 || conflicts.count > 0) {
    const why = missing.length > 0 ? "does not hold the same" : "does not fit to what is restored";
    return { kind: "failed", failure: { kind: "other", message: `its archive ${why}` } };
  }
  return { kind: "answer", value: { ...answer.value, conflicts } };
}

/** What came of one repository. */
type Extracted = Omit<Restored, "repository" | "ownersLost">;

async function extract(
  access: Access,
  work: { readonly request: RestoreRequest; readonly place: Target; readonly part: PlannedPart },
  holder: BorgRepository,
  listener: RestoreListener,
): Promise<Answer<Extracted>> {
  const { request, place, part } = work;
  const { amount, skipped } = part;
  const losses = new Losses(place.path);
  if (amount.files + amount.directories === 0 && skipped.length > 0) {
    return { kind: "answer", value: { amount, skipped, losses, warnings: 0 } };
  }
  removeReplaced(request.target, part.conflicts.replaced);
  let warnings = 0;
  const { end } = await callBorg(access, {
    repository: holder,
    args: extractArguments(holder, { ...request, ...part, patterns: part.patterns !== "" }),
    ...(part.patterns === "" ? {} : { stdin: part.patterns }),
    cwd: place.path,
    onLine: (line) => {
      if (line.kind === "percent") listener.onProgress(holder, line.percent, line.message);
      // What is worse ends Borg, and is told as its failure.
      if (line.kind !== "message" || line.level !== "warning") return;
      warnings += 1;
      losses.hear(line.text);
      listener.onWarning(holder, line.text);
    },
  });
  if (end.kind === "failed") return end;
  if (end.kind === "warnings") warnings = Math.max(1, warnings);
  return { kind: "answer", value: { amount, skipped, losses, warnings } };
}

function inTheWay(
  request: RestoreRequest,
  { count, named, replaceable }: Conflicts,
): AppError {
  const more = count > named.length ? `, and ${count - named.length} more` : "";
  const hint = request.overwrite || !replaceable
    ? "Move it away, or restore to another directory with --to. Nothing was written"
    : "Restore to another directory with --to, or replace what is there with --overwrite. Nothing was " +
      "written";
  return new AppError(`Cannot restore to "${request.target}": ${named.join(", ")}${more}`, {
    hint,
  });
}
