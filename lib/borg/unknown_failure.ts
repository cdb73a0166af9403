/**
 * Shows what Borg said when nobody knows what it means: the first paragraph, and by which name it can
 * be looked up.
 *
 * @module
 */
import type { BorgWords } from "./failure_kinds.ts";
import { paragraph, sentence } from "./paragraph.ts";
import { isAboutFile } from "./quoted_names.ts";

/** How much of it is shown. */
const LONGEST = 500;
/** Names that Borg and Python give to everything that has no better one. */
const NAMELESS: ReadonlySet<string> = new Set(["", "Error", "Exception"]);

/** The first paragraph of what Borg said, and its message id; empty when it said nothing. */
export function unknownWords({ errors, last }: BorgWords): string {
  const named = errors.find(({ msgid = "" }) => !NAMELESS.has(msgid)) ?? errors.at(-1);
  if (named === undefined) return shortened(wordsWithoutName(last));
  const { msgid = "", text } = named;
  const said = shortened(paragraph(text.replace(/^Error: /, "")));
  return NAMELESS.has(msgid) ? said : said === "" ? msgid : `${said} (${msgid})`;
}

/** What is no line of Borg's log comes from ssh, from Python, or is about the command line. */
function wordsWithoutName(last: readonly string[]): string {
  const lines = last.filter((line) => !isAboutFile(line) && line.trim() !== "");
  return sentence(lines) ?? lines.at(-1)?.trim() ?? "";
}

function shortened(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
  return short.replace(/(?<=.)\.$/, "");
}
