/**
 * Makes valid names of what the script calls things.
 *
 * @module
 */

/**
 * Makes a name of letters, digits, dots, hyphens and underscores.
 *
 * @param text any text
 * @param longest how many characters it may have
 * @returns the name, which neither begins nor ends with a separator; empty when nothing is left
 */
export function validName(text: string, longest: number): string {
  return text.replaceAll("ß", "ss").normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9_.-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, longest)
    .replace(/[^A-Za-z0-9]+$/, "");
}

/** How long a repository's label may be. */
const LONGEST_LABEL = 32;

/**
 * Makes a label for a repository, from its server or its last directory.
 *
 * @param url where it is, valid
 * @returns such as `offsite` for `ssh://backup@offsite.example.org/./web`
 */
export function labelOf(url: string): string {
  const [, host = ""] = /^ssh:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)/.exec(url) ??
    /^(?:[^@/]*@)?([^:/]+):/.exec(url.replace(/^file:\/\//, "")) ?? [];
  const isAddress = /^(?:[\d.]+|\[.*\])$/.test(host);
  const name = isAddress ? host.replaceAll(":", ".") : host.split(".", 1)[0] ?? "";
  const last = url.split("/").filter((step) => step !== "").at(-1) ?? "";
  return validName(host === "" ? last : name, LONGEST_LABEL) || "repository";
}

/**
 * Makes a label that no other repository has.
 *
 * @param wanted a valid label, or what was meant to be one
 * @param taken the labels of the others
 * @returns the label itself, or with a number behind it
 */
export function uniqueLabel(wanted: string, taken: ReadonlySet<string>): string {
  const label = validName(wanted, LONGEST_LABEL) || "repository";
  for (let number = 1;; number++) {
    const ending = number === 1 ? "" : `-${number}`;
    const unique = label.slice(0, LONGEST_LABEL - ending.length) + ending;
    if (!taken.has(unique)) return unique;
  }
}
