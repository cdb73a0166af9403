/**
 * Repositories and words of Borg's for the tests.
 *
 * @module
 */
import type { BorgWords } from "../../lib/borg/failure_kinds.ts";
import type { BorgRepository } from "../../lib/borg/repository.ts";
import { Secret } from "../../lib/text/secret.ts";

/** A repository as simple as can be, and what is different about it. */
export function repositoryWith(different: Partial<BorgRepository> = {}): BorgRepository {
  return {
    label: "disk",
    url: "/mnt/disk/borg",
    encryption: "repokey-blake2",
    key: { kind: "passphrase", passphrase: new Secret("correct horse") },
    sshOptions: [],
    lockWait: 600_000,
    ...different,
  };
}

/** What Borg said when it ended with one error. */
export function error(msgid: string | undefined, text: string, ...last: string[]): BorgWords {
  return { errors: [{ kind: "message", level: "error", msgid, text }], last: [...last, text] };
}
