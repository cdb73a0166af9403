import assert from "node:assert/strict";
import { FileWalk, type WalkedTree } from "../../lib/verify/file_walk.ts";
import { slotOfPath } from "../../lib/verify/plan_slots.ts";

const NEVER = new AbortController().signal;

async function walked(root: string, tree: Partial<WalkedTree>): Promise<readonly string[]> {
  const found: string[] = [];
  const whole = { paths: ["."], apart: new Set<string>(), isExcluded: () => false, markers: [] };
  const walk = new FileWalk({ root, ...whole, ...tree }, (directory, name, slot) => {
    assert.equal(slot, slotOfPath(directory + name));
    found.push(directory + name);
  });
  await walk.run(NEVER);
  return found.sort();
}

async function withTree(test: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/src/deep/deeper`, { recursive: true });
    await Deno.mkdir(`${root}/other`);
    await Deno.writeTextFile(`${root}/src/a\nb`, "1");
    await Deno.writeTextFile(`${root}/src/deep/deeper/-c`, "22");
    await Deno.writeTextFile(`${root}/src/deep/.nobackup`, "");
    await Deno.writeTextFile(`${root}/other/elsewhere`, "333");
    await Deno.symlink("/etc", `${root}/src/link`);
    await test(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("FileWalk finds regular files below the sources, and nothing else", () =>
  withTree(async (root) => {
    const below = ["src/a\nb", "src/deep/.nobackup", "src/deep/deeper/-c"];
    assert.deepEqual(await walked(root, { paths: ["src"] }), below);
    assert.deepEqual(await walked(root, {}), ["other/elsewhere", ...below]);
    const paths = ["other/elsewhere", "missing", "src/link"];
    assert.deepEqual(await walked(root, { paths }), ["other/elsewhere"]);
  }));

Deno.test("FileWalk does not enter what is not archived", () =>
  withTree(async (root) => {
    const isExcluded = (path: string) => path === "src/deep";
    assert.deepEqual(await walked(root, { paths: ["src"], isExcluded }), ["src/a\nb"]);
    const apart = new Set(["src/deep/deeper"]);
    assert.deepEqual(await walked(root, { paths: ["src"], apart }), [
      "src/a\nb",
      "src/deep/.nobackup",
    ]);
    assert.deepEqual(await walked(root, { markers: [".nobackup"] }), [
      "other/elsewhere",
      "src/a\nb",
    ]);
  }));
