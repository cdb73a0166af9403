/**
 * Names the reports that nobody ever got.
 *
 * @module
 */
import { counted } from "../../text/units.ts";
import type { Problem } from "../../backup/outcome.ts";
import { ownCommand } from "../../text/own_command.ts";
import type { DroppedMail, DroppedMails } from "../../state/dropped_mails.ts";
import { MOST_WAITING } from "../../state/mail_spool.ts";
import { localTime } from "../../text/local_time.ts";
import { printableLine } from "../../text/printable.ts";
import { shortened } from "./subject.ts";

const NAMED = 20;

/** A warning for the next report that names the dropped ones, if there are any. */
export function droppedProblems(dropped: DroppedMails, logs: string): readonly Problem[] {
  const { mails, more } = dropped;
  const count = mails.length + more;
  if (count === 0) return [];
  const named = mails.slice(-NAMED).map(described);
  const rest = count - named.length;
  const others = rest === 0 ? [] : [`and ${counted(rest, "older one", "older ones")}`];
  return [{
    severity: "warning",
    message: `${counted(count, "report was", "reports were")} never delivered and had to be ` +
      `dropped, as more than ${MOST_WAITING} waited: ${[...named, ...others].join("; ")}`,
    hint: `What became of these runs: "${ownCommand("history")}", and their logs in "${logs}"`,
  }];
}

function described({ run, date, subject }: DroppedMail): string {
  const details = [
    ...(date === "" ? [] : [localTime(date)]),
    ...(subject === "" ? [] : [`"${shortened(subject, 100)}"`]),
  ];
  return printableLine(details.length === 0 ? run : `${run} (${details.join(", ")})`);
}
