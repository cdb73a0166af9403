import { SCRIPTS } from "../completion/scripts.ts";
import type { Shell } from "../completion/shells.ts";
import type { CliContext } from "../context.ts";

/** `autoborg completions SHELL`: prints what that shell has to read. */
export function completionsVerb(
  this: CliContext,
  _flags: Record<never, never>,
  shell: Shell,
): void {
  this.print(SCRIPTS[shell]);
}
