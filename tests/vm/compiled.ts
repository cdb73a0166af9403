/**
 * The compiled program, which some scenarios need.
 *
 * @module
 */

/** Where the program is installed in the machine. */
export const PROGRAM = "/usr/local/bin/autoborg";

/** Why there is no compiled program; `undefined` when there is one. */
export const WHY_NOT_COMPILED: string | undefined = whyNot();

function whyNot(): string | undefined {
  try {
    return Deno.readTextFileSync("/share/why-not-compiled").trim() || "it can't be compiled";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Installs the program; it stays for the scenarios that follow. */
export async function installProgram(): Promise<void> {
  await Deno.mkdir("/usr/local/bin", { recursive: true });
  await Deno.copyFile("/share/autoborg", `${PROGRAM}.new`);
  await Deno.chmod(`${PROGRAM}.new`, 0o755);
  await Deno.rename(`${PROGRAM}.new`, PROGRAM);
}
