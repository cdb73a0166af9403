/** Says which datasets a run would snapshot. Pure. @module */
import type { Problem } from "../backup/outcome.ts";
import type { PoolSelection } from "../staging/snapshot_source.ts";
import type { Config } from "../config/config_schema.ts";
import { poolOf } from "../zfs/dataset_names.ts";
import { exclusion } from "../zfs/selection.ts";
import { failed, type Finding, ok, subject, warning } from "./finding.ts";

type DatasetSelection = Pick<Config["zfs"], "datasets" | "recursive" | "exclude">;

/** Says what would be snapshotted of each configured dataset, and what prevents it. */
export function datasetFindings(
  selection: DatasetSelection,
  pools: readonly PoolSelection[],
): readonly Finding[] {
  const problems = pools.flatMap((pool) => pool.problems);
  return selection.datasets.flatMap((name) => {
    const about = subject("dataset", name);
    const own = problems.filter((problem) => configuredFor(problem, selection.datasets) === name);
    const selected = pools.flatMap((pool) => pool.selected)
      .filter((dataset) => isPart(dataset.name, name, selection.recursive)).length;
    const findings = own.map(({ severity, message, hint }) =>
      severity === "error" ? failed(about, message, hint) : warning(about, message, hint)
    );
    if (selected > 0) return [ok(about, describe(selected, selection.recursive)), ...findings];
    if (findings.length > 0) return findings;
    return [
      warning(
        about,
        "nothing in it would be backed up: everything is excluded",
        "Check zfs.exclude",
      ),
    ];
  });
}

/**
 * Points out patterns that exclude nothing: mostly mistyped, or left from long ago. Says nothing unless
 * all pools could be listed.
 */
export function excludeFindings(
  selection: DatasetSelection,
  pools: readonly PoolSelection[],
): readonly Finding[] {
  const lists = pools.map(({ listed }) => listed);
  if (pools.length === 0 || lists.includes(undefined)) return [];
  const names = lists.flatMap((list) => list ?? []).map(({ name }) => name);
  return selection.exclude.flatMap((pattern) => {
    if (names.some(exclusion([pattern]))) return [];
    return [
      warning(
        subject("exclude", pattern),
        `"${pattern}" in zfs.exclude matches no dataset`,
        "A name excludes only that dataset; * stays within one component, ** crosses them",
      ),
    ];
  });
}

function describe(count: number, recursive: boolean): string {
  if (!recursive) return "would be snapshotted";
  return count === 1 ? "1 dataset would be snapshotted" : `${count} datasets would be snapshotted`;
}

/** The configured dataset that a problem belongs to: the first name in its message leads there. */
function configuredFor({ message }: Problem, configured: readonly string[]): string | undefined {
  const [, name = ""] = /"([^"]*)"/.exec(message) ?? [];
  const above = configured.filter((one) => isPart(name, one, true));
  const nearest = above.toSorted((a, b) => b.length - a.length)[0];
  return nearest ?? configured.find((one) => poolOf(one) === poolOf(name)) ?? configured[0];
}

function isPart(name: string, configured: string, recursive: boolean): boolean {
  return name === configured || (recursive && name.startsWith(`${configured}/`));
}
