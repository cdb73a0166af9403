/**
 * Measures what autoborg itself costs beside Borg: CPU time and memory of a run over many unchanged
 * files into two repositories, and the time of `--version`. Ends with exit code 1 when a limit is
 * passed.
 *
 *     deno run -A tests/bench/unchanged_files.ts [FILES]
 *
 * @module
 */
const LIMITS = { share: 0.05, megabytes: 100, versionMilliseconds: 150 };

const root = new URL("../..", import.meta.url).pathname;
const files = Number(Deno.args[0] ?? 200_000);
const scratch = await Deno.makeTempDir({ prefix: "autoborg-bench-" });
const environment = { BORG_BASE_DIR: `${scratch}/borg`, AUTOBORG_CONFIG: `${scratch}/config.toml` };

interface Usage {
  /** CPU time of autoborg itself, in seconds. */
  readonly own: number;
  /** CPU time of everything that it started, in seconds. */
  readonly children: number;
  /** The most memory that autoborg itself had, in MiB. */
  readonly megabytes: number;
}

try {
  await prepare();
  await measure(["init"]);
  print("first run", await measure(["run"]));
  const usage = await measure(["run"]);
  print("unchanged", usage);
  const version = await versionTime();
  say(`--version: ${version.toFixed(0)} ms`);
  const passed = usage.own / usage.children <= LIMITS.share &&
    usage.megabytes <= LIMITS.megabytes && version <= LIMITS.versionMilliseconds;
  say(passed ? "within the limits" : `limits passed: ${JSON.stringify(LIMITS)}`);
  Deno.exitCode = passed ? 0 : 1;
} finally {
  await Deno.remove(scratch, { recursive: true });
}

async function prepare(): Promise<void> {
  const perDirectory = 1_000;
  for (let directory = 0; directory * perDirectory < files; directory += 1) {
    const path = `${scratch}/source/d${directory}`;
    await Deno.mkdir(path, { recursive: true });
    const count = Math.min(perDirectory, files - directory * perDirectory);
    for (let file = 0; file < count; file += 1) {
      Deno.writeTextFileSync(`${path}/f${file}`, `${directory}/${file}\n`.repeat(3));
    }
  }
  await Deno.mkdir(`${scratch}/repositories`);
  const repositories = ["one", "two"].map((label) =>
    `[[repositories]]\nlabel = "${label}"\nurl = "repositories/${label}"\n` +
    `passphrase = "only for this measurement"\nsame_disk = true\n`
  );
  await Deno.writeTextFile(
    environment.AUTOBORG_CONFIG,
    `name = "bench"\n[sources]\ndirectories = ["source"]\n[retention]\nkeep_daily = 7\n` +
      `[logs]\ndirectory = "logs"\n[paths]\ntemp_dir = "temp"\nstate_dir = "state"\n` +
      repositories.join(""),
    { mode: 0o600 },
  );
}

function command(args: readonly string[]): Deno.Command {
  const binary = Deno.env.get("AUTOBORG_BIN");
  const source = ["run", "--quiet", "--no-prompt", "-P", `${root}/main.ts`];
  return new Deno.Command(binary ?? Deno.execPath(), {
    args: binary === undefined ? [...source, ...args] : [...args],
    cwd: root,
    env: environment,
    stdout: "null",
    stderr: "null",
  });
}

async function measure(args: readonly string[]): Promise<Usage> {
  const before = childrenTime(Deno.readTextFileSync("/proc/self/stat"));
  const child = command(args).spawn();
  let own = 0;
  let megabytes = 0;
  const timer = setInterval(() => {
    try {
      own = ownTime(Deno.readTextFileSync(`/proc/${child.pid}/stat`));
      const peak = /VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${child.pid}/status`));
      megabytes = Math.max(megabytes, Number(peak?.[1] ?? 0) / 1024);
    } catch {
      // It has just ended.
    }
  }, 20);
  const { code } = await child.status;
  clearInterval(timer);
  if (code !== 0) throw new Error(`autoborg ${args.join(" ")} ended with exit code ${code}`);
  const all = childrenTime(Deno.readTextFileSync("/proc/self/stat")) - before;
  return { own, children: all - own, megabytes };
}

/** Fields of /proc/PID/stat behind the program's name, which may hold anything. */
function fields(stat: string): number[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
}

function ownTime(stat: string): number {
  const [user = 0, system = 0] = fields(stat).slice(11, 13);
  return (user + system) / 100;
}

function childrenTime(stat: string): number {
  const [user = 0, system = 0] = fields(stat).slice(13, 15);
  return (user + system) / 100;
}

async function versionTime(): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const started = performance.now();
    await command(["--version"]).output();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[2] ?? Infinity;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function print(what: string, { own, children, megabytes }: Usage): void {
  const share = (100 * own / children).toFixed(2);
  say(
    `${what}: autoborg ${own.toFixed(2)} s, programs ${children.toFixed(2)} s (${share} %), ` +
      `peak ${megabytes.toFixed(0)} MiB`,
  );
}
