import assert from "node:assert/strict";
import { Tee } from "../../lib/databases/tee.ts";
import { runProgram } from "../../lib/process/program.ts";
import { startStreamed } from "../../lib/process/streamed_program.ts";

const ENV = { PATH: "/usr/bin:/bin" };
const GIGABYTE = 1_000_000_000;
const MOST = 32 * 1_048_576;

Deno.test("Tee.pass() needs at most 32 MiB for a gigabyte into two programs", async () => {
  await using dump = startStreamed({
    program: "/bin/sh",
    args: ["-c", `yes "INSERT INTO t VALUES (1, 2, 3)" | head -c ${GIGABYTE}`],
    env: ENV,
  });
  const before = Deno.memoryUsage().rss;
  let peak = before;
  let looked = 0;
  const tee = new Tee(2, {
    minRate: 0,
    onProgress: (bytes) => {
      if (bytes - looked < GIGABYTE / 200) return;
      looked = bytes;
      peak = Math.max(peak, Deno.memoryUsage().rss);
    },
  });
  const readers = tee.branches.map((branch) =>
    runProgram({ program: "/usr/bin/wc", args: ["-c"], env: ENV, stdin: branch })
  );
  const result = await tee.pass(dump.stdout, new AbortController().signal);
  tee.end();
  assert.equal(result?.size, GIGABYTE);
  for (const { stdout } of await Promise.all(readers)) assert.equal(stdout, String(GIGABYTE));
  assert.ok(peak - before <= MOST, `it took ${Math.round((peak - before) / 1_048_576)} MiB`);
});
