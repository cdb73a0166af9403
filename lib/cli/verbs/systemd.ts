import { dirname, join, resolve as absolutePath } from "node:path";
import { startWith, zfsRunner } from "../../staging/zfs_runner.ts";
import { type LoadEnvironment, readSettings } from "../../config/load.ts";
import { loadServiceSettings } from "../../config/service_settings.ts";
import { AppError, reasonOf, UsageError } from "../../errors.ts";
import { DEFAULT_CONFIG } from "../../text/own_command.ts";
import { replaceNamedFile } from "../../files/durable_file.ts";
import { withoutOwnKey } from "../../systemd/agent.ts";
import { isTakenBySystemd } from "../../systemd/calendar.ts";
import type { Credential } from "../../systemd/service.ts";
import { makerOf, type UnitFile } from "../../systemd/unit_file.ts";
import { unitsOf } from "../../systemd/unit_pair.ts";
import type { BorgVariables } from "../../systemd/writable.ts";
import { parseMountLine, readMountTable } from "../../zfs/mount_table.ts";
import {
  chosenConfig,
  type CliContext,
  type CommonFlags,
  inheritedEnvironment,
} from "../context.ts";
import { notACalendar } from "../options/systemd_flags.ts";

/** The flags of `autoborg systemd`. */
interface SystemdFlags extends CommonFlags {
  readonly write?: string;
  readonly overwrite: boolean;
  readonly calendar: string;
  readonly name?: string;
  readonly binary?: string;
}

/** Where the program is when it does not know, because it runs from source. */
const INSTALLED = "/usr/local/bin/autoborg";

/** `autoborg systemd`: prints or writes the service and the timer. */
export async function systemdVerb(this: CliContext, flags: SystemdFlags): Promise<void> {
  const { PATH } = inheritedEnvironment(this.variable);
  if (!await isTakenBySystemd(flags.calendar, PATH, this.start)) {
    throw new UsageError(notACalendar(flags.calendar));
  }
  const { path, environment } = chosenConfig(this, flags, configOf(flags.name));
  const settings = await loadServiceSettings(path, environment);
  const stored = await Promise.all(settings.credentials.map(findCredential));
  const units = unitsOf({
    settings,
    binary: flags.binary ?? (Deno.build.standalone ? Deno.execPath() : INSTALLED),
    isDefaultConfig: settings.path === DEFAULT_CONFIG,
    instance: flags.name,
    calendar: flags.calendar,
    borg: borgVariables(this),
    credentials: stored,
    automounts: await automounts(this),
  });
  if (flags.write === undefined) {
    this.print(units.map(({ name, text }) => `# ${name}\n${text}`).join("\n"));
  } else {
    writeUnits(this, units, absolutePath(flags.write), flags.overwrite);
    this.tell(nextSteps(units));
  }
  for (const { name, missing } of stored) {
    if (missing) this.tell(`warning: ${adviceFor(name)}\n`);
  }
  for (const label of await openedByAgent(this, path, environment)) {
    this.tell(`warning: ${agentAdviceFor(label)}\n`);
  }
}

/** As the package's `autoborg@NAME` has it: two units of one name must not read two files. */
function configOf(name: string | undefined): string {
  return name === undefined ? DEFAULT_CONFIG : join(dirname(DEFAULT_CONFIG), `${name}.toml`);
}

/**
 * By hand Borg is told where its directories are by the environment: the service is told the same.
 * Absolute, as the service works elsewhere.
 */
function borgVariables({ variable }: CliContext): BorgVariables {
  const entries = Object.entries(inheritedEnvironment(variable))
    .filter(([name, value]) => /^(?:BORG|XDG)_/.test(name) && value !== "")
    .map(([name, value]) => [name, absolutePath(value)] as const);
  return Object.fromEntries(entries);
}

/** A mount table that can't be read is no reason to write no units. */
async function automounts(context: CliContext): Promise<readonly string[]> {
  const { PATH } = inheritedEnvironment(context.variable);
  const run = zfsRunner({
    scope: {},
    emit: () => {},
    environment: PATH === undefined ? {} : { PATH },
    signal: undefined,
    start: startWith(context.start),
  });
  const table = await readMountTable(run);
  if (table.kind === "failed") return [];
  return table.lines.flatMap((line) => {
    const mount = parseMountLine(line);
    return mount?.type === "autofs" ? [mount.target] : [];
  });
}

/** A credential, and whether there is none yet. */
interface StoredCredential extends Credential {
  readonly missing: boolean;
}

const STORE = "/etc/credstore";

async function findCredential(name: string): Promise<StoredCredential> {
  const encrypted = await exists(`${STORE}.encrypted/${name}`);
  const plain = await exists(`${STORE}/${name}`);
  return { name, encrypted: encrypted === true, missing: encrypted === false && plain === false };
}

/** `undefined`: who asks may not know. */
async function exists(file: string): Promise<boolean | undefined> {
  try {
    await Deno.stat(file);
    return true;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? false : undefined;
  }
}

function adviceFor(name: string): string {
  return `The credential "${name}" is not there yet: put it into ${STORE}/${name} (mode 0600), ` +
    `or encrypt it with "systemd-creds encrypt --name=${name} - ${STORE}.encrypted/${name}" and ` +
    `make the units again`;
}

/** By hand the agent of whoever is logged in may open a repository that has no key of its own. */
async function openedByAgent(
  { variable }: CliContext,
  config: string,
  environment: LoadEnvironment,
): Promise<readonly string[]> {
  const { SSH_AUTH_SOCK = "" } = inheritedEnvironment(variable);
  if (SSH_AUTH_SOCK === "") return [];
  const { settings } = await readSettings(config, environment, true);
  return withoutOwnKey(settings.repositories);
}

function agentAdviceFor(label: string): string {
  return `The service has no SSH agent, and "${label}" has no ssh_key: if it is the agent of this ` +
    `session that opens it, the timer's runs end with "Permission denied". Let ssh_key name a ` +
    `key without a passphrase`;
}

/** Looks at all of them before it writes any. */
function writeUnits(
  context: CliContext,
  units: readonly UnitFile[],
  directory: string,
  overwrite: boolean,
): void {
  requireDirectory(directory);
  const wanted = units.filter(({ name, text }) => {
    const path = join(directory, name);
    const there = readUnit(path);
    if (there === text) context.tell(`"${path}" is up to date\n`);
    else if (there !== undefined) requireOurs(path, name, there, overwrite);
    return there !== text;
  });
  for (const { name, text } of wanted) {
    const path = join(directory, name);
    replaceNamedFile(path, text, 0o644);
    context.tell(`wrote "${path}"\n`);
  }
}

function requireDirectory(path: string): void {
  let reason = "it is not a directory";
  try {
    if (Deno.statSync(path).isDirectory) return;
  } catch (error) {
    reason = reasonOf(error);
  }
  throw new AppError(`Cannot write units into "${path}": ${reason}`, {
    hint: "systemd reads what an administrator writes to /etc/systemd/system",
  });
}

/** The text that is there; `undefined` when nothing is. */
function readUnit(path: string): string | undefined {
  try {
    const { isFile, isSymlink } = Deno.lstatSync(path);
    if (isFile) return Deno.readTextFileSync(path);
    const what = isSymlink ? `a link to "${Deno.readLinkSync(path)}"` : "no file";
    throw new AppError(`Refusing to replace "${path}": it is ${what}`, {
      hint: "A link to /dev/null is a masked unit: systemctl unmask; else move it away",
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof AppError) throw error;
    throw new AppError(`Cannot read "${path}": ${reasonOf(error)}`, { cause: error });
  }
}

function requireOurs(path: string, name: string, text: string, overwrite: boolean): void {
  const maker = makerOf(text);
  if (maker === "somebody") {
    throw new AppError(`Refusing to replace "${path}": autoborg did not write it`, {
      hint: "Move it away, or choose another name for the units with --name",
    });
  }
  if (maker === "autoborg" || overwrite) return;
  throw new AppError(`Refusing to replace "${path}": somebody changed it since autoborg wrote it`, {
    hint: `Keep the changes in a drop-in ("systemctl edit ${name}"), then use --overwrite`,
  });
}

function nextSteps(units: readonly UnitFile[]): string {
  const [timer = ""] = units.map(({ name }) => name).filter((name) => name.endsWith(".timer"));
  return [
    "what comes next:",
    "  systemctl daemon-reload",
    `  systemctl enable --now ${timer}`,
    `  systemctl start --no-block ${timer.replace(/timer$/, "service")}     # a first run now`,
    "",
  ].join("\n");
}
