/** What reading back has found, for people. @module */
import type { Answer } from "../borg/borg_queries.ts";
import { printableLine } from "../text/printable.ts";
import { counted, humanSize } from "../text/units.ts";
import { distrustHint } from "./distrust.ts";
import type { Verified } from "./verify_archive.ts";

/** How many files are named. */
const NAMED = 5;

/** Judges what was read back; `all`: the whole archive was read. */
export function judgeVerified(
  answer: Answer<Verified>,
  all: boolean,
  label: string,
): { readonly sound: boolean; readonly lines: readonly string[] } {
  if (answer.kind === "failed") {
    const { message, hint } = answer.failure;
    const advice = hint === undefined ? [] : [`hint: ${printableLine(hint)}`];
    return { sound: false, lines: [`FAILED: ${printableLine(message)}`, ...advice] };
  }
  const { comparisons, lost, warnings, size } = answer.value;
  const equal = comparisons.filter(({ kind }) => kind === "equal").length;
  const changed = comparisons.filter(({ kind }) => kind === "changed").length;
  const different = comparisons.filter((one) => one.kind === "different");
  const sound = different.length === 0 && lost.length === 0 && warnings === 0;
  return {
    sound,
    lines: [
      ...(all && warnings === 0 ? ["everything in the archive was read and is intact"] : []),
      `${counted(comparisons.length, "file", "files")} read back, ${
        humanSize(size)
      }: ${equal} identical to the source, ` +
      `${changed} gone or changed since`,
      ...named(
        "FAILED: differs from its source",
        different.map(({ path, why }) => `${JSON.stringify(`/${path}`)}: ${why}`),
      ),
      ...named("FAILED: can't be read back", lost.map((path) => JSON.stringify(`/${path}`))),
      sound ? "ok" : `hint: ${distrustHint(label)}`,
    ],
  };
}

function named(what: string, names: readonly string[]): readonly string[] {
  const more = names.length > NAMED ? [`${what}: ${names.length - NAMED} more`] : [];
  return [...names.slice(0, NAMED).map((name) => `${what}: ${name}`), ...more];
}
