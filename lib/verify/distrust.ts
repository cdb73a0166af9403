/** What to do when data in a repository is not what it was. Pure. @module */
import { borgCommand } from "../text/own_command.ts";

/** What to do when an archive does not hold what was put into it. */
export function distrustHint(label: string): string {
  const command = borgCommand(label, "check", "--verify-data", "::");
  return "Do not rely on this archive. Check the disks and the memory of this machine and of the " +
    `repository's machine, then read the whole repository; this changes nothing: ${command}`;
}
