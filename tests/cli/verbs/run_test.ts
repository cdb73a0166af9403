import assert from "node:assert/strict";
import { MailServer } from "../../report/mail/mail_server.ts";
import { repositoryTable, Scene } from "../scene.ts";
import { logLine } from "../../borg/double.ts";
import { NOW } from "../outside.ts";

const KEEP = { retention: { keep_daily: 7 } };

Deno.test("run makes, verifies, checks, prunes and compacts when nothing goes wrong", async () => {
  using scene = new Scene({ repositories: [repositoryTable("disk", KEEP)] });
  const { code, err } = await scene.run("run");
  assert.equal(code, 0, err);
  assert.deepEqual(scene.borg.started.filter((name) => name.startsWith("borg ")), [
    "borg create",
    // Read back, inspected, and counted by source, as nothing is known of them yet.
    "borg list",
    "borg list",
    "borg list",
    "borg check",
    "borg prune",
    "borg compact",
  ]);
  assert.match(err, /^disk {2}verify +ok .*2 files/m);
  const [archive = ""] = scene.borg.archivesOf("ssh://borg@backup.example/./disk").keys();
  assert.match(archive, /^web-2126-11-22T04:00:00Z-[0-9a-f]{8}$/);
  const log = Deno.readTextFileSync(scene.at("logs", `${archive}.log`));
  assert.match(log, /compaction freed about 1\.20 MB/);
  assert.ok(!log.includes("geheim"), "no passphrase is in the log");
});

Deno.test("run fails, and goes on with the other repositories, when one cannot be read", async () => {
  using scene = new Scene({ repositories: [repositoryTable("disk"), repositoryTable("away")] });
  const create = new Set<string>();
  scene.borg.set("borg create", ({ args }) => {
    create.add(String(args.at(-2)));
    return args.some((arg) => arg.includes("/away::"))
      ? { code: 2, stderr: [logLine("ERROR", "Failed to create/acquire the lock", "LockTimeout")] }
      : { stdout: STATS };
  });
  const { code, err } = await scene.run("run");
  assert.equal(code, 2);
  assert.equal(create.size, 2);
  assert.match(err, /^disk {2}create +ok/m);
  assert.match(err, /^away {2}create +failed/m);
  assert.match(err, /^away {2}compact +skipped/m);
});

const STATS = JSON.stringify({
  archive: {
    stats: { nfiles: 2, original_size: 8, compressed_size: 8, deduplicated_size: 8 },
  },
  cache: { stats: { unique_csize: 80 } },
});

Deno.test("run leaves an optional repository out when it is not there", async () => {
  using scene = new Scene({ repositories: [repositoryTable("disk", { optional: true })] });
  scene.borg.fails("create", "Repository ... does not exist.", "Repository.DoesNotExist");
  const { code, err } = await scene.run("run", "--progress=plain");
  assert.equal(code, 0, err);
  assert.match(err, /disk .*(absent|left out|skipped)/);
  assert.ok(!scene.borg.started.includes("borg check"));
});

Deno.test("run warns, and prunes nothing, when the new archive is much smaller", async () => {
  using scene = new Scene({ repositories: [repositoryTable("disk", KEEP)] });
  const [one = ""] = Object.keys(scene.sourceFiles());
  const many = Array.from({ length: 30 }, (_, number) => [`${one}${number}`, "text"]);
  scene.borg.files = Object.fromEntries(many);
  await scene.run("run", "--skip=verify");
  scene.borg.files = { [one]: "" };
  const { code, err } = await scene.run("run", "--skip=verify");
  assert.equal(code, 1);
  assert.match(err, /much smaller than the last one: 1 file instead of 30/);
  assert.match(err, /prune +skipped/);
  const said = await scene.run("accept", "disk", "--reason", "moved");
  assert.match(said.out, /^accepted: archive-small: the new archive is much smaller/);
  const accepted = await scene.run("run", "--skip=verify,check");
  assert.match(accepted.err, /prune +ok/);
});

Deno.test("run names files that Borg could not read", async () => {
  using scene = new Scene();
  scene.borg.set("borg create", {
    code: 1,
    stdout: STATS,
    stderr: [
      logLine("WARNING", "/srv/secret: open: [Errno 13] Permission denied: 'secret'"),
      JSON.stringify({ type: "file_status", status: "E", path: "srv/secret" }),
    ],
  });
  const { code, err } = await scene.run("run");
  assert.notEqual(code, 0);
  assert.match(err, /srv\/secret/);
});

Deno.test(
  "run fails when Borg does not report what it archived, and when nothing " +
    "was",
  async () => {
    using scene = new Scene();
    scene.borg.set("borg create", { stdout: "not JSON" });
    const odd = await scene.run("run");
    assert.equal(odd.code, 2);
    assert.match(odd.err, /Borg did not report what it stored in the archive/);
    scene.borg.set("borg create", { stdout: STATS.replace('"nfiles":2', '"nfiles":0') });
    const empty = await scene.run("run");
    assert.equal(empty.code, 2);
    assert.match(empty.err, /contains no files/);
  },
);

Deno.test("run fails when a file in the archive differs from its source", async () => {
  using scene = new Scene();
  const [path = ""] = Object.keys(scene.borg.files);
  scene.borg.files = { ...scene.borg.files, [path]: "EINS" };
  const { code, err } = await scene.run("run");
  assert.equal(code, 2);
  assert.match(err, /1 file in the archive differs from its source/);
});

Deno.test("run fails when the check finds damage, and skips what comes after it", async () => {
  using scene = new Scene({ repositories: [repositoryTable("disk", KEEP)] });
  scene.borg.fails(
    "check",
    "Data integrity error: Segment entry checksum mismatch",
    "IntegrityError",
  );
  const { code, err } = await scene.run("run");
  assert.equal(code, 2);
  assert.match(err, /check +failed/);
  assert.match(err, /prune +skipped: check failed/);
});

Deno.test("run warns when a source is missing, and keeps the old archives", async () => {
  using scene = new Scene({ sources: { directories: ["source", "nowhere"] } });
  const { code, err } = await scene.run("run");
  assert.equal(code, 2);
  assert.match(err, /nowhere/);
});

Deno.test("run backs nothing up when foreign files are in temp_dir", async () => {
  using scene = new Scene();
  scene.write("temp/foreign", "");
  Deno.chmodSync(scene.at("temp"), 0o700);
  const { code, err } = await scene.run("run");
  assert.equal(code, 2);
  assert.match(err, /must be empty.*foreign/);
  assert.ok(!scene.borg.started.includes("borg create"));
});

Deno.test("run is refused while another run holds the lock", async () => {
  using scene = new Scene();
  const inner = Promise.withResolvers<Awaited<ReturnType<Scene["run"]>>>();
  scene.borg.set("borg check", async () => {
    inner.resolve(await scene.run("run"));
    return {};
  });
  await scene.run("run");
  const { code, err } = await inner.promise;
  assert.equal(code, 75);
  assert.match(err, /Cannot take the run lock .* has held it since/);
});

Deno.test("run says that Borg is not installed", async () => {
  using scene = new Scene();
  scene.borg.remove("borg create");
  const { code, err } = await scene.run("run");
  assert.equal(code, 2);
  assert.match(err, /create +failed[^]*Cannot start "borg": it is not installed/);
});

Deno.test("run --dry-run prints the commands of a run and starts none of them", async () => {
  using scene = new Scene({
    repositories: [repositoryTable("disk", { ...KEEP, check: { repository_every: "7d" } })],
  });
  const { code, out } = await scene.run("run", "--dry-run");
  assert.equal(code, 0);
  assert.match(out, /^borg create .*::web-2126-11-22T04:00:00Z-/m);
  assert.match(
    out,
    /^# the repository every 7 d, in parts if it takes longer than 1 h:\nborg check /m,
  );
  assert.match(out, /^borg prune .*--keep-daily=7/m);
  assert.match(out, /^borg compact /m);
  assert.ok(!scene.borg.started.some((name) => name.startsWith("borg")));
  using missing = new Scene({ sources: { directories: ["nowhere"] } });
  const refused = await missing.run("run", "--dry-run", "--skip=check,prune");
  assert.equal(refused.code, 2);
  assert.match(refused.err, /nowhere/);
});

Deno.test("run --dry-run --list lists what a run would take, and why the rest is excluded", async () => {
  using scene = new Scene({
    sources: {
      directories: ["source"],
      exclude: ["*.tmp", "pp:source/old"],
      exclude_if_present: [".nobackup"],
      exclude_caches: true,
    },
  });
  scene.write("source/marked/.nobackup", "");
  scene.write("source/cache/CACHEDIR.TAG", "");
  const below = scene.at("source").slice(1);
  const listed = (status: string, path: string) =>
    JSON.stringify({ type: "file_status", status, path: `${below}/${path}` });
  scene.borg.set("borg create", ({ args, cwd }) => {
    assert.ok(args.includes("--dry-run") && args.includes("--list") && !args.includes("--json"));
    assert.deepEqual([args.at(-1), cwd], [below, "/"]);
    const out = ["a.tmp", "marked", "cache", "other"].map((path) => listed("x", path));
    return { stderr: [listed("-", "one.txt"), ...out] };
  });
  const { code, out, err } = await scene.run("run", "--dry-run", "--list");
  assert.equal(code, 0, err);
  assert.deepEqual(out.split("\n"), [
    `+ /${below}/one.txt`,
    `- /${below}/a.tmp  (sources.exclude: "*.tmp")`,
    `- /${below}/marked  (sources.exclude_if_present: ".nobackup")`,
    `- /${below}/cache  (sources.exclude_caches)`,
    `- /${below}/other  (excluded by Borg itself: its cache, its repository or the attribute nodump)`,
    "",
  ]);
  assert.match(err, /^1 files and directories to back up, 4 excluded/m);
  scene.borg.fails("create", "Repository /nowhere does not exist.", "Repository.DoesNotExist");
  const failed = await scene.run("run", "--dry-run", "--list");
  assert.equal(failed.code, 2);
  assert.match(failed.err, /warning: disk: .*\nerror: Cannot list the files: /);
  assert.equal((await scene.run("run", "--list")).code, 64);
});

Deno.test("run writes what it did as JSON when --progress=json says so", async () => {
  using scene = new Scene();
  const { code, out } = await scene.run("run", "--progress=json");
  assert.equal(code, 0);
  const lines = out.trim().split("\n").map((line) => JSON.parse(line));
  assert.ok(lines.length > 0);
});

Deno.test("run writes metrics, old logs go, and the history knows it", async () => {
  using scene = new Scene({
    metrics: { textfile: "metrics.prom" },
    logs: { directory: "logs", keep: 1 },
  });
  scene.write("logs/web-2126-11-01T04:00:00Z-00000000.log", "old");
  await scene.run("run");
  assert.match(Deno.readTextFileSync(scene.at("metrics.prom")), /autoborg_/);
  const history = await scene.run("history", "--json");
  const [run] = JSON.parse(history.out).runs;
  assert.equal(run.startedAt, NOW.toISOString());
});

Deno.test("run refuses a repository that is not configured", async () => {
  using scene = new Scene();
  const { code, err } = await scene.run("run", "--repo=nope");
  assert.equal(code, 64);
  assert.match(err, /nope/);
});

Deno.test("run refuses an invalid configuration", async () => {
  using scene = new Scene();
  scene.write("config.toml", `name = 3\n[logs]\ndirectory = "${scene.at("logs")}"\n`);
  const { code, err } = await scene.run("run");
  assert.equal(code, 78);
  assert.match(err, /name/);
  const [log, ...more] = [...Deno.readDirSync(scene.at("logs"))].map(({ name }) => name);
  assert.match(log ?? "", /^autoborg-.*\.refused\.log$/, "there is no valid name");
  assert.deepEqual(more, []);
});

Deno.test("run paints how far it is on a terminal, and removes it at the end", async () => {
  using scene = new Scene({ repositories: [repositoryTable("disk"), repositoryTable("away")] });
  scene.terminal = true;
  scene.variables.TERM = "xterm";
  const { code, err } = await scene.run("run");
  assert.equal(code, 0);
  // deno-lint-ignore no-control-regex -- control characters are what this is about
  assert.match(err, /\x1b\[/);
  const plain = await scene.run("run", "--progress=none", "--no-color");
  // deno-lint-ignore no-control-regex -- control characters are what this is about
  assert.doesNotMatch(plain.err, /\x1b\[3\d/);
});

const PEOPLE = { from_address: "backup@example.org", recipients: ["root@example.org"] };

Deno.test("run mails its report, with the end of the log of what failed", async () => {
  await using server = await MailServer.start();
  const mail = { server: "127.0.0.1", port: server.port, security: "none", ...PEOPLE };
  using scene = new Scene({ mail: { ...mail, when: "always" } });
  await scene.run("run");
  scene.borg.fails("check", "Data integrity error: checksum mismatch", "IntegrityError");
  await scene.run("run");
  assert.equal(server.received.length, 2);
  const [good, bad] = server.received;
  assert.match(good?.subject ?? "", /web/);
  assert.match(bad?.text ?? "", /checksum mismatch/);
  scene.configure({ mail: { ...mail, when: "problems" } });
  scene.borg.set("borg check", {});
  await scene.run("run");
  assert.equal(server.received.length, 2, "nobody wants to hear of a good run");
});

Deno.test("run mails why it was refused, and why a configuration is invalid", async () => {
  await using server = await MailServer.start();
  const mail = { server: "127.0.0.1", port: server.port, security: "none", ...PEOPLE };
  using scene = new Scene({ mail });
  const refused = Promise.withResolvers<unknown>();
  scene.borg.set("borg check", async () => {
    refused.resolve(await scene.run("run"));
    return {};
  });
  await scene.run("run", "--skip=verify");
  await refused.promise;
  scene.configure({ mail, nonsense: 1 });
  assert.equal((await scene.run("run")).code, 78);
  const subjects = server.received.map(({ subject }) => subject).join("\n");
  assert.match(subjects, /another run holds the lock/);
  assert.match(subjects, /the configuration is invalid/);
});

Deno.test("run pings a server, and warns when it does not answer well", async () => {
  const asked: string[] = [];
  let status = 200;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    asked.push(new URL(request.url).pathname);
    return new Response("OK", { status });
  });
  using scene = new Scene({ ping: { url: `http://127.0.0.1:${server.addr.port}/uuid` } });
  assert.equal((await scene.run("run")).code, 0);
  assert.deepEqual(asked.slice(0, 1), ["/uuid/start"]);
  assert.ok(asked.includes("/uuid/0"));
  status = 404;
  const { code, err } = await scene.run("run");
  assert.equal(code, 1);
  assert.match(err, /404/);
});

Deno.test("run goes on without a log and a history that cannot be written", async () => {
  using scene = new Scene();
  scene.write("logs", "no directory");
  scene.write("state/history.db", "no database");
  Deno.chmodSync(scene.at("state"), 0o700);
  const { code, err } = await scene.run("run");
  assert.equal(code, 1, err);
  assert.match(err, /logs/);
  assert.match(err, /history/);
  assert.match(err, /^disk {2}create +ok/m);
});

Deno.test("run takes a check that ends with warnings for one that found damage", async () => {
  using scene = new Scene({ repositories: [repositoryTable("disk", KEEP)] });
  const stderr = [logLine("ERROR", "Index object count mismatch.")];
  scene.borg.set("borg check", { code: 1, stderr });
  const { code, err } = await scene.run("run", "--skip=verify");
  assert.equal(code, 2);
  assert.match(err, /error: the check found damage: Index object count mismatch\./);
});

Deno.test("run says which step ended with a warning, and which one failed", async () => {
  using scene = new Scene({ repositories: [repositoryTable("disk", KEEP)] });
  scene.borg.set("borg prune", { code: 1, stderr: [logLine("WARNING", "odd")] });
  scene.borg.fails("compact", "Connection closed by remote host", "ConnectionClosed");
  const { code, err } = await scene.run("run", "--skip=verify");
  assert.equal(code, 2);
  assert.match(err, /^disk {2}prune +warning after/m);
  assert.match(err, /^disk {2}compact +failed after/m);
});
