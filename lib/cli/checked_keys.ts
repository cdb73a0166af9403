/** `autoborg key check FILE...`: proves that kept copies of keys are the right ones. @module */
import { isCopyOf, type KeyCopy, parseKeyCopy } from "../borg/key_copy.ts";
import { type FreshKey, hasKey, queryKey } from "../borg/key_export.ts";
import type { BorgFailure } from "../borg/failure_kinds.ts";
import { type BorgRepository, localPath } from "../borg/repository.ts";
import { readRepositoryId } from "../borg/repository_config.ts";
import { ExitCode, reasonOf } from "../errors.ts";
import { readSmallText } from "../files/small_file.ts";
import { printableLine } from "../text/printable.ts";
import { ownCommand } from "../text/own_command.ts";
import { checkKeyCopy, type KeyVerdict } from "../verify/key_check.ts";
import type { ArchiveSession } from "./archive_session.ts";

/** A copy that was found to be right. */
interface CheckedKey {
  readonly label: string;
  /** Of the key that the repository has now, or of the copy where it has none. */
  readonly fingerprint: string;
}

/** A repository, and what Borg said when it was asked for its key. */
interface Candidate {
  readonly repository: BorgRepository;
  readonly fresh: FreshKey | undefined;
  readonly failure: BorgFailure | undefined;
  /** Its id as a run has seen it, or as a repository on this machine says. */
  readonly knownId: string | undefined;
}

/**
 * Checks copies of keys, and says of each whether it is the right one.
 *
 * @param knownId finds the id of a repository from earlier runs
 * @param note hears of each copy that is right
 */
export async function checkKeys(
  session: ArchiveSession,
  paths: readonly string[],
  { print, knownId, note }: {
    readonly print: (text: string) => void;
    readonly knownId: (label: string) => string | undefined;
    readonly note: (checked: CheckedKey) => void;
  },
): Promise<ExitCode> {
  const copies = await Promise.all(paths.map(async (path) => ({ path, ...await readCopy(path) })));
  const isNeeded = copies.some(({ kind }) => kind === "copy");
  const candidates = isNeeded ? await candidatesOf(session, knownId) : [];
  let allRight = true;
  for (const found of copies) {
    const { label, verdict } = found.kind === "broken"
      ? { label: "", verdict: { kind: "wrong", reason: found.reason } as const }
      : await judge(session, found.copy, candidates);
    const about = `${printableLine(found.path)}: `;
    if (verdict.kind === "right") {
      const what = found.kind === "copy" ? found.copy.form : "key";
      print(session.mask(`${about}ok: ${what} of "${label}": ${verdict.proof}\n`));
      note({ label, fingerprint: verdict.fingerprint });
      continue;
    }
    allRight = false;
    print(session.mask(`${about}FAILED: ${printableLine(verdict.reason)}\n`));
    if (verdict.hint !== undefined) session.tell(`  hint: ${verdict.hint}`);
  }
  return allRight ? ExitCode.ok : ExitCode.failed;
}

async function readCopy(path: string): Promise<ReturnType<typeof parseKeyCopy>> {
  try {
    return parseKeyCopy(await readSmallText(path));
  } catch (error) {
    return { kind: "broken", reason: `it can't be read: ${reasonOf(error)}` };
  }
}

async function candidatesOf(
  session: ArchiveSession,
  knownId: (label: string) => string | undefined,
): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  for (const repository of session.repositories) {
    if (!hasKey(repository.encryption)) continue;
    const answer = await queryKey(session.access, repository);
    candidates.push({
      repository,
      fresh: answer.kind === "answer" ? answer.value : undefined,
      failure: answer.kind === "failed" ? answer.failure : undefined,
      knownId: knownId(repository.label) ?? await idInRepository(repository),
    });
  }
  return candidates;
}

async function idInRepository({ url }: BorgRepository): Promise<string | undefined> {
  const directory = localPath(url);
  return directory === undefined ? undefined : await readRepositoryId(directory);
}

/** Checks a copy with the repository that it is of. */
async function judge(
  { access }: ArchiveSession,
  copy: KeyCopy,
  candidates: readonly Candidate[],
): Promise<{ readonly label: string; readonly verdict: KeyVerdict }> {
  const mayOwn = candidates.filter((one) => isOwner(one, copy) !== false);
  let unsure: { readonly label: string; readonly verdict: KeyVerdict } | undefined;
  for (const one of mayOwn.toSorted((a, b) => rank(a, copy) - rank(b, copy))) {
    const { repository, fresh, knownId } = one;
    if (one.failure !== undefined && one.failure.kind !== "key-missing") continue;
    const verdict = await checkKeyCopy(access, { repository, copy, fresh, knownId });
    const { label } = repository;
    if (verdict.kind === "right" || verdict.isOfAnother === undefined) return { label, verdict };
    if (verdict.isOfAnother === "maybe") unsure ??= { label, verdict };
  }
  return unsure ?? { label: "", verdict: ofNone(copy, mayOwn) };
}

/** Whether a copy is of a repository; `undefined`: its id is not known. */
function isOwner({ fresh, knownId }: Candidate, copy: KeyCopy): boolean | undefined {
  const id = fresh?.repositoryId ?? knownId;
  return id === undefined ? undefined : isCopyOf(copy, id);
}

function rank(candidate: Candidate, copy: KeyCopy): number {
  return isOwner(candidate, copy) === true ? 0 : 1;
}

function ofNone(copy: KeyCopy, mayOwn: readonly Candidate[]): KeyVerdict {
  const unasked = mayOwn.flatMap(({ repository: { label }, failure }) =>
    failure === undefined || failure.kind === "key-missing" ? [] : [{ label, failure }]
  );
  const [first] = unasked;
  if (first !== undefined) {
    const { label, failure: { message, hint } } = first;
    const reason = `the repository "${label}", whose key it may be, can't be asked: ${message}`;
    return { kind: "wrong", reason, ...(hint === undefined ? {} : { hint }) };
  }
  return {
    kind: "wrong",
    reason: `it is the key of another repository, with the id ${copy.repositoryId}; none of the ` +
      "configured ones has it",
    hint: `These are the configured repositories: ${ownCommand("show-config")}`,
  };
}
