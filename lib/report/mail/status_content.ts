/** Makes a mail's content of the state of the backups when no run can tell it. Pure. @module */
import type { Masker } from "../../text/secret.ts";
import { localSecond } from "../../text/local_time.ts";
import { printable, printableLine } from "../../text/printable.ts";
import type { LastGoodRow } from "../last_good.ts";
import { type About, shortened, subjectLine } from "../subject.ts";
import type { Finding, MailContent } from "./content.ts";

/** What is told. */
export interface StatusTold extends About {
  readonly version: string;
  readonly at: Date;
  /** Empty: all is well again. */
  readonly findings: readonly Finding[];
  /** How long the state lasts or has lasted, if that should be said. */
  readonly duration: string | undefined;
  readonly lastGood: readonly LastGoodRow[];
}

/** The longest reason in a subject, in characters. */
const LONGEST_REASON = 140;

/** Says what is bad although no run failed, or that it is over. */
export function statusContent(told: StatusTold, mask: Masker): MailContent {
  const { name, hostname, version, at, findings, duration, lastGood } = told;
  const [first, ...others] = findings;
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  const reason = first === undefined
    ? "the last good backups are recent"
    : `${shortened(mask(printableLine(placed(first))), LONGEST_REASON)}${more}`;
  const state = first === undefined ? "ok" : "failed";
  return {
    subject: subjectLine({ name, hostname }, state, reason),
    state,
    headline: `${state === "ok" ? "Good again" : "FAILED"}: ${reason}`,
    findings: findings.map((finding) => ({
      ...finding,
      message: mask(printable(finding.message)),
      hint: finding.hint === undefined ? undefined : mask(printable(finding.hint)),
    })),
    lastGood,
    facts: [
      { name: "Backup", value: `${name} on ${hostname}` },
      { name: "Looked at", value: `${localSecond(at)}, by autoborg ${version}` },
    ],
    steps: [],
    databases: [],
    repeated: [],
    skipped: [],
    remarks: duration === undefined ? [] : [duration],
    trends: [],
    log: undefined,
  };
}

function placed({ where, message }: Finding): string {
  return where === "" ? message : `${where}: ${message}`;
}
