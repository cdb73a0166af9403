/** Names the reports that nobody ever got. @module */
import { counted } from "../../text/units.ts";
import type { Problem } from "../../backup/outcome.ts";
import { ownCommand } from "../../text/own_command.ts";
import type { DroppedReport, DroppedReports } from "../../state/dropped_reports.ts";
import { MOST_WAITING } from "../../state/spool.ts";
import { localTime } from "../../text/local_time.ts";
import { printableLine } from "../../text/printable.ts";
import { shortened } from "../subject.ts";

const NAMED = 20;

/** A warning for the next report that names the dropped ones, if there are any. */
export function droppedProblems(dropped: DroppedReports, logs: string): readonly Problem[] {
  const { reports, more } = dropped;
  const count = reports.length + more;
  if (count === 0) return [];
  const named = reports.slice(-NAMED).map(described);
  const rest = count - named.length;
  const others = rest === 0 ? [] : [`and ${counted(rest, "older one", "older ones")}`];
  return [{
    severity: "warning",
    message: `${counted(count, "report was", "reports were")} never delivered and had to be ` +
      `dropped, as more than ${MOST_WAITING} waited: ${[...named, ...others].join("; ")}`,
    hint: `What became of these runs: "${ownCommand("history")}", and their logs in "${logs}"`,
  }];
}

function described({ run, date, subject }: DroppedReport): string {
  const details = [
    ...(date === "" ? [] : [localTime(date)]),
    ...(subject === "" ? [] : [`"${shortened(subject, 100)}"`]),
  ];
  return printableLine(details.length === 0 ? run : `${run} (${details.join(", ")})`);
}
