/**
 * Measures what `find` costs the first time, when it reads all archives, and from then on, and how
 * large its index is. Each archive has a few files more than the one before it. Needs
 * `deno task compile`.
 *
 *     deno run -A tests/bench/find.ts [ARCHIVES] [FILES]
 *
 * @module
 */
import { type Command, compiled, run, say } from "./program_cost.ts";

const archives = Number(Deno.args[0] ?? 30);
const files = Number(Deno.args[1] ?? 30_000);
const scratch = await Deno.makeTempDir({ prefix: "autoborg-bench-" });
const url = `${scratch}/repository`;
const env = {
  AUTOBORG_CONFIG: `${scratch}/config.toml`,
  BORG_BASE_DIR: `${scratch}/borg`,
  BORG_PASSPHRASE: "only measured",
};

try {
  await Deno.stat(compiled().program);
  await prepare();
  say(`${archives} archives of ${files} files`);
  await measure("borg list", { program: "borg", args: ["list", "--json", url], env });
  await measure("the first time", { ...compiled("find", "--all", "new-1"), env });
  await measure("from then on", { ...compiled("find", "--all", "new-2"), env });
  const { size } = await Deno.stat(`${scratch}/state/find-index.db`);
  say(`index: ${(size / 1_000_000).toFixed(1)} MB`);
} finally {
  await Deno.remove(scratch, { recursive: true });
}

async function measure(name: string, command: Command): Promise<void> {
  const { cpu, wall, megabytes } = await run(command);
  say(
    `${name}: ${cpu.toFixed(2)} s of CPU, ${wall.toFixed(1)} s, ${megabytes.toFixed(0)} MiB`,
  );
}

async function prepare(): Promise<void> {
  const source = `${scratch}/source`;
  for (let file = 0; file < files; file += 1) {
    const directory = `${source}/srv/data/project-${Math.floor(file / 1_000)}/files`;
    if (file % 1_000 === 0) await Deno.mkdir(directory, { recursive: true });
    Deno.writeTextFileSync(`${directory}/document-${file}.txt`, `${file}`);
  }
  await Deno.mkdir(`${scratch}/state`);
  await Deno.writeTextFile(
    env.AUTOBORG_CONFIG,
    `name = "bench"\n[sources]\ndirectories = ["./source"]\n[retention]\nkeep_daily = 7\n` +
      `[logs]\ndirectory = "./logs"\n[paths]\ntemp_dir = "./temp"\nstate_dir = "./state"\n` +
      `[[repositories]]\nlabel = "local"\nurl = "./repository"\n` +
      `passphrase = "${env.BORG_PASSPHRASE}"\nsame_disk = true\n`,
    { mode: 0o600 },
  );
  await run({ program: "borg", args: ["init", "--encryption=repokey-blake2", url], env });
  for (let night = 0; night < archives; night += 1) {
    const at = Math.floor(night * files / archives / 1_000);
    Deno.writeTextFileSync(`${source}/srv/data/project-${at}/files/new-${night}`, "new");
    await run({ program: "borg", args: ["create", `${url}::night-${night}`, source], env });
  }
}
