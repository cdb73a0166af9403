/**
 * Starts a program that a person works with: it has our terminal, our standard input and our working
 * directory. It stays in our process group, so that a Ctrl-C reaches it from the terminal.
 *
 * @module
 */
import { cannotStart, safeEnvironment } from "./search_path.ts";
import type { SpawnRequest } from "./spawn.ts";

/** What shall be run for a person. */
export type InteractiveRequest = Pick<SpawnRequest, "program" | "args" | "env">;

/** Starts a program for a person, as {@linkcode runInteractive} does, and gives its exit code. */
export type StartInteractive = (request: InteractiveRequest) => Promise<number>;

/** Signals that may come to us alone, and must not leave the program behind. */
const PASSED_ON = ["SIGHUP", "SIGQUIT", "SIGTERM"] as const;

/**
 * Runs a program on our terminal to its end. SIGINT is left to the program, as the terminal sends it
 * to both of us. SIGHUP, SIGQUIT and SIGTERM are passed on: they may come to us alone, and to get one
 * of them twice does no harm.
 *
 * @returns its exit code; 128 and the signal's number when a signal ended it
 * @throws {AppError} when the program can't be started
 */
export async function runInteractive(request: InteractiveRequest): Promise<number> {
  const { program, args, env } = request;
  const child = spawn(program, args, env);
  const leaveIt = () => {};
  const forwarders = PASSED_ON.map((signal) => ({ signal, passOn: () => forward(child, signal) }));
  Deno.addSignalListener("SIGINT", leaveIt);
  for (const { signal, passOn } of forwarders) Deno.addSignalListener(signal, passOn);
  try {
    return (await child.status).code;
  } finally {
    Deno.removeSignalListener("SIGINT", leaveIt);
    for (const { signal, passOn } of forwarders) Deno.removeSignalListener(signal, passOn);
  }
}

function forward(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It ended in this very moment.
  }
}

function spawn(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Deno.ChildProcess {
  const safe = safeEnvironment(program, env);
  try {
    return new Deno.Command(program, {
      args: [...args],
      clearEnv: true,
      env: safe,
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
  } catch (error) {
    throw cannotStart(program, env.PATH, error);
  }
}
