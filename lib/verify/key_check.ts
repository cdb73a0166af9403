/**
 * Proves that a copy of a repository's key is the right one, and that the passphrase opens it: a key
 * file by opening the repository with the copy alone; the key that a repository holds itself by
 * decrypting the copy and comparing it with a fresh export.
 *
 * @module
 */
import { join } from "node:path";
import { type Access, callBorg } from "../borg/borg_queries.ts";
import { IN_UTC, listArchivesArguments } from "../borg/archives.ts";
import type { BorgFailure } from "../borg/failure_kinds.ts";
import { type KeyCopy, keyFileText, keyFingerprint } from "../borg/key_copy.ts";
import type { FreshKey } from "../borg/key_export.ts";
import { type OpenedKey, openKey } from "../borg/key_opening.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { parseRepositoryInfo } from "../borg/repository_info.ts";
import { makeScratchDirectory } from "../files/scratch_directory.ts";
import { keyExportCommand } from "../text/own_command.ts";

/** What a check of a copy has found. */
export type KeyVerdict =
  | {
    readonly kind: "right";
    /** What proves it, as the end of a sentence. */
    readonly proof: string;
    /** The fingerprint of the key that the repository has, or of the copy where it has none. */
    readonly fingerprint: string;
  }
  | {
    readonly kind: "wrong";
    /** What is wrong with it, as the end of a sentence. */
    readonly reason: string;
    readonly hint?: string;
    /** Whether it is of another repository: `maybe` when the id of this one is not known. */
    readonly isOfAnother?: true | "maybe";
  };

/** A copy, and the repository that it may belong to. */
interface KeyCheck {
  readonly repository: BorgRepository;
  readonly copy: KeyCopy;
  /** The key as the repository has it now; `undefined`: Borg did not say. */
  readonly fresh: FreshKey | undefined;
  /** Borg's id of the repository, as far as it is known without the key. */
  readonly knownId: string | undefined;
}

/** What to do about a copy that is of no use; with an old passphrase it may still be of some. */
const exportAnew = () =>
  `This exports the key again: ${keyExportCommand()}. Keep this copy until the ` +
  "new one is checked";

/**
 * Checks a copy. Nothing is written to the repository.
 *
 * @throws {Stopped} when it was stopped
 */
export async function checkKeyCopy(access: Access, check: KeyCheck): Promise<KeyVerdict> {
  const { repository, copy, fresh, knownId } = check;
  const { label, key } = repository;
  const opened = key.kind === "passphrase" ? await openKey(copy.blob, key.passphrase) : undefined;
  const fault = opened === undefined ? undefined : faultOf(opened, copy, label);
  if (opened?.kind === "wrong-passphrase" && fresh === undefined && knownId === undefined) {
    return await judgeUnopened(access, check);
  }
  if (fault !== undefined) return fault;
  const whole = copy.form === "key file" ? copy.repositoryId : undefined;
  const inside = opened?.kind === "opened" ? opened.repositoryId : undefined;
  const id = inside ?? whole ?? fresh?.repositoryId ?? knownId;
  if (id === undefined) {
    return wrong(
      "its checksums are right, but the repository can't be opened with it: a paper key does not " +
        "hold the whole id of its repository",
      "Check the key file of the same export instead",
    );
  }
  const answer = await openWith(access, repository, keyFileText(id, copy.blob));
  if (answer.kind === "failed") return judgeFailure(answer.failure, label);
  if (answer.usesFile) {
    return {
      kind: "right",
      proof: "the repository opens with this copy alone and the passphrase",
      fingerprint: keyFingerprint(fresh?.blob ?? copy.blob),
    };
  }
  return await compare(check, opened);
}

/** What is wrong with a copy that was opened, or was not. */
function faultOf(opened: OpenedKey, copy: KeyCopy, label: string): KeyVerdict | undefined {
  switch (opened.kind) {
    case "unreadable":
      return wrong("it is torn or damaged, or a newer Borg made it", exportAnew());
    case "wrong-passphrase":
      return wrong(otherPassphrase(label), exportAnew());
    case "opened":
      if (opened.repositoryId.startsWith(copy.repositoryId)) return undefined;
      return wrong("its first line names another repository than the key in it", exportAnew());
  }
}

/**
 * Tells a key of another repository from one with another passphrase, when the id of the repository is
 * not known here: Borg looks for a key file by that id, before it asks for a passphrase. A paper key has
 * only the beginning of an id.
 */
async function judgeUnopened(access: Access, { repository, copy }: KeyCheck): Promise<KeyVerdict> {
  const { label } = repository;
  if (copy.form === "key file") {
    const answer = await openWith(access, repository, keyFileText(copy.repositoryId, copy.blob));
    if (answer.kind === "failed" && answer.failure.kind === "key-missing") {
      return judgeFailure(answer.failure, label);
    }
    return wrong(otherPassphrase(label), exportAnew());
  }
  const reason =
    `the passphrase of "${label}" does not open it: it is of another repository, whose id ` +
    `begins with ${copy.repositoryId}, it was exported before the passphrase was changed, or it is ` +
    "damaged";
  return { ...wrong(reason, exportAnew()), isOfAnother: "maybe" };
}

function otherPassphrase(label: string): string {
  return `the passphrase of "${label}" does not open it: it was exported before the passphrase was ` +
    "changed, or it is damaged";
}

type Opening =
  | { readonly kind: "opened"; readonly usesFile: boolean }
  | { readonly kind: "failed"; readonly failure: BorgFailure };

/** Opens a repository with a directory of keys in which there is none but this one. */
async function openWith(
  access: Access,
  repository: BorgRepository,
  keyFile: string,
): Promise<Opening> {
  const keys = makeScratchDirectory(undefined, "autoborg-key-");
  try {
    await Deno.writeTextFile(join(keys, "copy"), keyFile, { createNew: true, mode: 0o600 });
    const { end, stdout } = await callBorg(access, {
      repository,
      args: listArchivesArguments(repository, "--last=1"),
      variables: { ...IN_UTC, BORG_KEYS_DIR: keys },
    });
    if (end.kind === "failed") return end;
    return { kind: "opened", usesFile: parseRepositoryInfo(stdout)?.keyFile !== undefined };
  } finally {
    await Deno.remove(keys, { recursive: true });
  }
}

function judgeFailure(failure: BorgFailure, label: string): KeyVerdict {
  if (failure.kind === "key-missing") {
    return { ...wrong(`it is not the key of "${label}"`), isOfAnother: true };
  }
  return wrong(`the repository "${label}" can't be opened: ${failure.message}`, failure.hint);
}

/** Compares a copy with the key that the repository itself holds, and that Borg has just opened. */
async function compare(
  { repository: { label, key }, copy, fresh }: KeyCheck,
  opened: OpenedKey | undefined,
): Promise<KeyVerdict> {
  if (fresh === undefined) {
    return wrong(`Borg did not export the key of "${label}", so there is nothing to compare with`);
  }
  const fingerprint = keyFingerprint(fresh.blob);
  if (keyFingerprint(copy.blob) === fingerprint) {
    const proof = opened === undefined
      ? "it equals a fresh export, and the passphrase opens the repository"
      : "the passphrase opens it, and it equals a fresh export";
    return { kind: "right", proof, fingerprint };
  }
  if (key.kind !== "passphrase" || opened?.kind !== "opened") {
    return wrong(
      "it differs from a fresh export: it was exported before the passphrase was changed, or it " +
        "is damaged",
      exportAnew(),
    );
  }
  const own = await openKey(fresh.blob, key.passphrase);
  if (own.kind === "opened" && own.contentHash === opened.contentHash) {
    const proof =
      "the passphrase opens it, and it holds the key of a fresh export, which Borg has " +
      "encrypted anew since";
    return { kind: "right", proof, fingerprint };
  }
  return wrong(`it holds another key than the repository "${label}"`, exportAnew());
}

function wrong(reason: string, hint?: string): KeyVerdict & { readonly kind: "wrong" } {
  return { kind: "wrong", reason, ...(hint === undefined ? {} : { hint }) };
}
