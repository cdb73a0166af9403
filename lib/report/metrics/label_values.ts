/** Values of metrics and labels. Pure. @module */

/** What a label holds at most, in characters: enough for a sentence. */
const LONGEST = 200;

/** ISO 8601 as seconds since 1970. */
export function unixSeconds(time: string): number {
  return Date.parse(time) / 1_000;
}

/** Shortens a text for a label. */
export function shortText(text: string): string {
  const characters = [...text];
  return characters.length <= LONGEST ? text : `${characters.slice(0, LONGEST - 1).join("")}…`;
}
