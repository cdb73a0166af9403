/** `autoborg pin`: makes and removes pins in all repositories that hold an archive. @module */
import { callBorg, queryArchives, queryPins } from "../borg/borg_queries.ts";
import { deleteArchivesArguments } from "../borg/commands.ts";
import { other } from "../borg/failure_kinds.ts";
import { changeReasonArguments, pinArguments } from "../borg/pins.ts";
import type { BorgRepository } from "../borg/repository.ts";
import { ExitCode, reasonOf } from "../errors.ts";
import type { ArchiveIndex } from "../restore/archive_index.ts";
import { archivedDatabases, matchDatabase } from "../restore/archived_databases.ts";
import { chooseArchive } from "../restore/choose_archive.ts";
import type { PinLedger } from "../state/pin_ledger.ts";
import { ownCommand } from "../text/own_command.ts";
import { pinName } from "../text/pin_name.ts";
import { knownArchivesOf } from "./archive_knowledge.ts";
import type { ArchiveSession } from "./archive_session.ts";
import { openHistory } from "./past_runs.ts";
import { isHeld, knownPinsOf, pinsOf } from "./pinned_archives.ts";

/** What is pinned, or no longer. */
interface PinRequest {
  readonly session: ArchiveSession;
  readonly index: ArchiveIndex;
  /** A name, or "latest". */
  readonly archive: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly print: (text: string) => void;
}

/**
 * Pins an archive wherever it is.
 *
 * @param reason `undefined`: none was given, and one that is there stays
 * @throws {AppError} when there is no such archive
 */
export async function pinArchive(
  request: PinRequest,
  reason: string | undefined,
): Promise<ExitCode> {
  const { session, index } = request;
  const archive = nameOf(request, []);
  let isNoted = true;
  for (const repository of index.reachable) {
    const { label } = repository;
    if (!isHeld(index, label, archive)) {
      session.tell(`${label}: skipped: it does not hold ${archive}`);
      continue;
    }
    const isPinned = pinsOf(index.pins, label, archive).includes(pinName(archive));
    const why = isPinned
      ? await changeReason(request, repository, archive, reason)
      : await makePin(request, repository, archive, reason ?? "");
    if (why === undefined) continue;
    const { at } = request;
    isNoted = noting(session, label, (pins) => pins.notePinned(archive, why, at)) && isNoted;
  }
  return codeOf(session, isNoted);
}

/** Makes a pin, and makes sure that the archive is still there: a prune may have been under way. */
async function makePin(
  { session, print }: PinRequest,
  repository: BorgRepository,
  archive: string,
  reason: string,
): Promise<string | undefined> {
  const { label } = repository;
  const args = pinArguments(repository, archive, reason);
  const { end } = await callBorg(session.access, { repository, args, stdin: "" });
  if (end.kind === "failed") return void session.fail(repository, end.failure);
  const answer = await queryArchives(session.access, repository);
  const isGone = answer.kind === "answer" &&
    !answer.value.archives.some(({ name }) => name === archive);
  if (isGone) {
    const removal = deleteArchivesArguments(repository, pinName(archive));
    await callBorg(session.access, { repository, args: removal });
    return void session.fail(repository, other(`${archive} was removed while it was being pinned`));
  }
  print(session.mask(`${label}: pinned ${archive}${inBrackets(reason)}\n`));
  return reason;
}

/** Changes the reason of a pin that is there. Returns it when there is something to note. */
async function changeReason(
  { session, print }: PinRequest,
  repository: BorgRepository,
  archive: string,
  reason: string | undefined,
): Promise<string | undefined> {
  const { label } = repository;
  const answer = await queryPins(session.access, repository);
  if (answer.kind === "failed") return void session.fail(repository, answer.failure);
  const before = answer.value.find((pin) => pin.archive === archive)?.reason ?? "";
  const isPinned = `${label}: ${archive} is pinned already${inBrackets(before)}`;
  if (reason === undefined || reason === before) {
    print(session.mask(`${isPinned}\n`));
    return undefined;
  }
  const args = changeReasonArguments(repository, archive, reason);
  const { end } = await callBorg(session.access, { repository, args });
  if (end.kind === "failed") return void session.fail(repository, end.failure);
  print(session.mask(`${isPinned}; its reason is now ${JSON.stringify(reason)}\n`));
  return reason;
}

/**
 * Removes the pins of an archive, wherever it is pinned, also where the archive itself is gone.
 *
 * @throws {AppError} when there is neither such an archive nor such a pin
 */
export async function unpinArchive(request: PinRequest): Promise<ExitCode> {
  const { session, index, at, print } = request;
  const { access } = session;
  const known = new Map(index.reachable.map(({ label }) => [label, knownPinsOf(session, label)]));
  const pinned = [
    ...index.pins.flatMap(({ pins }) => pins),
    ...[...known.values()].flat(),
  ].map((pin) => pin.archive);
  const archive = nameOf(request, pinned);
  let isNoted = true;
  for (const repository of index.reachable) {
    const { label } = repository;
    const before = known.get(label)?.find((pin) => pin.archive === archive);
    const [first, ...more] = pinsOf(index.pins, label, archive);
    if (first === undefined && before === undefined) {
      session.tell(`${label}: skipped: ${archive} is not pinned there`);
      continue;
    }
    if (first !== undefined) {
      // Noted before Borg removes it: an inspection meanwhile must not miss it.
      isNoted = noting(session, label, (pins) => pins.forget(archive)) && isNoted;
      const args = deleteArchivesArguments(repository, first, ...more);
      const { end } = await callBorg(access, { repository, args });
      if (end.kind === "failed") {
        session.fail(repository, end.failure);
        continue;
      }
    }
    const reason = before?.reason ?? "";
    isNoted = noting(session, label, (pins) => pins.noteUnpinned(archive, reason, at)) && isNoted;
    const what = first === undefined ? "forgot the pin, which was gone already, of" : "unpinned";
    print(session.mask(`${label}: ${what} ${archive}${inBrackets(reason)}\n`));
  }
  return codeOf(session, isNoted);
}

/** The archive that is meant; one that is pinned need not exist any more. */
function nameOf({ session, index, archive }: PinRequest, pinned: readonly string[]): string {
  if (pinned.includes(archive)) return archive;
  const remove = pinned.length === 0 ? [] : ["--remove"];
  const commandWith = (other: string) => ownCommand("pin", ...remove, other);
  // Such as "pg/shop": the newest dump of a database.
  const database = matchDatabase(archivedDatabases(index, session.config.name), archive);
  const [dump] = database?.archives ?? [];
  if (dump !== undefined) return dump.name;
  return chooseArchive(index, knownArchivesOf(session), { archive }, commandWith).name;
}

/** Changes what the history knows of pins; without a history the next run finds them. */
function noting(
  { config, tell }: ArchiveSession,
  label: string,
  change: (pins: PinLedger) => void,
): boolean {
  try {
    using history = openHistory(config);
    if (history !== undefined) change(history.pins(config.name, label));
    return true;
  } catch (error) {
    tell(`warning: This was not recorded in the history: ${reasonOf(error)}`);
    return false;
  }
}

function codeOf({ failed }: ArchiveSession, isNoted: boolean): ExitCode {
  if (failed) return ExitCode.failed;
  return isNoted ? ExitCode.ok : ExitCode.warning;
}

function inBrackets(reason: string): string {
  return reason === "" ? "" : ` (${reason})`;
}
