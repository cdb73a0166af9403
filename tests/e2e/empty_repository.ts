/**
 * An empty repository that Borg made once for all tests that this process runs. To copy it takes a
 * hundredth of the time that `init` takes, which has tests of its own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { eventually, runToEnd, searchPath } from "./program.ts";

/** Names the directory of all of them; the workers of a process, one a file, have one environment. */
const SHARED = "AUTOBORG_TEST_EMPTY_REPOSITORIES";

/** Where those are that this file uses. */
let shared: string | undefined;

/**
 * Copies an empty repository with the encryption that is the default.
 *
 * @param target its directory, which must not be there yet
 * @param passphrase its passphrase
 */
export async function copyEmptyRepository(target: string, passphrase: string): Promise<void> {
  shared ??= enter();
  const source = join(shared, createHash("sha256").update(passphrase).digest("hex"));
  if (mkdir(source)) {
    await make(source, passphrase);
    await Deno.rename(join(source, "made"), join(source, "repository"));
  }
  const isThere = () => Deno.stat(join(source, "repository")).then(() => true, () => false);
  assert.ok(await eventually(isThere, 120_000), `another test file made no ${source}`);
  const { code, stderr } = await runToEnd(["cp", "-a", join(source, "repository"), target], {
    env: { PATH: searchPath() },
  });
  assert.equal(code, 0, stderr);
}

/** Joins the users of the directory, or makes one. The last one to leave removes it. */
function enter(): string {
  const directory = Deno.env.get(SHARED) ?? Deno.makeTempDirSync({ prefix: "autoborg-e2e-empty-" });
  const users = join(directory, "users");
  const user = join(users, crypto.randomUUID());
  try {
    if (Deno.env.get(SHARED) === undefined) Deno.mkdirSync(users);
    Deno.writeTextFileSync(user, "");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    // The last user has just left.
    if (Deno.env.get(SHARED) === directory) Deno.env.delete(SHARED);
    return enter();
  }
  Deno.env.set(SHARED, directory);
  globalThis.addEventListener("unload", () => {
    Deno.removeSync(user);
    try {
      Deno.removeSync(users);
    } catch {
      // There are others in it.
      return;
    }
    Deno.removeSync(directory, { recursive: true });
  });
  return directory;
}

/**
 * Has Borg derive the key of the passphrase in one round instead of 100,000: every later start of Borg
 * in these repositories takes a fifth less. It is written down with the key how many they were.
 */
const ONE_ROUND = "import borg.constants\nborg.constants.PBKDF2_ITERATIONS = 1\n";

async function make(directory: string, passphrase: string): Promise<void> {
  await Deno.writeTextFile(join(directory, "sitecustomize.py"), ONE_ROUND);
  const command = ["borg", "init", "--encryption=repokey-blake2", join(directory, "made")];
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
}

/** Makes a directory, unless there is one. */
function mkdir(path: string): boolean {
  try {
    Deno.mkdirSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}
