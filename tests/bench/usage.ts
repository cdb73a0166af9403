/**
 * Measures what a program costs by the processor's time, which a busy machine changes far less than
 * the time on the clock.
 *
 * @module
 */

/** What a program cost. CPU time is user and system time, in seconds. */
export interface Usage {
  /** CPU time of the program itself. */
  readonly own: number;
  /** CPU time of everything that it started. */
  readonly children: number;
  /** The most memory that the program itself had, in MiB. */
  readonly megabytes: number;
  /** How often its main thread was woken. */
  readonly wakes: number;
}

/** How often memory is looked at, in milliseconds. */
const INTERVAL = 10;

/**
 * Starts a program and leaves it behind as a zombie until a line comes: only then its last times are in
 * /proc, its own and those of its children apart. Whoever waited for it would have only their sum. Niced,
 * as backups are.
 */
const KEPT = 'nice -n 10 "$@" </dev/null >/dev/null 2>&1 & echo $!; read -r _; wait $!';

/**
 * Runs a program to its end.
 *
 * @throws {Error} when it fails
 */
export async function usageOf(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Usage> {
  const shell = new Deno.Command("sh", {
    args: ["-c", KEPT, "sh", ...command],
    env: { ...env },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const pid = Number(await firstLine(shell.stdout));
  let megabytes = 0;
  let wakes = 0;
  let fields = statOf(pid);
  while (fields[0] !== "Z") {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const peak = /^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? "0";
    megabytes = Math.max(megabytes, Number(peak) / 1_024);
    wakes = Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? wakes);
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
    fields = statOf(pid);
  }
  const writer = shell.stdin.getWriter();
  await writer.write(new TextEncoder().encode("\n"));
  await writer.close();
  const { code } = await shell.status;
  if (code !== 0) throw new Error(`"${command.join(" ")}" ended with exit code ${code}`);
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  const own = (user + system) / 100;
  return { own, children: (childUser + childSystem) / 100, megabytes, wakes };
}

/** Fields of /proc/PID/stat behind the program's name, which may hold anything. */
function statOf(pid: number): string[] {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text.trim();
}

/** The middle one of several runs, by all CPU time. */
export function median(usages: readonly Usage[]): Usage {
  const sorted = usages.toSorted((a, b) => total(a) - total(b));
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("Cannot take the median of nothing");
  return middle;
}

/** All CPU time, in seconds. */
export function total({ own, children }: Usage): number {
  return own + children;
}
