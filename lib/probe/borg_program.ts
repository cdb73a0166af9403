/**
 * Looks whether there is a Borg, and one that we know.
 *
 * @module
 */
import { environmentWithoutRepository } from "../borg/environment.ts";
import type { ProbeContext } from "./probe_context.ts";
import { failed, type Finding, ok, subject } from "./finding.ts";

const BORG = subject("borg");

/**
 * Asks Borg for its version.
 *
 * @returns one finding; repositories can't be asked unless it is `ok`
 * @throws {AppError} when Borg can't be started
 */
export async function probeBorg(
  context: Pick<ProbeContext, "outer" | "start" | "signal" | "limits">,
): Promise<Finding> {
  const { end, stdout, stderr } = await context.start({
    program: "borg",
    args: ["--version"],
    env: environmentWithoutRepository(context.outer),
    signal: context.signal,
    timeLimit: context.limits.command,
  });
  if (end.kind === "exited" && end.code === 0) return judgeVersion(stdout);
  const last = stderr.lines.findLast((line) => line.trim() !== "");
  return failed(
    BORG,
    `Borg does not start${last === undefined ? "" : `: ${last.trim()}`}`,
    'See what "borg --version" says, and install Borg anew',
  );
}

/**
 * Says whether a version of Borg is one that we know.
 *
 * @param said what `borg --version` printed
 */
export function judgeVersion(said: string): Finding {
  const version = /^\S*borg\S* +(\d+)\.(\d+)(\S*)$/m.exec(said.trim());
  if (version === null) {
    return failed(
      BORG,
      `The program "borg" does not say its version: "${said.trim().slice(0, 100)}"`,
      "See that the first borg in PATH is BorgBackup",
    );
  }
  const [, major = "", minor = "", rest = ""] = version;
  const whole = `${major}.${minor}${rest}`;
  if (major === "1" && (minor === "2" || minor === "4")) return ok(BORG, `version ${whole}`);
  return failed(
    BORG,
    `Borg ${whole} is not supported: expected 1.2 or 1.4`,
    Number(major) < 2
      ? "Install Borg 1.2 or 1.4: it reads the same repositories"
      : "Install Borg 1.4 beside it and put it first in PATH: Borg 2 has other repositories",
  );
}
