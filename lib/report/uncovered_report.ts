/** What of the machine no run backs up, for programs and for people. Pure. @module */
import { parseUncovered, uncoveredText } from "../state/uncovered.ts";

/** Something of the machine that is not backed up as it should be. */
export interface UncoveredReport {
  /** Later versions may know more kinds. */
  readonly kind: string;
  /** A path, or the name of a dataset. */
  readonly name: string;
  readonly bytes: number | null;
  /** It is in a source, but programs write to it while it is copied. */
  readonly live: boolean;
}

/** What was in no source as the history has it. */
export function uncoveredReport(
  text: string | null | undefined,
): readonly UncoveredReport[] | null {
  if (text === null || text === undefined) return null;
  return parseUncovered(text).map(({ kind, name, size, live }) => {
    return { kind, name, bytes: size ?? null, live: live === true };
  });
}

/** The same in a line; `undefined` when there is nothing to say. */
export function reportedUncoveredText(
  found: readonly UncoveredReport[] | null,
): string | undefined {
  return uncoveredText(parseUncovered(JSON.stringify((found ?? []).map(({ bytes, ...one }) => {
    return { ...one, size: bytes };
  }))));
}
