import { SCRIPTS, type Shell } from "../completion/scripts.ts";
import type { CliContext } from "../context.ts";

/** `autoborg completions SHELL`: prints what that shell has to read. */
export function completionsVerb(
  this: CliContext,
  _flags: Record<never, never>,
  shell: Shell,
): void {
  this.print(SCRIPTS[shell]);
}
