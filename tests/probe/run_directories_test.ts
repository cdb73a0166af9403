import assert from "node:assert/strict";
import { join } from "node:path";
import { probeHooks } from "../../lib/probe/run_directories.ts";
import { testWrite } from "../../lib/probe/write_test.ts";

/** A directory of its own. */
async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "autoborg-places-" });
  try {
    await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Runs a program; whether it went well. */
async function succeeds(program: string, ...args: readonly string[]): Promise<boolean> {
  const command = new Deno.Command(program, { args: [...args], stdout: "null", stderr: "null" });
  return (await command.output()).success;
}

/** A small file system of its own. */
async function onTmpfs(work: (directory: string) => Promise<void>): Promise<void> {
  await inDirectory(async (directory) => {
    const options = ["-t", "tmpfs", "-o", "size=4m", "tmpfs", directory];
    // In a container without the right to mount there is nothing to be tried.
    if (!await succeeds("mount", ...options)) return;
    try {
      await work(directory);
    } finally {
      assert.ok(await succeeds("umount", directory));
    }
  });
}

const asRoot = { ignore: Deno.uid() !== 0 };

Deno.test("testWrite() leaves nothing behind", async () => {
  await inDirectory(async (directory) => {
    const result = await testWrite(directory, "existing");
    assert.deepEqual(result, { kind: "written", directory });
    assert.deepEqual([...Deno.readDirSync(directory)], []);
  });
});

Deno.test("testWrite() tries the nearest directory above one that would be made", async () => {
  await inDirectory(async (directory) => {
    const result = await testWrite(join(directory, "a/b/c"), "made");
    assert.deepEqual(result, { kind: "written", directory });
    const absent = await testWrite(join(directory, "a"), "existing");
    assert.equal(absent.kind, "failed");
    assert.match(JSON.stringify(absent), /it does not exist.*mkdir -p/);
  });
});

Deno.test("testWrite() says that a file is in the way", async () => {
  await inDirectory(async (directory) => {
    const file = join(directory, "file");
    await Deno.writeTextFile(file, "");
    for (const path of [file, join(file, "below")]) {
      const result = await testWrite(path, "made");
      assert.match(result.kind === "failed" ? result.message : "", /not a directory/i, path);
    }
    assert.equal(await Deno.readTextFile(file), "");
  });
});

Deno.test({
  name: "testWrite() says that a disk is full, and leaves nothing behind",
  ...asRoot,
  fn: () =>
    onTmpfs(async (directory) => {
      assert.equal((await testWrite(directory, "existing")).kind, "written");
      await Deno.writeFile(join(directory, "fill"), new Uint8Array(3_500_000));
      const result = await testWrite(directory, "existing");
      assert.match(result.kind === "failed" ? result.message : "", /^no space is left in "/);
      assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["fill"]);
    }),
});

Deno.test({
  name: "testWrite() says that a file system is read-only",
  ...asRoot,
  fn: () =>
    onTmpfs(async (directory) => {
      assert.ok(await succeeds("mount", "-o", "remount,ro", directory));
      const result = await testWrite(join(directory, "new"), "made");
      assert.match(result.kind === "failed" ? result.message : "", /read-only file system$/);
      assert.match(result.kind === "failed" ? result.message : "", /new" is to be created/);
    }),
});

Deno.test("probeHooks() lists hooks that are there, and says which may not be run", async () => {
  await inDirectory(async (parent) => {
    const directory = join(parent, "hooks");
    await Deno.mkdir(directory);
    await Deno.chmod(parent, 0o755);
    await Deno.chmod(directory, 0o755);
    const where = { directory, owner: Deno.uid() ?? 0 };
    assert.deepEqual(await probeHooks(where), []);
    for (const [name, mode] of [["before-snapshot", 0o755], ["finished", 0o777]] as const) {
      await Deno.writeTextFile(join(directory, name), "#!/bin/sh\nexit 1\n");
      await Deno.chmod(join(directory, name), mode);
    }
    const findings = await probeHooks(where);
    assert.deepEqual(findings.map(({ name, state }) => [name, state]), [
      ["before-snapshot", "ok"],
      ["finished", "failed"],
    ]);
    assert.match(findings[1]?.message ?? "", /can be written by users other than its owner/);
  });
});
