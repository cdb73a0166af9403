import { runCommandLine } from "./lib/cli/app.ts";

if (import.meta.main) {
  const encoder = new TextEncoder();
  const code = await runCommandLine(Deno.args, {
    variable: (name) => Deno.env.get(name),
    print: (text) => writeAll(Deno.stdout, encoder.encode(text)),
    tell: (text) => writeAll(Deno.stderr, encoder.encode(text)),
  });
  Deno.exit(code);
}

/** A reader that went away (`| head`) is no reason to stop a backup. */
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
