/** Tells a plain user that a command needs root. Pure. @module */
import { AppError } from "../errors.ts";
import { rootCommand } from "../text/own_command.ts";

/**
 * Gives an error the hint to use sudo when the system denied something that root may do.
 *
 * @param uid who runs the program
 * @param words the command line, its command first
 */
export function withRootHint(
  thrown: unknown,
  uid: number | null,
  words: readonly string[],
): unknown {
  if (uid === 0 || words.length === 0 || !isDenied(thrown)) return thrown;
  const { message, exitCode } = thrown instanceof AppError
    ? thrown
    : new AppError(thrown instanceof Error ? thrown.message : String(thrown));
  return new AppError(message, { exitCode, hint: rootHint(words), cause: thrown });
}

/**
 * Tells a plain user how to run a command as root.
 *
 * @param words the command line, its command first
 */
export function rootHint([verb = "", ...words]: readonly string[]): string {
  return `run it as root: ${rootCommand(verb, ...withoutConfig(words))}`;
}

function isDenied(thrown: unknown): boolean {
  for (let at = thrown; at instanceof Error; at = at.cause) {
    if (at instanceof Deno.errors.PermissionDenied) return true;
  }
  return false;
}

/** The command names the configuration by itself. */
function withoutConfig(words: readonly string[]): readonly string[] {
  const at = words.indexOf("--config");
  return at === -1 ? words : words.toSpliced(at, 2);
}
