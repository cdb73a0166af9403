/**
 * Measures what it costs to look at a long past: `list`, `status`, `history`, its page and the
 * completion, at as many archives as nights. Ends with exit code 1 when a limit is passed. Needs
 * `deno task compile`.
 *
 *     deno run -A tests/bench/views.ts [NIGHTS] [ROUNDS]
 *
 * @module
 */
import { fillManifest, LABELS, nights, recordPast } from "./long_past.ts";
import { compare, compiled, type Cost, run, say } from "./program_cost.ts";

const count = Number(Deno.args[0] ?? 2_000);
const rounds = Number(Deno.args[1] ?? 5);
const scratch = await Deno.makeTempDir({ prefix: "autoborg-bench-" });
const config = `${scratch}/config.toml`;
const page = `${scratch}/page.html`;
const borgEnvironment = { BORG_BASE_DIR: `${scratch}/borg`, BORG_PASSPHRASE: "only measured" };
const env = { ...borgEnvironment, AUTOBORG_CONFIG: config };

try {
  await Deno.stat(compiled().program);
  await prepare();
  const autoborg = (...args: readonly string[]) => ({ ...compiled(...args), env });
  const url = `${scratch}/repositories/${LABELS[0]}`;
  const list = await compare({
    borg: { program: "borg", args: ["list", "--json", url], env },
    autoborg: autoborg("list", "--repo", LABELS[0]),
  }, rounds);
  const views = await compare({
    version: autoborg("--version"),
    status: autoborg("status"),
    history: autoborg("history"),
    complete: autoborg("completions", "propose", "zsh", "restore", "--archive", ""),
    page: autoborg("history", "--html", page, "--last", String(count)),
  }, rounds);
  say(`${count} archives and nights, two repositories; the median of ${rounds} rounds`);
  const size = (await Deno.stat(page)).size / 1_000_000;
  print("borg list", list.borg);
  const starts = views.version.cpu;
  const passed = [
    judge("list", list.autoborg, list.autoborg.cpu / list.borg.cpu, 1.3, "of borg list"),
    judge("--version", views.version, views.version.cpu / starts, 2, "starts"),
    judge("status", views.status, views.status.cpu / starts, 2, "starts"),
    judge("history", views.history, views.history.cpu / starts, 2, "starts"),
    judge("completion", views.complete, views.complete.cpu / starts, 2, "starts"),
    judge("page", views.page, views.page.cpu, 1, "s of CPU"),
    judge("page", views.page, size, 1, "MB"),
  ].includes(true);
  Deno.exitCode = passed ? 1 : 0;
} finally {
  await Deno.remove(scratch, { recursive: true });
}

async function prepare(): Promise<void> {
  const past = nights(count);
  for (const name of ["repositories", "state", "source"]) await Deno.mkdir(`${scratch}/${name}`);
  const repositories = LABELS.map((label) =>
    `[[repositories]]\nlabel = "${label}"\nurl = "./repositories/${label}"\n` +
    `passphrase = "${borgEnvironment.BORG_PASSPHRASE}"\nsame_disk = true\n`
  );
  await Deno.writeTextFile(
    config,
    `name = "bench"\n[sources]\ndirectories = ["./source"]\n[retention]\nkeep_daily = 7\n` +
      `[logs]\ndirectory = "./logs"\n[paths]\ntemp_dir = "./temp"\nstate_dir = "./state"\n` +
      repositories.join(""),
    { mode: 0o600 },
  );
  const url = `${scratch}/repositories/${LABELS[0]}`;
  await run({ program: "borg", args: ["init", "--encryption=repokey-blake2", url], env });
  await fillManifest(url, past, env);
  recordPast(`${scratch}/state/history.db`, past);
}

/** Prints a figure beside its limit, and returns whether that is passed. */
function judge(name: string, cost: Cost, value: number, limit: number, unit: string): boolean {
  const passed = value > limit;
  print(name, cost, `${value.toFixed(2)} ${unit}, limit ${limit}${passed ? ": PASSED" : ""}`);
  return passed;
}

function print(name: string, { cpu, megabytes }: Cost, said = ""): void {
  say(`${name.padEnd(14)} ${cpu.toFixed(2)} s of CPU, ${megabytes.toFixed(0)} MiB  ${said}`);
}
