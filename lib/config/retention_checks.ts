/** What one key of `[retention]` alone can't tell. Like `checks.ts` it works on the parsed document. @module */
import { mayMatchSeries } from "../text/archive_name.ts";
import {
  asArray,
  asTable,
  formatPath,
  type KeyPath,
  type Problem,
  valueAt,
} from "./config_problem.ts";

/** Finds what is wrong with the retention of repositories, their own and that of all. */
export function wrongRetention(document: unknown): Problem[] {
  return [
    ...prunedWithoutRules(document),
    ...clashingRules(document),
    ...ownSeriesAlso(document),
    ...alsoWithoutRules(document),
  ];
}

/** Finds repositories that another machine prunes by rules that are not there. */
function prunedWithoutRules(document: unknown): Problem[] {
  const global = keys(valueAt(document, ["retention"]));
  return asArray(valueAt(document, ["repositories"])).flatMap((repository, index) => {
    const own = keys(valueAt(repository, ["retention"]));
    if (valueAt(repository, ["pruned_elsewhere"]) !== true || global + own > 0) return [];
    return [{
      path: ["repositories", index, "pruned_elsewhere"],
      message: "expected the retention of the machine that prunes in [retention] or " +
        "[repositories.retention], found none",
    }];
  });
}

/** Finds globs for other archives that match those of this configuration, now or one day. */
function ownSeriesAlso(document: unknown): Problem[] {
  const name = valueAt(document, ["name"]);
  const repositories = asArray(valueAt(document, ["repositories"]));
  const tables: KeyPath[] = [
    ["retention"],
    ...repositories.map((_, index) => ["repositories", index, "retention"]),
  ];
  return tables.flatMap((table) => {
    const path = [...table, "also"];
    const also = valueAt(document, path);
    if (typeof name !== "string" || typeof also !== "string" || also === "keep") return [];
    if (!mayMatchSeries(also, name)) return [];
    const message = `expected a glob that matches no archive of "${name}" itself, such as ` +
      `"${name}-2026-11-22T04:00:00Z-1a2b3c4d", found "${also}"`;
    return [{ path, message }];
  });
}

/** Borg takes one of each pair alone. */
const CLASHES = [["keep_last", "keep_secondly"], ["keep_13weekly", "keep_3monthly"]] as const;

/** Finds rules of retention that can't be set together, in one table or in two that are merged. */
function clashingRules(document: unknown): Problem[] {
  const repositories = asArray(valueAt(document, ["repositories"]));
  const databases = asArray(valueAt(document, ["databases"]));
  const tables: KeyPath[] = [
    ["retention"],
    ...repositories.map((_, index) => ["repositories", index, "retention"]),
    ...databases.map((_, index) => ["databases", index, "retention"]),
  ];
  return tables.flatMap((table) =>
    CLASHES.flatMap((pair) => {
      const own = pair.filter((key) => valueAt(document, [...table, key]) !== undefined);
      // A key of its own overrides the global one.
      const set = pair.filter((key) => {
        const isMerged = table[0] !== "databases";
        const value = valueAt(document, [...table, key]) ??
          (isMerged ? valueAt(document, ["retention", key]) : undefined);
        return typeof value === "number" && value !== 0;
      });
      const last = own.at(-1);
      if (set.length < pair.length || last === undefined) return [];
      const message = `expected one of ${pair.join(" and ")}, found both`;
      return [{ path: [...table, last], message }];
    })
  );
}

/** Finds globs for other archives where there is no rule by which they could be pruned. */
function alsoWithoutRules(document: unknown): Problem[] {
  const global = valueAt(document, ["retention"]);
  const paths = asArray(valueAt(document, ["repositories"])).flatMap((repository, index) => {
    const own = valueAt(repository, ["retention"]);
    const { also, ...rules } = { ...asTable(global), ...asTable(own) };
    if (typeof also !== "string" || also === "keep") return [];
    const isSet = Object.values(rules).some((value) => value !== 0);
    const isOwn = valueAt(own, ["also"]) !== undefined;
    const table: KeyPath = isOwn ? ["repositories", index, "retention"] : ["retention"];
    return isSet ? [] : [[...table, "also"]];
  });
  const once = new Map(paths.map((path) => [formatPath(path), path]));
  return [...once.values()].map((path) => {
    const message = "expected keep_daily or another rule of retention beside a glob, found none: " +
      "nothing would be pruned";
    return { path, message };
  });
}

function keys(table: unknown): number {
  return typeof table === "object" && table !== null ? Object.keys(table).length : 0;
}
