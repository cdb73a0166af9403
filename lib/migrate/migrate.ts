/**
 * Makes a configuration of the variables of the Python script that autoborg replaces. The script is
 * never run, and nothing in it is worked out: everything but literals becomes `KEY = "FILL IN: …"`,
 * which is refused until a person has decided.
 *
 * @module
 */
import { FILL_IN } from "../config/config_problem.ts";
import { retention } from "../config/repository_schema.ts";
import { Draft } from "./draft.ts";
import { addMail } from "./mail.ts";
import { addRepositories, validName } from "./repositories.ts";
import { readScript } from "./script.ts";
import { asFlag, asPath, asText, asTexts, asWhole, find, isEmpty } from "./settings.ts";
import type { Row, Setting, Settings } from "./settings.ts";

/** A script to read. */
export interface Request {
  readonly source: string;
  /** The name of the file, for the first comment. */
  readonly file: string;
  /** The name of this machine. */
  readonly hostname: string;
  /** Whether each secret gets a file of its own. */
  readonly separateSecrets: boolean;
  /** Lists the datasets below one; `undefined` when ZFS can't be asked. */
  readonly datasetsBelow: (dataset: string) => Promise<readonly string[] | undefined>;
}

/** The settings that become a key each: names of the script and of its copies. */
const ROWS: readonly Row[] = [
  // A rule of zero keeps nothing by it.
  ...Object.keys(retention).filter((key) => key !== "keep_within").map((key): Row => [
    new RegExp(`^PRUNE_${key}$`, "i"),
    `retention.${key}`,
    (value) => asWhole(value) === 0 ? null : asWhole(value),
  ]),
  [/^BACKUP_DIR(?:ECTORIE)?S$/, "sources.directories", (value) => asTexts(value, asPath)],
  [/^ZFS_POOLS$/, "zfs.datasets", asTexts],
  [/^ENABLE_(?:BORG_)?CHECK$/, "check.enabled", asFlag],
  // The script does it in each run or not at all.
  [/^CHECK_WITH_VERIFY_DATA$/, "check.verify_data_every", (v) => INTERVALS.get(asFlag(v))],
  [/^ENABLE_(?:BORG_)?COMPACT$/, "compact.enabled", asFlag],
  [/^LOG_DIR(?:ECTORY)?$/, "logs.directory", asPath],
  [/^LOG_GARBAGE_KEEP$/, "logs.keep", asWhole],
];

const INTERVALS = new Map<boolean | undefined, string>([[true, "0s"], [false, "never"]]);

/** What stands on top of the file. */
const HEAD = `
"${FILL_IN}" marks values that only the script itself knows, with their line in the script. Replace
them, or drop the key; until then autoborg rejects this file. Then test it:
autoborg check-config --probe, autoborg run --dry-run

This file may contain the script's passphrases: only root may read it (chmod 600).
`;

/** Makes a configuration of a script, or says why it can't be read. */
export async function migrate(request: Request): Promise<Draft | string> {
  const settings = readScript(request.source);
  if (settings === undefined) return "it is too complex, expected a Python script";
  const count = settings.size;
  const head = `The settings of ${request.file}, as "autoborg migrate" has read them.\n${HEAD}`;
  const draft = new Draft(head, request.separateSecrets);
  addName(draft, find(settings, /^(?:BACKUP|ARCHIVE)_(?:NAME_)?PREFIX$/), request.hostname);
  const repositories = find(settings, /^BORG_REPO(?:SITORIE)?S$/);
  if (repositories !== undefined) addRepositories(draft, repositories);
  draft.takeAll(ROWS, settings);
  addOtherRules(draft, settings);
  addMail(draft, settings);
  if (settings.size === count) return "it has no setting such as BORG_REPOSITORIES";
  draft.settle();
  await addDatasetNotes(draft, request);
  const left = [...settings.values()].filter(({ name }) => /^_*[A-Z][A-Z0-9_]*$/.test(name))
    .map(({ name, line }) => `${name} (line ${line})`);
  if (left.length > 0) draft.note(undefined, `Not migrated: ${left.join(", ")}`);
  return draft;
}

/** Makes a name that the prefix of the script does not match: its prune would take every archive. */
function addName(draft: Draft, setting: Setting | undefined, hostname: string): void {
  const prefix = asText(setting)?.replaceAll(/\{(?:hostname|fqdn)\}/g, hostname) ?? "";
  const base = validName(prefix, 50) || validName(hostname, 50) || "backup";
  const name = [`autoborg-${base}`, `new-${base}`].find((one) => !`${one}-`.startsWith(prefix));
  if (name === undefined || /[{}*?[\]]/.test(prefix)) {
    const advice = "choose a name that the prefix of the script's archives does not match";
    return draft.fillIn(
      "name",
      setting,
      `${setting?.reason ?? "has no certain prefix"}; ${advice}`,
    );
  }
  const line = setting?.line;
  draft.note(line, `Archives are called "${name}-…": the prune of the script does not match them`);
  const old = "The archives of the script stay, and autoborg never prunes them";
  draft.note(line, `${old}: "autoborg list --all"`);
  draft.set("name", name, setting);
}

/** Leaves prune to a person when more decides about it than there are keys for. */
function addOtherRules(draft: Draft, settings: Settings): void {
  for (const setting of settings.values()) {
    if (!setting.name.includes("PRUNE")) continue;
    settings.delete(setting.name);
    if (isEmpty(setting) || asFlag(setting) === !setting.name.includes("KEEP")) continue;
    draft.fillIn("retention.keep_within", setting, "also decides what prune deletes");
  }
}

/** Names what lies below the pools: the script mounts them without it. */
async function addDatasetNotes(draft: Draft, { datasetsBelow }: Request): Promise<void> {
  const { value, from } = draft.cells.get("zfs.datasets") ?? {};
  if (value !== undefined) draft.set("zfs.recursive", false);
  for (const dataset of Array.isArray(value) ? value : []) {
    const below = await datasetsBelow(dataset);
    const left = below?.join(", ") ?? `what "zfs list -r ${dataset}" shows below it`;
    const note = `Only ${dataset} itself is backed up, as by the script, without ${left}`;
    if (left !== "") draft.note(from?.line, note);
  }
}
