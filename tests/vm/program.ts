/**
 * The whole program in the machine: its configuration, its verbs, and the repositories it writes.
 *
 * @module
 */
import assert from "node:assert/strict";
import { WHY_NOT_COMPILED } from "./compiled.ts";
import { namesIn } from "./leftovers.ts";
import { attempt, pause, PLACES, type Ran, sh } from "./machine.ts";
import { shimLog } from "./shims.ts";

const CONFIG = "/etc/autoborg/config.toml";
/** The passphrase of all repositories. */
export const PASSPHRASE = "correct horse";

/** Writes a configuration with repositories below /var/tmp/repos, and creates these. */
export async function configure(sources: string, labels: readonly string[]): Promise<void> {
  await sh("mkdir", "-p", "/etc/autoborg", "/var/tmp/repos");
  const repositories = labels.map((label) =>
    `[[repositories]]
label = "${label}"
url = "/var/tmp/repos/${label}"
encryption = "repokey-blake2"
passphrase = "${PASSPHRASE}"
lock_wait = "5s"
same_disk = true
`
  );
  const text = `name = "vm"\n${repositories.join("")}[check]\nenabled = false\n${sources}\n`;
  await Deno.writeTextFile(CONFIG, text, { mode: 0o600 });
  const ran = await autoborg("init");
  assert.equal(ran.code, 0, ran.stderr);
}

/**
 * The command line of a verb, under the permission set of `deno.json`: of the compiled program where
 * there is one, which starts in half the time.
 */
export function autoborgCommand(verb: string): readonly string[] {
  const source = ["run", "-P", "--no-check", "--cached-only", "/opt/autoborg/main.ts"];
  const program = WHY_NOT_COMPILED === undefined
    ? ["/opt/autoborg/autoborg"]
    : [Deno.execPath(), ...source];
  return [...program, verb, "--config", CONFIG];
}

/** The environment that Deno needs in the machine. */
export const ENVIRONMENT = { DENO_DIR: Deno.env.get("DENO_DIR") ?? "" };

/** Runs a verb to its end. */
export async function autoborg(verb: string): Promise<Ran> {
  return await attempt(autoborgCommand(verb), ENVIRONMENT);
}

/** Runs the real Borg; warnings are fine. */
export async function borg(...args: readonly string[]): Promise<string> {
  const ran = await attempt(["borg", ...args], { BORG_PASSPHRASE: PASSPHRASE });
  assert(ran.code <= 1, ran.stderr);
  return ran.stdout;
}

/** The names of the archives in a repository, oldest first. */
export async function archives(label: string): Promise<readonly string[]> {
  const text = await borg("list", "--short", `/var/tmp/repos/${label}`);
  return text.split("\n").filter((line) => line !== "");
}

/** The newest archive's paths. */
export async function contents(label: string): Promise<readonly string[]> {
  const newest = (await archives(label)).at(-1) ?? "";
  const text = await borg("list", "--short", `/var/tmp/repos/${label}::${newest}`);
  return text.split("\n").filter((line) => line !== "");
}

/** A file of the newest archive. */
export async function contentOf(label: string, path: string): Promise<string> {
  const newest = (await archives(label)).at(-1) ?? "";
  return await borg("extract", "--stdout", `/var/tmp/repos/${label}::${newest}`, path);
}

/** Removes configuration, repositories, logs and state. */
export async function removeEverything(): Promise<void> {
  for (const path of ["/etc/autoborg", "/var/tmp/repos", "/var/log/autoborg", PLACES.state]) {
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

/** The newest log. */
export async function log(): Promise<string> {
  const newest = (await namesIn("/var/log/autoborg")).at(-1) ?? "";
  return await Deno.readTextFile(`/var/log/autoborg/${newest}`);
}

/** Waits until the shims have seen a command, or the program has ended. */
export async function seen(command: string): Promise<void> {
  for (let waited = 0; waited < 3_000; waited++) {
    const lines = await shimLog().catch(() => []);
    if (lines.some((line) => line.startsWith(command))) return;
    await pause(100);
  }
  assert.fail(`"${command}" was not started`);
}
