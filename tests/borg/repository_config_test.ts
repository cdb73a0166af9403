import assert from "node:assert/strict";
import { parseLimits, parseQuotaMessage, readLimits } from "../../lib/borg/repository_config.ts";

const CONFIG = `[repository]
version = 1
segments_per_dir = 1000
max_segment_size = 524288000
append_only = 0
storage_quota = 0
additional_free_space = 0
id = 016167a56b43503906c86293dbb0ad35f6f7c61ed93f677bb4eaf80d817983d3
`;

Deno.test("parseLimits() reads what limits a repository", () => {
  const changed = (key: string, value: string) =>
    parseLimits(CONFIG.replace(new RegExp(`^${key} = .*$`, "m"), `${key} = ${value}`));
  const working = 520 * 1_048_576;
  assert.deepEqual(parseLimits(CONFIG), { working });
  assert.deepEqual(changed("append_only", "1"), { working, appendOnly: true });
  assert.deepEqual(changed("append_only", "yes"), { working, appendOnly: true });
  assert.deepEqual(changed("storage_quota", "1200000"), { working, quota: 1_200_000 });
  assert.deepEqual(changed("storage_quota", "1.5T"), { working, quota: 1_500_000_000_000 });
  assert.deepEqual(changed("additional_free_space", "2G"), { working, reserved: 2_000_000_000 });
  assert.deepEqual(changed("storage_quota", "much"), { working });
  assert.deepEqual(parseLimits(`[other]\nappend_only = 1\n${CONFIG}[more]\nappend_only = 1\n`), {
    working,
  });
  assert.deepEqual(parseLimits(""), {});
});

Deno.test("readLimits() knows no limits when there is no repository", async () => {
  assert.deepEqual(await readLimits("/nowhere"), {});
});

Deno.test("parseQuotaMessage() reads the quota of a repository here and on a server", () => {
  const quota = { quota: 40_000_000, quotaUsed: 5_080 };
  assert.deepEqual(parseQuotaMessage("Storage quota: 5.08 kB out of 40.00 MB used."), quota);
  assert.deepEqual(
    parseQuotaMessage("Remote: Storage quota: 5.08 kB out of 40.00 MB used."),
    quota,
  );
  assert.equal(parseQuotaMessage("compaction freed about 990 B repository space."), undefined);
});
