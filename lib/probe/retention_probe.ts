/** Says what the next prune would do to a repository, when that is much or nothing. @module */
import { listArchivesArguments, parseListing } from "../borg/archives.ts";
import { pruneArguments, pruneGlobArguments } from "../borg/commands.ts";
import { parsePruneVerdict, type PruneVerdict } from "../borg/prune_plan.ts";
import type { Repository } from "../config/config_schema.ts";
import { outsideRetention, outsideText } from "../inspect/other_series.ts";
import { ownCommand } from "../text/own_command.ts";
import { counted } from "../text/units.ts";
import { type Finding, ok, subject, warning } from "./finding.ts";
import { askBorg, type ProbeContext } from "./probe_context.ts";

/** With fewer archives nobody can tell what is much. */
const FEW = 4;

/** Asks Borg what prune would remove, and for archives of other names; nothing when it can't. */
export async function probeRetention(
  context: ProbeContext,
  target: Repository,
): Promise<readonly Finding[]> {
  const { config: { name: series } } = context;
  const about = subject("retention", target.label);
  const { also, retention, prunedElsewhere } = target;
  const args = pruneArguments(target, series, retention, true);
  const own = args === undefined || prunedElsewhere
    ? undefined
    : await preview(context, target, args);
  const others = also === undefined || also === "keep" || own === undefined
    ? undefined
    : await preview(context, target, pruneGlobArguments(target, also, retention, true) ?? []);
  const list = await ask(context, target, listArchivesArguments(target));
  const { archives = [], pins = [] } = parseListing(list ?? "") ?? {};
  const names = archives.map((archive) => archive.name);
  const pinned = new Set(pins.map(({ archive }) => archive));
  const outside = outsideText(outsideRetention(names, target), series);
  return [
    ...(own === undefined && args !== undefined && !prunedElsewhere
      ? []
      : [judgeRetention(target, own ?? [], args, { pinned })]),
    ...(others === undefined ? [] : [judgeRetention(target, others, args, { also, pinned })]),
    ...(outside === undefined ? [] : [warning(about, outside)]),
  ];
}

/** Judges what prune would do; more than half at once is mostly a mistake. */
export function judgeRetention(
  { label, prunedElsewhere }: Pick<Repository, "label" | "prunedElsewhere">,
  verdicts: readonly PruneVerdict[],
  rules: readonly string[] | undefined,
  { also, pinned }: {
    readonly also?: string | undefined;
    readonly pinned?: ReadonlySet<string>;
  } = {},
): Finding {
  const about = subject("retention", label);
  if (prunedElsewhere) return ok(about, "another machine prunes it");
  if (rules === undefined) {
    return warning(
      about,
      "no retention is set: nothing is ever pruned, and the repository grows without end",
      "Set keep_daily, keep_weekly and keep_monthly in [retention]",
    );
  }
  const dropped = verdicts.filter(({ rule }) => rule === undefined);
  const stay = dropped.filter(({ archive }) => pinned?.has(archive) === true).length;
  const removed = dropped.length - stay;
  const all = counted(verdicts.length, "archive", "archives") +
    (also === undefined ? "" : ` that match "${also}"`);
  const but = stay === 0 ? "" : `; ${stay} more ${stay === 1 ? "is" : "are"} pinned`;
  const message = `prune would remove ${removed} of ${all}${but}`;
  if (verdicts.length < FEW || removed <= verdicts.length / 2) return ok(about, message);
  return warning(
    about,
    `${message}, which is more than half`,
    `See first which ones: ${ownCommand("list", "--retention", "--repo", label)}`,
  );
}

/** What prune would do; `undefined` when Borg fails. */
async function preview(
  context: ProbeContext,
  target: Repository,
  args: readonly string[],
): Promise<readonly PruneVerdict[] | undefined> {
  const verdicts: PruneVerdict[] = [];
  const said = await ask(context, target, args, (text) => {
    const verdict = parsePruneVerdict(text);
    if (verdict !== undefined) verdicts.push(verdict);
  });
  return said === undefined ? undefined : verdicts;
}

/** What Borg prints; `undefined` when it fails, which the repository's own finding says. */
async function ask(
  context: ProbeContext,
  repository: Repository,
  args: readonly string[],
  onMessage: (text: string) => void = () => {},
): Promise<string | undefined> {
  const result = await askBorg(context, { ...repository, lockWait: 0 }, args, onMessage);
  if (result === "timed-out" || result.end.kind === "failed") return undefined;
  return result.stdout;
}
