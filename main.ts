import { asksForVersion, type Build, versionLine } from "./lib/cli/version.ts";

/**
 * The program: does what its command line says, and ends the process.
 *
 * @param build how the executable was made; absent when it runs from source
 */
export async function main(build?: Build): Promise<never> {
  const encoder = new TextEncoder();
  const print = (text: string) => writeAll(Deno.stdout, encoder.encode(text));
  const tell = (text: string) => writeAll(Deno.stderr, encoder.encode(text));
  if (asksForVersion(Deno.args)) {
    print(`${versionLine(build)}\n`);
    Deno.exit(0);
  }
  const { runCommandLine } = await import("./lib/cli/app.ts");
  const variable = (name: string) => Deno.env.get(name);
  Deno.exit(await runCommandLine(Deno.args, { variable, print, tell }));
}

/** A reader that went away (`| head`) is no reason to stop a backup. */
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

if (import.meta.main) await main();
