import { dirname, join, resolve as absolutePath } from "node:path";
import { type LoadEnvironment, readSettings } from "../../config/load.ts";
import { loadServiceSettings } from "../../config/service_settings.ts";
import { UsageError } from "../../errors.ts";
import { DEFAULT_CONFIG } from "../../text/own_command.ts";
import { findCredential, storeAdvice } from "../../systemd/credential_store.ts";
import { withoutOwnKey } from "../../systemd/ssh_agent.ts";
import { isTakenBySystemd } from "../../systemd/timer_unit.ts";
import type { UnitFile } from "../../systemd/unit_file.ts";
import { unitsOf } from "../../systemd/unit_pair.ts";
import type { BorgVariables } from "../../systemd/writable.ts";
import { writeUnits } from "../../systemd/write_units.ts";
import type { RunZfsCommand } from "../../zfs/command.ts";
import { parseMountLine, readMountTable } from "../../zfs/mount_table.ts";
import {
  chosenConfig,
  type CliContext,
  type CommonFlags,
  inheritedEnvironment,
} from "../context.ts";
import { notACalendar } from "../options/systemd_flags.ts";
import { zfsQueries } from "../zfs_queries.ts";

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
    automounts: await automounts(zfsQueries(this)),
  });
  if (flags.write === undefined) {
    this.print(units.map(({ name, text }) => `# ${name}\n${text}`).join("\n"));
  } else {
    writeUnits(this.tell, units, absolutePath(flags.write), flags.overwrite);
    this.tell(nextSteps(units));
  }
  for (const { name, missing } of stored) {
    if (missing) this.tell(`warning: ${storeAdvice(name)}\n`);
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
async function automounts(run: RunZfsCommand): Promise<readonly string[]> {
  const table = await readMountTable(run);
  if (table.kind === "failed") return [];
  return table.lines.flatMap((line) => {
    const mount = parseMountLine(line);
    return mount?.type === "autofs" ? [mount.target] : [];
  });
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
