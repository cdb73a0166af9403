import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { flipBit, largestSegment } from "./damage.ts";
import { importArchive, NO_TARS, type TarEntry } from "./hostile.ts";
import { exists, lines, Place, repository, snapshot } from "./place.ts";
import { runToEnd, which } from "./program.ts";
import { placeWithArchive, restored } from "./restoring.ts";
import { assertSameTree, NO_TREES } from "./tree.ts";

const ROOT = Deno.uid() === 0 ? undefined : "it needs root";

function test(name: string, reason: string | undefined, fn: () => Promise<void>): void {
  const ignore = reason !== undefined;
  Deno.test({ name: `${name}${ignore ? ` (not run: ${reason})` : ""}`, ignore, fn });
}

/** A place with a directory that nothing may be written to. */
async function placeWithElsewhere(tables = {}): Promise<Place> {
  const place = await Place.make(tables);
  await place.init();
  await place.write("elsewhere/secret", "untouched");
  return place;
}

async function requireUntouched(place: Place): Promise<void> {
  assert.deepEqual([...Deno.readDirSync(place.at("elsewhere"))].map(({ name }) => name), [
    "secret",
  ]);
  assert.equal(await Deno.readTextFile(place.at("elsewhere/secret")), "untouched");
}

test("restore writes nothing behind the links of an archive", NO_TARS, async () => {
  await using place = await placeWithElsewhere();
  const elsewhere = place.at("elsewhere");
  const skipped = [
    "p/f",
    "chain/g",
    "a/../../elsewhere/up",
    "./p/../p/f",
    "twice",
    "twice/h",
    "hard/1",
    "hard/2",
    "hard/3",
    "link",
    "\xff/f",
    "new\nline/f",
    "blank /f ",
  ];
  const entries: readonly TarEntry[] = [
    ["symlink", "p", elsewhere],
    ["file", "p/f"],
    ["symlink", "chain", "chain2"],
    ["symlink", "chain2", "p"],
    ["file", "chain/g"],
    ["file", "a/../../elsewhere/up"],
    ["file", "./p/../p/f"],
    ["symlink", "twice", elsewhere],
    ["dir", "twice"],
    ["file", "twice/h"],
    ["file", "plain"],
    ["hardlink", "hard/1", "p/secret"],
    ["hardlink", "hard/2", "../elsewhere/secret"],
    ["hardlink", "hard/3", "nowhere"],
    ["hardlink", "hard/4", "plain"],
    ["symlink", "link", `${elsewhere}/secret`],
    ["file", "link"],
    ["symlink", "\xff", elsewhere],
    ["file", "\xff/f"],
    ["symlink", "new\nline", elsewhere],
    ["file", "new\nline/f"],
    ["symlink", "blank ", elsewhere],
    ["file", "blank /f "],
    ["file", "last"],
  ];
  await importArchive(place, entries);
  for (const flags of [[], ["--overwrite"]]) {
    const { stderr } = await place.expect(2, "restore", "/", "--to=out", ...flags);
    await requireUntouched(place);
    for (const path of skipped) {
      const shown = JSON.stringify(path.replace("\xff", "?"));
      assert.ok(stderr.includes(`skipped: ${shown}: `), `${shown} is named:\n${stderr}`);
    }
    assert.match(stderr, /FAILED: 13 paths of the archive could have been written outside/);
    for (const name of ["plain", "hard/4", "last"]) {
      assert.equal(await Deno.readTextFile(place.at("out", name)), "from the archive");
    }
    assert.ok(!exists(place.at("out/hard/2")));
    if (flags.length === 0) await Deno.remove(place.at("out"), { recursive: true });
    // A second time the links of the archive are there already.
    else break;
  }
  const { stderr } = await place.expect(2, "restore", "p/f", "--to=one");
  assert.match(stderr, /skipped: "p\/f": it is below "p"/);
  const { stdout } = await place.expect(2, "restore", "/", "--to=dry", "--dry-run");
  assert.ok(!stdout.includes("/p/f"), stdout);
  await requireUntouched(place);
});

test("restore judges the archive of each repository that it asks", NO_TARS, async () => {
  const tables = { repositories: [repository("first"), repository("second")] };
  await using place = await placeWithElsewhere(tables);
  await place.write("source/data.bin", randomBytes(300_000));
  const good = `${place.at("first.borg")}::web-2036-11-22T04:00:00Z-0123abcd`;
  await place.borg("first", "create", good, "source");
  await flipBit(largestSegment(place.at("first.borg")), 200_000);
  const entries: readonly TarEntry[] = [
    ["symlink", "source/sub", place.at("elsewhere")],
    ["file", "source/sub/two.txt"],
    ["file", "source/one.txt"],
  ];
  await importArchive(place, entries, "second");
  const { stderr } = await place.autoborg("restore", "source", "--to=out");
  await requireUntouched(place);
  assert.match(stderr, /second has the same archive, trying that one/);
});

/** Extended attributes and access control lists, as far as the file system has them. */
const ATTRIBUTES = `
import os, struct
def acl(*entries):
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
unset = 0xFFFFFFFF
os.setxattr("more/a", "user.comment", b"yes")
access = acl((1, 7, unset), (2, 5, 4715), (4, 5, unset), (16, 5, unset), (32, 1, unset))
os.setxattr("more/a/b", "system.posix_acl_access", access)
os.setxattr("more/a/b", "system.posix_acl_default", access)
`;

test("restore gives parents that it makes what the archive has of them", ROOT, async () => {
  await using place = await Place.make({ sources: { directories: ["source", "more"] } });
  await place.init();
  const script = `
set -e
mkdir -p more/a/b more/c more/d
echo content > more/a/b/file
echo linked > more/c/first
ln more/c/first more/d/hard
python3 -c "$ATTRIBUTES" || true
chown 4711:4712 more/a; chmod 2750 more/a
chown 4713:4714 more/a/b
touch -d 2001-02-03T04:05:06 more/a/b more/a more`;
  const env = { ...place.env, ATTRIBUTES };
  const made = await runToEnd(["sh", "-c", script], { env, cwd: place.directory });
  assert.equal(made.code, 0, made.stderr);
  await place.expect(0, "run", "--skip=check,compact,verify");
  const path = place.at("more/a/b/file");
  const many = Array.from({ length: 60 }, (_, number) => number % 2 === 0 ? path : `${path}/`);
  for (const [at, asked] of [[path], [`${place.at("more/a")}/**/file`], many].entries()) {
    await place.expect(0, "restore", `--to=out${at}`, ...asked);
    for (const name of ["more/a", "more/a/b", "more"]) {
      const source = Deno.lstatSync(place.at(name));
      const back = Deno.lstatSync(place.at(`out${at}`, place.archived(name)));
      for (const key of ["uid", "gid", "mode"] as const) {
        assert.equal(back[key], source[key], `${key} of ${name} in out${at}`);
      }
      assert.equal(back.mtime?.getTime(), source.mtime?.getTime(), `time of ${name} in out${at}`);
    }
    const file = place.at(`out${at}`, place.archived("more/a/b/file"));
    assert.equal(await Deno.readTextFile(file), "content\n");
    assert.ok(!exists(place.at(`out${at}`, place.archived("more/c"))));
    if (NO_TREES === undefined) {
      await assertSameTree(place.at(`out${at}`, place.archived("more/a")), place.at("more/a"));
    }
  }
  // What exists already keeps what it is, and a hard link needs no other name of its file.
  await Deno.chmod(place.at("out0", place.archived("more")), 0o711);
  await place.expect(0, "restore", "--to=out0", place.at("more/d/hard"));
  const hard = place.at("out0", place.archived("more/d/hard"));
  assert.equal(await Deno.readTextFile(hard), "linked\n");
  const { mode } = Deno.lstatSync(place.at("out0", place.archived("more")));
  assert.equal((mode ?? 0) & 0o777, 0o711);
});

test("restore does not write through what it can't replace", ROOT, async () => {
  await using place = await placeWithArchive();
  await place.write("elsewhere/secret", "untouched");
  const one = restored(place, "source/one.txt");
  await place.expect(0, "restore", place.at("source/one.txt"), "--to=out");
  await Deno.remove(one);
  await Deno.symlink(place.at("elsewhere/secret"), one);
  const start = { env: place.env, cwd: place.directory };
  const directory = restored(place, "source");
  if ((await runToEnd(["chattr", "+i", directory], start)).code === 0) {
    try {
      const path = place.at("source/one.txt");
      const { stderr } = await place.expect(2, "restore", path, "--to=out", "--overwrite");
      assert.match(stderr, /one\.txt" can't be replaced/);
    } finally {
      await runToEnd(["chattr", "-i", directory], start);
    }
  }
  assert.equal(await Deno.readTextFile(place.at("elsewhere/secret")), "untouched");
  await place.expect(0, "restore", place.at("source/one.txt"), "--to=out", "--overwrite");
  assert.ok(Deno.lstatSync(one).isFile);
  // Another name of a file outside is not written to either.
  await Deno.remove(one);
  await Deno.link(place.at("elsewhere/secret"), one);
  await place.expect(0, "restore", place.at("source/one.txt"), "--to=out", "--overwrite");
  assert.equal(await Deno.readTextFile(one), "eins");
  assert.equal(await Deno.readTextFile(place.at("elsewhere/secret")), "untouched");
});

test("restore refuses a directory that another user can change", ROOT, async () => {
  await using place = await placeWithArchive();
  await Deno.chmod(place.directory, 0o755);
  const path = place.at("source/one.txt");
  await Deno.mkdir(place.at("home"), { recursive: true });
  await Deno.mkdir(place.at("anna/inner"), { recursive: true });
  await Deno.chown(place.at("anna"), 4711, 4711);
  for (const target of ["anna", "anna/back", "anna/inner", "anna/inner/back"]) {
    const { stderr } = await place.expect(2, "restore", path, `--to=${target}`);
    assert.match(stderr, /user 4711 can change ".*\/anna" and so redirect the restore/);
    assert.match(stderr, /Nothing was written/);
  }
  // A link of that user's, too, but not one of root's.
  await Deno.mkdir(place.at("tmp"), { mode: 0o700 });
  await Deno.chmod(place.at("tmp"), 0o1777);
  await Deno.mkdir(place.at("mine"));
  await Deno.symlink(place.at("mine"), place.at("tmp/link"));
  await Deno.symlink(place.at("mine"), place.at("good"));
  await runToEnd(["chown", "-h", "4711", place.at("tmp/link")], { env: place.env });
  await place.expect(2, "restore", path, "--to=tmp/link");
  await place.expect(2, "restore", path, "--to=tmp");
  await place.expect(0, "restore", path, "--to=tmp/back");
  await place.expect(0, "restore", path, "--to=good");
  assert.equal(await Deno.readTextFile(place.at("mine", place.archived("source/one.txt"))), "eins");
  // On the way to what is restored.
  await Deno.mkdir(place.at("out", place.archived("source")), { recursive: true });
  await Deno.chown(place.at("out", place.archived("source")), 4711, 4711);
  const { stderr } = await place.expect(2, "restore", path, "--to=out");
  assert.match(stderr, /user 4711 can change ".*out\/.*\/source"/);
  await place.expect(0, "restore", path, "--to=out", "--allow-shared");
  await place.expect(0, "restore", path, "--to=anna/back", "--allow-shared");
  // Nobody gets into a directory that is closed, whatever is in it.
  await Deno.chmod(place.directory, 0o700);
  await place.expect(0, "restore", path, "--to=anna/other");
});

const NO_TMPFS = ROOT ?? (which("mount") === undefined ? "mount is not installed" : undefined);

test("restore onto a full disk ends with 2 and names what is missing", NO_TMPFS, async () => {
  await using place = await Place.make();
  await place.write("source/big.bin", randomBytes(300_000));
  await place.init();
  await place.expect(0, "run", "--skip=check,compact,verify");
  await Deno.mkdir(place.at("full"));
  const start = { env: place.env, cwd: place.directory };
  const mount = ["mount", "-t", "tmpfs", "-o", "size=128k,mode=0700", "tmpfs", "full"];
  if ((await runToEnd(mount, start)).code !== 0) return;
  try {
    const { stderr } = await place.expect(2, "restore", place.at("source"), "--to=full");
    assert.match(stderr, /not restored: .*source\/big\.bin: write: .*No space left on device/);
    assert.match(stderr, /FAILED: \d+ entr(?:y|ies) could not be restored completely/);
    const one = place.at("full", place.archived("source/one.txt"));
    assert.equal(await Deno.readTextFile(one), "eins");
  } finally {
    await runToEnd(["umount", "full"], start);
  }
});

Deno.test("restore takes more paths than Borg compares one by one", async () => {
  await using place = await Place.make();
  const names = Array.from({ length: 80 }, (_, number) => `many/${number}`);
  const odd = ["many/a?b", "many/[x]", "many/end ", "many/new\nline", "many/d/e/f"];
  for (const name of [...names, ...odd, "many/other"]) await place.write(`source/${name}`, name);
  await place.init();
  await place.expect(0, "run", "--skip=check,compact,verify");
  const asked = [...names, ...odd.slice(0, 4), "many/d"].map((name) => place.at("source", name));
  await place.expect(0, "restore", "--to=out", ...asked);
  const found = lines(snapshot(restored(place, "source/many")).join("\n"));
  assert.ok(!found.some((line) => line.includes("other")));
  for (const name of [...names, ...odd]) {
    assert.equal(await Deno.readTextFile(restored(place, "source", name)), name);
  }
  const { stderr } = await place.expect(2, "restore", "--to=out2", ...asked, "/nowhere");
  assert.match(stderr, /Cannot find in the archive .*"\/nowhere"/);
});
