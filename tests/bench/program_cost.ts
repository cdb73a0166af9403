/**
 * What starting a program costs, by the processor's time: it is the same on a busy machine, where
 * the clock on the wall is not. The compiled program is measured, which people start.
 *
 * @module
 */
import { join } from "node:path";

const ROOT = new URL("../..", import.meta.url).pathname;

/** A command line. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What goes to its standard input. */
  readonly stdin?: string;
}

/** What a program used, together with everything that it started. */
export interface Cost {
  /** Seconds of CPU. */
  readonly cpu: number;
  /** Seconds on the wall. */
  readonly wall: number;
  /** The most memory that the program itself had, in MiB. */
  readonly megabytes: number;
}

/** How the compiled program is called; `AUTOBORG_BIN` may name another one than dist/autoborg. */
export function compiled(...args: readonly string[]): Command {
  return { program: Deno.env.get("AUTOBORG_BIN") ?? join(ROOT, "dist/autoborg"), args };
}

/** Runs a command and measures it; the exit code 1 says that there are warnings. */
export async function run({ program, args, env = {}, stdin }: Command): Promise<Cost> {
  const before = childrenTime();
  const began = performance.now();
  const child = new Deno.Command(program, {
    args: [...args],
    cwd: ROOT,
    env: { ...env },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const fed = stdin === undefined ? undefined : new Response(stdin).body?.pipeTo(child.stdin);
  // A program that ends before it has read everything says why on standard error.
  fed?.catch(() => {});
  let megabytes = 0;
  const timer = setInterval(() => {
    try {
      const peak = /VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${child.pid}/status`));
      megabytes = Math.max(megabytes, Number(peak?.[1] ?? 0) / 1024);
    } catch {
      // It has just ended.
    }
  }, 10);
  const { code, stderr } = await child.output();
  clearInterval(timer);
  if (code > 1) throw new Error(`${args.join(" ")}: ${code}: ${new TextDecoder().decode(stderr)}`);
  return { cpu: childrenTime() - before, wall: (performance.now() - began) / 1_000, megabytes };
}

/**
 * Runs commands by turns and returns the median of each. What the machine does besides meets all of
 * them alike.
 */
export async function compare<Name extends string>(
  commands: Readonly<Record<Name, Command>>,
  rounds: number,
): Promise<Record<Name, Cost>> {
  const costs: Record<string, Cost[]> = {};
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, command] of Object.entries<Command>(commands)) {
      const cost = await run(command);
      // The first round fills the caches of the disk.
      if (round > 0) (costs[name] ??= []).push(cost);
    }
  }
  const middle = Object.entries(costs).map(([name, all]) => [name, medianOf(all)] as const);
  return Object.fromEntries(middle) as Record<Name, Cost>;
}

/** Prints a line. */
export function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function medianOf(costs: readonly Cost[]): Cost {
  const middle = (key: keyof Cost) =>
    costs.map((cost) => cost[key]).toSorted((a, b) => a - b)[Math.floor(costs.length / 2)] ?? NaN;
  return { cpu: middle("cpu"), wall: middle("wall"), megabytes: middle("megabytes") };
}

/** CPU time of all programs that have ended, with what they started, in seconds. */
function childrenTime(): number {
  const stat = Deno.readTextFileSync("/proc/self/stat");
  // The program's name, which may hold anything, stands in brackets.
  const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number)
    .slice(13, 15);
  return (user + system) / 100;
}
