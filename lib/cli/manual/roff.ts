/** Text for the manual: macros of man(7). @module */

/**
 * Writes text so that it stands in the manual as it is.
 *
 * @param text one line
 */
export function roff(text: string): string {
  const escaped = text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll('"', "\\(dq")
    .replaceAll("'", "\\(aq").replaceAll("`", "\\(ga").replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti");
  // A dot at the beginning of a line would be a macro.
  return escaped.replace(/^\./, "\\&.");
}

/** A line in bold letters: what is typed as it stands. */
export function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`;
}

/** In italic letters: what stands for something else. */
export function italic(text: string): string {
  return `\\fI${roff(text)}\\fR`;
}

/** A running text, in which what stands between backquotes is typed. */
export function sentence(text: string): string {
  return text.split("`").map((part, index) => index % 2 === 1 ? bold(part) : roff(part)).join("");
}

/** A term and its explanation below it. */
export function item(term: string, ...lines: readonly string[]): string[] {
  return [".TP", term, ...lines];
}

/** Lines that are shown as they are. */
export function verbatim(lines: readonly string[]): string[] {
  return [".PP", ".RS 4", ".EX", ...lines.map(roff), ".EE", ".RE"];
}

/** What a page of the manual is. */
interface PageHead {
  readonly name: string;
  readonly section: number;
  /** As a phrase without a full stop. */
  readonly brief: string;
  readonly version: string;
  /** `2026-11-23`; empty when it is not known. */
  readonly date: string;
  /** Such as `User Commands`. */
  readonly manual: string;
}

/** The beginning of a page, with its section NAME. */
export function head({ name, section, brief, version, date, manual }: PageHead): string[] {
  return [
    `.TH ${name.toUpperCase()} ${section} "${date}" "autoborg ${version}" "${manual}"`,
    // Words are not cut, and lines are not stretched.
    ".nh",
    ".nr HY 0",
    ".ad l",
    ".SH NAME",
    `${roff(name)} \\- ${roff(brief)}`,
  ];
}
