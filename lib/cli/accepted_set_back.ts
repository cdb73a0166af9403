/**
 * What `accept` does besides for a repository that was set back: Borg refuses it as well, and the
 * history knows archives that are not in it any more.
 *
 * @module
 */
import { acceptOlderState } from "../borg/older_state.ts";
import type { ArchiveListing } from "../borg/archives.ts";
import { AppError } from "../errors.ts";
import { machineIdentity } from "../files/machine_identity.ts";
import type { LedgerArchive } from "../state/ledger.ts";
import type { RepositoryLedger } from "../state/repository_ledger.ts";
import { counted } from "../text/units.ts";
import { type ArchiveSession, withHistoryOf } from "./archive_session.ts";

/**
 * Takes what is in the repository now for what should be in it, where Borg refuses it because it was
 * set back, or an inspection has found that.
 *
 * @returns what was taken over, in one sentence; `undefined` when the repository was not set back
 * @throws {AppError} when the repository can't be read: nobody would know what is accepted
 */
export async function acceptSetBack(
  { access, config, repositories }: ArchiveSession,
  label: string,
  ledger: RepositoryLedger | undefined,
  at: Date,
): Promise<string | undefined> {
  const { alarms = [], archives = [] } = ledger?.read() ?? {};
  const open = alarms.filter(({ accepted }) => !accepted);
  const isKnown = open.some(({ kind }) => kind === "repository-set-back");
  const repository = repositories.find((one) => one.label === label);
  // Other alarms are about what an inspection saw: the repository need not be asked.
  if (repository === undefined || open.length > 0 && !isKnown) return undefined;
  const answer = await acceptOlderState(access, repository);
  if (answer.kind === "failed") {
    if (!isKnown) return undefined;
    const { message, hint } = withHistoryOf(config, repository, answer.failure);
    throw new AppError(
      `Cannot accept the state of "${label}": the repository cannot be read: ${message}`,
      hint === undefined ? {} : { hint },
    );
  }
  const { wasRefused, id, modifiedAt, archives: listed } = answer.value;
  if (!isKnown && !wasRefused) return undefined;
  if (!isKnown) ledger?.raise(refusedBy(at));
  const names = new Set(listed.map(({ name }) => name));
  const wasThere = ({ state }: LedgerArchive) => state === "present" || state === "missing";
  const gone = archives.filter((archive) => wasThere(archive) && !names.has(archive.name));
  ledger?.write({
    seen: { id, modifiedAt, machine: machineIdentity(Deno.hostname()) },
    trusted: false,
    archives: gone.map((archive) => ({ ...archive, state: "missing" })),
    alarms: ledger.read().alarms,
  });
  return taken(listed, gone.map(({ name }) => name));
}

/** The alarm of a repository that no run has met since. */
function refusedBy(at: Date) {
  return {
    kind: "repository-set-back",
    subject: "",
    message: "Borg refused the repository: it is older than its last known state",
    hint: "",
    severity: "error",
    raisedBy: "",
    raisedAt: at.getTime(),
    accepted: false,
  } as const;
}

function taken(listed: ArchiveListing["archives"], gone: readonly string[]): string {
  const newest = listed.at(-1);
  const there = newest === undefined
    ? "It holds no archives"
    : `It holds ${counted(listed.length, "archive", "archives")}, the newest "${newest.name}"`;
  const last = gone.at(-1);
  if (last === undefined) return `${there}; all that were known before are among them`;
  const missing = gone.length === 1
    ? `"${last}" is no longer in it`
    : `${gone.length} that were known are no longer in it, the newest "${last}"`;
  return `${there}; ${missing}`;
}
