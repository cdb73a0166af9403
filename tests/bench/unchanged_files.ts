/**
 * Measures what autoborg costs beside bare Borg and borgmatic: CPU time and memory of a first run and of
 * nights in which nothing has changed, and of `--version`. All take turns in one run, niced. Ends with
 * exit code 1 when a limit is passed.
 *
 *     deno task compile && deno run -A tests/bench/unchanged_files.ts [FILES] [NIGHTS]
 *
 * `AUTOBORG_BIN` may name another binary than dist/autoborg; from source the program costs more.
 *
 * @module
 */
import { autoborg, bareBorg, borgmatic, type Contender, makeSource } from "./contenders.ts";
import { median, total, type Usage, usageOf } from "./usage.ts";

/** What is allowed, for 30,000 files: seconds of CPU time, microseconds a file, MiB. */
const LIMITS = { own: 0.5, listed: 5, megabytes: 80, versionMegabytes: 60 };

const REPOSITORIES = 2;
const root = new URL("../..", import.meta.url).pathname;
const binary = Deno.env.get("AUTOBORG_BIN") ?? `${root}dist/autoborg`;
const files = Number(Deno.args[0] ?? 30_000);
const nights = Number(Deno.args[1] ?? 3);
const scratch = await Deno.makeTempDir({ prefix: "autoborg-bench-" });

try {
  const passed = await compare();
  say(passed ? "within the limits" : `limits passed: ${JSON.stringify(LIMITS)}`);
  Deno.exitCode = passed ? 0 : 1;
} finally {
  await Deno.remove(scratch, { recursive: true });
}

async function compare(): Promise<boolean> {
  const place = { scratch, files };
  makeSource(place);
  const own = autoborg(place, binary, false);
  const bare = bareBorg(place);
  const other = borgmatic(place);
  if (other === undefined) say("borgmatic is not installed, so it is left out");
  const contenders = [bare, own, autoborg(place, binary, true), ...(other ? [other] : [])];
  const firsts = new Map<Contender, Usage>();
  for (const contender of contenders) {
    await usageOf(contender.init, contender.env);
    firsts.set(contender, await usageOf(contender.night, contender.env));
  }
  const measured = new Map(contenders.map((contender) => [contender, [] as Usage[]]));
  for (let night = 0; night < nights; night += 1) {
    for (const [contender, usages] of measured) {
      usages.push(await usageOf(contender.night, contender.env));
    }
  }
  const medians = new Map([...measured].map(([contender, usages]) => [contender, median(usages)]));
  table("first run", firsts, bare);
  table(`unchanged night, median of ${nights}`, medians, bare);
  return await judge(firsts.get(own), medians.get(own));
}

async function judge(first: Usage | undefined, night: Usage | undefined): Promise<boolean> {
  if (first === undefined || night === undefined) return false;
  const version = median([
    await usageOf([binary, "--version"], {}),
    await usageOf([binary, "--version"], {}),
    await usageOf([binary, "--version"], {}),
  ]);
  const listed = 1e6 * (first.own - night.own) / (files * REPOSITORIES);
  say(`own CPU time of the first run beyond that of a night: ${listed.toFixed(1)} us a file`);
  say(`--version: ${version.own.toFixed(2)} s, ${version.megabytes.toFixed(0)} MiB`);
  const megabytes = Math.max(first.megabytes, night.megabytes);
  return listed <= LIMITS.listed && night.own <= LIMITS.own && megabytes <= LIMITS.megabytes &&
    version.megabytes <= LIMITS.versionMegabytes;
}

function table(title: string, usages: ReadonlyMap<Contender, Usage>, base: Contender): void {
  const whole = total(usages.get(base) ?? { own: 0, children: 0, megabytes: 0, wakes: 0 });
  say(`\n${title}, ${files} files, ${REPOSITORIES} repositories`);
  say("                          own s  all s  ratio   MiB  wake-ups");
  for (const [{ name }, usage] of usages) {
    const { own, megabytes, wakes } = usage;
    const figures = [
      own.toFixed(2).padStart(6),
      total(usage).toFixed(2).padStart(6),
      (total(usage) / whole).toFixed(3).padStart(6),
      megabytes.toFixed(0).padStart(5),
      String(wakes).padStart(9),
    ];
    say(`${name.padEnd(24)} ${figures.join(" ")}`);
  }
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
