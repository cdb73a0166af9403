/**
 * Measures what it costs to count changed files by directory: CPU time for many lines of Borg's, all
 * of them parsed already.
 *
 *     deno run tests/bench/contributors.ts [FILES]
 *
 * @module
 */
import process from "node:process";
import { Contributors } from "../../lib/inspect/contributors.ts";

const files = Number(Deno.args[0] ?? 200_000);
const shapes = {
  "1,000 files a directory": (file: number) => `srv/data/d${Math.floor(file / 1_000)}/f${file}`,
  "each file in a directory of its own": (file: number) => `srv/mail/${file % 97}/${file}/cur/f`,
};

for (const [shape, pathOf] of Object.entries(shapes)) {
  const lines = Array.from({ length: files }, (_, file) => (
    { kind: "file-status", status: "A", path: pathOf(file) } as const
  ));
  const contributors = new Contributors();
  const began = cpuTime();
  for (const line of lines) contributors.hear(line);
  const named = contributors.largest.length;
  const took = cpuTime() - began;
  const text = `${files} files, ${shape}: ${
    took.toFixed(0)
  } ms of CPU, ${named} directories named\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

/** Milliseconds: the clock would count other programs, too. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
