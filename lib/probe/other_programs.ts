/**
 * Finds other programs that start Borg by themselves, such as the script that autoborg replaces,
 * forgotten in cron: what it prunes may not be its own.
 *
 * @module
 */
import { join } from "node:path";
import { inTime } from "../async/deadline.ts";
import { findUnsafePlace } from "../files/path_safety.ts";
import { readSmallText } from "../files/small_file.ts";
import { cronLines } from "./cron.ts";
import { type Finding, subject, warning } from "./finding.ts";
import { namesIn, UNIT_DIRECTORIES, unitText } from "./timer.ts";

/** A command of Borg, a program for Borg, or a script with Borg in its name. */
const PROGRAM = new RegExp(
  String.raw`(?:^|[\s/"'(;&|${"`"}])(borg(?=\s+(?:-\S+\s+)*` +
    String.raw`(?:create|prune|compact|check|delete)\b)|borgmatic|borg[-_]?backup|` +
    String.raw`[\w.-]*borg[\w-]*\.(?:py|sh|pl|rb))(?=$|[\s"'${"`"});&|])`,
);

/** The same in a list of words, as programming languages start it. */
const WORD = /["'](borg)["']\s*,/;

/** How long a script may take to be read, in milliseconds: it may lie on a server that is gone. */
const TIME_LIMIT = 5_000;

const LONGEST_LINE = 4_096;

const HINT = "Use one program for a repository: disable the other one, or make sure that its " +
  "prune matches no archives of this configuration";

/**
 * Checks the lines of cron and the enabled timers, and the scripts that they start. Lines are not shown,
 * as they may contain a passphrase.
 */
export async function probeOtherPrograms(root = "/"): Promise<readonly Finding[]> {
  const lines = await cronLines(root);
  const found = await Promise.all([
    ...lines.map(({ file, line, number }) =>
      findingFor(root, line, `cron starts it: line ${number} of "${file}"`)
    ),
    ...(await enabledTimers(root)).map(async (timer) => {
      return await findingFor(root, await commandsOf(root, timer), `${timer} starts it`);
    }),
  ]);
  return found.filter((finding) => finding !== undefined);
}

async function findingFor(root: string, text: string, how: string): Promise<Finding | undefined> {
  if (/\bautoborg\b/.test(text)) return undefined;
  const lines = text.split("\n").filter(isWrittenByPeople);
  const names = lines.flatMap((line) => PROGRAM.exec(line)?.[1] ?? []);
  const name = names[0] ?? await scriptIn(root, lines.join("\n"));
  if (name === undefined) return undefined;
  return warning(subject("timer"), `another program uses Borg, "${name}": ${how}`, HINT);
}

/** The first script that a command names, and that starts Borg. */
async function scriptIn(root: string, command: string): Promise<string | undefined> {
  for (const [, path = ""] of command.matchAll(/(?:^|[\s"'=])(\/[\w@%+.,/-]+)/g)) {
    if ((await scriptLines(join(root, path))).some(startsBorg)) return path;
  }
  return undefined;
}

/** The lines of a script; none of one that another user could make a trap of. */
async function scriptLines(path: string): Promise<readonly string[]> {
  try {
    await inTime(Deno.lstat(path), TIME_LIMIT);
    if (findUnsafePlace(path) !== undefined) return [];
    const script = await inTime(readSmallText(path), TIME_LIMIT);
    return script.startsWith("#!") ? script.split("\n").filter(isWrittenByPeople) : [];
  } catch {
    return [];
  }
}

/** The patterns take too long for lines that only a machine would write. */
function isWrittenByPeople(line: string): boolean {
  return line.length <= LONGEST_LINE;
}

function startsBorg(line: string): boolean {
  return !/^\s*#/.test(line) && (PROGRAM.test(line) || WORD.test(line));
}

async function enabledTimers(root: string): Promise<readonly string[]> {
  const wanted = UNIT_DIRECTORIES.map((directory) =>
    namesIn(join(root, directory, "timers.target.wants"))
  );
  const names = new Set((await Promise.all(wanted)).flat());
  return [...names].filter((name) => /^(?!autoborg).*\.timer$/.test(name)).toSorted();
}

/** What the service of a timer starts. */
async function commandsOf(root: string, timer: string): Promise<string> {
  const text = await unitOf(root, timer);
  const named = /^\s*Unit\s*=\s*(\S+)/m.exec(text)?.[1];
  const service = await unitOf(root, named ?? timer.replace(/timer$/, "service"));
  return [...service.matchAll(/^\s*Exec\w+\s*=\s*[-@:+!|]*(.*)$/gm)].map(([, line]) => line).join(
    "\n",
  );
}

async function unitOf(root: string, name: string): Promise<string> {
  for (const one of [name, name.replace(/@.*(?=\.\w+$)/, "@")]) {
    for (const directory of UNIT_DIRECTORIES) {
      const text = await unitText(join(root, directory, one));
      if (text !== undefined) return text;
    }
  }
  return "";
}
