/** Makes the one message that all services get. Pure. @module */
import type { ChannelMessage, MessageLine } from "../../channels/channel.ts";
import type { Problem, RunOutcome } from "../../backup/outcome.ts";
import { cutText } from "../../text/cut.ts";
import { localTime } from "../../text/local_time.ts";
import { printable } from "../../text/printable.ts";
import type { Masker } from "../../text/secret.ts";
import { humanAge } from "../../text/units.ts";
import { type LastGood, lastGoodRows } from "../last_good.ts";
import { errorsFirst, placedProblems } from "../placed_problems.ts";
import type { RunReport } from "../run_report.ts";
import type { StatusReport } from "../status/backup_status.ts";
import { summaryOf } from "../subject.ts";
import type { Decision } from "../told_decision.ts";

/** What all messages of one machine have in common. */
export interface Sender {
  readonly name: string;
  readonly hostname: string;
  /** Where the page is. */
  readonly link: string | null;
  readonly mask: Masker;
}

/** A message about something. */
interface Topical extends
  Pick<
    ChannelMessage,
    "id" | "event" | "state" | "runId" | "exitCode" | "lines"
  > {
  readonly at: Date;
  readonly log?: string | undefined;
  readonly run?: RunReport;
  readonly status?: StatusReport;
}

/** No line is longer than this, in bytes, before a service cuts it further. */
const LONGEST_LINE = 2_000;

/** Makes a message; what is in its lines becomes printable and free of secrets. */
export function messageOf(sender: Sender, topical: Topical): ChannelMessage {
  const { name, hostname, link, mask } = sender;
  const { id, event, state, runId, exitCode, at, log, run, status } = topical;
  const clean = (text: string) =>
    cutText(mask(printable(text.replace(/\s*\n\s*/g, " "))), LONGEST_LINE);
  const word = state === "failed" ? "FAILED" : state;
  return {
    ...{ id, event, state, name, hostname, runId, exitCode, link },
    at: at.toISOString(),
    title: clean(`[${word}] ${name} on ${hostname}`),
    lines: topical.lines.map(({ label, text }) => ({ label: clean(label), text: clean(text) })),
    log: log === undefined ? null : mask(printable(log)),
    run: run ?? null,
    status: status ?? null,
  };
}

/** The lines about a run: what became of it, what failed, what to do, how old the backups are. */
export function runLines(outcome: RunOutcome, lastGood: LastGood): readonly MessageLine[] {
  const problems = placedProblems(outcome).toSorted(errorsFirst);
  return [
    { label: "", text: summaryOf(outcome) },
    ...problems.flatMap(({ where, ...problem }) => problemLines(where, problem)),
    ...lastGoodRows(outcome, lastGood).map(({ repository, backup }) => ({
      label: `last good backup in ${repository}`,
      text: backup,
    })),
  ];
}

/** The lines of a problem: what is wrong, and what to do. */
export function problemLines(
  where: string,
  { severity, message, hint }: Pick<Problem, "severity" | "message"> & { hint?: string | null },
): readonly MessageLine[] {
  const line = { label: where === "" ? severity : `${severity}, ${where}`, text: message };
  return hint === undefined || hint === null ? [line] : [line, { label: "hint", text: hint }];
}

/** Says that a state lasts, or that it is over; stands in front of the other lines. */
export function changeLines({ kind, since }: Decision, now: number): readonly MessageLine[] {
  if (since === null || kind === "plain") return [];
  const age = `${humanAge(Math.max(0, now - since))}, since ${localTime(new Date(since))}`;
  const text = kind === "good-again" ? `it was bad for ${age}` : `for ${age}`;
  return [{ label: kind === "good-again" ? "good again" : "still not good", text }];
}

/** Says that a message comes late. */
export function lateLines(at: string, now: Date): readonly MessageLine[] {
  const age = humanAge(Math.max(0, now.getTime() - Date.parse(at)));
  return [{ label: "delayed", text: `written ${age} ago, at ${localTime(at)}` }];
}
