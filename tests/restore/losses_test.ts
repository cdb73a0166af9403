import assert from "node:assert/strict";
import { Losses } from "../../lib/restore/losses.ts";

const HARMLESS = [
  "there: attrs: [Errno 1] Operation not permitted: '/out/there'",
  "there: attrs: [Errno 95] Operation not supported: '/out/there'",
  "there: when setting extended attribute user.a: [Errno 95] Operation not supported",
  "Include pattern 'srv/a' never matched.",
];
const LOST = [
  "there: write: [Errno 28] No space left on device",
  "there: open: [Errno 1] Operation not permitted: '/out/there'",
  "there: attrs: [Errno 28] No space left on device: '/out/there'",
  "gone: attrs: [Errno 1] Operation not permitted: '/out/gone'",
  "there: attrs: [Errno 1] a: open: [Errno 13] Permission denied: '/out/x'",
  "there: Size inconsistency detected: size 3, chunks size 2",
  "there: File has damaged (all-zero) chunks. Try running borg check --repair.",
  "something that nobody has heard of",
];

Deno.test("Losses tells what is missing from what is not perfect", async () => {
  const root = await Deno.makeTempDir({ prefix: "autoborg-test-" });
  try {
    await Deno.writeTextFile(`${root}/there`, "");
    const losses = new Losses(root);
    for (const text of HARMLESS) losses.add(text);
    assert.deepEqual(losses.named, []);
    for (const text of LOST) losses.add(text);
    assert.equal(losses.count, LOST.length);
    assert.deepEqual(losses.named, LOST.slice(0, 5));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
