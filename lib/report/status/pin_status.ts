/** What is pinned in a repository. Pure. @module */
import type { KnownPin } from "../../state/pin_ledger.ts";
import { ownCommand } from "../../text/own_command.ts";
import { pinGoneText } from "../../text/pin_name.ts";
import { printableLine } from "../../text/printable.ts";
import { counted } from "../../text/units.ts";
import { isoTime, type ReportedProblem } from "../run_report.ts";

/** An archive that no prune of autoborg removes. */
export interface PinStatus {
  readonly archive: string;
  /** Why it is kept; "": nobody said why. */
  readonly reason: string;
  /** When it was pinned, or when this machine first saw the pin. */
  readonly since: string;
  /** The pin is gone, and not by this machine: the archive is kept until that is accepted. */
  readonly missing: boolean;
}

/** What is pinned in a repository, the longest first. */
export function pinStatus(known: readonly KnownPin[]): readonly PinStatus[] {
  return known.map(({ archive, reason, since, state }) => {
    return { archive, reason, since: isoTime(since), missing: state === "missing" };
  });
}

/** Says how many archives are pinned, and names the last one; `undefined`: none is. */
export function pinsText(pins: readonly PinStatus[]): string | undefined {
  const last = pins.at(-1);
  if (last === undefined) return undefined;
  const why = last.reason === "" ? "" : ` (${printableLine(last.reason)})`;
  const archive = `${printableLine(last.archive)}${why}`;
  if (pins.length === 1) return `1 archive is pinned: ${archive}`;
  return `${counted(pins.length, "archive is", "archives are")} pinned, the last one ${archive}`;
}

/** A pin that is gone without this machine. */
export function pinProblem(
  { label, pins }: { readonly label: string; readonly pins: readonly PinStatus[] },
): readonly ReportedProblem[] {
  return pins.filter(({ missing }) => missing).map(({ archive }) => ({
    severity: "warning",
    message: `In "${label}", ${pinGoneText(archive)}`,
    hint: `It is kept all the same, until this accepts it: ${ownCommand("accept", label)}`,
  }));
}
