/**
 * Passes bytes through a tee into two programs, and prints by how many bytes the process has grown
 * meanwhile: a process of its own, as others in the same one need memory, too.
 *
 *     deno run -A tests/databases/tee_memory.ts BYTES
 *
 * @module
 */
import { Tee } from "../../lib/databases/tee.ts";
import { runProgram } from "../../lib/process/program.ts";
import { startStreamed } from "../../lib/process/streamed_program.ts";

const env = { PATH: "/usr/bin:/bin" };
const total = Number(Deno.args[0]);

/** Returns how much memory the process had at most. */
async function pass(bytes: number): Promise<number> {
  await using dump = startStreamed({
    program: "/bin/sh",
    args: ["-c", `yes "INSERT INTO t VALUES (1, 2, 3)" | head -c ${bytes}`],
    env,
  });
  let peak = 0;
  let looked = 0;
  const tee = new Tee(2, {
    minRate: 0,
    onProgress: (passed) => {
      if (passed - looked < bytes / 200) return;
      looked = passed;
      peak = Math.max(peak, Deno.memoryUsage().rss);
    },
  });
  const readers = tee.branches.map((branch) =>
    runProgram({ program: "/usr/bin/wc", args: ["-c"], env, stdin: branch })
  );
  await tee.pass(dump.stdout, new AbortController().signal);
  tee.end();
  for (const { stdout } of await Promise.all(readers)) {
    if (Number(stdout) !== bytes) throw new Error(`${stdout} of ${bytes} bytes came`);
  }
  return peak;
}

// What the code itself needs is there after the first bytes.
const before = await pass(10_000_000);
Deno.stdout.writeSync(new TextEncoder().encode(String(Math.max(0, await pass(total) - before))));
