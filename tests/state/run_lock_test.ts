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
    assert.ok(error.message.includes(`run 89abcdef (process ${other.pid}) holds it since 2026`));
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
