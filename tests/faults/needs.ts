/**
 * What some faults need, and not every machine has.
 *
 * @module
 */
import { NO_SSHD } from "../e2e/sshd.ts";
import { which } from "../e2e/program.ts";

/** File systems are mounted. */
export function root(): string | undefined {
  if (Deno.uid() !== 0) return "it needs root";
  return which("unshare") === undefined ? "unshare is not installed" : undefined;
}

/** A real terminal that can be closed. */
export function terminal(): string | undefined {
  return which("script") === undefined ? "script is not installed" : undefined;
}

/** A server. */
export function sshd(): string | undefined {
  return NO_SSHD;
}
