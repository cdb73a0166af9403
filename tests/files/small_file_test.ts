import assert from "node:assert/strict";
import { LARGEST, readSmallFile } from "../../lib/files/small_file.ts";

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
  }
  Deno.truncateSync(given.path, LARGEST + 1);
  await assert.rejects(readSmallFile(given.path), /^Error: it is larger than 1 MiB/);
});

Deno.test("readSmallFile() reads no file that has no end", async () => {
  await assert.rejects(readSmallFile("/dev/zero"), /it is larger than 1 MiB/);
});

Deno.test("readSmallFile() refuses a directory and what does not exist", async () => {
  await assert.rejects(readSmallFile("/"), Deno.errors.IsADirectory);
  await assert.rejects(readSmallFile("/run/autoborg-no-such-file"), Deno.errors.NotFound);
});

/** A pipe with a name, which is removed at the end. */
function pipe(): { readonly path: string } & Disposable {
  const path = Deno.makeTempFileSync();
  Deno.removeSync(path);
  assert.equal(new Deno.Command("mkfifo", { args: [path] }).outputSync().code, 0);
  return { path, [Symbol.dispose]: () => Deno.removeSync(path) };
}

Deno.test("readSmallFile() reads a pipe", async () => {
  using given = pipe();
  const reading = readSmallFile(given.path);
  const writer = await Deno.open(given.path, { write: true });
  await writer.write(new TextEncoder().encode("secret"));
  writer.close();
  assert.equal(new TextDecoder().decode(await reading), "secret");
});

Deno.test("readSmallFile() gives a pipe up that nobody writes to", async () => {
  using given = pipe();
  await assert.rejects(readSmallFile(given.path, 1), /nothing came from it within 0.001 s/);
  // What was given up still waits in the kernel: a writer lets it end.
  (await Deno.open(given.path, { write: true })).close();
});
