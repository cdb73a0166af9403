/** Marks unit files as ours, and recognises them. @module */
import { createHash } from "node:crypto";

/** A unit file. */
export interface UnitFile {
  /** Its name, without a directory. */
  readonly name: string;
  /** All of its text, with the line that marks it as ours. */
  readonly text: string;
}

/** Who wrote a unit file; `changed`: autoborg did, and it was edited since. */
type Maker = "autoborg" | "changed" | "foreign";

const MARK = /^# Written by "autoborg systemd" \(([0-9a-f]{16})\)\. /;

/**
 * Puts the first line before a unit's text. It has a checksum of the rest, so that a change by hand is noticed
 * before it is overwritten.
 */
export function marked(name: string, body: string): UnitFile {
  const advice = `To change it: systemctl edit ${name}`;
  return { name, text: `# Written by "autoborg systemd" (${checksum(body)}). ${advice}\n${body}` };
}

/** Tells who wrote a unit file. */
export function makerOf(text: string): Maker {
  const end = text.indexOf("\n");
  const [, found] = MARK.exec(text.slice(0, end < 0 ? text.length : end)) ?? [];
  if (found === undefined) return "foreign";
  return end >= 0 && found === checksum(text.slice(end + 1)) ? "autoborg" : "changed";
}

function checksum(body: string): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 16);
}
