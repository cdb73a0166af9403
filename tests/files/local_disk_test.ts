import assert from "node:assert/strict";
import { LocalDisks } from "../../lib/files/local_disk.ts";

Deno.test("LocalDisks.has() is true below /dev/shm and false below /proc", async () => {
  const disks = new LocalDisks();
  // Twice, as the second answer is remembered.
  for (const _ of [1, 2]) {
    assert.equal(await disks.has("/dev/shm"), true);
    assert.equal(await disks.has("/proc/self"), false);
  }
});

Deno.test("LocalDisks.has() throws when the path is missing", async () => {
  await assert.rejects(new LocalDisks().has("/dev/shm/missing/path"), Deno.errors.NotFound);
});
