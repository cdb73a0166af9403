import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { compare, lookForLost } from "../../lib/verify/comparison.ts";

const LATER = Date.now() + 60_000;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

async function withFile(text: string, test: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${root}/file`, text);
    await test(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("compare() says equal when size and content are the same", () =>
  withFile("content", async (root) => {
    const file = { path: "file", size: 7, sha256: sha256("content") };
    assert.deepEqual(await compare(root, file, LATER), { kind: "equal", path: "file", size: 7 });
  }));

Deno.test("compare() says different when one byte is another", () =>
  withFile("content", async (root) => {
    const file = { path: "file", size: 7, sha256: sha256("contenT") };
    assert.equal((await compare(root, file, LATER)).kind, "different");
  }));

Deno.test("compare() says different when the archive has another size", () =>
  withFile("content", async (root) => {
    const file = { path: "file", size: 0, sha256: sha256("") };
    assert.deepEqual(await compare(root, file, LATER), {
      kind: "different",
      path: "file",
      why: "the source has 7 bytes, the archive 0",
    });
  }));

Deno.test("compare() says nothing about a file that changed after the backup began", () =>
  withFile("content", async (root) => {
    const file = { path: "file", size: 7, sha256: sha256("before!") };
    const began = Date.now() - 60_000;
    assert.deepEqual(await compare(root, file, began), { kind: "changed", path: "file" });
  }));

Deno.test("compare() says nothing about a file that is gone", () =>
  withFile("content", async (root) => {
    const file = { path: "gone", size: 7, sha256: sha256("content") };
    assert.deepEqual(await compare(root, file, LATER), { kind: "changed", path: "gone" });
  }));

Deno.test("lookForLost() says different when the file was there before the backup began", () =>
  withFile("content", async (root) => {
    const began = Date.now();
    assert.equal((await lookForLost(root, "file", LATER)).kind, "different");
    assert.equal((await lookForLost(root, "file", began)).kind, "changed");
    assert.equal((await lookForLost(root, "gone", LATER)).kind, "changed");
  }));
