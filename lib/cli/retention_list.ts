/** `autoborg list --retention`: what prune would keep and remove. @module */
import { callBorg, queryArchives, queryPins } from "../borg/borg_queries.ts";
import { retentionOf } from "../backup/series_retention.ts";
import { pruneGlobArguments, type RetentionRules } from "../borg/commands.ts";
import { other } from "../borg/failure_kinds.ts";
import { parsePruneVerdict, type PruneVerdict } from "../borg/prune_plan.ts";
import { whyRulesUnsupported } from "../borg/rules_support.ts";
import type { Repository } from "../config/config_schema.ts";
import { type ArchivePin, pinText } from "../restore/pin_text.ts";
import { parseArchiveName, seriesGlob } from "../text/archive_name.ts";
import { parseDatabaseSeries } from "../text/database_series.ts";
import { pinnedArchive } from "../text/pin_name.ts";
import type { ArchiveSession } from "./archive_session.ts";
import { knownPinsOf } from "./pinned_archives.ts";

/** Prints, for each repository, which archives the next prune would keep by which rule. */
export async function listRetention(
  session: ArchiveSession,
  print: (text: string) => void,
): Promise<void> {
  const { config } = session;
  for (const { label } of session.repositories) {
    const repository = config.repositories.find((one) => one.label === label);
    if (repository === undefined) continue;
    const own = await askForVerdicts(session, repository);
    if (own === undefined) continue;
    const { also } = repository;
    const others = also === undefined || also === "keep"
      ? []
      : await othersVerdicts(session, repository, also);
    const dumps = await dumpVerdicts(session, repository);
    const pinned = await pinsIn(session, repository);
    const verdicts = [...own, ...others, ...dumps].map((verdict) => withPin(verdict, pinned));
    for (const { archive, rule } of verdicts) {
      print(
        `${label}  ${rule === undefined ? "remove" : "keep  "}  ${archive}  ${rule ?? ""}`.trim(),
      );
    }
    const kept = verdicts.filter(({ rule }) => rule !== undefined).length;
    session.tell(`${label}: ${kept} to keep, ${verdicts.length - kept} to remove`);
  }
}

/** Why archives are pinned in a repository, by their names. */
async function pinsIn(session: ArchiveSession, repository: Repository) {
  const { label } = repository;
  const answer = await queryPins(session.access, repository);
  if (answer.kind === "failed") session.fail(repository, answer.failure);
  const there = answer.kind === "failed" ? [] : answer.value;
  const place = { repository: label };
  const missing = knownPinsOf(session, label)
    .filter(({ archive }) => !there.some((pin) => pin.archive === archive));
  return new Map<string, ArchivePin>([
    ...missing.map(({ archive, reason }) =>
      [archive, { ...place, reason, missing: true }] as const
    ),
    ...there.map(({ archive, reason }) => [archive, { ...place, reason, missing: false }] as const),
  ]);
}

/** What becomes of an archive when it may be pinned. */
function withPin(verdict: PruneVerdict, pinned: ReadonlyMap<string, ArchivePin>): PruneVerdict {
  const pin = pinned.get(verdict.archive);
  if (pin === undefined) return verdict;
  const text = pinText([pin]);
  return { ...verdict, rule: verdict.rule === undefined ? text : `${verdict.rule}, ${text}` };
}

/** What would become of the archives of another name; prune refuses those of autoborg. */
async function othersVerdicts(
  session: ArchiveSession,
  repository: Repository,
  also: string,
): Promise<readonly PruneVerdict[]> {
  const verdicts = await askForVerdicts(session, repository, also) ?? [];
  const own = verdicts.find(({ archive }) =>
    parseArchiveName(archive) !== undefined || pinnedArchive(archive) !== undefined
  );
  if (own === undefined) return verdicts;
  session.tell(
    `${repository.label}: nothing that matches also = "${also}" is pruned, as "${own.archive}" is ` +
      "an archive of autoborg",
  );
  return [];
}

/**
 * What would become of the dumps of each database, by its own rules if it has some. Those of one that is
 * no longer in a table are not pruned.
 */
async function dumpVerdicts(
  session: ArchiveSession,
  repository: Repository,
): Promise<readonly PruneVerdict[]> {
  const { name, databases } = session.config;
  const entries = databases.filter(({ repositories }) => repositories.includes(repository.label));
  if (entries.length === 0) return [];
  const answer = await queryArchives(session.access, repository);
  if (answer.kind === "failed") {
    session.fail(repository, answer.failure);
    return [];
  }
  const verdicts: PruneVerdict[] = [];
  const all = new Set(answer.value.archives.map((one) => parseArchiveName(one.name)?.series ?? ""));
  for (const series of [...all].toSorted()) {
    const database = parseDatabaseSeries(name, series);
    if (!entries.some(({ label }) => label === database?.label)) continue;
    const retention = retentionOf(session.config, repository, series);
    const found = await askForVerdicts(session, repository, seriesGlob(series), retention);
    verdicts.push(...found ?? []);
  }
  return verdicts;
}

async function askForVerdicts(
  session: ArchiveSession,
  repository: Repository,
  glob = seriesGlob(session.config.name),
  retention: RetentionRules = repository.retention,
): Promise<readonly PruneVerdict[] | undefined> {
  const args = pruneGlobArguments(repository, glob, retention, true);
  if (args === undefined) {
    session.tell(`${repository.label}: no retention is set, so nothing is removed`);
    return undefined;
  }
  const unsupported = await whyRulesUnsupported(session.access, repository.retention);
  if (unsupported !== undefined) {
    session.fail(repository, other(unsupported.message, unsupported.hint));
    return undefined;
  }
  const verdicts: PruneVerdict[] = [];
  const { end } = await callBorg(session.access, {
    repository,
    args,
    onLine: (line) => {
      const verdict = line.kind === "message" ? parsePruneVerdict(line.text) : undefined;
      if (verdict !== undefined) verdicts.push(verdict);
    },
  });
  if (end.kind !== "failed") return verdicts;
  session.fail(repository, end.failure);
  return undefined;
}
