import assert from "node:assert/strict";
import { Place, QUICK, repository, type Table } from "./place.ts";

/** Enough files that their loss would be an alarm. */
const FILES = 40;

/** Three repositories: one gets all sources, the others a part of them each. */
function tables(offsite: Table = {}, more: Table = {}): Table {
  return {
    ...QUICK,
    verify: { files: 200 },
    retention: { keep_last: 1 },
    sources: { directories: ["source", "media"], optional: ["usb"] },
    repositories: [
      repository("offsite", { directories: ["source"], exclude: ["*.bin"], ...offsite }),
      repository("movies", { directories: ["media", "usb"] }),
      repository("disk"),
    ],
    ...more,
  };
}

async function make(): Promise<Place> {
  const place = await Place.quick(tables());
  for (let file = 0; file < FILES; file += 1) {
    await place.write(`media/film${file}.mkv`, `film ${file}`);
  }
  await place.write("usb/photo.jpg", "photo");
  await place.init();
  return place;
}

async function pathsIn(place: Place, label: string): Promise<string[]> {
  const { stdout } = await place.expect(0, "list", "--json", "--repo", label, "latest", "/");
  const { entries } = JSON.parse(stdout) as { entries: { path: string; type: string }[] };
  const start = `${place.directory}/`;
  return entries.filter(({ type, path }) => type === "file" && path.startsWith(start))
    .map(({ path }) => path.slice(start.length)).filter((path) => !/film[1-9]/.test(path)).sort();
}

Deno.test("run gives each repository the sources that it is to get", async () => {
  await using place = await make();
  const expect = [
    { path: place.archived("source/one.txt") },
    { path: place.archived("media"), min_files: FILES },
    { path: place.archived("source/sub/random.bin") },
  ];
  await place.configure(tables({}, { expect }));
  const { stdout: summary } = await place.expect(0, "check-config");
  assert.match(summary, /^offsite gets only: directories \S+\/source$/m);
  assert.match(summary, /^offsite excludes: \*\.bin$/m);
  const { stdout: plan } = await place.expect(0, "run", "--dry-run");
  const [offsite = "", movies = "", disk = ""] = plan.split("\n").filter((line) =>
    line.includes("borg create")
  );
  assert.match(offsite, /'?--exclude=\*\.bin'? .* \S+\/source$/);
  assert.match(movies, /\/media \S+\/usb$/);
  assert.doesNotMatch(disk, /--exclude/);
  // What was written a moment ago can't be compared.
  await place.settle();
  const { stderr } = await place.expect(0, "run");
  assert.match(stderr, /offsite +verify +ok/);
  assert.deepEqual(await pathsIn(place, "offsite"), ["source/one.txt", "source/sub/two.txt"]);
  assert.deepEqual(await pathsIn(place, "movies"), ["media/film0.mkv", "usb/photo.jpg"]);
  const everything = ["source/one.txt", "source/sub/random.bin", "source/sub/two.txt"];
  assert.deepEqual(await pathsIn(place, "disk"), [
    ...["media/film0.mkv", ...everything, "usb/photo.jpg"],
  ]);
  const status = JSON.parse((await place.expect(0, "status", "--json")).stdout);
  assert.deepEqual(
    status.repositories.map(({ sources }: { sources: { path: string }[] }) => sources.length),
    [1, 2, 3],
  );

  // A source that one repository does not get is no concern of its.
  await Deno.rename(place.at("media"), place.at("away"));
  await Deno.rename(place.at("usb"), place.at("unplugged"));
  const missing = await place.expect(2, "run");
  assert.match(missing.stderr, /offsite +create +ok/);
  assert.match(missing.stderr, /offsite +prune +ok/);
  assert.match(missing.stderr, /movies +create +failed/);
  assert.match(missing.stderr, /disk +prune +skipped/);
  const history = JSON.parse((await place.expect(0, "history", "--last", "1", "--json")).stdout);
  const incomplete = history.runs[0].repositories.map(({ incomplete }: { incomplete: boolean }) =>
    incomplete
  );
  assert.deepEqual(incomplete, [false, false, true]);
  // Not even a run into this repository alone looks at the others' sources.
  const alone = await place.expect(0, "run", "--repo", "offsite");
  assert.doesNotMatch(alone.stderr, /media/);
});

Deno.test("restore, list and find look where a file is that not every repository gets", async () => {
  await using place = await make();
  await place.expect(0, "run");
  const film = place.at("media/film0.mkv");
  const restored = await place.expect(0, "restore", "--to", place.at("back"), film);
  assert.match(restored.stderr, /from disk|restored/);
  assert.equal(await Deno.readTextFile(place.at("back") + film), "film 0");
  // Without the repository that has everything each of the others has its part.
  const parts = ["--repo", "offsite,movies"];
  const listed = await place.expect(0, "list", ...parts, "latest", film);
  assert.match(listed.stdout, /film0\.mkv$/m);
  assert.match(listed.stderr, /note: "offsite", "movies" get only part of the sources/);
  const again = await place.expect(0, "restore", ...parts, "--to", place.at("again"), film);
  assert.match(again.stderr, /note: "offsite", "movies" get only part of the sources/);
  assert.equal(await Deno.readTextFile(place.at("again") + film), "film 0");
  for (const name of ["film0.mkv", "one.txt"]) {
    const { stdout } = await place.expect(0, "find", "--json", ...parts, name);
    const { paths, searched } = JSON.parse(stdout);
    assert.deepEqual([paths.length, paths[0].versions[0].archives.length, searched], [1, 1, 1]);
  }
  // A repository that is gone leaves those with a part of the archive.
  await Deno.rename(place.at("disk.borg"), place.at("gone.borg"));
  const partly = await place.expect(1, "restore", "--to", place.at("partly"), place.at("source"));
  assert.match(partly.stderr, /warning: disk: /);
  assert.deepEqual([...Deno.readDirSync(place.at("partly") + place.at("source"))].length, 2);
});

Deno.test("run raises no alarm when a repository is to get less than before", async () => {
  await using place = await make();
  await place.configure(tables({ directories: undefined, exclude: undefined }));
  await place.expect(0, "run");
  await place.configure(tables());
  const { stderr } = await place.expect(0, "run");
  assert.match(stderr, /offsite +prune +ok/);
  const status = JSON.parse((await place.expect(0, "status", "--json")).stdout);
  const [offsite] = status.repositories;
  assert.deepEqual(offsite.alarms, []);
  assert.deepEqual(offsite.sources.map(({ path }: { path: string }) => path), [place.at("source")]);
  await place.expect(0, "run");
  // And it may get everything again.
  await place.configure(tables({ directories: undefined, exclude: undefined }));
  await place.expect(0, "run");
});

Deno.test("run --dry-run --list lists what each repository gets, and why it does not", async () => {
  await using place = await make();
  const { stdout } = await place.expect(0, "run", "--dry-run", "--list");
  const [, offsite = "", movies = "", disk = ""] = stdout.split(/^# .*\n/m);
  assert.match(stdout, /^# offsite\n/);
  assert.match(offsite, /^- \S+random\.bin {2}\(repositories\.exclude: "\*\.bin"\)$/m);
  assert.doesNotMatch(offsite, /film/);
  assert.match(movies, /^\+ \S+\/photo\.jpg$/m);
  assert.match(disk, /^\+ \S+random\.bin$/m);
});

Deno.test("check-config warns of a source that no repository gets", async () => {
  await using place = await Place.quick(tables({}, {
    repositories: [repository("offsite", { directories: ["source"] })],
  }));
  const { stderr } = await place.expect(0, "check-config");
  assert.match(
    stderr,
    /^warning: No repository gets the source "\S+\/media": it is not backed up$/m,
  );
  assert.match(stderr, /"\S+\/usb"/);
});
