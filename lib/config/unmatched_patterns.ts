/**
 * Finds patterns to exclude that match nothing: Borg compares them with whole paths, and who knows
 * other programs expects a name alone to match everywhere. Pure.
 * @module
 */
import { isWithin } from "../text/path_parts.ts";
import type { Config } from "./config_schema.ts";

/** Finds them in `[sources]` and in each repository; sentences without a full stop. */
export function unmatchedPatterns(
  { sources, zfs, repositories }: Pick<Config, "sources" | "zfs" | "repositories">,
): string[] {
  const roots = [...sources.directories, ...sources.optional].map(inArchive);
  const lists = [
    { table: "[sources]", patterns: sources.exclude },
    ...repositories.map(({ label, exclude }) => ({
      table: `[[repositories]] "${label}"`,
      patterns: exclude,
    })),
  ];
  return lists.flatMap(({ table, patterns }) =>
    patterns.flatMap((pattern) => {
      const { style, start, isWhole } = startOf(pattern);
      // Where datasets are mounted is not known here: only a name alone is none of them.
      const isKnown = zfs.datasets.length === 0 || isWhole && !start.includes("/");
      if (!isKnown || start === "" || roots.some((root) => mayMeet(root, start, isWhole))) {
        return [];
      }
      const isPath = pattern.slice(style.length).startsWith("/");
      const everywhere = style === "sh:" ? `sh:**/${start}` : `*/${start}`;
      const advice = isPath || !isWhole || style === "pp:" || style === "pf:"
        ? "it is in none of the sources"
        : `it is compared with whole paths; everywhere: ${JSON.stringify(everywhere)}`;
      return [`exclude ${JSON.stringify(pattern)} of ${table} matches nothing: ${advice}`];
    })
  );
}

/** What a pattern begins with that is no wildcard, as paths in an archive are written. */
function startOf(
  pattern: string,
): { readonly style: string; readonly start: string; readonly isWhole: boolean } {
  const [, style = "", text = ""] = /^((?:fm|sh|re|pp|pf):)?(.*)$/s.exec(pattern) ?? [];
  if (style === "re:") return { style, start: "", isWhole: false };
  const isLiteral = style === "pp:" || style === "pf:";
  const [literal = ""] = isLiteral ? [text] : /^[^*?[\\]*/.exec(text) ?? [];
  const isWhole = literal === text;
  return { style, start: isWhole ? inArchive(literal) : literal.replace(/^\/+/, ""), isWhole };
}

function mayMeet(root: string, start: string, isWhole: boolean): boolean {
  if (!isWhole) return root.startsWith(start) || start.startsWith(root === "" ? "" : `${root}/`);
  return root === "" || isWithin(`/${start}`, `/${root}`) || isWithin(`/${root}`, `/${start}`);
}

/** Archives hold paths without the slash that they begin with. */
function inArchive(path: string): string {
  return path.replace(/^(?:\.?\/)+|\/+$/g, "");
}
