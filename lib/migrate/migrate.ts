/**
 * Makes a configuration of the variables of the Python script that autoborg replaces.
 *
 * The script is never run, and nothing in it is worked out: only literals are taken over. Everything
 * else becomes `KEY = "FILL IN: …"`, which is refused until a person has decided.
 *
 * @module
 */
import { findChanges } from "./changes.ts";
import { Draft, type Note, type Table, type TomlValue } from "./draft.ts";
import { addMail } from "./mail.ts";
import { addRepositories, validName } from "./repositories.ts";
import { parseScript, type Value } from "./script.ts";
import {
  asFlag,
  asPath,
  asPaths,
  asText,
  asTexts,
  asWhole,
  type FindSetting,
  isEmpty,
  type Setting,
  settingsOf,
} from "./settings.ts";

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

/** What was made of a script. */
export interface Migration {
  /** The configuration. */
  readonly toml: string;
  /** The secrets by the names of their files, if they were to be separated. */
  readonly secrets: ReadonlyMap<string, string>;
  /** What a person should know. */
  readonly notes: readonly Note[];
  /** What a person must decide. */
  readonly open: readonly Note[];
}

type Key = readonly [form: RegExp, key: string, read: (value: Value) => TomlValue | undefined];

/** The settings that become a key each: names of the script and of its copies. */
const TABLES: readonly (readonly [table: string, keys: readonly Key[]])[] = [
  ["retention", [
    [/^PRUNE_KEEP_LAST$/, "keep_last", asWhole],
    [/^PRUNE_KEEP_DAILY$/, "keep_daily", asWhole],
    [/^PRUNE_KEEP_WEEKLY$/, "keep_weekly", asWhole],
    [/^PRUNE_KEEP_MONTHLY$/, "keep_monthly", asWhole],
    [/^PRUNE_KEEP_YEARLY$/, "keep_yearly", asWhole],
  ]],
  ["sources", [[/^BACKUP_DIR(?:ECTORIE)?S$/, "directories", asPaths]]],
  ["zfs", [[/^ZFS_POOLS$/, "datasets", asTexts]]],
  ["check", [
    [/^ENABLE_(?:BORG_)?CHECK$/, "enabled", asFlag],
    [/^CHECK_WITH_VERIFY_DATA$/, "verify_data", asFlag],
  ]],
  ["compact", [[/^ENABLE_(?:BORG_)?COMPACT$/, "enabled", asFlag]]],
  ["logs", [
    [/^LOG_DIR(?:ECTORY)?$/, "directory", asPath],
    [/^LOG_GARBAGE_KEEP$/, "keep", asWhole],
  ]],
];

/**
 * Reads the settings of a script.
 *
 * @param request the script
 * @returns the configuration; a reason when the script can't be read
 */
export async function migrate(request: Request): Promise<Migration | string> {
  const script = parseScript(request.source);
  const changes = script === undefined ? undefined : findChanges(script);
  if (script === undefined || changes === undefined) {
    return "it is too complex, expected a Python script";
  }
  const settings = settingsOf(script, changes);
  const used = new Set<string>();
  const find: FindSetting = (form) => {
    const setting = settings.find(({ name }) => form.test(name) && !used.has(name));
    used.add(setting?.name ?? "");
    return setting;
  };
  const secrets = new Map<string, string>();
  const draft = new Draft(request.separateSecrets ? secrets : undefined);
  draft.top.comments.push(
    `The settings of ${request.file}, as "autoborg migrate" has read them.`,
    ...HEAD,
  );
  addName(draft, find(/^(?:BACKUP|ARCHIVE)_(?:NAME_)?PREFIX$/), request.hostname);
  const repositories = find(/^BORG_REPO(?:SITORIE)?S$/);
  if (repositories !== undefined) addRepositories(draft, repositories);
  for (const [name, keys] of TABLES) {
    const table = draft.table(name);
    for (const [form, key, read] of keys) {
      const setting = find(form);
      const isUnset = setting === undefined || isEmpty(setting.value) ||
        (name === "retention" && asWhole(setting.value) === 0);
      if (!isUnset) table.take(key, setting, read);
    }
    if (name === "retention") addOtherRules(table, find);
  }
  addMail(draft, find);
  if (used.size <= 1) return "it has no setting such as BORG_REPOSITORIES";
  draft.settle();
  await addDatasetNotes(draft, request);
  const left = settings.filter(({ name }) => /^_*[A-Z][A-Z0-9_]*$/.test(name) && !used.has(name))
    .map(({ name, value }) => `${name} (line ${value.line})`);
  if (left.length > 0) draft.table("").note(undefined, `Not taken over: ${left.join(", ")}`);
  return { toml: draft.toml(), secrets, notes: draft.notes, open: draft.open };
}

/** Leaves prune to a person when more decides about it than there are keys for. */
function addOtherRules(retention: Table, find: FindSetting): void {
  for (let rule = find(/PRUNE/); rule !== undefined; rule = find(/PRUNE/)) {
    const { name, value } = rule;
    if (isEmpty(value) || asFlag(value) === !name.includes("KEEP")) continue;
    retention.fillIn("keep_within", value.line, `${name} decides as well what prune deletes`);
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
  '"FILL IN:" stands where only the script itself knows the value, with the line of the script. Put the',
  "value in its place, or leave the key out; until then autoborg refuses this file. Then try it:",
  "autoborg check-config --probe, autoborg run --dry-run",
  "",
  "The passphrases of the script may be in this file: nobody but root may read it (chmod 600).",
  "",
];

/** Makes a name that the prefix of the script does not match: its prune would take every archive. */
function addName({ top }: Draft, setting: Setting | undefined, hostname: string): void {
  const prefix = asText(setting?.value)?.replaceAll(/\{(?:hostname|fqdn)\}/g, hostname);
  const base = validName(prefix ?? "", 50) || validName(hostname, 50) || "backup";
  const name = [`autoborg-${base}`, `new-${base}`]
    .find((name) => !`${name}-`.startsWith(prefix ?? "") && !/[{}*?[\]]/.test(prefix ?? ""));
  if (setting === undefined || prefix === undefined || name === undefined) {
    const why = setting?.value.kind === "unread" ? setting.value.reason : "has no certain prefix";
    const advice = "choose a name that the prefix of the script's archives does not match";
    return top.fillIn(
      "name",
      setting?.value.line,
      `${setting?.name ?? "the script"} ${why}; ${advice}`,
    );
  }
  const { line } = setting.value;
  top.note(line, `Archives are called "${name}-…": the prune of the script does not match them`);
  top.note(
    line,
    'The archives of the script stay, and autoborg never prunes them: "autoborg list --all"',
  );
  top.set("name", name, setting);
}
