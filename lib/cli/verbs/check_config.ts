import type { Config, Interval } from "../../config/config_schema.ts";
import { UsageError } from "../../errors.ts";
import { ownCommand } from "../../text/own_command.ts";
import { printableLine } from "../../text/printable.ts";
import { humanDuration, humanLimit } from "../../text/units.ts";
import { type CliContext, type CommonFlags, loadChosenConfig } from "../context.ts";

interface CheckConfigFlags extends CommonFlags {
  readonly probe: boolean;
  readonly json: boolean;
}

/** `autoborg check-config`: validates; with `--probe` it asks everything that a run depends on. */
export async function checkConfigVerb(this: CliContext, flags: CheckConfigFlags): Promise<void> {
  if (flags.json && !flags.probe) {
    throw new UsageError("Cannot print JSON: --json needs --probe", {
      hint: `To print the configuration: ${ownCommand("show-config")}`,
    });
  }
  const loaded = await loadChosenConfig(this, flags);
  if (flags.probe) {
    // Loaded only now: to validate a file needs none of it.
    const { probe } = await import("../probe.ts");
    return await probe(this, flags, loaded);
  }
  const { config, path, warnings, notes } = loaded;
  this.print(`${summarise(config, path).join("\n")}\n`);
  for (const warning of warnings) this.tell(`warning: ${warning}\n`);
  for (const note of notes) this.tell(`note: ${note}\n`);
}

/** Says in a few lines what a run would do. */
function summarise(config: Config, path: string): string[] {
  return [
    `${path} is valid`,
    `series: ${config.name}`,
    ...config.sources.directories.map((directory) => `source: directory ${directory}`),
    ...config.sources.optional.map((directory) => `source: directory ${directory} (optional)`),
    ...config.zfs.datasets.map((dataset) => {
      return `source: ZFS dataset ${dataset}${config.zfs.recursive ? " and all below it" : ""}`;
    }),
    ...config.repositories.flatMap((repository) => {
      const isDumped = config.databases.some((one) => one.repositories.includes(repository.label));
      const dump = isDumped ? ["dump"] : [];
      const steps = [...dump, "create", ...checkStep(repository), ...pruneStep(repository)];
      if (repository.compact.enabled) steps.push("compact");
      const optional = repository.optional ? " (optional)" : "";
      return [
        `repository: ${repository.label}${optional}: ${repository.url}: ${steps.join(", ")}`,
        ...narrowing(repository),
      ];
    }),
    ...config.databases.map(databaseLine),
    ...config.expect.map((expectation) => `expected: ${expectation.path}`),
    `logs: the newest ${config.logs.keep} in ${config.logs.directory}`,
  ];
}

type RepositoryConfig = Config["repositories"][number];

/** Says what is dumped by a table of databases. */
function databaseLine(entry: Config["databases"][number]): string {
  const { label, kind, databases, all, exclude, repositories } = entry;
  const but = exclude.length === 0 ? "" : ` but ${exclude.join(", ")}`;
  const what = all ? `all${but}` : databases.join(", ");
  const into = `into ${repositories.join(", ")}`;
  return `databases: ${label}: ${kind}${what === "" ? "" : ` ${what}`}, ${into}`;
}

/** Says what a repository does not get. */
function narrowing({ label, directories, datasets, exclude }: RepositoryConfig): string[] {
  const list = (names: readonly string[]) => names.length === 0 ? "none" : names.join(", ");
  return [
    ...(directories === undefined ? [] : [`${label} gets only: directories ${list(directories)}`]),
    ...(datasets === undefined ? [] : [`${label} gets only: ZFS datasets ${list(datasets)}`]),
    ...(exclude.length === 0 ? [] : [`${label} excludes: ${exclude.join(", ")}`]),
  ];
}

function checkStep({ check }: RepositoryConfig): string[] {
  if (!check.enabled) return [];
  const every = (what: string, interval: Interval) =>
    interval === "never" ? [] : [interval === 0 ? what : `${what} every ${humanLimit(interval)}`];
  const parts = [
    ...every("repository", check.repositoryEvery),
    ...every("archives", check.archivesEvery),
    ...every("all data", check.verifyDataEvery),
  ];
  return parts.length === 0 ? [] : [`check (${parts.join(", ")})`];
}

function pruneStep({ retention, also }: RepositoryConfig): string[] {
  const kept = Object.entries(retention).flatMap(([key, value]) => {
    if (value === undefined || value === 0) return [];
    const name = key.replace("keep", "").toLowerCase();
    if (key === "keepWithin") return [`within ${humanDuration(value)}`];
    return [`${value < 0 ? "all" : value} ${name}`];
  });
  const others = also === undefined || also === "keep"
    ? ""
    : `, and of ${printableLine(also)} as many`;
  return kept.length === 0 ? [] : [`prune (keep ${kept.join(", ")}${others})`];
}
