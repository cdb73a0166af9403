/**
 * Makes one executable of the program: `deno task compile`, `deno task compile:arm64`.
 *
 *   scripts/compile.ts [--target x86_64|aarch64] [--output FILE]
 *
 * The modules are bundled first. An executable with all packages in it as they come from npm takes
 * twice as long to start and 20 MiB more.
 *
 * `AUTOBORG_COMPILER` may name a program that does the last step where the runtime that
 * `deno compile` needs can't be downloaded: it is called with a directory, which has the bundle as `main.ts`
 * and a `deno.json` with the permission set, and with the file to write. `SOURCE_DATE_EPOCH` sets
 * the date of the build.
 *
 * @module
 */
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import manifest from "../deno.json" with { type: "json" };
import type { Build } from "../lib/cli/version.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** An architecture by its name in the processor's world, and the same as an ELF file has it. */
const MACHINES = { x86_64: 62, aarch64: 183 } as const;
type Target = keyof typeof MACHINES;

class CompileError extends Error {
  override name = "CompileError";
}

interface Request {
  readonly target: Target;
  readonly output: string;
}

interface Ran {
  readonly ok: boolean;
  readonly stdout: string;
  /** Without colours and without the stack of those who wrote the program. */
  readonly stderr: string;
}

async function start(program: string, args: readonly string[], cwd: string): Promise<Ran> {
  const command = new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
  });
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  const [said = ""] = text.decode(stderr).split("\nStack backtrace:");
  return { ok: success, stdout: text.decode(stdout), stderr: said.trim() };
}

function readRequest(args: string[]): Request {
  const { values } = parseArgs({
    args,
    options: { target: { type: "string" }, output: { type: "string" } },
  });
  const target = values.target ?? Deno.build.arch;
  if (target !== "x86_64" && target !== "aarch64") {
    throw new CompileError(`Cannot compile for "${target}": expected x86_64 or aarch64`);
  }
  return { target, output: resolve(values.output ?? join(ROOT, "dist", "autoborg")) };
}

async function build(): Promise<Build> {
  const epoch = Deno.env.get("SOURCE_DATE_EPOCH");
  const moment = epoch === undefined ? new Date() : new Date(Number(epoch) * 1_000);
  const date = moment.toISOString().slice(0, 10);
  const options = ["--always", "--dirty", "--abbrev=8", "--exclude=*"];
  try {
    const { ok, stdout } = await start("git", ["describe", ...options], ROOT);
    return ok ? { date, commit: stdout.trim() } : { date };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { date };
    throw error;
  }
}

/** Bundles the program, with the facts about the build, into a directory that can be compiled. */
async function bundle(directory: string): Promise<void> {
  const main = relative(directory, join(ROOT, "main.ts"));
  const entry = join(directory, "entry.ts");
  const facts = JSON.stringify(await build());
  await Deno.writeTextFile(entry, `import { main } from "${main}";\n\nawait main(${facts});\n`);
  const args = ["bundle", "--quiet", "--no-check", `--config=${join(ROOT, "deno.json")}`];
  const bundled = join(directory, "bundle");
  const options = ["--code-splitting", `--outdir=${bundled}`, entry];
  const { ok, stderr } = await start(Deno.execPath(), [...args, ...options], ROOT);
  if (!ok) throw new CompileError(`Cannot bundle the program: ${stderr}`);
  // The name that every compiler looks for.
  await Deno.rename(join(bundled, "entry.js"), join(bundled, "main.ts"));
  const { version, permissions } = manifest;
  const settings = { name: "autoborg", version, permissions };
  await Deno.writeTextFile(join(bundled, "deno.json"), JSON.stringify(settings));
}

async function compile(directory: string, { target, output }: Request): Promise<void> {
  const compiler = Deno.env.get("AUTOBORG_COMPILER");
  if (compiler !== undefined && compiler !== "") {
    const { ok, stderr } = await start(compiler, [directory, output], ROOT);
    if (!ok) throw new CompileError(`Cannot compile with "${compiler}": ${stderr}`);
    return;
  }
  const triple = `--target=${target}-unknown-linux-gnu`;
  // Without the last option the program would execute byte code from a file in /tmp, which any user
  // of the machine may have put there.
  const safe = ["--no-prompt", "-P", "--no-code-cache"];
  const args = ["compile", "--quiet", "--no-check", triple, ...safe];
  const { ok, stderr } = await start(
    Deno.execPath(),
    [...args, `--output=${output}`, "main.ts"],
    directory,
  );
  if (!ok) throw new CompileError(explain(stderr, target));
}

/** What went wrong is nearly always that the runtime is missing. */
function explain(stderr: string, target: Target): string {
  const lacksRuntime = /base binary|denort|error sending request/i.test(stderr);
  if (!lacksRuntime) return `Cannot compile the program: ${stderr}`;
  const { deno } = Deno.version;
  const given = Deno.env.get("DENORT_BIN");
  if (given !== undefined && given !== "") {
    return `Cannot compile the program with DENORT_BIN="${given}": expected the runtime "denort" ` +
      `of Deno ${deno} for ${target} there: ${stderr}`;
  }
  return [
    `Cannot compile the program: "deno compile" needs Deno's slim runtime "denort", version ` +
    `${deno} for ${target}, and could not download it`,
    `hint: Let this machine reach Deno's download server, or bring denort of exactly this ` +
    `version and architecture from elsewhere (it is a part of every release of Deno) and name it:`,
    `    DENORT_BIN=/path/to/denort deno task ${target === "x86_64" ? "compile" : "compile:arm64"}`,
  ].join("\n");
}

/** An executable for another machine, or one that does not start, must not be taken for ours. */
async function verify({ target, output }: Request): Promise<string> {
  const header = new Uint8Array(20);
  using file = await Deno.open(output);
  await file.read(header);
  const machine = new DataView(header.buffer).getUint16(18, true);
  if (machine !== MACHINES[target]) {
    throw new CompileError(
      `Cannot use what was compiled: expected an executable for ${target}, found one for another ` +
        `machine; see which runtime DENORT_BIN names`,
    );
  }
  if (target !== Deno.build.arch) return `for ${target}, not tried on this machine`;
  const { ok, stdout, stderr } = await start(output, ["--version"], "/");
  if (!ok || !stdout.startsWith(`autoborg ${manifest.version},`)) {
    throw new CompileError(
      `Cannot use what was compiled: expected it to say its version, found "${stdout}${stderr}"; ` +
        `the runtime that DENORT_BIN names must be of Deno ${Deno.version.deno}`,
    );
  }
  return stdout.trim();
}

/** Puts an executable in its place in one step; it may be in use there. */
async function install(made: string, output: string): Promise<void> {
  await Deno.mkdir(dirname(output), { recursive: true });
  const beside = `${output}.new`;
  await Deno.copyFile(made, beside);
  await Deno.rename(beside, output);
}

async function main(): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "autoborg-compile-" });
  try {
    const request = readRequest(Deno.args);
    await bundle(directory);
    // What turns out to be no good must not lie where people look for an executable.
    const made = { ...request, output: join(directory, basename(request.output)) };
    await compile(join(directory, "bundle"), made);
    const says = await verify(made);
    await install(made.output, request.output);
    const size = (await Deno.stat(request.output)).size / 1_048_576;
    write(Deno.stdout, `${request.output}: ${size.toFixed(0)} MiB, ${says}\n`);
  } catch (error) {
    if (!(error instanceof CompileError) && !(error instanceof TypeError)) throw error;
    write(Deno.stderr, `error: ${error.message}\n`);
    Deno.exitCode = 1;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function write(stream: typeof Deno.stdout, text: string): void {
  stream.writeSync(new TextEncoder().encode(text));
}

await main();
