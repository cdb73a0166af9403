/** What `autoborg status --notify` tells: what no run can say, because none ends. Pure. @module */
import type { Finding } from "../report/mail/content.ts";
import { problemLines } from "../report/notify/message_lines.ts";
import type { StatusReport } from "../report/status/backup_status.ts";
import { ownCommand } from "../text/own_command.ts";
import { humanAge } from "../text/units.ts";
import { localTime } from "../text/local_time.ts";
import type { BadThing } from "./notify_event.ts";

/** A thing that is bad, for messages and for mails. */
export interface StatusThing extends BadThing {
  readonly finding: Finding;
}

/** What is bad now: backups that are too old, a run that died, services down, a run that never ends. */
export function badThings(status: StatusReport): readonly StatusThing[] {
  return [
    ...staleBackups(status),
    ...deadRun(status),
    ...servicesDown(status),
    ...endlessRun(status),
  ];
}

function staleBackups({ repositories, maxAgeSeconds }: StatusReport): readonly StatusThing[] {
  const limit = humanAge(maxAgeSeconds * 1_000);
  return repositories.flatMap(({ label, state, lastBackup, lastRun }) => {
    if (state === "fresh" || state === "absent") return [];
    const message = lastBackup === null
      ? "No good backup was ever made"
      : state === "in-the-future"
      ? `The last good backup is dated ${localTime(lastBackup.startedAt)}, in the future`
      : `The last good backup is ${
        humanAge(lastBackup.ageSeconds * 1_000)
      } old, more than ${limit}`;
    const hint = `Does the timer run? ${ownCommand("check-config", "--probe")}`;
    // People know of it as long as runs begin and say that they fail.
    const isToldByRun = lastRun !== null && lastRun.ageSeconds <= maxAgeSeconds &&
      (lastRun.state === "failed" || lastRun.state === "warning");
    return [{ label, isToldByRun, ...thing(`${label} ${state}`, label, message, hint) }];
  });
}

function deadRun({ lastRun, running }: StatusReport): readonly StatusThing[] {
  if (lastRun === null || !lastRun.died || running !== null) return [];
  const message = `The run ${lastRun.runId} of ${localTime(lastRun.startedAt)} ended without a ` +
    "report: it was killed, or the machine went down";
  const hint = `Clean up after it: ${ownCommand("recover")}`;
  return [thing(`run died ${lastRun.runId}`, "", message, hint)];
}

/** What is an error beside the backups: services that nobody has started again. */
function servicesDown({ problems }: StatusReport): readonly StatusThing[] {
  return problems.filter(({ severity }) => severity === "error")
    .map(({ message, hint }) => thing(`services down ${message}`, "", message, hint ?? ""));
}

function endlessRun({ running, at, maxAgeSeconds }: StatusReport): readonly StatusThing[] {
  const began = Date.parse(running?.startedAt ?? "");
  const age = Date.parse(at) - began;
  if (running === null || Number.isNaN(age) || age <= maxAgeSeconds * 1_000) return [];
  const message = `A run (process ${running.process ?? "unknown"}) has held the lock for ` +
    `${humanAge(age)}, since ${localTime(new Date(began))}`;
  const hint = `Set run.timeout; what it does is in the log: ${ownCommand("status")}`;
  return [thing("run endless", "", message, hint)];
}

function thing(word: string, where: string, message: string, hint: string): StatusThing {
  const finding = { severity: "error", where, message, hint } as const;
  return { word, lines: problemLines(where, finding), finding };
}
