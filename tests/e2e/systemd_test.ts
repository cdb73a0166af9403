import assert from "node:assert/strict";
import { exists, Place, repository, type Table } from "./place.ts";
import { autoborgCommand, runToEnd, which } from "./program.ts";

const ANALYZE = which("systemd-analyze");

/** The program of the service must be there for `systemd-analyze verify`; any one will do. */
const BINARY = ["--binary", Deno.execPath()];

async function makePlace(tables: Table = {}): Promise<Place> {
  const place = await Place.make(tables);
  await Deno.mkdir(place.at("units"));
  return place;
}

function unit(place: Place, name: string): Promise<string> {
  return Deno.readTextFile(place.at("units", name));
}

Deno.test("systemd prints both units, each after its name, and writes nothing", async () => {
  await using place = await makePlace();
  const { stdout, stderr } = await place.expect(0, "systemd", "--calendar", "Sat 22:15");
  assert.equal(stderr, "");
  assert.match(stdout, /^# autoborg\.service\n# Written by "autoborg systemd"/);
  assert.match(stdout, /\n\n# autoborg\.timer\n/);
  assert.match(
    stdout,
    new RegExp(`^ExecStart=/\\S+ run --config ${place.at("config.toml")}$`, "m"),
  );
  assert.match(stdout, new RegExp(`^ReadWritePaths=-${place.at("first.borg")}$`, "m"));
  assert.match(stdout, /^OnCalendar=Sat 22:15$/m);
  assert.ok(!stdout.includes("geheim"), "a passphrase is in a unit");
  assert.deepEqual([...Deno.readDirSync(place.at("units"))], []);
});

Deno.test("systemd --write writes both units, readable by all, and prints the next steps", async () => {
  await using place = await makePlace();
  const { stdout, stderr } = await place.expect(0, "systemd", "--write", place.at("units"));
  assert.equal(stdout, "");
  assert.match(stderr, /wrote ".*autoborg\.service"\nwrote ".*autoborg\.timer"/);
  assert.match(stderr, /systemctl daemon-reload\n +systemctl enable --now autoborg\.timer/);
  for (const name of ["autoborg.service", "autoborg.timer"]) {
    assert.equal((Deno.statSync(place.at("units", name)).mode ?? 0) & 0o777, 0o644);
  }
  const again = await place.expect(0, "systemd", "--write", place.at("units"));
  assert.match(again.stderr, /autoborg\.service" is up to date/);
});

Deno.test("systemd --write replaces its own units when the configuration changed", async () => {
  await using place = await makePlace();
  await place.expect(0, "systemd", "--write", place.at("units"));
  await place.configure({ repositories: [repository("second")] });
  await place.expect(0, "systemd", "--write", place.at("units"));
  const service = await unit(place, "autoborg.service");
  assert.match(service, /second\.borg/);
  assert.doesNotMatch(service, /first\.borg/);
});

Deno.test("systemd --write keeps a unit that was edited, unless --overwrite is given", async () => {
  await using place = await makePlace();
  await place.expect(0, "systemd", "--write", place.at("units"));
  const before = await unit(place, "autoborg.timer");
  const changed = before.replace("15min", "2h");
  await place.write("units/autoborg.timer", changed, 0o644);
  await place.configure({ repositories: [repository("second")] });
  const { stderr } = await place.expect(2, "systemd", "--write", place.at("units"));
  assert.match(stderr, /Refusing to replace ".*autoborg\.timer": it has been edited/);
  assert.match(stderr, /systemctl edit autoborg\.timer.*--overwrite/);
  assert.equal(await unit(place, "autoborg.timer"), changed);
  const service = await unit(place, "autoborg.service");
  assert.match(service, /first\.borg/, "neither of the two was written");
  await place.expect(0, "systemd", "--write", place.at("units"), "--overwrite");
  assert.equal(await unit(place, "autoborg.timer"), before);
});

Deno.test("systemd --write never replaces a foreign unit", async () => {
  await using place = await makePlace();
  await place.write("units/autoborg.timer", "[Timer]\nOnCalendar=daily\n", 0o644);
  const write = ["--write", place.at("units"), "--overwrite"];
  const { stderr } = await place.expect(2, "systemd", ...write);
  assert.match(stderr, /Refusing to replace ".*": autoborg did not write it/);
  await Deno.remove(place.at("units/autoborg.timer"));
  await Deno.symlink("/dev/null", place.at("units/autoborg.timer"));
  const masked = await place.expect(2, "systemd", ...write);
  assert.match(masked.stderr, /it is a link to "\/dev\/null"/);
  await Deno.remove(place.at("units/autoborg.timer"));
  await Deno.mkdir(place.at("units/autoborg.timer"));
  await place.expect(2, "systemd", ...write);
  assert.ok(!exists(place.at("units/autoborg.service")));
});

Deno.test("systemd --write says when the directory is missing", async () => {
  await using place = await makePlace();
  const { stderr } = await place.expect(2, "systemd", "--write", place.at("nowhere"));
  assert.match(stderr, /Cannot write units into ".*nowhere": it does not exist/);
});

Deno.test("systemd works while the credentials exist for the service alone", async () => {
  await using place = await makePlace({
    repositories: [{ label: "no-such-credential", url: "first.borg" }],
  });
  const { stdout, stderr } = await place.expect(0, "systemd");
  assert.match(stdout, /^LoadCredential=passphrase\.no-such-credential:passphrase\.no-such-cred/m);
  assert.match(
    stderr,
    /warning: The credential "passphrase\.no-such-credential" does not exist yet/,
  );
  await place.expect(78, "check-config");
});

Deno.test("systemd makes Borg's relative directories absolute, as they are by hand", async () => {
  await using place = await makePlace();
  place.env.BORG_BASE_DIR = "base";
  place.env.BORG_CACHE_DIR = "./base/../cache/";
  const { stdout } = await place.expect(0, "systemd");
  assert.match(stdout, new RegExp(`^Environment=BORG_BASE_DIR=${place.at("base")}$`, "m"));
  assert.match(stdout, new RegExp(`^Environment=BORG_CACHE_DIR=${place.at("cache")}$`, "m"));
  assert.match(stdout, new RegExp(`^ReadWritePaths=-${place.at("base/.config/borg")}$`, "m"));
  assert.match(stdout, new RegExp(`^ReadWritePaths=-${place.at("cache")}$`, "m"));
});

/** What `systemd` warns of when there is an SSH agent and a repository has these keys. */
async function warnings(keys: Table, agent: string): Promise<string> {
  await using place = await makePlace({ repositories: [repository("first", keys)] });
  place.env.SSH_AUTH_SOCK = agent;
  const { stdout, stderr } = await place.expect(0, "systemd");
  assert.doesNotMatch(stdout, /SSH_AUTH_SOCK/);
  return stderr;
}

Deno.test("systemd warns of a repository that only the SSH agent has a key for", async () => {
  const url = "ssh://backup@example.org/./x";
  const warning = await warnings({ url }, "/tmp/agent");
  assert.match(warning, /^warning: The service has no SSH agent, and "first" has no ssh_key/);
  assert.match(warning, /Set ssh_key to a key without a passphrase\n$/);
  assert.equal(await warnings({ url, ssh_key: "key" }, "/tmp/agent"), "");
  assert.equal(await warnings({ url }, ""), "");
  assert.equal(await warnings({}, "/tmp/agent"), "");
});

Deno.test("systemd --name gives the units of a second configuration names of their own", async () => {
  await using place = await makePlace();
  await place.expect(0, "systemd", "--name", "db", "--write", place.at("units"));
  const names = [...Deno.readDirSync(place.at("units"))].map(({ name }) => name).toSorted();
  assert.deepEqual(names, ["autoborg@db.service", "autoborg@db.timer"]);
  for (const name of ["", "-x", "a/b", "a b"]) {
    await place.expect(64, "systemd", `--name=${name}`);
  }
});

Deno.test("systemd --name reads the configuration of that name when it is told of no other", async () => {
  await using place = await makePlace();
  const command = [...autoborgCommand(), "systemd", "--name=no-such-name"];
  const { code, stderr } = await runToEnd(command, { env: place.env, cwd: place.directory });
  assert.equal(code, 78);
  assert.match(stderr, /"\/etc\/autoborg\/no-such-name\.toml"/);
});

Deno.test("systemd refuses a calendar that systemd would not understand", async () => {
  await using place = await makePlace();
  for (const calendar of ["25:00", "tomorrow", "03:30\nOnCalendar=daily"]) {
    const { stderr } = await place.expect(64, "systemd", "--calendar", calendar);
    assert.match(stderr, /expected a time such as "03:30"/);
  }
  for (const splay of ["13h", "1", "-1h", "1500ms", "1 h"]) {
    const { stderr } = await place.expect(64, "systemd", `--splay=${splay}`);
    assert.match(stderr, /expected a duration of whole seconds up to "12h"/);
  }
  const { stdout } = await place.expect(0, "systemd", "--splay", "1h");
  assert.match(stdout, /^RandomizedDelaySec=1h$/m);
});

Deno.test("systemd refuses a path that no unit can hold", async () => {
  await using place = await makePlace();
  place.env.BORG_CACHE_DIR = "/root/cache\nExecStart=/bin/true";
  const { stderr } = await place.expect(2, "systemd");
  assert.match(stderr, /it contains a control character/);
});

Deno.test({
  name: `systemd finds no fault with the units${
    ANALYZE === undefined ? " (not asked: systemd-analyze is not installed)" : ""
  }`,
  ignore: ANALYZE === undefined,
  fn: async () => {
    await using place = await makePlace({
      repositories: [
        repository("first", { url: `./100% "dark" 'it's' back\\slash $ $1 größe;#/borg` }),
        repository("second", { url: "ssh://backup@example.org/./x" }),
      ],
      zfs: { datasets: ["tank/data"] },
      mail: {
        server: "localhost",
        from_address: "a@example.org",
        recipients: ["b@example.org"],
        username: "u",
      },
    });
    place.env.BORG_BASE_DIR = place.at("my base %h");
    await place.expect(0, "systemd", "--write", place.at("units"), ...BINARY);
    const files = ["autoborg.service", "autoborg.timer"].map((name) => place.at("units", name));
    const verified = await runToEnd([ANALYZE ?? "", "verify", ...files], { env: place.env });
    // It also tells what is wrong with units of the machine that these depend on.
    const about = `${verified.stdout}${verified.stderr}`.split("\n")
      .filter((line) => line.includes("autoborg"));
    assert.deepEqual(about, []);
    assert.equal(verified.code, 0);
  },
});
