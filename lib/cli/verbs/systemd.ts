import { dirname, join, resolve as absolutePath } from "node:path";
import { fileURLToPath } from "node:url";
import { type LoadEnvironment, readSettings } from "../../config/load.ts";
import { loadServiceSettings } from "../../config/service_settings.ts";
import { UsageError } from "../../errors.ts";
import { DEFAULT_CONFIG } from "../../text/own_command.ts";
import { findCredential, storeAdvice } from "../../systemd/credential_store.ts";
import { withoutOwnKey } from "../../systemd/ssh_agent.ts";
import { isTakenBySystemd } from "../../systemd/timer_unit.ts";
import { unitsOf } from "../../systemd/unit_pair.ts";
import type { BorgVariables } from "../../systemd/writable.ts";
import { writeUnits } from "../../systemd/write_units.ts";
import { commandLine } from "../../text/printable.ts";
import type { RunZfsCommand } from "../../zfs/command.ts";
import { parseMountLine, readMountTable } from "../../zfs/mount_table.ts";
import {
  chosenConfig,
  type CliContext,
  type CommonFlags,
  inheritedEnvironment,
} from "../context.ts";
import { EXPECTED_CALENDAR } from "../options/systemd_flags.ts";
import { zfsQueries } from "../zfs_queries.ts";

interface SystemdFlags extends CommonFlags {
  readonly write?: string;
  readonly overwrite: boolean;
  readonly calendar: string;
  readonly splay: number;
  readonly name?: string;
  readonly binary?: string;
}

/** Where the program belongs that is compiled from the source that runs. */
const INSTALLED = "/usr/local/bin/autoborg";

/** What the service starts: this program, which has to be installed first when it is source. */
export const PROGRAM: string = Deno.build.standalone ? Deno.execPath() : INSTALLED;

/** `autoborg systemd`: prints or writes the service and the timer. */
export async function systemdVerb(this: CliContext, flags: SystemdFlags): Promise<void> {
  const { binary, write } = flags;
  const timers = await makeUnits(this, flags);
  if (write === undefined) return;
  const [timer = ""] = timers;
  const first = `systemctl start --no-block ${timer.replace(/timer$/, "service")}`;
  const commands = [...installCommands(binary), ...enableCommands(timers)];
  this.tell(nextSteps([...commands, `${first}     # a first run now`]));
}

/**
 * Prints or writes the service and the timer, and warns of what a run will lack.
 *
 * @returns the names of the timers, that of the runs first
 */
export async function makeUnits(
  context: CliContext,
  flags: SystemdFlags,
): Promise<readonly string[]> {
  const { PATH } = inheritedEnvironment(context.variable);
  if (!await isTakenBySystemd(flags.calendar, PATH, context.start)) {
    throw new UsageError(
      `Cannot read "${flags.calendar}" as the value of --calendar: ${EXPECTED_CALENDAR}`,
    );
  }
  const { path, environment } = chosenConfig(context, flags, configOf(flags.name));
  const settings = await loadServiceSettings(path, environment);
  const binary = flags.binary ?? PROGRAM;
  const needed = await Promise.all(settings.credentials.map(findCredential));
  const optional = await Promise.all(settings.optionalCredentials.map(findCredential));
  const stored = [...needed, ...optional.filter(({ missing }) => !missing)];
  const units = unitsOf({
    settings,
    binary,
    isDefaultConfig: settings.path === DEFAULT_CONFIG,
    instance: flags.name,
    calendar: flags.calendar,
    splay: flags.splay,
    borg: borgVariables(context),
    credentials: stored,
    automounts: await automounts(zfsQueries(context)),
  });
  if (flags.write === undefined) {
    context.print(units.map(({ name, text }) => `# ${name}\n${text}`).join("\n"));
  } else {
    writeUnits(context.tell, units, absolutePath(flags.write), flags.overwrite);
    if (!isFile(binary)) {
      context.tell(`warning: there is no "${binary}", which the service starts\n`);
    }
  }
  for (const { name, missing } of stored) {
    if (missing) context.tell(`warning: ${storeAdvice(name)}\n`);
  }
  for (const label of await openedByAgent(context, path, environment)) {
    context.tell(`warning: ${agentAdviceFor(label)}\n`);
  }
  return units.map(({ name }) => name).filter((name) => name.endsWith(".timer"));
}

/**
 * The command that installs the program, if it runs from source and was never installed: all others
 * are of no use before.
 *
 * @param binary what the service starts
 */
export function installCommands(binary: string = PROGRAM): readonly string[] {
  if (binary !== INSTALLED || isFile(binary)) return [];
  const source = commandLine([fileURLToPath(new URL("../../../", import.meta.url))]);
  return [`(cd ${source} && deno task compile && install -m 0755 dist/autoborg ${binary})`];
}

/** The commands that start the timers of units that were written. */
export function enableCommands(timers: readonly string[]): readonly string[] {
  return ["systemctl daemon-reload", commandLine(["systemctl", "enable", "--now", ...timers])];
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** As the package's `autoborg@NAME` has it: two units of one name must not read two files. */
function configOf(name: string | undefined): string {
  return name === undefined ? DEFAULT_CONFIG : join(dirname(DEFAULT_CONFIG), `${name}.toml`);
}

/**
 * Where Borg has its directories: by hand the environment says it, and so it does in the service.
 * Absolute, as the service works elsewhere.
 */
function borgVariables({ variable }: CliContext): BorgVariables {
  const entries = Object.entries(inheritedEnvironment(variable))
    .filter(([name, value]) => /^(?:BORG|XDG)_/.test(name) && value !== "")
    .map(([name, value]) => [name, absolutePath(value)] as const);
  return Object.fromEntries(entries);
}

/** A mount table that can't be read is no reason to write no units. */
async function automounts(run: RunZfsCommand): Promise<readonly string[]> {
  const table = await readMountTable(run);
  if (table.kind === "failed") return [];
  return table.lines.flatMap((line) => {
    const mount = parseMountLine(line);
    return mount?.type === "autofs" ? [mount.target] : [];
  });
}

/** By hand, the agent of the logged-in user may open a repository that has no key of its own. */
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
  return `The service has no SSH agent, and "${label}" has no ssh_key: if it is opened by the ` +
    `agent of this session, runs of the timer fail with "Permission denied". Set ssh_key to a ` +
    `key without a passphrase`;
}

function nextSteps(commands: readonly string[]): string {
  return `next steps:\n${commands.map((command) => `  ${command}\n`).join("")}`;
}
