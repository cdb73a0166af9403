/**
 * Makes a mail's content for a run that ended before it began: another run holds the lock, the
 * configuration is invalid. Pure.
 *
 * @module
 */
import type { Masker } from "../../text/secret.ts";
import { printable, printableLine } from "../../text/printable.ts";
import type { MailContent } from "./content.ts";
import { timeText } from "./run_content.ts";
import { type About, shortened, subjectLine } from "./subject.ts";

/** A run that ended before it began. */
export interface Refusal extends About {
  readonly at: Date;
  readonly version: string;
  /** Why, in a few words; the whole message when left out. */
  readonly reason?: string;
  /** Why, as the person at the terminal reads it. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string | undefined;
}

/** The longest reason in a subject, in characters. */
const LONGEST = 140;

/** Says why there was no run. */
export function refusalContent(refusal: Refusal, mask: Masker): MailContent {
  const { name, hostname, at, version, message, hint } = refusal;
  const [first = ""] = message.split("\n");
  const reason = shortened(mask(printableLine(refusal.reason ?? first)), LONGEST);
  return {
    subject: subjectLine(refusal, "failed", `no backup: ${reason}`),
    state: "failed",
    headline: `FAILED, no backup was made: ${reason}`,
    facts: [
      { name: "Backup", value: `${name} on ${hostname}` },
      { name: "Refused", value: `${timeText(at)}, by autoborg ${version}` },
    ],
    steps: [],
    findings: [{
      severity: "error",
      where: "",
      message: mask(printable(message)),
      hint: hint === undefined ? undefined : mask(printable(hint)),
    }],
    skipped: [],
    trends: [],
    log: undefined,
  };
}
