import { describeError, exitCodeOfError } from "./lib/cli/describe_error.ts";
import { asksForVersion, type Build, versionLine } from "./lib/cli/version.ts";
import { AppError, reasonOf } from "./lib/errors.ts";

/**
 * The program: does what its command line says, and ends the process.
 *
 * @param build how the executable was made; absent when it runs from source
 */
export async function main(build?: Build): Promise<never> {
  const encoder = new TextEncoder();
  const print = (text: string) => writeAll("output", encoder.encode(text));
  const tell = (text: string) => writeAll("error", encoder.encode(text));
  const giveUp = (error: unknown): never => {
    try {
      tell(`${describeError(error)}\n`);
    } catch {
      // Nobody can be told any more; the exit code is left.
    }
    Deno.exit(exitCodeOfError(error));
  };
  const catchUncaught = handOver(giveUp);
  try {
    if (asksForVersion(Deno.args)) {
      print(`${versionLine(build)}\n`);
      Deno.exit(0);
    }
    const { runCommandLine } = await import("./lib/cli/app.ts");
    const madeOn = build === undefined ? {} : { builtOn: build.date };
    const variable = (name: string) => Deno.env.get(name);
    Deno.exit(await runCommandLine(Deno.args, { variable, print, tell, catchUncaught, ...madeOn }));
  } catch (error) {
    return giveUp(error);
  }
}

/** Hands errors that nothing catches to the last one who has asked for them. */
function handOver(otherwise: (error: unknown) => void) {
  const handlers = [otherwise];
  const onUncaught = (event: Event, error: unknown) => {
    event.preventDefault();
    handlers.at(-1)?.(error);
  };
  addEventListener("error", (event) => onUncaught(event, event.error));
  addEventListener("unhandledrejection", (event) => onUncaught(event, event.reason));
  return (handler: (error: unknown) => void): Disposable => {
    handlers.push(handler);
    return { [Symbol.dispose]: () => void handlers.splice(handlers.lastIndexOf(handler), 1) };
  };
}

/** A reader that went away (`| head`) is no reason to stop a backup. */
function writeAll(name: "output" | "error", bytes: Uint8Array): void {
  const stream = name === "output" ? Deno.stdout : Deno.stderr;
  try {
    for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return;
    // Deno says "No space left on device (os error 28)".
    const [reason = ""] = reasonOf(error).split(" (os error ");
    const said = reason.charAt(0).toLowerCase() + reason.slice(1);
    throw new AppError(`Cannot write to standard ${name}: ${said}`, { cause: error });
  }
}

if (import.meta.main) await main();
