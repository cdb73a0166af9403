/**
 * Checks whether something starts autoborg. `systemctl` may not be started, so files have to tell.
 *
 * @module
 */
import { join } from "node:path";
import { readSmallText } from "../files/small_file.ts";
import { DEFAULT_CONFIG, ownCommand } from "../text/own_command.ts";
import { humanAge } from "../text/units.ts";
import { cronLines } from "./cron.ts";
import { type Finding, ok, subject, warning } from "./finding.ts";

const TIMER = subject("timer");

/** Ours, a template of ours, and its instances. */
const TIMER_NAME = /^autoborg(?:@.*)?\.timer$/;

/** The same with their services. */
const NAME = /^autoborg(?:@.*)?\.(?:timer|service)$/;

/** Where systemd looks for units, the most important first. */
export const UNIT_DIRECTORIES: readonly string[] = [
  "etc/systemd/system",
  "run/systemd/system",
  "usr/local/lib/systemd/system",
  "usr/lib/systemd/system",
  "lib/systemd/system",
];

/** Where the units of an administrator belong. */
const UNITS = "/etc/systemd/system";

/** What `systemctl enable` makes a link in. */
const WANTS = "timers.target.wants";

/** Where systemd notes when a timer with `Persistent=` last started its service. */
const STAMPS = "var/lib/systemd/timers";

/** The longest line of cron that is repeated, in characters. */
const LONGEST = 120;

/** A timer, as far as files tell. */
interface Timer {
  readonly name: string;
  /** What is in its file; `undefined` when there is none or it is masked. */
  readonly text: string | undefined;
  readonly enabled: boolean;
  /** When systemd last started its service, or the timer for the first time. */
  readonly stamp: Date | undefined;
  /** The configuration that its service reads; `undefined` when no file tells. */
  readonly config: string | undefined;
}

/** What is expected of a timer. */
export interface TimerExpectations {
  readonly now: Date;
  /** The configuration that runs are started with, absolute. */
  readonly config: string;
  /** How old the last good backup may be, in milliseconds. */
  readonly maxAge: number;
}

/** Finds the timers of systemd, else the lines of cron. */
export async function probeTimer(
  expected: TimerExpectations,
  root = "/",
): Promise<readonly Finding[]> {
  const timers = await isThere(join(root, "run/systemd/system")) ? await findTimers(root) : [];
  const enabled = timers.filter((timer) => timer.enabled);
  const ours = enabled.filter(({ config = expected.config }) => config === expected.config);
  if (ours.length > 0) return ours.map((timer) => judge(timer, expected));
  const lines = (await cronLines(root))
    .filter(({ line }) => /^[^#]*\bautoborg\b.*\brun\b/.test(line))
    .map(({ file, line }) => ok(TIMER, `cron starts it: "${line.slice(0, LONGEST)}" in "${file}"`));
  if (lines.length > 0) return lines;
  const [other] = enabled;
  return [other === undefined ? nothing(timers) : elsewhere(other, expected)];
}

function judge({ name, text, stamp }: Timer, { now, maxAge }: TimerExpectations): Finding {
  if (text === undefined) {
    return warning(
      TIMER,
      `${name} is enabled, but its file is missing or it is masked`,
      `Write it: "${ownCommand("systemd", "--write", UNITS)}"; then systemctl daemon-reload`,
    );
  }
  if (stamp !== undefined) {
    const age = now.getTime() - stamp.getTime();
    const said = `it was last triggered or started ${humanAge(age)} ago`;
    if (age <= maxAge) return ok(TIMER, `${name} is enabled; ${said}`);
    return warning(
      TIMER,
      `${name} is enabled, but ${said}: longer than status.max_age allows`,
      `It may be stopped: systemctl status ${name}; systemctl start ${name}. If this interval ` +
        `is intended, raise status.max_age`,
    );
  }
  if (!/^\s*Persistent\s*=\s*(?:true|yes|on|1)\s*$/im.test(text)) {
    return ok(TIMER, `${name} is enabled; it is unknown whether it was started`);
  }
  return warning(
    TIMER,
    `${name} is enabled, but was never started`,
    `Start it, or reboot: systemctl start ${name}`,
  );
}

function elsewhere({ name, config = "" }: Timer, expected: TimerExpectations): Finding {
  return warning(
    TIMER,
    `nothing starts autoborg with "${expected.config}": ${name} reads "${config}"`,
    `"${ownCommand("systemd", "--name", "NAME", "--write", UNITS)}", then ` +
      "systemctl enable --now autoborg@NAME.timer",
  );
}

function nothing(timers: readonly Timer[]): Finding {
  const installed = timers.find(({ text }) => text !== undefined);
  if (installed === undefined) {
    return warning(
      TIMER,
      "nothing starts autoborg",
      `"${ownCommand("systemd", "--write", UNITS)}", then systemctl enable --now autoborg.timer; ` +
        `without systemd, a cron job with "${ownCommand("run")}"`,
    );
  }
  const name = installed.name.replace("@.timer", "@NAME.timer");
  return warning(
    TIMER,
    `nothing starts autoborg: ${name} exists, but is not enabled`,
    `systemctl enable --now ${name}`,
  );
}

async function findTimers(root: string): Promise<readonly Timer[]> {
  const files = new Map<string, string>();
  const enabled = new Set<string>();
  for (const directory of UNIT_DIRECTORIES) {
    const path = join(root, directory);
    for (const name of await namesIn(path)) {
      if (NAME.test(name) && !files.has(name)) files.set(name, join(path, name));
    }
    for (const name of await namesIn(join(path, WANTS))) {
      if (TIMER_NAME.test(name)) enabled.add(name);
    }
  }
  const textOf = async (name: string) => {
    const file = files.get(name) ?? files.get(name.replace(/@.*(?=\.\w+$)/, "@"));
    return file === undefined ? undefined : await unitText(file);
  };
  const names = [...new Set([...files.keys(), ...enabled])].filter((name) => TIMER_NAME.test(name));
  return await Promise.all(
    names.toSorted().map(async (name) => {
      const service = name.replace(/timer$/, "service");
      const serviceText = await textOf(service);
      return {
        name,
        text: await textOf(name),
        enabled: enabled.has(name),
        stamp: await changed(join(root, STAMPS, `stamp-${name}`)),
        config: serviceText === undefined ? undefined : configOfService(serviceText, service),
      };
    }),
  );
}

/** A unit that is masked is a link to /dev/null; an empty file masks it as well. */
export async function unitText(file: string): Promise<string | undefined> {
  try {
    const text = await readSmallText(file);
    return text.trim() === "" ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The names in a directory; none when it can't be read. */
export async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(directory), ({ name }) => name);
  } catch {
    return [];
  }
}

async function changed(file: string): Promise<Date | undefined> {
  try {
    return (await Deno.stat(file)).mtime ?? undefined;
  } catch {
    return undefined;
  }
}

async function isThere(path: string): Promise<boolean> {
  return await changed(path) !== undefined;
}

/** A word after `--config`, in quotes or without; see systemd.syntax(7). */
const CONFIG = /\s--config[\s=]+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+))/;

/**
 * The configuration that a service such as `autoborg@web.service` hands to autoborg; `undefined` when the
 * unit does not tell.
 */
export function configOfService(text: string, name: string): string | undefined {
  const lines = text.split("\n").filter((line) => line.startsWith("ExecStart="));
  const command = lines.at(-1)?.slice("ExecStart=".length) ?? "";
  // A variable or a file of variables may say more than the command does.
  if (command === "" || /AUTOBORG_CONFIG|^EnvironmentFile=/m.test(text)) return undefined;
  const [, inDouble, inSingle, plain] = CONFIG.exec(command) ?? [];
  const word = inDouble ?? inSingle ?? plain;
  if (word === undefined) return DEFAULT_CONFIG;
  const instance = /@(.*)\.service$/.exec(name)?.[1] ?? "";
  return word
    .replaceAll(/\\(.)/g, "$1")
    .replaceAll(/%[%i]/g, (specifier) => specifier === "%i" ? instance : "%");
}
