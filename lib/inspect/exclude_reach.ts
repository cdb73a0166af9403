/**
 * Tells which paths no exclude pattern can match. Borg alone decides what a pattern matches; but the
 * fixed parts of a pattern have to be in the path, and where they are not, Borg need not be asked.
 *
 * @module
 */

/** What a pattern of the shell may stand for, other than itself. */
const WILD = /\[!?\]?[^\]]*\]|\{.*\}|[*?]+/s;

/**
 * Makes a test for paths as they are in the archive, without a leading slash.
 *
 * @param patterns as in `sources.exclude`; without a prefix they are shell patterns (`fm:`)
 * @returns `false`: no pattern matches the path or a directory above it; `true`: one may
 */
export function mayBeExcluded(patterns: readonly string[]): (path: string) => boolean {
  const all = patterns.map(fixedParts);
  return (path) => all.some((parts) => containsInOrder(path, parts));
}

/** The parts that must be in the path in this order; none: it may match any path. */
function fixedParts(pattern: string): readonly string[] {
  const [, style = "fm", text = pattern] = /^([a-z]{2}):(.*)$/s.exec(pattern) ?? [];
  if (style === "re") return [];
  const plain = text.replace(/^\/+/, "").replace(/\/+$/, "");
  // Borg shortens what is not in its normal form.
  if (plain.split("/").some((part) => part === "" || part === "." || part === "..")) return [];
  if (style === "pf" || style === "pp") return [plain];
  if (style !== "fm" && style !== "sh") return [];
  // "**/" stands for no directory as well, and "/" before "*" may end the path.
  return plain.split(WILD).map((part) => part.replace(/^\/+|\/+$/g, "")).filter((part) =>
    part !== ""
  );
}

function containsInOrder(path: string, parts: readonly string[]): boolean {
  let from = 0;
  for (const part of parts) {
    const at = path.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return true;
}
