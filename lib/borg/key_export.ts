/** Asks Borg for a repository's key, as it is now. @module */
import { type Access, type Answer, callBorg, failedAnswer } from "./borg_queries.ts";
import { commonArguments } from "./commands.ts";
import { parseKeyCopy } from "./key_copy.ts";
import type { BorgRepository } from "./repository.ts";

/** A key as its repository has it now. */
export interface FreshKey {
  /** Borg's id of the repository. */
  readonly repositoryId: string;
  /** The encrypted key. */
  readonly blob: Uint8Array;
}

/**
 * The command line that prints a repository's key. Borg needs no passphrase for it and takes no lock, so
 * it disturbs nothing.
 */
export function keyExportArguments(repository: BorgRepository): string[] {
  return ["key", "export", ...commonArguments(repository), "--", repository.url, "-"];
}

/** Reads what Borg printed; `undefined` when it is no key. */
export function parseKeyExport(stdout: string): FreshKey | undefined {
  const parsed = parseKeyCopy(stdout);
  return parsed.kind === "copy" ? parsed.copy : undefined;
}

/** Whether a repository of this mode of encryption has a key. */
export function hasKey(encryption: string): boolean {
  return encryption !== "none";
}

/**
 * Asks for the key. It goes through a pipe into our memory, and to no file.
 *
 * @throws {Stopped} when it was stopped
 */
export async function queryKey(
  access: Access,
  repository: BorgRepository,
): Promise<Answer<FreshKey>> {
  const { end, stdout } = await callBorg(access, {
    repository,
    args: keyExportArguments(repository),
  });
  if (end.kind === "failed") return end;
  const key = parseKeyExport(stdout);
  if (key !== undefined) return { kind: "answer", value: key };
  return failedAnswer("Borg did not print the repository's key");
}
