import assert from "node:assert/strict";
import { entryLine, logLine } from "../../borg/double.ts";
import { Person } from "../person.ts";
import { repositoryTable, Scene } from "../scene.ts";

const TWO = { repositories: [repositoryTable("disk"), repositoryTable("away")] };
const DISK = "ssh://borg@backup.example/./disk";
const AWAY = "ssh://borg@backup.example/./away";
const OLD = "web-2126-11-10T04:00:00Z-0123abcd";
const NEW = "web-2126-11-11T04:00:00Z-4567cdef";
const FOREIGN = "by hand";
/** Of another machine with the same name. */
const FAR = "web-2126-11-22T04:30:00Z-89abcdef";

/** Two archives of ours in both repositories, and one of somebody else's in the first. */
function sceneWithArchives(): Scene {
  const scene = new Scene(TWO);
  const files = scene.sourceFiles();
  for (const url of [DISK, AWAY]) {
    scene.borg.archivesOf(url).set(OLD, { ...files, "etc/old.conf": "old" }).set(NEW, files);
  }
  scene.borg.archivesOf(DISK).set(FOREIGN, { "etc/foreign": "" });
  return scene;
}

Deno.test("list shows the archives of all repositories side by side", async () => {
  using scene = sceneWithArchives();
  scene.borg.archivesOf(AWAY).delete(OLD);
  const { code, out } = await scene.run("list");
  assert.equal(code, 0);
  const [head = "", first = "", second = ""] = out.split("\n");
  assert.match(head, /^archive .*disk +away$/);
  assert.match(first, new RegExp(`^${NEW} .* yes +yes$`));
  assert.match(second, new RegExp(`^${OLD} .* yes +missing$`));
  assert.match(out, /^and 1 of other series; --all lists them too$/m);
  assert.match((await scene.run("list", "--all")).out, /^by hand /m);
});

Deno.test("list --json names a repository that cannot be read", async () => {
  using scene = sceneWithArchives();
  scene.borg.set(
    "borg list",
    ({ args }) =>
      args.includes(AWAY)
        ? { code: 2, stderr: [logLine("ERROR", "…", "Repository.DoesNotExist")] }
        : { stdout: '{"archives": []}' },
  );
  const { code, out, err } = await scene.run("list", "--json");
  assert.equal(code, 1);
  assert.match(err, /warning: away: there is no repository/);
  const { repositories } = JSON.parse(out);
  assert.deepEqual(repositories.map(({ readable }: { readable: boolean }) => readable), [
    true,
    false,
  ]);
  scene.borg.set("borg list", { stdout: "not JSON" });
  const none = await scene.run("list");
  assert.equal(none.code, 2);
  assert.match(none.err, /Cannot read any of the repositories "disk", "away"/);
});

Deno.test("list says of a word that is no archive and no path one thing", async () => {
  using scene = sceneWithArchives();
  const nothing = await scene.run("list", "src");
  assert.equal(nothing.out, "");
  assert.match(
    nothing.err,
    /^error: Cannot find in the archive web-\S+: "src"\nhint: There is no archive "src" either: .*\n$/,
  );
  const near = await scene.run("list", "lates");
  assert.equal(near.err, 'note: there is no archive "lates"; this is the latest one\n');
});

Deno.test("list of an archive shows what is in it, or in a part of it", async () => {
  using scene = sceneWithArchives();
  const all = await scene.run("list", "latest");
  assert.equal(all.code, 0);
  assert.match(all.out, /^drwxr-xr-x root +root .*source$/m);
  assert.match(all.out, /^-rw-r--r-- root +root +4 2126-11-2\d .*one\.txt$/m);
  const part = await scene.run("list", OLD, "/etc", "--json");
  const { archive, entries, complete } = JSON.parse(part.out);
  assert.equal(archive, OLD);
  assert.ok(entries.length > 0);
  assert.equal(complete, true);
});

Deno.test("list takes a path for one in the latest archive, and what looks like latest for it", async () => {
  using scene = sceneWithArchives();
  const path = `/${scene.at("source", "sub").slice(1)}`;
  const inLatest = await scene.run("list", "latest", path);
  assert.match(inLatest.out, /two\.txt\n$/);
  for (const words of [[path], [path, "latest"], [path, NEW]]) {
    assert.equal((await scene.run("list", ...words)).out, inLatest.out, words.join(" "));
  }
  const mistyped = await scene.run("list", "lates", path);
  assert.equal(mistyped.out, inLatest.out);
  assert.match(mistyped.err, /note: there is no archive "lates"; this is the latest one/);
  const bare = await scene.run("list", path.slice(1).split("/")[0] ?? "");
  assert.match(bare.out, /two\.txt\n$/);
  assert.match(bare.err, /note: there is no archive "tmp"; this is "\/tmp" in the latest one/);
  const label = await scene.run("list", "disk");
  assert.equal(label.code, 64);
  assert.match(label.err, /it is a repository, .*\nhint: autoborg list --config \S+ --repo disk\n/);
  const day = await scene.run("list", "web-2126-11-10");
  assert.equal(day.code, 2);
  assert.ok(day.err.includes(`Did you mean "autoborg list --config`), day.err);
  assert.match(day.err, new RegExp(`${OLD} /"\\?`));
});

Deno.test("list of an archive fails when it is not there, or Borg prints something else", async () => {
  using scene = sceneWithArchives();
  const missing = await scene.run("list", "web-nope");
  assert.equal(missing.code, 2);
  assert.match(missing.err, /Cannot find the archive "web-nope"/);
  const list = JSON.stringify({ archives: [{ name: NEW, start: "2126-11-11T04:00:00" }] });
  scene.borg.set("borg list", ({ args }) => ({
    stdout: args.includes("--json") ? list : "this is no entry",
  }));
  const odd = await scene.run("list", "latest");
  assert.equal(odd.code, 2);
  assert.match(odd.err, /something that is not a valid entry/);
});

Deno.test("list --retention shows what prune would keep and remove, and changes nothing", async () => {
  using scene = sceneWithArchives();
  scene.configure({ ...TWO, retention: { keep_daily: 1 } });
  const line = (text: string) => logLine("INFO", text, "");
  scene.borg.set("borg prune", ({ args }) => {
    assert.ok(args.includes("--dry-run") && args.includes("--keep-daily=1"), args.join(" "));
    return {
      stderr: [
        line(`Keeping archive (rule: daily[oldest] #1):   ${NEW}   Mon, 2126-11-11 04:00:00 [00]`),
        line(`Would prune:                        ${OLD}   Sun, 2126-11-10 04:00:00 [11]`),
      ],
    };
  });
  const { code, out, err } = await scene.run("list", "--retention", "--repo=disk");
  const kept = `disk  keep    ${NEW}  daily #1, the oldest archive`;
  assert.deepEqual([code, out], [0, `${kept}\ndisk  remove  ${OLD}\n`]);
  assert.match(err, /^disk: 1 to keep, 1 to remove$/m);
  scene.borg.fails("prune", "Repository /nowhere does not exist.", "Repository.DoesNotExist");
  assert.equal((await scene.run("list", "--retention")).code, 1);
  assert.equal((await scene.run("list", "latest", "--retention")).code, 64);
  scene.configure(TWO);
  assert.match((await scene.run("list", "--retention")).err, /disk: no retention is set/);
});

Deno.test("find says in which archives a file is", async () => {
  using scene = sceneWithArchives();
  const { code, out, err } = await scene.run("find", "*.conf", "--last=5");
  assert.equal(code, 0, err);
  assert.match(out, /etc\/old\.conf/);
  assert.match(out, new RegExp(OLD));
  const content = await scene.run("find", "one.txt", "--content", "--json");
  assert.equal(content.code, 0);
  assert.match(content.out, /one\.txt/);
});

Deno.test("find warns when nothing matches, and when an archive cannot be searched", async () => {
  using scene = sceneWithArchives();
  for (const archives of scene.borg.repositories.values()) {
    for (const name of archives.keys()) archives.set(name, {});
  }
  const nothing = await scene.run("find", "*.nothing");
  assert.equal(nothing.code, 1);
  assert.match(nothing.err, /no match for "\*\.nothing" in 2 archives/);
  assert.doesNotMatch(nothing.err, /hint: For a part/);
  assert.match(
    (await scene.run("find", "nothing")).err,
    /no match for "nothing" in 2 archives\n {2}hint: For a part of a name: autoborg find .*'\*nothing\*'$/m,
  );
  const list = JSON.stringify({ archives: [{ name: NEW, start: "2126-11-11T04:00:00" }] });
  scene.borg.set(
    "borg list",
    ({ args }) =>
      args.includes("--json")
        ? { stdout: list }
        : { code: 2, stderr: [logLine("ERROR", "Data integrity error", "IntegrityError")] },
  );
  const failed = await scene.run("find", "*.conf");
  assert.equal(failed.code, 1);
  assert.match(failed.err, new RegExp(`warning: ${NEW} could not be `));
});

Deno.test("restore restores what is asked for", async () => {
  using scene = sceneWithArchives();
  const target = scene.at("back");
  const { code, err } = await scene.run("restore", "/", `--to=${target}`);
  assert.equal(code, 0, err);
  assert.match(err, /restored 2 files and \d+ directories, 8 B, from disk/);
  const [path = ""] = Object.keys(scene.sourceFiles());
  assert.equal(Deno.readTextFileSync(`${target}/${path}`), "eins");
});

Deno.test("restore --dry-run lists what would be restored, and writes nothing", async () => {
  using scene = sceneWithArchives();
  const target = scene.at("back");
  const { code, out, err } = await scene.run(
    "restore",
    "/etc",
    `--to=${target}`,
    "--dry-run",
    `--archive=${OLD}`,
  );
  assert.equal(code, 0, err);
  assert.match(out, /etc\/old\.conf$/m);
  assert.match(err, /would restore \d+ files?/);
  assert.ok(!scene.borg.started.includes("borg extract"));
});

Deno.test("restore replaces nothing that is there unless --overwrite says so", async () => {
  using scene = sceneWithArchives();
  const target = scene.at("back");
  const [path = ""] = Object.keys(scene.sourceFiles());
  scene.write(`back/${path}`, "mine");
  const dry = await scene.run("restore", "/", `--to=${target}`, "--dry-run");
  assert.equal(dry.code, 2);
  assert.match(dry.err, /already there: .*one\.txt/);
  const refused = await scene.run("restore", "/", `--to=${target}`);
  assert.equal(refused.code, 2);
  assert.equal(Deno.readTextFileSync(`${target}/${path}`), "mine");
  const replaced = await scene.run("restore", "/", `--to=${target}`, "--overwrite");
  assert.equal(replaced.code, 0, replaced.err);
  assert.equal(Deno.readTextFileSync(`${target}/${path}`), "eins");
});

Deno.test("restore --overwrite without --to, or to /, shows what it would change, and asks", async () => {
  using scene = sceneWithArchives();
  const one = scene.write("source/one.txt", "changed since");
  Deno.removeSync(scene.at("source", "sub"), { recursive: true });
  const path = scene.at("source");
  const dry = await scene.run("restore", path, "--overwrite", "--dry-run");
  assert.equal(dry.code, 0, dry.err);
  assert.ok(dry.err.includes(`  replace ${one} (13 B, `), dry.err);
  assert.ok(dry.err.includes(`  create  ${scene.at("source", "sub", "two.txt")}\n`), dry.err);
  assert.match(dry.err, /in place: 1 to replace, \d to create, 0 that look the same; /);
  const unasked = await scene.run("restore", path, "--overwrite");
  assert.equal(unasked.code, 64);
  assert.match(
    unasked.err,
    /expected a terminal to ask on, or --yes\nhint: .*autoborg restore --config .* --dry-run/,
  );
  const root = "/".padEnd(2, ".");
  for (const target of ["/", "//", root]) {
    const same = await scene.run("restore", path, "--overwrite", "--to", target);
    assert.deepEqual(same, unasked);
  }
  const person = new Person(false, true);
  scene.prompts = person;
  const { code, err } = await scene.run("restore", path, "--overwrite", "--progress=none");
  assert.equal(code, 2);
  assert.match(err, /in place: 1 to replace.*\nnothing was written\n$/);
  assert.equal(Deno.readTextFileSync(one), "changed since");
  assert.equal((await scene.run("restore", path, "--overwrite")).code, 0);
  assert.equal(Deno.readTextFileSync(one), "eins");
  assert.deepEqual(person.asked, ["Overwrite these files?", "Overwrite these files?"]);
  scene.prompts = undefined;
  scene.write("source/one.txt", "changed again");
  assert.equal((await scene.run("restore", path, "--overwrite", "--yes")).code, 0);
  assert.equal(Deno.readTextFileSync(one), "eins");
  assert.equal(Deno.readTextFileSync(scene.at("source", "sub", "two.txt")), "zwei");
});

Deno.test("restore tries the next repository when one does not deliver the archive", async () => {
  using scene = sceneWithArchives();
  const double = scene.borg;
  let first = true;
  const list = JSON.stringify({ archives: [{ name: NEW, start: "2126-11-11T04:00:00" }] });
  const entry = JSON.stringify({
    ...{ type: "-", mode: "-rw-r--r--", user: "root", group: "root", path: "etc/one", size: 4 },
    ...{ mtime: "2126-11-11T04:00:00", healthy: true, source: "" },
  });
  double.set("borg list", ({ args }) => {
    if (args.includes("--json")) return { stdout: list };
    if (!first) return { stdout: entry };
    first = false;
    return { code: 2, stderr: [logLine("ERROR", "Data integrity error", "IntegrityError")] };
  });
  double.set("borg extract", {
    code: 1,
    stderr: [
      JSON.stringify({ type: "progress_percent", current: 1, total: 2, message: "Extracting" }),
      logLine("WARNING", "etc/one: chown: [Errno 1] Operation not permitted"),
    ],
  });
  const { err } = await scene.run(
    "restore",
    "/etc",
    `--to=${scene.at("back")}`,
    "--progress=plain",
  );
  assert.match(err, /away has the same archive, trying that one/);
});

Deno.test("restore says how an archive is named when one stands among the paths", async () => {
  using scene = sceneWithArchives();
  const { code, err } = await scene.run("restore", OLD, "etc", "--to=/x");
  assert.equal(code, 64);
  assert.match(
    err,
    new RegExp(`hint: autoborg restore --config \\S+ --archive ${OLD} --to /x /etc\n`),
  );
  assert.match((await scene.run("restore", "latest")).err, /hint: .* --archive latest \/\n/);
  for (const typed of ["latest:/etc", `${OLD}:/etc`]) {
    const named = await scene.run("restore", typed, "--to=/x");
    assert.equal(named.code, 64, typed);
    const archive = typed.startsWith("web") ? OLD : "latest";
    assert.match(named.err, new RegExp(`hint: .* --archive ${archive} --to /x /etc\n`));
  }
  // As Borg's users write it, with the repository before the archive.
  const asBorg = await scene.run("restore", "disk::latest:/etc", "--to=/x");
  assert.match(asBorg.err, /^error: Cannot find in the archive web-2126\S+: "\/etc"$/m);
  const whole = await scene.run("restore", "latest", "--to=/x");
  assert.match(whole.err, /hint: .* --archive latest --to \/x \/\n/);
});

Deno.test("restore says how a target is named when it stands last, as for cp and rsync", async () => {
  using scene = sceneWithArchives();
  const path = scene.at("source", "one.txt");
  const { code, err } = await scene.run("restore", path, "out dir");
  assert.equal(code, 2);
  assert.match(
    err,
    /hint: To restore to "out dir": autoborg restore --config \S+ \S+one\.txt --to 'out dir'\./,
  );
});

Deno.test("restore refuses options that do not go together", async () => {
  using scene = sceneWithArchives();
  const both = await scene.run("restore", "/", "--at=2126-11-10", `--archive=${OLD}`);
  assert.equal(both.code, 64);
  assert.equal((await scene.run("restore", "/", "--to", "")).code, 64);
  const early = await scene.run("restore", "/", "--at=2000-01-01", `--to=${scene.at("back")}`);
  assert.equal(early.code, 2);
});

Deno.test("verify compares files of each repository with their source", async () => {
  using scene = sceneWithArchives();
  const { code, out } = await scene.run("verify");
  assert.equal(code, 0, out);
  assert.match(
    out,
    new RegExp(`^disk: ${NEW}, from .*\\n  2 files read back, 8 B: 2 identical`, "m"),
  );
  assert.match(out, /^away: /m);
});

Deno.test("verify fails when a file differs, and goes on with the other repositories", async () => {
  using scene = sceneWithArchives();
  const [path = ""] = Object.keys(scene.sourceFiles());
  scene.borg.archivesOf(AWAY).set(NEW, { ...scene.sourceFiles(), [path]: "EINS" });
  const { code, out } = await scene.run("verify", "--files=all");
  assert.equal(code, 2);
  assert.match(out, /everything in the archive was read and is intact/);
  assert.match(out, /FAILED: differs from its source: ".*one\.txt"/);
  assert.match(out, /hint: Do not rely on this archive/);
});

Deno.test("verify says why an archive cannot be read", async () => {
  using scene = sceneWithArchives();
  scene.borg.set("borg extract", {
    code: 2,
    stderr: [
      logLine("WARNING", "etc/one: file is corrupt"),
      logLine("ERROR", "Data integrity error", "IntegrityError"),
    ],
  });
  const { code, out } = await scene.run("verify", "--files=all", "--repo=disk");
  assert.equal(code, 2);
  assert.match(out, /FAILED: the repository is damaged/);
  scene.borg.archivesOf(AWAY).clear();
  const empty = await scene.run("verify", "--repo=away");
  assert.equal(empty.code, 2);
  assert.equal(empty.out, "away: FAILED: there is no archive to verify yet\n");
  assert.match(empty.err, /^hint: To create the first archive: autoborg run --config \S+$/m);
});

Deno.test("mount shows an archive, and says how to unmount it", async () => {
  using scene = sceneWithArchives();
  Deno.mkdirSync(scene.at("view"));
  scene.borg.set("borg mount", {});
  const { code, err } = await scene.run("mount", "disk", scene.at("view"), "--archive=latest");
  assert.equal(code, 0, err);
  assert.match(err, /mounted on ".*view"; unmount it with: /);
  assert.deepEqual(scene.borg.requests.at(-1)?.args.slice(-2), [
    `${DISK}::${NEW}`,
    scene.at("view"),
  ]);
  scene.borg.fails("mount", "borg mount not available: no FUSE support");
  const failed = await scene.run("mount", "disk", scene.at("view"), "--archive=all");
  assert.equal(failed.code, 2);
  assert.match(failed.err, /Cannot mount: /);
  assert.equal((await scene.run("mount", scene.at("view"), "disk", "--archive=latest")).code, 2);
  const file = await scene.run("mount", "disk", scene.write("file", ""));
  assert.match(file.err, /Cannot mount on ".*file": expected a directory, found a file/);
});

Deno.test("mount makes the directory, and removes it when nothing is mounted", async () => {
  using scene = sceneWithArchives();
  const view = scene.at("new");
  scene.borg.fails("mount", "borg mount not available: no FUSE support");
  assert.equal((await scene.run("mount", "disk", view)).code, 2);
  assert.throws(() => Deno.statSync(view), Deno.errors.NotFound);
  const far = await scene.run("mount", "disk", scene.at("far", "away"));
  assert.match(
    far.err,
    /Cannot mount on ".*away": it cannot be created: the directory above it does not exist/,
  );
  scene.borg.set("borg mount", {});
  assert.equal((await scene.run("mount", "disk", view)).code, 0);
  assert.equal((Deno.statSync(view).mode ?? 0) & 0o777, 0o700);
});

Deno.test("umount unmounts what mount mounted, and nothing else", async () => {
  using scene = sceneWithArchives();
  const view = scene.at("view");
  Deno.mkdirSync(view);
  const none = await scene.run("umount", view);
  assert.match(none.err, /nothing is mounted there/);
  scene.borg.set("mount", { stdout: `/dev/sdb1 on ${view} type ext4 (rw)\n` });
  const disk = await scene.run("umount", view);
  assert.equal(disk.code, 2);
  assert.match(disk.err, /is mounted there, not an archive/);
  scene.borg.set("mount", { stdout: `borgfs on ${view} type fuse (ro)\n` });
  scene.borg.set("borg umount", {});
  assert.equal((await scene.run("umount", view)).code, 0);
  scene.borg.set("borg umount", { code: 1 });
  assert.match((await scene.run("umount", view)).err, /Cannot unmount/);
  scene.borg.remove("mount");
  assert.match((await scene.run("umount", view)).err, /the mount table cannot be read/);
});

Deno.test("borg runs any command of Borg's with the repository's passphrase", async () => {
  using scene = new Scene();
  scene.variables.TERM = "xterm";
  scene.borg.set("borg info", ({ env }) => ({
    code: env.BORG_PASSPHRASE === "geheim of disk" && env.TERM === "xterm" ? 7 : 1,
  }));
  assert.equal((await scene.run("borg", "disk", "--", "info", "::")).code, 7);
  assert.equal((await scene.run("borg", "nope", "--", "info")).code, 64);
  assert.equal((await scene.run("borg", "disk")).code, 64);
});

Deno.test("restore says what it skipped, and what was lost", async () => {
  using scene = sceneWithArchives();
  const entry = (path: string, more = {}) => `- ${entryLine(path, more)}`;
  const list = JSON.stringify({ archives: [{ name: NEW, start: "2126-11-11T04:00:00" }] });
  const entries = Array.from({ length: 25 }, (_, number) => [
    entry(`way/out${number}`, { mode: "lrwxrwxrwx", source: "/etc" }),
    entry(`way/out${number}/passwd`),
  ]).flat();
  scene.borg.set("borg list", ({ args }) => ({
    stdout: args.includes("--json") ? list : [...entries, entry("etc/one")].join("\n"),
  }));
  const warnings = Array.from(
    { length: 60 },
    (_, number) => logLine("WARNING", `way/f${number}: write: [Errno 28] No space left on device`),
  );
  scene.borg.set("borg extract", { code: 1, stderr: warnings });
  const { code, err } = await scene.run(
    "restore",
    "/",
    `--to=${scene.at("back")}`,
    "--progress=json",
  );
  assert.equal(code, 2, err);
  assert.match(err, /skipped: 5 more/);
  assert.match(err, /could have been written outside of the directory/);
  assert.match(err, /further warnings are not shown/);
  assert.match(err, /could not be restored completely/);
});

Deno.test("restore and verify show how far they are on a terminal", async () => {
  using scene = sceneWithArchives();
  scene.terminal = true;
  scene.variables.TERM = "xterm";
  const percent = { type: "progress_percent", current: 1, total: 2, message: "Extracting 50%" };
  scene.borg.set("borg extract", { stderr: [JSON.stringify(percent)] });
  const { err } = await scene.run("restore", "/", `--to=${scene.at("back")}`);
  assert.match(err, /restored 2 files/);
  const { code, out } = await scene.run("verify", "--files=all", "--progress=json");
  assert.equal(code, 0);
  assert.match(out, /"step":"verify","kind":"entries","entries":0,.*reading the archive's index/);
  assert.equal((await scene.run("find", "one.txt")).code, 0);
});

Deno.test("the verbs that read archives say that Borg is not installed", async () => {
  using scene = sceneWithArchives();
  scene.borg.remove("borg list");
  const { code, err } = await scene.run("list");
  assert.equal(code, 2);
  assert.match(err, /Cannot start "borg": it is not installed/);
});

Deno.test("restore and list say what a run found out about the archives", async () => {
  using scene = new Scene(TWO);
  assert.equal((await scene.run("run")).code, 0);
  scene.borg.archivesOf(DISK).set(FAR, scene.sourceFiles());
  const foreign = await scene.run("restore", "/", `--to=${scene.at("passed over")}`);
  assert.equal(foreign.code, 1, foreign.err);
  assert.match(foreign.err, new RegExp(`warning: ${FAR} is newer, and was not created by this`));
  assert.equal((await scene.run("run")).code, 1);
  const instead = await scene.run("restore", "/", `--to=${scene.at("instead")}`);
  assert.equal(instead.code, 1, instead.err);
  assert.match(instead.err, /warning: disk: skipped: 1 archive was not created by this machine/);
  assert.match(instead.err, /restored 2 files .* from away/);
  const stopped = await scene.run("restore", "/", "--repo=disk", `--to=${scene.at("stopped")}`);
  assert.equal(stopped.code, 2);
  assert.match(stopped.err, /Cannot restore from "disk": .*\n.*autoborg accept .* disk$/m);
  const list = await scene.run("list");
  assert.equal(list.code, 0);
  assert.match(list.out, new RegExp(`^${FAR} .* not ours +yes +missing$`, "m"));
  assert.match(list.err, /^note: disk: 1 archive was not created by this machine/m);
  const latest = await scene.run("list", "latest");
  assert.match(latest.err, new RegExp(`^note: ${FAR} is newer`, "m"));
  assert.equal((await scene.run("accept", "disk")).code, 0);
  const accepted = await scene.run("restore", "/", `--to=${scene.at("accepted")}`);
  assert.equal(accepted.code, 1, "it is taken now, but not in silence");
  assert.match(accepted.err, new RegExp(`history has no record of the run that created ${FAR}`));
});

Deno.test("restore warns when the history can't be read, and list only says so", async () => {
  using scene = sceneWithArchives();
  scene.write("state/history.db", "this is no database, and it is long enough to be read");
  const { code, err } = await scene.run("restore", "/", `--to=${scene.at("back")}`);
  assert.equal(code, 1);
  assert.match(err, /^warning: Cannot open the history /m);
  const list = await scene.run("list");
  assert.equal(list.code, 0);
  assert.match(list.err, /^note: Cannot open the history /m);
});

Deno.test("restore takes no archive for a path, wherever it should restore to", async () => {
  using scene = new Scene();
  await scene.run("run");
  for (const more of [[], ["--overwrite"], ["--overwrite", "--yes"], ["--to=/x"]]) {
    const { code, err } = await scene.run("restore", ...more, "latest", scene.at("source"));
    assert.equal(code, 64);
    assert.match(err, /^error: Cannot restore "latest": it is an archive, expected a path$/m);
    const hint = /^hint: autoborg restore .*--archive latest (.*)$/m.exec(err)?.[1] ?? "";
    assert.ok(hint.endsWith(`${scene.at("source")}`) && !hint.includes("/latest"), hint);
  }
});
