/**
 * Shows for each fault that its test is worth something: takes what guards the program against the
 * fault out of a copy of the tree, and demands that the test fails there.
 *
 *   deno task faults:guards [FILTER]      FILTER is a part of a kind or of a name
 *
 * The last line is "N passed, N failed".
 *
 * @module
 */
import { join } from "node:path";
import { ROOT } from "../e2e/program.ts";
import type { Fault, Guard } from "./fault.ts";
import { kinds } from "./kinds.ts";

/** How many copies of the tree are at work. */
const WORKERS = Math.max(2, navigator.hardwareConcurrency);

/** A program without its guard may hang: it is not waited for as long as in a test. */
const TIMEOUT = "20000";

interface Task {
  readonly kind: string;
  readonly fault: Fault;
}

const [filter = ""] = Deno.args;
const tasks: Task[] = Object.entries(kinds).flatMap(([kind, faults]) =>
  faults.map((fault) => ({ kind, fault }))
).filter(({ kind, fault }) => `${kind}: ${fault.name}`.includes(filter));
const total = tasks.length;
let failed = 0;
await Promise.all(Array.from({ length: WORKERS }, work));
tell(`${total - failed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);

function tell(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Does one task after the other in a copy of the tree. */
async function work(): Promise<void> {
  const copy = await Deno.makeTempDir({ prefix: "autoborg-guards-" });
  try {
    for (const name of ["lib", "tests", "main.ts", "deno.json", "deno.lock"]) {
      await run("cp", ["-a", join(ROOT, name), join(copy, name)]);
    }
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      const why = await tryWithout(copy, task);
      if (why === undefined) continue;
      failed += 1;
      tell(`${task.kind}: ${task.fault.name}\n    ${why}`);
    }
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

/** Says why a guard is none; nothing when all is as it should be. */
async function tryWithout(copy: string, { kind, fault }: Task): Promise<string | undefined> {
  const impossible = fault.impossible?.();
  if (impossible !== undefined) return `not run: ${impossible}`;
  const guards = [fault.guard].flat();
  try {
    for (const guard of guards) {
      const path = join(copy, guard.file);
      const without = takeOut(await Deno.readTextFile(path), guard);
      if (without === undefined) return `"${guard.find}" is not once in ${guard.file}`;
      await Deno.writeTextFile(path, without);
    }
    const test = join(copy, `tests/faults/${kind}_test.ts`);
    const exactly = `/^${fault.name.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&")}$/`;
    const { code, text } = await run(
      Deno.execPath(),
      ["test", "--quiet", "--no-check", "-A", "--filter", exactly, test],
      { AUTOBORG_FAULT_TIMEOUT: TIMEOUT, NO_COLOR: "1" },
    );
    if (/SyntaxError|could not be parsed/.test(text)) return `the code is broken:\n${text}`;
    if (!/ \| \d+ passed \| 1 failed/.test(text) && code !== 0) return `no test failed:\n${text}`;
    return code === 0 ? "it passes without its guard" : undefined;
  } finally {
    for (const { file } of guards) await Deno.copyFile(join(ROOT, file), join(copy, file));
  }
}

function takeOut(text: string, { find, replace }: Guard): string | undefined {
  const parts = text.split(find);
  return parts.length === 2 ? parts.join(replace) : undefined;
}

async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], env })
    .output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}
