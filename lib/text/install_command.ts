/** How a package is installed, for hints. @module */
import { commandLine } from "./printable.ts";

/** The command that installs packages where most servers of this kind are: Debian and Ubuntu. */
export function installCommand(...packages: readonly string[]): string {
  const sudo = Deno.uid() === 0 ? [] : ["sudo"];
  return commandLine([...sudo, "apt-get", "install", ...packages]);
}
