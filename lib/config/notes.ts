/**
 * What is not wrong in a configuration, but has no effect: a person who checks it wants to know, and a
 * run every night need not say it. Pure.
 * @module
 */
import { asTable, valueAt } from "./config_problem.ts";
import type { Config } from "./config_schema.ts";
import { unmatchedPatterns } from "./unmatched_patterns.ts";

/** The keys of a repository that mean something only on the way to a server. */
const OF_SERVERS = [
  ["ssh_key", "sshKey"],
  ["ssh_options", "sshOptions"],
  ["remote_borg", "remoteBorg"],
] as const;

/**
 * Finds keys and tables without effect.
 *
 * @param document the parsed file
 * @returns sentences without a full stop
 */
export function notesOf(
  document: unknown,
  config: Pick<Config, "sources" | "zfs" | "repositories">,
): string[] {
  const { repositories } = config;
  const retention = asTable(valueAt(document, ["retention"]));
  const isEmpty = retention !== undefined && Object.keys(retention).length === 0 &&
    repositories.every((one) => Object.keys(one.retention).length === 0);
  return [
    ...isEmpty
      ? ["[retention] is empty, so nothing is ever pruned: set keep_daily = 7, for example"]
      : [],
    ...valueAt(document, ["page", "url"]) !== undefined &&
        valueAt(document, ["page", "file"]) === undefined
      ? ["[page] has no file, so no page is written: its url is only linked to"]
      : [],
    ...unmatchedPatterns(config),
    ...repositories.filter(({ url }) => url.startsWith("/")).flatMap((repository) =>
      OF_SERVERS.filter(([, key]) => repository[key] !== undefined && repository[key].length > 0)
        .map(([key]) =>
          `${key} of [[repositories]] "${repository.label}" has no effect: its url is a path of ` +
          "this machine"
        )
    ),
  ];
}
