/** How `autoborg setup` ends: what was done, what failed, and the commands that lead on. @module */
import { dirname, join, parse } from "node:path";
import { ExitCode } from "../errors.ts";
import { DEFAULT_CONFIG, ownCommand, ownWords } from "../text/own_command.ts";
import { commandLine, printableLine } from "../text/printable.ts";
import { isInstanceName } from "./options/systemd_flags.ts";
import type { STEPS } from "./setup_answers.ts";
import { enableCommands, installCommands, PROGRAM } from "./verbs/systemd.ts";

/** A step, under the name of its flag. */
export type StepName = typeof STEPS[number];

/** Where an administrator's units belong. */
export const UNITS = "/etc/systemd/system";

/** Where the package has units of ours. */
const PACKAGED = "/usr/lib/systemd/system";

/** What starts a run every night. */
export interface TimerChoice {
  /** `packaged`: the package has brought the units; `none`: there is no systemd. */
  readonly kind: "packaged" | "written" | "none";
  /** The name of the unit. */
  readonly timer: string;
  /** What stands behind the @ in it. */
  readonly instance: string | undefined;
}

/** Finds out what can start a run with a configuration. */
export async function chooseTimer(config: string): Promise<TimerChoice> {
  const { dir, name, ext } = parse(config);
  // As the units of the package have it.
  const isOurs = dir === dirname(DEFAULT_CONFIG) && ext === ".toml";
  const isInstance = isOurs && config !== DEFAULT_CONFIG && isInstanceName(name);
  const instance = isInstance ? name : undefined;
  const timer = instance === undefined ? "autoborg.timer" : `autoborg@${instance}.timer`;
  const template = join(PACKAGED, instance === undefined ? timer : "autoborg@.timer");
  const isPackaged = (isInstance || config === DEFAULT_CONFIG) && await exists(template);
  const kind = isPackaged ? "packaged" : await exists(UNITS) ? "written" : "none";
  return { kind, timer, instance };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Whether a step has done what it is for: a run with warnings has made its backup. */
export function isDone(name: StepName, code: number | undefined): boolean {
  return code === ExitCode.ok || (code === ExitCode.warning && name === "run");
}

/** How far setup has come. */
interface Progress {
  /** The configuration, absolute. */
  readonly path: string;
  /** Whether it was written now. */
  readonly written: boolean;
  /** The exit codes of the steps that were taken. */
  readonly codes: ReadonlyMap<StepName, number>;
  readonly timer: TimerChoice;
}

/** Writes the end of setup. */
export function outcomeText({ path, written, codes, timer }: Progress): string {
  const taken = [...codes];
  const done = taken.filter(([name, code]) => isDone(name, code)).map(([name, code]) =>
    code === ExitCode.ok ? shown(name) : `${name} with warnings`
  );
  const failed = taken.filter(([name, code]) => !isDone(name, code)).map(([name]) => shown(name));
  const all = written ? [printableLine(path), ...done] : done;
  const commands = commandsAfter(codes, timer);
  return [
    "",
    ...all.length === 0 ? [] : [`done: ${all.join(", ")}`],
    ...failed.map((name) => `failed: ${name}, for the reason above`),
    ...failed.includes("init")
      ? [`to change the answers: ${ownCommand("setup", "--overwrite")}`]
      : [],
    `next steps${Deno.uid() === 0 ? ", as root" : ""}:`,
    ...commands.map((command) => `  ${command}`),
    "",
  ].join("\n");
}

/** The timer itself is started by a person: autoborg may not call systemctl. */
function shown(name: StepName): string {
  return name === "timer" ? "systemd units" : name;
}

/** In the order of the steps; the probe stands before the first run, else at the end. */
function commandsAfter(
  codes: ReadonlyMap<StepName, number>,
  timer: TimerChoice,
): readonly string[] {
  const isLeft = (name: StepName) => !isDone(name, codes.get(name));
  const probe = ownCommand("check-config", "--probe");
  return [
    ...installCommands(),
    ...isLeft("init") ? [ownCommand("init")] : [],
    ...isLeft("run") ? [probe, ownCommand("run")] : [],
    ...codes.has("verify") && isLeft("verify") ? [ownCommand("verify")] : [],
    ...timerCommands(timer, isLeft("timer")),
    ...isLeft("run") ? [] : [probe],
  ];
}

function timerCommands({ kind, timer, instance }: TimerChoice, isLeft: boolean): readonly string[] {
  if (kind === "packaged") return [commandLine(["systemctl", "enable", "--now", timer])];
  if (kind === "none") {
    const run = commandLine([PROGRAM, ...ownWords("run", "--progress", "none").slice(1)]);
    return [`echo ${commandLine([`30 3 * * * root ${run}`])} >/etc/cron.d/autoborg`];
  }
  const name = instance === undefined ? [] : ["--name", instance];
  return [
    ...isLeft ? [ownCommand("systemd", ...name, "--write", UNITS)] : [],
    ...enableCommands([timer]),
  ];
}
