import assert from "node:assert/strict";
import { LockHeldError, lookAtLock, readHolder, RunLock } from "../../lib/state/run_lock.ts";

const HOLDER = { process: 4711, runId: "0123abcd", startedAt: "2026-11-22T04:00:00.000Z" };

/** A program that takes the lock, says so, and keeps it until it is killed. */
const OTHER_PROCESS = `
  import { RunLock } from "${new URL("../../lib/state/run_lock.ts", import.meta.url)}";
  const [path] = Deno.args;
  const holder = { process: Deno.pid, runId: "89abcdef", startedAt: "2026-11-22T05:00:00.000Z" };
  globalThis.lock = await RunLock.acquire(path, holder);
  Deno.stdout.writeSync(new TextEncoder().encode("held"));
  await new Promise((resolve) => setTimeout(resolve, 60_000));
`;

class Directory implements Disposable {
  readonly path = Deno.makeTempDirSync();
  readonly lock: string = `${this.path}/run.lock`;

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Another process that holds the lock. */
async function otherHolder(directory: Directory): Promise<Deno.ChildProcess> {
  const program = `${directory.path}/other.ts`;
  await Deno.writeTextFile(program, OTHER_PROCESS);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--allow-read",
      "--allow-write",
      program,
      directory.lock,
    ],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), "held");
  await reader.cancel();
  return child;
}

Deno.test("RunLock.acquire() writes down who holds the lock until it is given back", async () => {
  using directory = new Directory();
  {
    using _lock = await RunLock.acquire(directory.lock, HOLDER);
    assert.deepEqual(await readHolder(directory.lock), HOLDER);
  }
  assert.equal(await readHolder(directory.lock), undefined);
  assert.deepEqual(await lookAtLock(directory.lock), { held: false });
  using _again = await RunLock.acquire(directory.lock, HOLDER);
});

Deno.test("RunLock.acquire() throws and names the holder when another process holds the lock", async () => {
  using directory = new Directory();
  const other = await otherHolder(directory);
  await assert.rejects(RunLock.acquire(directory.lock, HOLDER), (error) => {
    assert.ok(error instanceof LockHeldError);
    assert.equal(error.exitCode, 75);
    assert.equal(error.holder?.process, other.pid);
    assert.ok(error.message.includes(`run 89abcdef (process ${other.pid}) has held it since 2026`));
    return true;
  });
  const look = await lookAtLock(directory.lock);
  assert.deepEqual([look.held, look.holder?.runId], [true, "89abcdef"]);
  other.kill("SIGKILL");
  await other.status;
});

Deno.test("RunLock.acquire() takes the lock of a process that was killed", async () => {
  using directory = new Directory();
  const other = await otherHolder(directory);
  other.kill("SIGKILL");
  await other.status;
  assert.deepEqual(await lookAtLock(directory.lock), { held: false });
  using _lock = await RunLock.acquire(directory.lock, HOLDER);
  assert.deepEqual(await readHolder(directory.lock), HOLDER);
});

Deno.test("RunLock.acquire() lets no second run in when the file is removed", async () => {
  using directory = new Directory();
  using _lock = await RunLock.acquire(directory.lock, HOLDER);
  Deno.removeSync(directory.lock);
  await assert.rejects(RunLock.acquire(directory.lock, HOLDER), LockHeldError);
  assert.deepEqual(await lookAtLock(directory.lock), { held: true });
});

Deno.test("RunLock.acquire() takes the lock when nothing can be written down", async () => {
  using directory = new Directory();
  // Nothing can take the place of a directory that is not empty.
  Deno.mkdirSync(`${directory.lock}/in-the-way`, { recursive: true });
  using lock = await RunLock.acquire(directory.lock, HOLDER);
  assert.equal(lock.isLost, false);
  await assert.rejects(RunLock.acquire(directory.lock, HOLDER), LockHeldError);
});

Deno.test("RunLock.acquire() replaces a link instead of writing through it", async () => {
  using directory = new Directory();
  const precious = `${directory.path}/precious`;
  Deno.writeTextFileSync(precious, "precious");
  Deno.symlinkSync(precious, directory.lock);
  using _lock = await RunLock.acquire(directory.lock, HOLDER);
  assert.equal(Deno.readTextFileSync(precious), "precious");
});

Deno.test("RunLock.acquire() locks the reserve when there is no state directory", async () => {
  using directory = new Directory();
  const reserve = `${directory.path}/reserve`;
  Deno.mkdirSync(reserve, { mode: 0o700 });
  const missing = `${directory.path}/missing/run.lock`;
  {
    using _lock = await RunLock.acquire(missing, HOLDER, reserve);
    await assert.rejects(RunLock.acquire(missing, HOLDER, reserve), LockHeldError);
    // Nor may a run begin that finds the state directory again.
    await assert.rejects(RunLock.acquire(directory.lock, HOLDER, reserve), LockHeldError);
  }
  // Two configurations with a state directory each may share it.
  Deno.mkdirSync(`${directory.path}/other`);
  using _one = await RunLock.acquire(directory.lock, HOLDER, reserve);
  using _two = await RunLock.acquire(`${directory.path}/other/run.lock`, HOLDER, reserve);
});

Deno.test("RunLock.acquire() relies on no reserve that other users can lock", async () => {
  using directory = new Directory();
  const reserve = `${directory.path}/reserve`;
  Deno.mkdirSync(reserve);
  Deno.chmodSync(reserve, 0o755);
  const missing = `${directory.path}/missing/run.lock`;
  await assert.rejects(RunLock.acquire(missing, HOLDER, reserve), /Cannot open the run lock/);
});

Deno.test("RunLock.isLost holds when the state directory was removed or replaced", async () => {
  using directory = new Directory();
  const state = `${directory.path}/state`;
  Deno.mkdirSync(state);
  const lock = await RunLock.acquire(`${state}/run.lock`, HOLDER);
  assert.equal(lock.isLost, false);
  Deno.removeSync(state, { recursive: true });
  assert.equal(lock.isLost, true);
  Deno.mkdirSync(state);
  assert.equal(lock.isLost, true);
  using _other = await RunLock.acquire(`${state}/run.lock`, HOLDER);
  lock[Symbol.dispose]();
  // What another run wrote down stays.
  assert.deepEqual(await readHolder(`${state}/run.lock`), HOLDER);
});

Deno.test("RunLock.acquire() throws when the file can't be opened", async () => {
  using directory = new Directory();
  await assert.rejects(
    RunLock.acquire(`${directory.path}/missing/run.lock`, HOLDER),
    /Cannot open the run lock ".*": it does not exist/,
  );
});

Deno.test("readHolder() gives nothing when the file holds anything else", async () => {
  using directory = new Directory();
  for (const text of ["", "{", "null", "[]", '{"process": "1"}']) {
    await Deno.writeTextFile(directory.lock, text);
    assert.equal(await readHolder(directory.lock), undefined);
  }
});

/** Takes the lock, and says which error came of it. */
const TRIAL = `
  import { RunLock } from "${new URL("../../lib/state/run_lock.ts", import.meta.url)}";
  const [path] = Deno.args;
  const holder = { process: 1, runId: "89abcdef", startedAt: "2026-11-22T05:00:00.000Z" };
  try {
    using lock = await RunLock.acquire(path, holder);
    console.log("locked", lock.isLost);
  } catch (error) {
    console.log(JSON.stringify({ message: error.message, hint: error.hint, code: error.exitCode }));
  }
`;

/** What keeps root from what the modes of files deny: a namespace of users in which it is nobody. */
const AS_NOBODY = Deno.uid() === 0 ? ["unshare", "--user"] : ["env"];

Deno.test("RunLock.acquire() says which directory keeps a plain user out", async () => {
  using directory = new Directory();
  const [closed, parent] = [`${directory.path}/closed`, `${directory.path}/parent`];
  Deno.mkdirSync(closed, { mode: 0o000 });
  Deno.mkdirSync(parent, { mode: 0o500 });
  const program = `${directory.path}/trial.ts`;
  Deno.writeTextFileSync(program, TRIAL);
  const attempt = async (path: string) => {
    const [command = "", ...before] = AS_NOBODY;
    const rights = ["--quiet", "--no-check", "--allow-read", "--allow-write"];
    const { stdout, stderr } = await new Deno.Command(command, {
      args: [...before, Deno.execPath(), "run", ...rights, program, path],
      stdin: "null",
    }).output();
    const said = new TextDecoder().decode(stdout);
    assert.match(said, /^\{/, new TextDecoder().decode(stderr) + said);
    return JSON.parse(said);
  };
  const denied = await attempt(`${closed}/run.lock`);
  assert.match(
    denied.message,
    /^Cannot open the run lock ".*\/closed\/run\.lock": .*permission denied/i,
  );
  assert.match(
    denied.hint,
    /^Check that paths\.state_dir is writable; autoborg usually runs as root$/,
  );
  assert.equal(denied.code, 2);
  const absent = await attempt(`${parent}/state/run.lock`);
  assert.match(absent.message, /: its directory cannot be created: .*permission denied/i);
  Deno.chmodSync(closed, 0o700);
});
