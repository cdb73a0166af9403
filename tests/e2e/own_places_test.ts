import assert from "node:assert/strict";
import { root } from "../faults/needs.ts";
import { lines, Place, QUICK, repository, type Table } from "./place.ts";
import { autoborgCommand, runToEnd } from "./program.ts";

/** Two repositories below the source: without an exclude each archives the other one. */
const INSIDE: Table = {
  repositories: ["first", "second"].map((label) =>
    repository(label, { url: `source/backup/${label}.borg` })
  ),
};

async function makeInside(tables: Table = {}): Promise<Place> {
  const place = await Place.quick({ ...INSIDE, ...tables });
  await Deno.mkdir(place.at("source/backup"));
  await place.expect(0, "init");
  return place;
}

/** The paths in the newest archive of a repository of {@linkcode INSIDE}. */
async function contentsOf(place: Place, label: string): Promise<readonly string[]> {
  const url = place.at(`source/backup/${label}.borg`);
  const newest = lines(await place.borg(label, "list", "--short", url)).at(-1);
  return lines(await place.borg(label, "list", "--short", `${url}::${newest}`));
}

function sizeOf(directory: string): number {
  return [...Deno.readDirSync(directory)].map(({ name, isDirectory }) => {
    const path = `${directory}/${name}`;
    return isDirectory ? sizeOf(path) : Deno.lstatSync(path).size;
  }).reduce((sum, size) => sum + size, 0);
}

Deno.test("run excludes repositories below a source, which do not grow in five unchanged runs", async () => {
  await using place = await makeInside({ verify: { files: 20 } });
  await place.write("source/large.bin", crypto.getRandomValues(new Uint8Array(65_536)));
  const sizes: number[] = [];
  for (let run = 0; run < 5; run++) {
    await place.expect(0, "run");
    sizes.push(sizeOf(place.at("source/backup")));
  }
  const grown = (sizes.at(-1) ?? 0) - (sizes[0] ?? 0);
  assert.ok(grown < 65_536, `${sizes.join(", ")} bytes`);
  for (const label of ["first", "second"]) {
    const paths = await contentsOf(place, label);
    assert.ok(paths.includes(place.archived("source/backup")));
    assert.deepEqual(paths.filter((path) => path.includes(".borg")), []);
  }
  const log = await place.log();
  for (const label of ["first", "second"]) {
    const at = place.at(`source/backup/${label}.borg`);
    const text = `The repository "${label}" at "${at}" is below the source "${place.at("source")}"`;
    assert.ok(log.includes(text), log);
  }
});

Deno.test("run --repo excludes the repositories that it leaves alone, too", async () => {
  await using place = await makeInside();
  await place.expect(0, "run", "--repo", "first");
  assert.deepEqual((await contentsOf(place, "first")).filter((path) => path.includes(".borg")), []);
});

Deno.test("run excludes a repository that its url reaches by a symbolic link", async () => {
  await using place = await makeInside();
  await Deno.symlink(place.at("source/backup"), place.at("link"));
  await place.configure({
    ...QUICK,
    repositories: [repository("first", { url: "link/first.borg" }), repository("second")],
  });
  await place.expect(0, "init", "--repo", "second");
  await place.expect(0, "run", "--repo", "second");
  const kept = (await place.contents("second")).filter((path) => path.includes("first.borg"));
  assert.deepEqual(kept, []);
});

Deno.test({
  name: "run excludes a repository that is mounted once more below a source",
  ignore: root() !== undefined,
  fn: async () => {
    await using place = await Place.quick();
    for (const name of ["elsewhere", "source/again"]) await Deno.mkdir(place.at(name));
    await place.configure({
      ...QUICK,
      repositories: [
        repository("first", { url: "elsewhere/first.borg" }),
        repository("second"),
      ],
    });
    await place.init();
    const script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"';
    const mounting = ["sh", "-c", script, "sh", place.at("elsewhere"), place.at("source/again")];
    const run = [...autoborgCommand(), "run", `--config=${place.at("config.toml")}`];
    const { code, stderr } = await runToEnd(["unshare", "--mount", ...mounting, ...run], {
      env: place.env,
    });
    assert.equal(code, 0, stderr);
    const mounted = (await place.contents("second")).filter((path) => path.includes("/again"));
    assert.deepEqual(mounted, [place.archived("source/again")]);
  },
});

Deno.test("check-config --probe names repositories that are excluded by themselves", async () => {
  await using place = await makeInside();
  const { stdout } = await place.autoborg("check-config", "--probe", "--json");
  const { findings } = JSON.parse(stdout);
  const found = findings.filter(({ topic }: { topic: string }) => topic === "exclude");
  assert.deepEqual(found.map(({ name, state }: Table) => `${name} ${state}`), [
    `${place.at("source/backup/first.borg")} ok`,
    `${place.at("source/backup/second.borg")} ok`,
  ]);
});

Deno.test("check-config --probe names what an exclude pattern misses, and foreign repositories", async () => {
  await using place = await Place.quick({
    sources: { directories: ["source"], exclude: ["*.bin", "*.obj", "sh:**/two.txt"] },
  });
  await place.init();
  const foreign = place.at("source/sub/foreign");
  await place.borg("foreign", "init", "--encryption=repokey", foreign);
  const { stdout } = await place.autoborg("check-config", "--probe", "--json");
  const { findings } = JSON.parse(stdout);
  const found = findings.filter(({ topic }: Table) => topic === "exclude");
  assert.deepEqual(found.map(({ name, state }: Table) => `${name} ${state}`), [
    "*.obj warning",
    `${foreign} warning`,
  ]);
  // The hint is what Borg needs.
  const [, pattern = ""] = /Add "(.*)" to/.exec(found.at(-1)?.hint ?? "") ?? [];
  await place.configure({ ...QUICK, sources: { directories: ["source"], exclude: [pattern] } });
  await place.expect(0, "run");
  const kept = (await place.contents("first")).filter((path) => path.includes("foreign"));
  assert.deepEqual(kept, []);
});

Deno.test("run archives once what lies in several sources, and what an outer one excludes", async () => {
  await using place = await Place.quick({
    sources: {
      directories: ["source", "source/sub", "source/kept/deep", "a/b/link/sub/in"],
      exclude_if_present: [".nobackup"],
    },
  });
  await place.write("source/kept/.nobackup", "");
  await place.write("source/kept/deep/three.txt", "drei");
  await place.write("source/sub/in/four.txt", "vier");
  await Deno.mkdir(place.at("a/b"), { recursive: true });
  await Deno.symlink(place.at("source"), place.at("a/b/link"));
  await place.init();
  await place.expect(0, "run");
  const files = (await place.contents("first")).filter((path) => /\.(?:txt|bin)$/.test(path));
  assert.deepEqual(files.toSorted(), [
    place.archived("a/b/link/sub/in/four.txt"),
    place.archived("source/kept/deep/three.txt"),
    place.archived("source/one.txt"),
    place.archived("source/sub/random.bin"),
    place.archived("source/sub/two.txt"),
  ]);
});

Deno.test("run archives once a directory that is a source by two names", async () => {
  await using place = await Place.quick({
    sources: { directories: ["link/sub", "source/sub"], one_file_system: true },
  });
  await Deno.symlink(place.at("source"), place.at("link"));
  await place.init();
  await place.expect(0, "run");
  const files = (await place.contents("first")).filter((path) => path.endsWith("two.txt"));
  assert.deepEqual(files, [place.archived("link/sub/two.txt")]);
});

Deno.test("run, init and check-config --probe warn of a repository on the disk of its sources", async () => {
  const judged = { repositories: [repository("first", { same_disk: false })] };
  await using place = await Place.quick(judged);
  const { stdout } = await place.expect(0, "init");
  const warned =
    /The repository "first" at "\S+" lies on the file system of the source "\S+source"/;
  assert.match(stdout, warned);
  const { stderr } = await place.expect(1, "run");
  assert.match(stderr, warned);
  assert.match(stderr, /set same_disk = true in \[\[repositories\]\] "first"/);
  const probed = await place.autoborg("check-config", "--probe", "--json");
  const { findings } = JSON.parse(probed.stdout);
  assert.ok(
    findings.some(({ name, message }: Record<string, string>) =>
      name === "first" && warned.test(message ?? "")
    ),
  );
  await place.configure({ ...QUICK, repositories: [repository("first")] });
  await place.expect(0, "run");
});

Deno.test("init, run and check-config --probe refuse a repository that is not encrypted as configured", async () => {
  const open = { label: "open", url: "open.borg", encryption: "none" };
  await using place = await Place.quick({ repositories: [open] });
  await place.expect(0, "init");
  const retention = { keep_last: 1 };
  await place.configure({ ...QUICK, retention, repositories: [repository("open")] });
  const { stderr } = await place.expect(2, "run");
  assert.match(
    stderr,
    /inspect +failed after .*\n +error: The repository is not encrypted, although the/,
  );
  assert.match(stderr, /prune +skipped: inspect failed/);
  const { stdout } = await place.expect(2, "init");
  assert.match(stdout, /is not encrypted, although the configuration says encryption = "repokey-b/);
  const probed = await place.expect(2, "check-config", "--probe");
  assert.match(probed.stdout, /is not encrypted, although the\s+configuration says/);
});
