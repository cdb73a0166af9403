import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT, runToEnd } from "./program.ts";
import { scriptTest } from "./scripts.ts";

/** Compiles for a machine whose runtime nobody has downloaded here before. */
async function compile(directory: string, env: Readonly<Record<string, string>>) {
  const given = Deno.env.toObject();
  delete given.AUTOBORG_COMPILER;
  delete given.DENORT_BIN;
  const options = ["--target", "aarch64", "--output", join(directory, "autoborg")];
  const command = [Deno.execPath(), "run", "--quiet", "-A", `${ROOT}scripts/compile.ts`];
  const ended = await runToEnd([...command, ...options], { env: { ...given, ...env } });
  return { ...ended, left: [...Deno.readDirSync(directory)].map(({ name }) => name) };
}

scriptTest("compile.ts says that the runtime is missing when it can't be downloaded", async () => {
  const directory = await Deno.makeTempDir();
  try {
    // Deno downloads its bundler when it bundles for the first time on a machine.
    await compile(directory, { DENORT_BIN: "/nowhere/denort" });
    // Nothing answers at this port.
    const { code, stderr, left } = await compile(directory, { HTTPS_PROXY: "http://127.0.0.1:9" });
    assert.equal(code, 1, stderr);
    assert.match(
      stderr,
      /^error: Cannot compile the program: .*"denort", version [\d.]+ for aarch64/,
    );
    assert.match(stderr, /DENORT_BIN=\/path\/to\/denort deno task compile:arm64\n/);
    assert.doesNotMatch(stderr, /https?:|at file:|Caused by/);
    assert.deepEqual(left, []);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

scriptTest(
  "compile.ts leaves no executable behind when DENORT_BIN is for another machine",
  async () => {
    const directory = await Deno.makeTempDir();
    try {
      const { code, stderr, left } = await compile(directory, { DENORT_BIN: "/bin/true" });
      assert.equal(code, 1, stderr);
      assert.match(stderr, /expected an executable for aarch64, found one for another machine/);
      assert.deepEqual(left, []);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

scriptTest("compile.ts names DENORT_BIN when there is no runtime at that place", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const { code, stderr } = await compile(directory, { DENORT_BIN: "/nowhere/denort" });
    assert.equal(code, 1, stderr);
    assert.match(stderr, /DENORT_BIN="\/nowhere\/denort": expected the runtime "denort" of Deno/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

scriptTest("compile.ts ends with a sentence when the command line is wrong", async () => {
  const command = [Deno.execPath(), "run", "--quiet", "-A", `${ROOT}scripts/compile.ts`];
  const env = Deno.env.toObject();
  for (
    const [args, says] of [[["--target", "riscv"], "expected x86_64"], [
      ["--nix"],
      "--nix",
    ]] as const
  ) {
    const { code, stderr } = await runToEnd([...command, ...args], { env });
    assert.equal(code, 1);
    assert.ok(stderr.startsWith("error: ") && stderr.includes(says), stderr);
  }
});
