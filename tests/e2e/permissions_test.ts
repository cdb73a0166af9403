import assert from "node:assert/strict";
import { exists, lines, Place, repository } from "./place.ts";
import { autoborgCommand, BINARY, ROOT, runToEnd, searchPath, which } from "./program.ts";

interface Footprint {
  readonly permission: string;
  readonly value: string;
}

/** Everything that a program asked Deno for, from the file of DENO_AUDIT_PERMISSIONS. */
async function readFootprint(path: string): Promise<Footprint[]> {
  const text = await Deno.readTextFile(path);
  return text.trimEnd().split("\n").map((line) => {
    const entry: unknown = JSON.parse(line);
    assert.ok(typeof entry === "object" && entry !== null);
    assert.ok("permission" in entry && typeof entry.permission === "string");
    const value = "value" in entry && typeof entry.value === "string" ? entry.value : "";
    return { permission: entry.permission, value };
  });
}

async function allowed(kind: "env" | "run"): Promise<readonly string[]> {
  const manifest: unknown = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const path = ["permissions", "default", ...(kind === "env" ? ["env", "allow"] : ["run"])];
  let here: unknown = manifest;
  for (const key of path) {
    assert.ok(typeof here === "object" && here !== null);
    here = Object.getOwnPropertyDescriptor(here, key)?.value;
  }
  assert.ok(Array.isArray(here));
  return here.map(String);
}

const compiled = BINARY !== undefined;
const footprintTest =
  "a run starts borg alone and reads no variable but those of the permission set";

Deno.test({
  // A compiled program has the same set built in, but writes no audit.
  name: compiled ? `${footprintTest} (not audited: it is compiled)` : footprintTest,
  ignore: compiled,
  fn: testFootprint,
});

async function testFootprint(): Promise<void> {
  await using place = await Place.make({
    repositories: [repository("first"), repository("second")],
    retention: { keep_daily: 7 },
  });
  await place.expect(0, "init");
  // Nothing but borg can be found, and Deno notes whatever else is asked of it.
  const borg = `#!/bin/sh\nPATH='${searchPath()}' exec '${which("borg")}' "$@"\n`;
  await place.write("programs/borg", borg, 0o700);
  place.env.PATH = place.at("programs");
  place.env.DENO_AUDIT_PERMISSIONS = place.at("audit.jsonl");
  await place.expect(0, "run");
  const footprint = await readFootprint(place.at("audit.jsonl"));
  const values = (permission: string) => {
    return [...new Set(footprint.filter((e) => e.permission === permission).map((e) => e.value))];
  };
  const variables = await allowed("env");
  assert.deepEqual(values("env").filter((name) => !variables.includes(name)), []);
  assert.deepEqual(values("sys").toSorted(), ["hostname", "statfs", "uid"]);
  assert.deepEqual(values("net"), [], "a run without mail and ping needs no network");
  for (const permission of ["ffi", "import"]) assert.deepEqual(values(permission), []);
}

Deno.test("the permission set names the programs that may be started, and no shell", async () => {
  const hooks = ["before-snapshot", "after-snapshot", "finished", "dump"];
  const databases = ["pg_dump", "pg_dumpall", "psql", "pg_restore"];
  const maria = ["mariadb-dump", "mysqldump", "mariadb", "mysql"];
  const programs = ["borg", "zfs", "mount", "umount", "kill", "systemd-analyze", "systemd-inhibit"];
  const managers = ["systemctl", "docker", "podman"];
  assert.deepEqual(await allowed("run"), [
    ...programs,
    ...databases,
    ...maria,
    ...managers,
    ...hooks.map((hook) => `/etc/autoborg/hooks/${hook}`),
  ]);
});

/** Answers as `systemctl` does of a unit that runs, and notes what it was given. */
const SYSTEMCTL = `#!/bin/sh
place=\${0%/programs/*}
echo "\${0##*/} $1" >>"$place/verbs"
env >>"$place/environment"
if [ "$1" = show ]; then
  printf 'Id=app.service\\nLoadState=loaded\\nActiveState=active\\nCanStart=yes\\nCanStop=yes\\n'
fi
`;

Deno.test({
  name: "a run starts the managers of [quiesce] without any secret, and none without that table",
  fn: async () => {
    const quiesce = { units: ["app.service"], allow_long_pause: true };
    await using place = await Place.make({ repositories: [repository("first")] });
    await place.expect(0, "init");
    const borg = `#!/bin/sh\nPATH='${searchPath()}' exec '${which("borg")}' "$@"\n`;
    await place.write("programs/borg", borg, 0o700);
    const systemctl = SYSTEMCTL.replace("\nenv ", `\n'${which("env")}' `);
    for (const name of ["systemctl", "docker", "podman"]) {
      await place.write(`programs/${name}`, systemctl, 0o700);
    }
    place.env.PATH = place.at("programs");
    place.env.BORG_PASSPHRASE = "unrelated";
    await place.expect(0, "run");
    assert.ok(!exists(place.at("verbs")), "a manager was started");
    await place.configure({ repositories: [repository("first")], quiesce });
    await place.expect(1, "run");
    const verbs = lines(await Deno.readTextFile(place.at("verbs")));
    assert.deepEqual(
      verbs,
      ["show", "stop", "show", "start", "show"].map((verb) => `systemctl ${verb}`),
    );
    const environment = lines(await Deno.readTextFile(place.at("environment")));
    const names = new Set(environment.map((line) => line.split("=")[0]));
    // The shell of the script adds its own.
    assert.deepEqual(
      [...names].toSorted().filter((name) => !/^(?:PWD|SHLVL|_|OLDPWD)$/.test(name ?? "")),
      [
        "LC_ALL",
        "PATH",
      ],
    );
  },
});

Deno.test("a run gives borg nothing of the environment but what it needs", async () => {
  await using place = await Place.quick();
  await place.init();
  place.env.UNRELATED_SECRET = "unrelated";
  place.env.BORG_PASSPHRASE = "not the configured one";
  place.env.BORG_PASSCOMMAND = "false";
  place.env.BORG_RSH = "false";
  place.env.BORG_REPO = "/nowhere";
  await place.expect(0, "run");
});

Deno.test("the task backup runs the main job with ./config.toml", async () => {
  await using place = await Place.quick();
  await place.init();
  for (const name of ["deno.json", "deno.lock", "main.ts", "lib"]) {
    await Deno.symlink(`${ROOT}${name}`, place.at(name));
  }
  const env = { ...Deno.env.toObject(), ...place.env };
  const { code, stderr } = await runToEnd([Deno.execPath(), "task", "--quiet", "backup"], {
    env,
    cwd: place.directory,
  });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^ok after .*: first ok$/m);
  assert.equal((await place.archives("first")).length, 1);
});

Deno.test("autoborg asks no question when a permission is missing", async () => {
  await using place = await Place.make();
  assert.ok(autoborgCommand().includes("--no-prompt") || autoborgCommand().length === 1);
  place.env.PATH = place.at("no-programs-here");
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /Cannot start "borg": it is not installed/);
  assert.match(
    stderr,
    /Install it: ".*apt-get install borgbackup", or add its directory to PATH \(.*no-programs-here\)/,
  );
});
