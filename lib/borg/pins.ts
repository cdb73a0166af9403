/**
 * What Borg is told to do with pins: what keeps an archive out of any prune of ours, stored in the
 * repository itself. Not by another name of the archive, as a renamed archive may lose its
 * authentication. Pure.
 *
 * @module
 */
import { parseJson, valueAt } from "../text/json.ts";
import { PIN_GLOB, pinName, pinnedArchive } from "../text/pin_name.ts";
import type { BorgPin } from "./archive_pins.ts";
import { listArchivesArguments } from "./archives.ts";
import { commonArguments } from "./commands.ts";
import type { BorgRepository } from "./repository.ts";

/** A pin and why it is there; "": nobody said why. */
export interface ReasonedPin extends BorgPin {
  readonly reason: string;
}

/**
 * The command line that makes a pin: an empty archive, whose list of paths is an empty standard input.
 * It leaves alone what Borg remembers of the files of real archives.
 */
export function pinArguments(
  repository: BorgRepository,
  archive: string,
  reason: string,
): string[] {
  return [
    "create",
    ...commonArguments(repository),
    `--comment=${literal(pinComment(reason))}`,
    "--files-cache=disabled",
    "--paths-from-stdin",
    "--",
    `${repository.url}::${literal(pinName(archive))}`,
  ];
}

/** The command line that changes the reason of a pin; it is there all the time. */
export function changeReasonArguments(
  repository: BorgRepository,
  archive: string,
  reason: string,
): string[] {
  return [
    "recreate",
    ...commonArguments(repository),
    `--comment=${literal(pinComment(reason))}`,
    "--",
    `${repository.url}::${literal(pinName(archive))}`,
  ];
}

/** The command line that lists the pins of a repository with their reasons. */
export function listPinsArguments(repository: BorgRepository): string[] {
  return listArchivesArguments(repository, "--format={comment}", `--glob-archives=${PIN_GLOB}`);
}

/** Reads that list; `undefined` when it is something else. */
export function parsePins(stdout: string): readonly ReasonedPin[] | undefined {
  const list = valueAt(parseJson(stdout), "archives");
  if (!Array.isArray(list)) return undefined;
  return list.flatMap((value: unknown) => {
    const [name, id, comment] = ["name", "id", "comment"].map((key) => valueAt(value, key));
    const archive = typeof name === "string" ? pinnedArchive(name) : undefined;
    if (typeof name !== "string" || typeof id !== "string" || archive === undefined) return [];
    return [{ archive, name, id, reason: typeof comment === "string" ? reasonIn(comment) : "" }];
  });
}

/** The comment of a pin: its version, and the reason. */
function pinComment(reason: string): string {
  return reason === "" ? "autoborg pin 1" : `autoborg pin 1: ${reason}`;
}

/** What a later version may write besides is not known: the reason is what follows. */
function reasonIn(comment: string): string {
  return /^autoborg pin \d+: (.*)$/s.exec(comment)?.[1] ?? "";
}

/** Borg fills in placeholders such as "{hostname}" unless their braces are doubled. */
function literal(text: string): string {
  return text.replace(/[{}]/g, "$&$&");
}
