/** The shells that there is a script for. */
const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of them. */
export type Shell = typeof SHELLS[number];

/**
 * Reads the argument of `completions`.
 *
 * @param text what stands on the command line
 * @returns a shell that there is a script for
 * @throws {RangeError} when there is none for it
 */
export function parseShell(text: string): Shell {
  const shell = SHELLS.find((known) => known === text);
  if (shell === undefined) throw new RangeError("expected bash, zsh or fish");
  return shell;
}
