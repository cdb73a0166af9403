import assert from "node:assert/strict";
import {
  LARGEST,
  openRegularFile,
  readSmallFile,
  readSmallFileSync,
} from "../../lib/files/small_file.ts";

/** A file, which is removed at the end. */
function file(): { readonly path: string } & Disposable {
  const path = Deno.makeTempFileSync();
  return { path, [Symbol.dispose]: () => Deno.removeSync(path) };
}

Deno.test("readSmallFile() reads a file of up to 1 MiB, and refuses a larger one", async () => {
  using given = file();
  for (const size of [0, 1, 16_384, 16_385, LARGEST]) {
    Deno.writeFileSync(given.path, new Uint8Array(size).fill(7));
    const bytes = await readSmallFile(given.path);
    assert.deepEqual([bytes.length, bytes.every((byte) => byte === 7)], [size, true]);
    assert.deepEqual(readSmallFileSync(given.path), bytes);
  }
  Deno.truncateSync(given.path, LARGEST + 1);
  assert.throws(() => readSmallFileSync(given.path), /^Error: it is larger than 1 MiB/);
  assert.equal((await readSmallFile(given.path, 2 * LARGEST)).length, LARGEST + 1);
  await assert.rejects(readSmallFile(given.path), /^Error: it is larger than 1 MiB/);
});

Deno.test("readSmallFile() reads no file that has no end", async () => {
  await assert.rejects(readSmallFile("/dev/zero"), /it is a device, expected a file/);
});

Deno.test("readSmallFile() refuses a directory and what does not exist", async () => {
  await assert.rejects(readSmallFile("/"), Deno.errors.IsADirectory);
  await assert.rejects(readSmallFile("/run/autoborg-no-such-file"), Deno.errors.NotFound);
});

Deno.test("readSmallFile() refuses a pipe, which may never have a writer", async () => {
  using given = file();
  const path = `${given.path}.pipe`;
  assert.equal(new Deno.Command("mkfifo", { args: [path] }).outputSync().code, 0);
  try {
    await assert.rejects(readSmallFile(path), /it is a pipe, expected a file/);
    await assert.rejects(openRegularFile(path), /it is a pipe, expected a file/);
    assert.throws(() => readSmallFileSync(path), /it is a pipe, expected a file/);
  } finally {
    Deno.removeSync(path);
  }
});
