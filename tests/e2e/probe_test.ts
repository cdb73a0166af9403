import assert from "node:assert/strict";
import { Certificates } from "../report/mail/certificates.ts";
import { MailServer, OddServer } from "../report/mail/mail_server.ts";
import { exists, passphraseOf, Place, repository, snapshot, type Table } from "./place.ts";
import { type Ended, eventually, processesWith, Running, runToEnd } from "./program.ts";
import { NO_SSHD, SshServer } from "./sshd.ts";

interface Row {
  readonly topic: string;
  readonly name: string | null;
  readonly state: string;
  readonly message: string;
  readonly hint: string | null;
}

/** Probes and reads the JSON; the exit code must say the same. */
async function probe(place: Place): Promise<readonly Row[]> {
  return rowsOf(await place.autoborg("check-config", "--probe", "--json"));
}

function rowsOf(ended: Ended): readonly Row[] {
  const report: { state: string; findings: readonly Row[] } = JSON.parse(ended.stdout);
  assert.equal(ended.code, ["ok", "warning", "failed"].indexOf(report.state), ended.stdout);
  assert.equal(ended.stderr, "");
  for (const { message, hint } of report.findings) {
    assert.doesNotMatch(`${message} ${hint}`, /geheim|undefined|\[object/);
  }
  return report.findings;
}

/** The row of a thing; there must be one. */
function row(rows: readonly Row[], topic: string, name: string | null = null): Row {
  const found = rows.find((one) => one.topic === topic && one.name === name);
  assert.ok(found, `no ${topic} ${name} among ${JSON.stringify(rows)}`);
  return found;
}

function place(name: string): [string, string] {
  return ["place", name];
}

/** Those that failed, by their names or topics. */
function failures(rows: readonly Row[]): readonly string[] {
  return rows.filter(({ state }) => state === "failed").map(({ topic, name }) => name ?? topic);
}

function mailTable(port: number, keys: Table = {}): { readonly mail: Table } {
  const addresses = { from_address: "backup@example.org", recipients: ["root@example.org"] };
  return { mail: { server: "localhost", port, security: "none", ...addresses, ...keys } };
}

Deno.test("check-config --probe finds nothing that keeps a run from its work", async () => {
  await using server = await MailServer.start();
  await using here = await Place.quick({
    ...mailTable(server.port),
    repositories: [repository("first"), repository("second", { encryption: "keyfile" })],
    metrics: { textfile: "source/autoborg.prom" },
  });
  await here.init();
  await here.expect(0, "run");
  const before = snapshot(here.at("state")).map((line) => line.split(" ")[0]);
  const rows = await probe(here);
  assert.deepEqual(failures(rows), []);
  assert.match(row(rows, "borg").message, /^version 1\.[24]\./);
  assert.match(
    row(rows, "repository", "first").message,
    /^repokey\S*; last archive [\d.]+ s ago; \S+ \S+ of \S+ \S+ free$/,
  );
  assert.match(row(rows, "repository", "second").message, /^keyfile, key in ".*"; last archive/);
  assert.equal(row(rows, "directory", here.at("source")).state, "ok");
  assert.equal(row(rows, "mail").state, "ok");
  assert.equal(row(rows, "ssh").state, "skipped");
  assert.equal(row(rows, ...place("metrics.textfile")).state, "ok");
  // Nothing is sent, made or left.
  assert.equal(server.received.length, 1, "the mail of the run alone");
  assert.deepEqual(snapshot(here.at("state")).map((line) => line.split(" ")[0]), before);
  assert.deepEqual(processesWith(here.directory), []);
});

Deno.test("check-config --probe makes nothing that a run would make", async () => {
  await using here = await Place.make();
  await here.init();
  const before = snapshot(here.directory).filter((line) => !line.includes("/base/"));
  const rows = await probe(here);
  for (const name of ["paths.state_dir", "paths.temp_dir", "logs.directory"]) {
    assert.match(
      row(rows, ...place(name)).message,
      /does not exist yet and can be created(?:; .* free)?$/,
    );
  }
  for (const name of ["state", "temp", "logs"]) assert.ok(!exists(here.at(name)), name);
  const names = (lines: readonly string[]) => lines.map((line) => line.split(" ")[0]);
  const after = snapshot(here.directory).filter((line) => !line.includes("/base/"));
  assert.deepEqual(names(after), names(before));
});

Deno.test("check-config --probe says which repository is broken, and how", async () => {
  await using here = await Place.make();
  const whole = {
    repositories: [
      repository("good"),
      repository("wrong"),
      repository("absent"),
      repository("usb", { optional: true }),
      repository("closed", { url: "ssh://nobody@127.0.0.1:2/./closed" }),
      repository("keyless", { encryption: "keyfile" }),
      repository("no-repository"),
    ],
  };
  await here.configure(whole);
  for (const label of ["good", "wrong", "keyless"]) await here.autoborg("init", "--repo", label);
  await here.write("no-repository.borg/file", "something");
  const changed = whole.repositories.map((table) =>
    table.label === "wrong" ? { ...table, passphrase: "geheimer" } : table
  );
  await here.configure({ repositories: changed });
  await Deno.remove(here.at("base/.config/borg/keys"), { recursive: true });
  const rows = await probe(here);
  assert.deepEqual(failures(rows), ["wrong", "absent", "closed", "keyless", "no-repository"]);
  const says = (label: string) => {
    const { message, hint } = row(rows, "repository", label);
    return `${message} | ${hint}`;
  };
  assert.match(says("good"), /no archive of "web" yet/);
  assert.match(says("wrong"), /^wrong passphrase \| Correct the passphrase/);
  assert.match(
    says("absent"),
    /^there is no repository at .*autoborg init --config \S+ --repo absent/,
  );
  assert.match(says("closed"), /Connection refused/);
  assert.match(says("keyless"), /key file is not on this machine/);
  assert.match(says("no-repository"), /is not a Borg repository/);
  assert.equal(row(rows, "repository", "usb").state, "skipped");
  assert.match(row(rows, "repository", "usb").message, /as it is optional: there is no repository/);
  assert.match(row(rows, "ssh").message, /^OpenSSH_/);
});

Deno.test("check-config --probe prints a table, the reasons and a last line that counts", async () => {
  await using here = await Place.make({ repositories: [repository("absent")] });
  const { stdout, stderr } = await here.expect(2, "check-config", "--probe");
  assert.match(stdout, /^repository absent +failed +there is no repository at/m);
  assert.match(stdout, /^ +hint: If it is new, create it with "autoborg init/m);
  assert.match(stdout, /^failed: 1 failed, .*\d+ ok\n$/m);
  assert.equal(stderr, "");
});

Deno.test("check-config --probe answers for borg as a run does: an unknown place, no encryption", async () => {
  const table = { encryption: "none", passphrase: undefined };
  await using here = await Place.make({ repositories: [repository("first", table)] });
  await here.init();
  assert.match(row(await probe(here), "repository", "first").message, /^not encrypted; /);
  await Deno.rename(here.at("first.borg"), here.at("moved.borg"));
  await here.configure({
    repositories: [repository("first", { ...table, url: "moved.borg" })],
  });
  const moved = row(await probe(here), "repository", "first");
  assert.equal(moved.state, "failed");
  assert.match(moved.message, /was at another location before/);
});

Deno.test({
  name: "check-config --probe asks a repository on a server, and says why it can't",
  ignore: NO_SSHD !== undefined,
  fn: async () => {
    await using here = await Place.make();
    await Deno.mkdir(here.at("server"));
    await using server = await SshServer.start(here.at("server"));
    const far = server.repository("far");
    await here.configure({ repositories: [repository("far", far)] });
    await here.init();
    assert.equal(row(await probe(here), "repository", "far").state, "ok");
    const options = ["UserKnownHostsFile=/dev/null", "StrictHostKeyChecking=yes"];
    await here.configure({
      repositories: [
        repository("stranger", { ...far, ssh_options: options }),
        repository("keyless", { ...far, url: `${far.url}2`, ssh_key: "nowhere/key" }),
      ],
    });
    const rows = await probe(here);
    assert.match(
      row(rows, "repository", "stranger").message,
      /Host key verification failed|host key is known/,
    );
    const { message, hint } = row(rows, "repository", "keyless");
    assert.match(message, /^the ssh_key "[^"]*nowhere\/key" can't be read: it does not exist$/);
    assert.equal(hint, 'Correct the ssh_key of [[repositories]] "keyless"');
    await here.configure({ repositories: [repository("far", far)] });
    const key = String(far.ssh_key);
    await Deno.chmod(key, 0o644);
    const open = row(await probe(here), "repository", "far");
    assert.equal(open.state, "failed");
    assert.match(open.message, /^other users can read the ssh_key "[^"]*", and ssh ignores it$/);
    assert.equal(open.hint, `chmod 600 ${key}`);
    await Deno.chmod(key, 0o600);
    await runToEnd(["ssh-keygen", "-q", "-p", "-P", "", "-N", "geheim", "-f", key], {
      env: here.env,
    });
    const locked = row(await probe(here), "repository", "far");
    assert.equal(locked.state, "failed");
    assert.match(
      locked.message,
      /^the ssh_key "[^"]*" has a passphrase, which nobody can type at night$/,
    );
    assert.match(locked.hint ?? "", /^To use it without one: "ssh-keygen -p -N '' -f \S+" asks/);
    await runToEnd(["ssh-keygen", "-q", "-p", "-P", "geheim", "-N", "", "-f", key], {
      env: here.env,
    });
    await server.refuseKeys();
    assert.match(row(await probe(here), "repository", "far").message, /Permission denied \(/);
  },
});

Deno.test("check-config --probe ends at once with 130 when it is interrupted, and kills what runs", async () => {
  await using silent = new OddServer("silent");
  const server = `ssh://nobody@127.0.0.1:${silent.port}/./hangs`;
  await using here = await Place.make({
    repositories: [repository("first"), repository("hangs", { url: server })],
    ...mailTable(silent.port),
  });
  await here.expect(0, "init", "--repo", "first");
  const running = here.start("check-config", "--probe");
  assert.ok(await eventually(() => processesWith(server).length > 0, 20_000));
  running.kill("SIGINT");
  const { code, stdout, stderr } = await running.end();
  assert.deepEqual([code, stdout, stderr], [130, "", "interrupted\n"]);
  for (const text of [server, here.directory]) {
    assert.ok(await eventually(() => processesWith(text).length === 0, 5_000), text);
  }
});

Deno.test("check-config --probe says what a run would refuse: foreign files, missing directories", async () => {
  await using here = await Place.make({
    sources: { directories: ["source", "empty", "missing", "link", "source/one.txt", "pipe"] },
    metrics: { textfile: "nowhere/autoborg.prom" },
  });
  await here.init();
  await Deno.mkdir(here.at("empty"));
  assert.equal((await runToEnd(["mkfifo", here.at("pipe")], { env: here.env })).code, 0);
  await Deno.symlink(here.at("source"), here.at("link"));
  await here.write("temp/foreign", "");
  await here.write("state", "a file is in the way");
  const rows = await probe(here);
  assert.match(row(rows, "directory", here.at("missing")).message, /it does not exist$/);
  assert.match(row(rows, "directory", here.at("link")).message, /it is a symbolic link/);
  assert.equal(row(rows, "directory", here.at("empty")).message, "it is empty");
  assert.equal(row(rows, "directory", here.at("source/one.txt")).state, "ok");
  assert.match(row(rows, "directory", here.at("pipe")).message, /neither a directory nor a file/);
  assert.match(row(rows, ...place("metrics.textfile")).message, /nowhere": it does not exist$/);
  assert.equal(row(rows, ...place("paths.state_dir")).state, "failed");
  assert.equal(row(rows, ...place("paths.temp_dir")).state, "failed");
  await Deno.remove(here.at("state"));
  const foreign = row(await probe(here), ...place("paths.temp_dir"));
  assert.match(foreign.message, /it must be empty but contains "foreign"$/);
  assert.match((await here.expect(2, "run")).stderr, /it must be empty but contains "foreign"/);
});

Deno.test(
  "check-config --probe tells of a lock that a run holds, and of crashed " +
    "runs",
  async () => {
    // Longer than the probe takes, which asks Borg again and again meanwhile.
    await using here = await Place.quick({
      repositories: [repository("first", { lock_wait: "5m" })],
    });
    await here.init();
    const url = here.at("first.borg");
    const env = { ...here.env, BORG_PASSPHRASE: passphraseOf("first") };
    const held = await here.write("held", "");
    const wait = ["sh", "-c", "while test -e held; do sleep 0.1; done"];
    const holder = new Running(["borg", "with-lock", url, ...wait], { env, cwd: here.directory });
    assert.ok(await eventually(() => exists(`${url}/lock.exclusive`), 20_000));
    const alone = row(await probe(here), "repository", "first");
    assert.equal(alone.state, "failed");
    assert.match(alone.message, /^the repository is locked by process \d+ on /);
    const run = here.start("run", "--progress=none");
    const runId = (await run.prints(/run [0-9a-f]{8}/)).slice(4);
    const rows = await probe(here);
    assert.match(row(rows, "lock").message, new RegExp(`^run ${runId} is in progress`));
    assert.equal(row(rows, "lock").state, "warning");
    assert.equal(row(rows, "repository", "first").state, "warning");
    await Deno.remove(held);
    assert.equal((await run.end()).code, 0);
    await holder.end();
    assert.equal(row(await probe(here), "lock").message, "no run is in progress");
  },
);

Deno.test("check-config --probe tells of leftovers of crashed runs", async () => {
  await using here = await Place.make();
  await here.init();
  const dead = {
    runId: "0123abcd",
    startedAt: "2026-11-22T04:00:00Z",
    trees: ["/run/autoborg/web"],
    mounts: [],
    snapshots: [{
      source: "zfs",
      name: "tank@autoborg-web-2026-11-22T04:00:00Z-0123abcd",
      guid: "1",
    }],
  };
  const journal = { version: 1, name: "web", hostname: Deno.hostname(), runs: [dead] };
  await here.write("state/journal-web.json", JSON.stringify(journal));
  const leftovers = row(await probe(here), "leftovers");
  assert.equal(leftovers.message, "crashed runs (0123abcd) left 1 snapshot and 0 mounts");
  assert.match(leftovers.hint ?? "", /: autoborg recover --config \S+$/);
  await here.write("state/journal-web.json", JSON.stringify({ ...journal, hostname: "other" }));
  assert.match(row(await probe(here), "leftovers").message, /written on the host "other"/);
  await here.write("state/journal-web.json", "{");
  assert.equal(row(await probe(here), "leftovers").state, "failed");
});

Deno.test("check-config --probe logs in to the mail server and says what is wrong with it", async () => {
  await using certificates = await Certificates.make();
  const login = { username: "backup", password: "mail-geheim-99" };
  await using server = await MailServer.start({ certificate: certificates.of("good"), login });
  await using expired = await MailServer.start({ certificate: certificates.of("expired") });
  await using here = await Place.make();
  await here.init();
  const look = async (port: number, keys: Table) => {
    const secure = { security: "starttls", ca_file: certificates.authority };
    await here.configure(mailTable(port, { ...secure, ...keys }));
    return row(await probe(here), "mail");
  };
  const good = await look(server.port, login);
  // A program made with the runtime of Deno 2.6 does not hear when the certificate ends.
  const until = Deno.env.get("AUTOBORG_BIN") === undefined ? " until 20.*" : "(?: until 20.*)?";
  assert.match(good.message, new RegExp(`TLS, certificate valid${until}, logged in as "backup"$`));
  assert.equal(good.state, "ok");
  const wrong = await look(server.port, { ...login, password: "geheim-too" });
  assert.match(wrong.message, /the login failed; it answered "535/);
  // A program made with the runtime of Deno 2.6 knows no more than the second.
  const refused = /its certificate has expired|no encrypted connection could be made/;
  assert.match((await look(expired.port, {})).message, refused);
  assert.match((await look(2, {})).message, /the connection was refused/);
  assert.equal(server.received.length + expired.received.length, 0);
});

Deno.test("check-config --probe says that Borg is not there, and asks nothing that needs it", async () => {
  await using here = await Place.make();
  await Deno.mkdir(here.at("programs"));
  here.env.PATH = here.at("programs");
  const rows = await probe(here);
  assert.match(row(rows, "borg").message, /it is not installed/);
  assert.equal(row(rows, "repository", "first").state, "skipped");
  await here.write("programs/borg", "#!/bin/sh\necho borg 2.0.0b14\n", 0o700);
  const other = await probe(here);
  assert.match(row(other, "borg").message, /^Borg 2\.0\.0b14 is not supported/);
  assert.equal(row(other, "repository", "first").state, "skipped");
});

Deno.test("check-config --probe repeats the warnings of the configuration", async () => {
  await using here = await Place.make();
  await here.init();
  await Deno.chmod(here.at("config.toml"), 0o644);
  const rows = await probe(here);
  const messages = rows.filter(({ topic }) => topic === "configuration");
  assert.deepEqual(messages.map(({ state }) => state), ["ok", "warning"]);
  assert.match(messages[1]?.message ?? "", /Other users may be able to read/);
});

Deno.test("check-config starts no program and asks nothing without --probe", async () => {
  await using here = await Place.make({ repositories: [repository("absent")] });
  here.env.PATH = here.at("no-programs-here");
  assert.match((await here.expect(0, "check-config")).stdout, /is valid$/m);
  const { stdout, stderr } = await here.expect(64, "check-config", "--json");
  assert.equal(stdout, "");
  assert.match(stderr, /--json needs --probe/);
  await here.write("config.toml", 'name = "web"\n');
  await here.expect(78, "check-config", "--probe");
});
