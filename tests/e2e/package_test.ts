import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { type Ended, ROOT, runToEnd } from "./program.ts";
import { scriptTest } from "./scripts.ts";

/** A directory that is gone at the end. */
class Directory implements AsyncDisposable {
  readonly path: string = Deno.makeTempDirSync({ prefix: "autoborg-package-test-" });
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** Any executable will do as the program: only the machine it is for is looked at. */
async function pack(directory: string, ...more: readonly string[]): Promise<Ended> {
  const given = { ...Deno.env.toObject(), SOURCE_DATE_EPOCH: "1790000000" };
  const options = ["--binary", "/bin/true", "--output", directory, ...more];
  return await runToEnd([`${ROOT}scripts/package.sh`, ...options], { env: given });
}

async function dpkgDeb(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(["dpkg-deb", ...args], {
    env: Deno.env.toObject(),
  });
  assert.equal(code, 0, stderr);
  return stdout;
}

function onlyPackage(directory: string): string {
  const [name = "", ...others] = [...Deno.readDirSync(directory)].map((entry) => entry.name);
  assert.deepEqual(others, []);
  assert.match(name, /^autoborg_[\w.~]+_(amd64|arm64)\.deb$/);
  return join(directory, name);
}

scriptTest(
  "package.sh packs program, units, completions, manual, example and documents for root",
  async () => {
    await using directory = new Directory();
    const { code, stderr } = await pack(directory.path);
    assert.equal(code, 0, stderr);
    const listing = await dpkgDeb("--contents", onlyPackage(directory.path));
    const entries = listing.trim().split("\n").map((line) => line.split(/\s+/));
    assert.ok(entries.every(([, owner]) => owner === "root/root"), listing);
    const modes = new Map(entries.map(([mode = "", , , , , path = ""]) => [path, mode]));
    for (
      const [path, mode] of [
        ["./usr/bin/autoborg", "-rwxr-xr-x"],
        ["./etc/autoborg/", "drwx------"],
        ["./etc/autoborg/hooks/", "drwx------"],
        ["./usr/lib/systemd/system/autoborg.service", "-rw-r--r--"],
        ["./usr/lib/systemd/system/autoborg.timer", "-rw-r--r--"],
        ["./usr/lib/systemd/system/autoborg-status.service", "-rw-r--r--"],
        ["./usr/lib/systemd/system/autoborg-status.timer", "-rw-r--r--"],
        ["./usr/lib/systemd/system/autoborg-status@.service", "-rw-r--r--"],
        ["./usr/lib/systemd/system/autoborg-status@.timer", "-rw-r--r--"],
        ["./usr/share/bash-completion/completions/autoborg", "-rw-r--r--"],
        ["./usr/share/zsh/vendor-completions/_autoborg", "-rw-r--r--"],
        ["./usr/share/fish/vendor_completions.d/autoborg.fish", "-rw-r--r--"],
        ["./usr/share/man/man1/autoborg.1.gz", "-rw-r--r--"],
        ["./usr/share/man/man5/autoborg.toml.5.gz", "-rw-r--r--"],
        ["./usr/share/autoborg/autoborg.schema.json", "-rw-r--r--"],
        ["./usr/share/doc/autoborg/config.example.toml", "-rw-r--r--"],
        ["./usr/share/doc/autoborg/examples/config.example.toml", "lrwxrwxrwx"],
        ["./usr/share/doc/autoborg/docs/getting-started.md", "-rw-r--r--"],
        ["./usr/share/doc/autoborg/copyright", "-rw-r--r--"],
      ] as const
    ) {
      assert.equal(modes.get(path), mode, path);
    }
    const fields = await dpkgDeb("--field", onlyPackage(directory.path));
    const { version } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
    assert.match(fields, new RegExp(`^Version: ${version}$`, "m"));
    assert.doesNotMatch(fields, /@[A-Z]+@/);
  },
  "dpkg-deb",
);

scriptTest("package.sh packs documents that find each other", async () => {
  await using directory = new Directory();
  assert.equal((await pack(directory.path)).code, 0);
  await dpkgDeb("--extract", onlyPackage(directory.path), directory.path);
  const documents = join(directory.path, "usr/share/doc/autoborg");
  const pages = await runToEnd(["find", documents, "-name", "*.md"], { env: {} });
  for (const page of pages.stdout.trim().split("\n")) {
    for (const [, target = ""] of Deno.readTextFileSync(page).matchAll(/\]\(([^)\s#]+)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      assert.ok(Deno.statSync(join(dirname(page), target)).isFile, `${page}: ${target}`);
    }
  }
}, "dpkg-deb");

scriptTest("package.sh makes the same package again from the same source", async () => {
  await using first = new Directory();
  await using second = new Directory();
  for (const { path } of [first, second]) assert.equal((await pack(path)).code, 0);
  const bytes = [first, second].map(({ path }) => Deno.readFileSync(onlyPackage(path)));
  const sums = await Promise.all(bytes.map((one) => crypto.subtle.digest("SHA-256", one)));
  const [one, two] = sums.map((sum) => new Uint8Array(sum).toHex());
  assert.equal(one, two);
}, "dpkg-deb");

scriptTest("package.sh gives the package the version it is told", async () => {
  await using directory = new Directory();
  assert.equal((await pack(directory.path, "--version", "9.8.7")).code, 0);
  assert.match(onlyPackage(directory.path), /autoborg_9\.8\.7_/);
}, "dpkg-deb");

scriptTest("package.sh lets dpkg take a release for newer than its candidates", async () => {
  await using directory = new Directory();
  assert.equal((await pack(directory.path, "--version", "9.8.7-rc.1")).code, 0);
  const version = await dpkgDeb("--field", onlyPackage(directory.path), "Version");
  const compare = ["dpkg", "--compare-versions", version.trim(), "lt", "9.8.7"];
  assert.equal((await runToEnd(compare, { env: Deno.env.toObject() })).code, 0, version);
}, "dpkg-deb");

scriptTest("package.sh ends with 2 and a sentence when there is no program to pack", async () => {
  await using directory = new Directory();
  for (
    const [args, says] of [
      [["--binary", "/etc/passwd"], "expected an executable for x86-64 or 64-bit ARM"],
      [["--binary", join(directory.path, "none")], 'run "deno task compile" first'],
      [["--nix", "x"], 'found "--nix"'],
      [["--binary"], 'expected a value after "--binary"'],
    ] as const
  ) {
    const command = [`${ROOT}scripts/package.sh`, "--output", directory.path, ...args];
    const { code, stderr } = await runToEnd(command, { env: Deno.env.toObject() });
    assert.equal(code, 2, stderr);
    assert.ok(stderr.includes(says), stderr);
  }
  assert.deepEqual([...Deno.readDirSync(directory.path)], []);
});
