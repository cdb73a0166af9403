/**
 * Makes a configuration of the variables of the Python script that autoborg replaces.
 *
 * The script is never run, and nothing in it is worked out: only literals are taken over. Everything
 * else becomes `KEY = "FILL IN: …"`, which is refused until a person has decided.
 *
 * @module
 */
import { Draft } from "./draft.ts";
import { addMail } from "./mail.ts";
import type { Value } from "./python.ts";
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

/** Prune keeps nothing by a rule of zero, and the key does not accept it. */
/** The script does it in each run or not at all. */
const asInterval = (value: Value) => {
  const isDone = asFlag(value);
  return isDone === undefined ? undefined : isDone ? "0s" : "never";
};
const asKeep = (value: Value) => asWhole(value) === 0 ? null : asWhole(value);

/** The rules of Borg, as the script and its copies name them. */
const RULES = [
  ...["last", "secondly", "minutely", "hourly", "daily", "weekly", "monthly", "13weekly"],
  ...["3monthly", "yearly"],
];

/** The settings that become a key each: names of the script and of its copies. */
const TABLES: Readonly<Record<string, readonly Row[]>> = {
  retention: [
    ...RULES.map((rule): Row => {
      return [new RegExp(`^PRUNE_KEEP_${rule}$`, "i"), `keep_${rule}`, asKeep];
    }),
  ],
  sources: [[/^BACKUP_DIR(?:ECTORIE)?S$/, "directories", (value) => asTexts(value, asPath)]],
  zfs: [[/^ZFS_POOLS$/, "datasets", asTexts]],
  check: [
    [/^ENABLE_(?:BORG_)?CHECK$/, "enabled", asFlag],
    [/^CHECK_WITH_VERIFY_DATA$/, "verify_data_every", asInterval],
  ],
  compact: [[/^ENABLE_(?:BORG_)?COMPACT$/, "enabled", asFlag]],
  logs: [
    [/^LOG_DIR(?:ECTORY)?$/, "directory", asPath],
    [/^LOG_GARBAGE_KEEP$/, "keep", asWhole],
  ],
};

/** Makes a configuration of a script, or says why it can't be read. */
export async function migrate(request: Request): Promise<Draft | string> {
  const settings = readScript(request.source);
  if (settings === undefined) return "it is too complex, expected a Python script";
  const count = settings.size;
  const draft = new Draft(request.separateSecrets);
  const head = `The settings of ${request.file}, as "autoborg migrate" has read them.`;
  draft.top.comments.push(head, ...HEAD);
  addName(draft, find(settings, /^(?:BACKUP|ARCHIVE)_(?:NAME_)?PREFIX$/), request.hostname);
  const repositories = find(settings, /^BORG_REPO(?:SITORIE)?S$/);
  if (repositories !== undefined) addRepositories(draft, repositories);
  for (const [name, rows] of Object.entries(TABLES)) draft.table(name).takeAll(rows, settings);
  addOtherRules(draft, settings);
  addMail(draft, settings);
  if (settings.size === count) return "it has no setting such as BORG_REPOSITORIES";
  draft.settle();
  await addDatasetNotes(draft, request);
  const left = [...settings.values()].filter(({ name }) => /^_*[A-Z][A-Z0-9_]*$/.test(name))
    .map(({ name, value }) => `${name} (line ${value.line})`);
  if (left.length > 0) draft.table("").note(undefined, `Not migrated: ${left.join(", ")}`);
  return draft;
}

/** Leaves prune to a person when more decides about it than there are keys for. */
function addOtherRules({ tables }: Draft, settings: Settings): void {
  const retention = tables.find(({ path: [name] }) => name === "retention");
  for (let rule = find(settings, /PRUNE/); rule !== undefined; rule = find(settings, /PRUNE/)) {
    const { name, value } = rule;
    if (isEmpty(value) || asFlag(value) === !name.includes("KEEP")) continue;
    retention?.fillIn("keep_within", value.line, `${name} also decides what prune deletes`);
  }
}

/** Names what lies below the pools: the script mounts them without it. */
async function addDatasetNotes({ tables }: Draft, { datasetsBelow }: Request): Promise<void> {
  const zfs = tables.find(({ path: [name] }) => name === "zfs");
  const datasets = zfs?.cells.get("datasets");
  if (zfs === undefined || datasets === undefined) return;
  zfs.set("recursive", false);
  for (const dataset of Array.isArray(datasets.value) ? datasets.value : []) {
    const below = await datasetsBelow(dataset);
    const left = below?.join(", ") ?? `what "zfs list -r ${dataset}" shows below it`;
    const note = `Only ${dataset} itself is backed up, as by the script, without ${left}`;
    if (left !== "") zfs.note(datasets.from?.value.line, note);
  }
}

const HEAD = [
  "",
  '"FILL IN:" marks values that only the script itself knows, with their line in the script. ' +
  "Replace",
  "them, or drop the key; until then autoborg rejects this file. Then test it:",
  "autoborg check-config --probe, autoborg run --dry-run",
  "",
  "This file may contain the script's passphrases: only root may read it (chmod 600).",
  "",
];

/** Makes a name that the prefix of the script does not match: its prune would take every archive. */
function addName({ top }: Draft, setting: Setting | undefined, hostname: string): void {
  const prefix = asText(setting?.value)?.replaceAll(/\{(?:hostname|fqdn)\}/g, hostname) ?? "";
  const base = validName(prefix, 50) || validName(hostname, 50) || "backup";
  const name = /[{}*?[\]]/.test(prefix)
    ? undefined
    : [`autoborg-${base}`, `new-${base}`].find((name) => !`${name}-`.startsWith(prefix));
  const line = setting?.value.line;
  if (name === undefined) {
    const why = `${setting?.name ?? "the script"} ${
      setting?.value.reason ?? "has no certain prefix"
    }`;
    const advice = "choose a name that the prefix of the script's archives does not match";
    return top.fillIn("name", line, `${why}; ${advice}`);
  }
  const old = "The archives of the script stay, and autoborg never prunes them";
  top.note(line, `Archives are called "${name}-…": the prune of the script does not match them`);
  top.note(line, `${old}: "autoborg list --all"`);
  top.set("name", name, setting);
}
