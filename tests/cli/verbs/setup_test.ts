import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { logLine } from "../../borg/double.ts";
import { repositoryTable, Scene } from "../scene.ts";

const SCRIPT = fileURLToPath(
  new URL("../../migrate/fixtures/automated_borg_backup.py", import.meta.url),
);

Deno.test("init creates repositories, and says where the keys are kept", async () => {
  using scene = new Scene({
    repositories: [
      repositoryTable("disk"),
      repositoryTable("open", { encryption: "none", passphrase: undefined }),
      repositoryTable("file", { encryption: "keyfile" }),
      repositoryTable("signed", { encryption: "authenticated" }),
    ],
  });
  const { code, out } = await scene.run("init");
  assert.equal(code, 0, out);
  assert.match(out, /^disk: created ssh:.*\/disk \(repokey-blake2\)$/m);
  assert.match(out, /^open: the data is NOT encrypted; anyone/m);
  assert.match(out, /^signed: the data is NOT encrypted, only protected/m);
  assert.match(out, /^file: the key is stored on this machine/m);
  assert.match(out, /autoborg key export .*--repo disk \/root\/keys/);
});

Deno.test("init leaves a repository alone that exists, and fails when one cannot be made", async () => {
  using scene = new Scene();
  scene.borg.fails("init", "A repository already exists at …", "Repository.AlreadyExists");
  const there = await scene.run("init");
  assert.equal(there.code, 0, there.out);
  assert.match(there.out, /already exists, left unchanged/);
  scene.borg.fails("init", "Connection closed by remote host", "ConnectionClosed");
  const away = await scene.run("init", "--repo=disk");
  assert.equal(away.code, 2);
  assert.match(away.out, /^disk: failed: /m);
  scene.borg.set("borg init", { end: { kind: "stopped", code: 130 } });
  assert.match((await scene.run("init")).out, /^disk: interrupted$/m);
});

Deno.test("check-config says what a run would do", async () => {
  using scene = new Scene({
    zfs: { datasets: ["tank/srv"], recursive: true },
    repositories: [
      repositoryTable("disk", {
        optional: true,
        check: { repository_every: "7d", verify_data_every: "90d" },
        retention: { keep_daily: 7, keep_yearly: -1, keep_within: "2d" },
      }),
      repositoryTable("bare", { check: { enabled: false }, compact: { enabled: false } }),
    ],
  });
  const { code, out } = await scene.run("check-config");
  assert.equal(code, 0);
  assert.match(out, /^source: ZFS dataset tank\/srv and all below it$/m);
  assert.match(
    out,
    /^repository: disk \(optional\): \S+: create, check \(repository every 7 d, all data every 90 d\), prune \(keep 7 daily, all yearly, within 2 d\), compact$/m,
  );
  assert.match(out, /^repository: bare: \S+: create$/m);
  assert.equal((await scene.run("check-config", "--json")).code, 64);
  Deno.chmodSync(scene.at("config.toml"), 0o644);
  assert.match((await scene.run("check-config")).err, /^warning: /m);
  assert.match((await scene.run("show-config")).err, /^warning: /m);
});

Deno.test("check-config notes what has no effect, and is satisfied nevertheless", async () => {
  using scene = new Scene({
    repositories: [repositoryTable("disk", { url: "/mnt/disk/borg", ssh_key: "/root/key" })],
    retention: {},
  });
  const { code, out, err } = await scene.run("check-config");
  assert.equal(code, 0);
  assert.deepEqual(err.split("\n").filter((line) => line.startsWith("note: ")), [
    "note: [retention] is empty, so nothing is ever pruned: set keep_daily = 7, for example",
    'note: ssh_key of [[repositories]] "disk" has no effect: its url is a path of this machine',
  ]);
  assert.doesNotMatch(out, /^note: /m);
});

Deno.test("setup names the answers that are missing where nobody can be asked", async () => {
  using scene = new Scene();
  const file = scene.at("new.toml");
  const setup = (...words: string[]) => scene.runAlone("setup", `--config=${file}`, ...words);
  const bare = await setup();
  assert.equal(bare.code, 64);
  assert.match(
    bare.err,
    /^error: Cannot ask without a terminal: expected every answer as an option, and these are missing: /,
  );
  assert.match(bare.err, /^hint: For example: autoborg setup .*--config /m);
  const most = await setup(
    ...["--name=web", "--directory=/etc", `--repo=${scene.at("borg")}`, "--same-disk"],
    ...["--generate-passphrase", "--no-init", "--no-run", "--no-timer"],
  );
  assert.match(most.err, /these are missing: (?:--verify or --no-verify|--\[no-\]verify)$/m);
  assert.throws(() => Deno.statSync(file), Deno.errors.NotFound);
  // What the hint says can be pasted.
  const [, example = ""] = /^hint: For example: autoborg (.*)$/m.exec(most.err) ?? [];
  assert.doesNotMatch((await scene.runAlone(...example.split(" "))).err, /these are missing/);
});

Deno.test("check-config --probe asks everything that a run depends on", async () => {
  using scene = new Scene();
  scene.borg.set(
    "borg list",
    ({ env }) =>
      env.BORG_RSH === "ssh -V"
        ? { code: 2, stderr: ["OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.15"] }
        : {
          stdout: JSON.stringify({
            archives: [{ name: "web", start: "2126-11-21T04:00:00" }],
            encryption: { mode: "repokey-blake2" },
          }),
        },
  );
  const { out } = await scene.run("check-config", "--probe");
  assert.match(out, /borg .*version 1\.4\.0/);
  assert.match(out, /ssh .*OpenSSH_9\.2p1/);
  assert.match(out, /disk .*repokey-blake2; last archive 24 h ago/);
  const json = JSON.parse((await scene.run("check-config", "--probe", "--json")).out);
  assert.ok(Array.isArray(json.findings));
});

Deno.test("check-config --probe says what is wrong with Borg, ssh and repositories", async () => {
  using scene = new Scene({
    repositories: [repositoryTable("disk"), repositoryTable("away", { optional: true })],
  });
  scene.borg.fails("list", "…", "Repository.DoesNotExist");
  const { code, out } = await scene.run("check-config", "--probe");
  assert.equal(code, 2);
  assert.match(out, /disk .*there is no repository/);
  assert.match(out, /away .*it is optional/);
  scene.borg.set("borg list", { code: 1, stdout: "{}", stderr: [logLine("WARNING", "odd")] });
  assert.match((await scene.run("check-config", "--probe")).out, /did not report what is in/);
  scene.borg.set("borg --version", { code: 1, stderr: ["ImportError: no module named borg"] });
  const broken = await scene.run("check-config", "--probe");
  assert.match(broken.out, /Borg does not start: ImportError/);
  scene.borg.remove("borg --version");
  assert.match((await scene.run("check-config", "--probe")).out, /not installed/);
});

Deno.test("show-config and schema print the configuration and its schema", async () => {
  using scene = new Scene();
  const { code, out } = await scene.run("show-config");
  assert.equal(code, 0);
  assert.match(out, /name = "web"/);
  assert.ok(!out.includes("geheim"));
  const { properties } = JSON.parse((await scene.runAlone("schema")).out);
  assert.ok("repositories" in properties);
});

Deno.test("systemd prints the service and the timer", async () => {
  using scene = new Scene();
  const { code, out } = await scene.run("systemd", "--calendar=03:30");
  assert.equal(code, 0);
  assert.match(out, /^OnCalendar=03:30$/m);
  scene.borg.set("systemd-analyze", { stderr: ["Failed to parse calendar specification"] });
  assert.equal((await scene.run("systemd", "--calendar=03:30")).code, 64);
});

Deno.test("systemd writes units, and replaces none that others have changed", async () => {
  using scene = new Scene();
  const one = scene.at("source", "one.txt");
  scene.variables.SSH_AUTH_SOCK = "/run/agent";
  scene.borg.set("mount", { stdout: "systemd-1 on /mnt/disk type autofs (rw)\n" });
  Deno.mkdirSync(scene.at("units"));
  const write = (...more: string[]) =>
    scene.run("systemd", `--write=${scene.at("units")}`, ...more);
  const first = await write();
  assert.equal(first.code, 0, first.err);
  assert.match(first.err, /wrote ".*\.service"[^]*systemctl daemon-reload/);
  assert.match(first.err, /The service has no SSH agent/);
  assert.match((await write()).err, /is up to date/);
  const [unit = ""] = [...Deno.readDirSync(scene.at("units"))].map(({ name }) => name);
  const path = scene.at("units", unit);
  Deno.writeTextFileSync(path, `${Deno.readTextFileSync(path)}# mine\n`);
  const changed = await write();
  assert.equal(changed.code, 2);
  assert.match(changed.err, /it has been edited since/);
  assert.match(
    changed.err,
    /^hint: Keep the changes in a drop-in \("systemctl edit autoborg\S*"\), then use --overwrite/m,
  );
  assert.equal((await write("--overwrite")).code, 0);
  Deno.writeTextFileSync(path, "[Unit]\n");
  assert.match(
    (await write("--overwrite")).err,
    /autoborg did not write it\n *hint: Move it away, or choose another name for the units with --name$/m,
  );
  Deno.removeSync(path);
  Deno.symlinkSync("/dev/null", path);
  assert.match((await write()).err, /it is a link to "\/dev\/null"/);
  Deno.removeSync(path);
  const absent = await write(`--binary=${scene.at("absent")}`);
  assert.match(absent.err, /^warning: there is no ".*\/absent", which the service starts$/m);
  assert.doesNotMatch((await write("--overwrite", `--binary=${one}`)).err, /there is no/);
  const nowhere = await scene.run("systemd", `--write=${scene.at("nowhere")}`);
  assert.match(nowhere.err, /Cannot write units into/);
});

Deno.test("migrate prints the settings of the script, or writes them", async () => {
  using scene = new Scene();
  scene.borg.remove("zfs");
  const printed = await scene.runAlone("migrate", SCRIPT);
  assert.match(printed.out, /^name = /m);
  const target = scene.at("etc");
  const written = await scene.runAlone("migrate", SCRIPT, `--write=${target}`);
  assert.match(written.err, /wrote ".*config\.toml"/);
  assert.equal((Deno.statSync(`${target}/config.toml`).mode ?? 0) & 0o777, 0o600);
  const again = await scene.runAlone("migrate", SCRIPT, `--write=${target}`);
  assert.equal(again.code, 2);
  assert.match(again.err, /Cannot write ".*"/);
});

Deno.test("check-config --probe names a run in progress", async () => {
  using scene = new Scene();
  const probed = Promise.withResolvers<string>();
  scene.borg.set("borg check", async () => {
    probed.resolve((await scene.run("check-config", "--probe")).out);
    return {};
  });
  await scene.run("run");
  assert.match(await probed.promise, /lock .*run [0-9a-f]{8} is in progress/);
});

Deno.test(
  "check-config --probe names what crashed runs left, a mail server and " +
    "metrics",
  async () => {
    using scene = new Scene();
    const run = { runId: "89abcdef", startedAt: "2126-11-20T04:00:00.000Z", trees: [], mounts: [] };
    const snapshots = [{ source: "zfs", name: "tank/srv@autoborg-web-89abcdef", guid: "1" }];
    const leave = (hostname: string) => {
      const journal = { version: 1, name: "web", hostname, runs: [{ ...run, snapshots }] };
      scene.write("state/journal-web.json", JSON.stringify(journal));
      Deno.chmodSync(scene.at("state"), 0o700);
    };
    leave(Deno.hostname());
    const own = await scene.run("check-config", "--probe");
    assert.match(own.out, /crashed runs \(89abcdef\) left 1 snapshot and 0 mounts/);
    leave("elsewhere");
    scene.terminal = true;
    scene.variables.TERM = "xterm";
    const foreign = await scene.run("check-config", "--probe");
    assert.match(foreign.out, /the journal was written on the host "elsewhere"/);
    scene.write("state/journal-web.json", "no JSON");
    assert.match((await scene.run("check-config", "--probe")).out, /leftovers .*failed/);
  },
);
