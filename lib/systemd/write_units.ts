/** Writes unit files, but over nothing that another program or person wrote. @module */
import { join } from "node:path";
import { AppError, reasonOf } from "../errors.ts";
import { replaceNamedFile } from "../files/durable_file.ts";
import { ownCommand } from "../text/own_command.ts";
import { makerOf, type UnitFile } from "./unit_file.ts";

/**
 * Writes units; looks at all of them before it writes any.
 *
 * @param tell hears a line for each, with its line break
 * @throws {AppError} when a file is in the way that is not ours as it was written
 */
export function writeUnits(
  tell: (text: string) => void,
  units: readonly UnitFile[],
  directory: string,
  overwrite: boolean,
): void {
  requireDirectory(directory);
  const wanted = units.filter(({ name, text }) => {
    const path = join(directory, name);
    const there = readUnit(path);
    if (there === text) tell(`"${path}" is up to date\n`);
    else if (there !== undefined) requireOurs(path, { name, text }, there, overwrite);
    return there !== text;
  });
  for (const { name, text } of wanted) {
    const path = join(directory, name);
    replaceNamedFile(path, text, 0o644);
    tell(`wrote "${path}"\n`);
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
    hint: `For the directory that systemd reads: ${
      ownCommand("systemd", "--write", "/etc/systemd/system")
    }`,
  });
}

/** The text that is there; `undefined` when nothing is. */
function readUnit(path: string): string | undefined {
  try {
    const { isFile, isSymlink } = Deno.lstatSync(path);
    if (isFile) return Deno.readTextFileSync(path);
    const what = isSymlink ? `a link to "${Deno.readLinkSync(path)}"` : "no file";
    throw new AppError(`Refusing to replace "${path}": it is ${what}`, {
      hint: "A link to /dev/null is a masked unit: systemctl unmask; otherwise move it away",
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof AppError) throw error;
    throw new AppError(`Cannot read "${path}": ${reasonOf(error)}`, { cause: error });
  }
}

function requireOurs(path: string, unit: UnitFile, text: string, overwrite: boolean): void {
  const maker = makerOf(text);
  const started = commandOf(text);
  if (maker === "autoborg" && !overwrite && started !== commandOf(unit.text)) {
    throw new AppError(`Refusing to replace "${path}": it starts another backup: ${started}`, {
      hint: "Choose another name for the units with --name, so that both are started; or use " +
        "--overwrite to start this one in its place",
    });
  }
  if (maker === "foreign") {
    throw new AppError(`Refusing to replace "${path}": autoborg did not write it`, {
      hint: "Move it away, or choose another name for the units with --name",
    });
  }
  if (maker === "autoborg" || overwrite) return;
  throw new AppError(`Refusing to replace "${path}": it has been edited since autoborg wrote it`, {
    hint: `Keep the changes in a drop-in ("systemctl edit ${unit.name}"), then use --overwrite`,
  });
}

/** What a service starts, without the path of the program, which an update may change. */
function commandOf(unit: string): string | undefined {
  return /^ExecStart=(?:"[^"]*"|\S+)(.*)$/m.exec(unit)?.[1]?.trim();
}
