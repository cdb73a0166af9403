import assert from "node:assert/strict";

/** The source files below a directory. */
async function filesBelow(directory: URL): Promise<readonly URL[]> {
  const files = await Array.fromAsync(
    Deno.readDir(directory),
    ({ name, isDirectory }) =>
      isDirectory ? filesBelow(new URL(`${name}/`, directory)) : [new URL(name, directory)],
  );
  return files.flat();
}

// It makes the coverage true as well: what no test loads would not be counted at all.
Deno.test("every file of lib can be loaded by itself", async () => {
  const files = await filesBelow(new URL("../lib/", import.meta.url));
  assert.ok(files.length > 100);
  for (const file of files) await import(file.href);
});
