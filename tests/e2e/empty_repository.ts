/**
 * An empty repository that Borg made once for all tests of a file. To copy it takes a hundredth of
 * the time that `init` takes, which has tests of its own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { runToEnd, searchPath } from "./program.ts";

/** The directories of those that were made, by their passphrases. */
const made = new Map<string, Promise<string>>();

/**
 * Copies an empty repository with the encryption that is the default.
 *
 * @param target its directory, which must not be there yet
 * @param passphrase its passphrase
 */
export async function copyEmptyRepository(target: string, passphrase: string): Promise<void> {
  const source = made.get(passphrase) ?? make(passphrase);
  made.set(passphrase, source);
  const { code, stderr } = await runToEnd(["cp", "-a", join(await source, "repository"), target], {
    env: { PATH: searchPath() },
  });
  assert.equal(code, 0, stderr);
}

/**
 * Has Borg derive the key of the passphrase in one round instead of 100,000: every later start of Borg
 * in these repositories takes a fifth less. It is written down with the key how many they were.
 */
const ONE_ROUND = "import borg.constants\nborg.constants.PBKDF2_ITERATIONS = 1\n";

async function make(passphrase: string): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "autoborg-e2e-empty-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
  await Deno.writeTextFile(join(directory, "sitecustomize.py"), ONE_ROUND);
  const command = ["borg", "init", "--encryption=repokey-blake2", join(directory, "repository")];
  const { code, stderr } = await runToEnd(command, {
    env: {
      PATH: searchPath(),
      HOME: directory,
      BORG_BASE_DIR: join(directory, "base"),
      BORG_PASSPHRASE: passphrase,
      PYTHONPATH: directory,
      LC_ALL: "C.UTF-8",
    },
  });
  assert.equal(code, 0, stderr);
  return directory;
}
