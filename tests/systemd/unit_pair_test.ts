import assert from "node:assert/strict";
import { COMMAND_TIME_LIMIT } from "../../lib/staging/zfs_runner.ts";
import { HOOK_TIME_LIMIT } from "../../lib/backup/hooks.ts";
import { STOP_BORG } from "../../lib/borg/run_borg.ts";
import { STOP_LIMIT } from "../../lib/systemd/service.ts";
import { makerOf, marked } from "../../lib/systemd/unit_file.ts";
import { defaultUnits, unitsOf, type UnitsRequest } from "../../lib/systemd/unit_pair.ts";
import { SETTINGS } from "./settings.ts";

const REQUEST: UnitsRequest = {
  settings: SETTINGS,
  binary: "/usr/local/bin/autoborg",
  isDefaultConfig: true,
  instance: undefined,
  calendar: "*-*-* 03:30",
  borg: {},
  credentials: [],
  automounts: [],
};

function linesOf(request: UnitsRequest): readonly string[] {
  return (unitsOf(request)[0]?.text ?? "").split("\n");
}

/** The values of a setting. */
function values(lines: readonly string[], key: string): string[] {
  return lines.flatMap((line) => line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []);
}

Deno.test("unitsOf() names the configuration only when it is not the default one", () => {
  assert.deepEqual(values(linesOf(REQUEST), "ExecStart"), ["/usr/local/bin/autoborg run"]);
  const settings = { ...SETTINGS, path: '/srv/my "100%" $HOME/ü.toml' };
  const lines = linesOf({ ...REQUEST, settings, isDefaultConfig: false });
  assert.deepEqual(values(lines, "ExecStart"), [
    ':/usr/local/bin/autoborg run --config "/srv/my \\"100%%\\" $HOME/ü.toml"',
  ]);
});

Deno.test("unitsOf() hides nothing from the backup", () => {
  const hiding = [
    ["PrivateTmp", "PrivateDevices", "InaccessiblePaths", "TemporaryFileSystem", "PrivateUsers"],
    ["ProtectKernelModules", "BindPaths", "RootDirectory", "RuntimeDirectory"],
  ].flat();
  for (const key of hiding) assert.deepEqual(values(linesOf(REQUEST), key), [], key);
  assert.deepEqual(values(linesOf(REQUEST), "ProtectHome"), ["read-only"]);
});

Deno.test("unitsOf() lets no path that is absent keep the service from starting", () => {
  const paths = values(linesOf(REQUEST), "ReadWritePaths");
  assert.ok(paths.includes("-/mnt/disk/borg"));
  for (const path of paths) assert.match(path, /^"?-\//);
  for (const command of values(linesOf(REQUEST), "ExecStartPre")) assert.match(command, /^-\+/);
  for (const key of ["Requires", "RequiresMountsFor", "BindsTo", "Requisite"]) {
    assert.deepEqual(values(linesOf(REQUEST), key), [], key);
  }
});

Deno.test("unitsOf() opens /run for hooks, and names what lies below it only where it is closed", () => {
  const opened = (tempDirectory: string) => {
    const lines = linesOf({ ...REQUEST, settings: { ...SETTINGS, tempDirectory } });
    const [made = ""] = values(lines, "ExecStartPre");
    assert.ok(made.split(" ").includes(tempDirectory), `${made} makes ${tempDirectory}`);
    return values(lines, "ReadWritePaths").filter((path) => path.startsWith("-/run"));
  };
  assert.deepEqual(opened("/run/autoborg"), ["-/run"]);
  assert.deepEqual(opened("/runs/autoborg"), ["-/runs/autoborg", "-/run"]);
  // ProtectHome= has something to say there.
  assert.deepEqual(opened("/run/user/0/autoborg"), ["-/run/user/0/autoborg", "-/run"]);
});

Deno.test("unitsOf() waits for the network and ZFS only when a run needs them", () => {
  const after = (settings: UnitsRequest["settings"]) =>
    values(linesOf({ ...REQUEST, settings }), "After").join(" ");
  assert.doesNotMatch(after(SETTINGS), /network/);
  assert.match(after(SETTINGS), /zfs\.target/);
  const without = linesOf({ ...REQUEST, settings: { ...SETTINGS, zfs: false } });
  assert.doesNotMatch(without.join("\n"), /zfs/);
  const repositories = [{ url: "b@h:x", sshOptions: [] }];
  for (const more of [{ repositories }, { usesNetwork: true }, { passphraseCommand: true }]) {
    assert.match(after({ ...SETTINGS, ...more }), /network-online\.target/);
  }
});

Deno.test("unitsOf() loads the credentials that are wanted and shows those that could be", () => {
  const settings = { ...SETTINGS, possibleCredentials: ["mail.password"] };
  const credentials = [
    { name: "passphrase.disk", encrypted: false },
    { name: "passphrase.offsite", encrypted: true },
  ];
  const lines = linesOf({ ...REQUEST, settings, credentials });
  assert.deepEqual(values(lines, "LoadCredential"), ["passphrase.disk:passphrase.disk"]);
  assert.deepEqual(values(lines, "LoadCredentialEncrypted"), [
    "passphrase.offsite:passphrase.offsite",
  ]);
  assert.deepEqual(values(lines, "#LoadCredential"), ["mail.password:mail.password"]);
});

Deno.test("unitsOf() starts behind the servers of databases, and opens the places of SQLite", () => {
  const settings = { ...SETTINGS, hasServers: true, sqliteDirectories: ["/srv/my app"] };
  const lines = linesOf({ ...REQUEST, settings });
  assert.match(values(lines, "After").join(" "), /postgresql\.service mariadb\.service/);
  assert.ok(values(lines, "ReadWritePaths").includes('"-/srv/my app"'));
  assert.doesNotMatch(values(linesOf(REQUEST), "After").join(" "), /postgresql/);
});

Deno.test("unitsOf() gives the units of an instance its name", () => {
  const [service, timer] = unitsOf({ ...REQUEST, instance: "db" });
  assert.equal(service?.name, "autoborg@db.service");
  assert.equal(timer?.name, "autoborg@db.timer");
  assert.match(timer.text, /^Unit=autoborg@db\.service$/m);
});

Deno.test("unitsOf() tells the service where Borg's own directories are", () => {
  const lines = linesOf({ ...REQUEST, borg: { BORG_BASE_DIR: "/srv/my borg" } });
  assert.deepEqual(values(lines, "Environment"), [
    "HOME=/root",
    "TMPDIR=/var/cache/autoborg",
    '"BORG_BASE_DIR=/srv/my borg"',
  ]);
});

Deno.test("units give Borg a private directory for temporary files, and unset what gives secrets away", () => {
  const [ofAny] = defaultUnits("/usr/bin/autoborg");
  for (const lines of [linesOf(REQUEST), (ofAny?.text ?? "").split("\n")]) {
    assert.ok(values(lines, "Environment").includes("TMPDIR=/var/cache/autoborg"));
    const made = values(lines, "ExecStartPre").filter((command) => command.includes("mkdir"));
    assert.ok(
      made.some((command) => / -m 0700 -- .*\/var\/cache\/autoborg( |$)/.test(command)),
      made.join(),
    );
    const [unset = ""] = values(lines, "UnsetEnvironment");
    assert.ok(unset.split(" ").includes("SSLKEYLOGFILE"), unset);
    assert.deepEqual(values(lines, "PrivateTmp"), []);
    assert.deepEqual(values(lines, "UMask"), ["0027"]);
  }
});

Deno.test("the service stops later than autoborg does on its own", () => {
  const borg = STOP_BORG.reduce((sum, { timeout }) => sum + timeout, 0);
  const mail = 8_000;
  const whole = borg + 2 * COMMAND_TIME_LIMIT + 2 * HOOK_TIME_LIMIT + mail;
  assert.ok(STOP_LIMIT * 1_000 > whole, `${whole / 1_000} s`);
});

Deno.test("defaultUnits() fit every configuration", () => {
  const units = defaultUnits("/usr/bin/autoborg");
  assert.deepEqual(units.map(({ name }) => name), [
    "autoborg.service",
    "autoborg.timer",
    "autoborg-status.service",
    "autoborg-status.timer",
    "autoborg@.service",
    "autoborg@.timer",
    "autoborg-status@.service",
    "autoborg-status@.timer",
  ]);
  const linesOf = new Map(units.map(({ name, text }) => [name, text.split("\n")]));
  const [service, template, timer] = ["autoborg.service", "autoborg@.service", "autoborg@.timer"]
    .map((name) => linesOf.get(name));
  assert.deepEqual(values(service ?? [], "ExecStart"), ["/usr/bin/autoborg run"]);
  assert.deepEqual(values(service ?? [], "ProtectSystem"), ["full"]);
  assert.deepEqual(values(template ?? [], "ExecStart"), [
    "/usr/bin/autoborg run --config /etc/autoborg/%i.toml",
  ]);
  assert.deepEqual(values(timer ?? [], "Unit"), ["autoborg@%i.service"]);
  for (const [made, at] of [["", ""], ["@", "@%i"]]) {
    const lines = (name: string) => linesOf.get(name) ?? [];
    const unit = `autoborg-status${at}.service`;
    assert.deepEqual(values(lines(`autoborg${made}.service`), "OnFailure"), [unit]);
    assert.deepEqual(values(lines(`autoborg-status${made}.timer`), "Unit"), [unit]);
    const more = made === "" ? "" : " --config /etc/autoborg/%i.toml";
    assert.deepEqual(values(lines(`autoborg-status${made}.service`), "ExecStart"), [
      `/usr/bin/autoborg status --notify${more}`,
    ]);
  }
});

Deno.test("defaultUnits() and unitsOf() have the same second timer and the same last net", () => {
  const settings = { ...SETTINGS, hasAudience: true };
  const own = unitsOf({ ...REQUEST, settings, binary: "/usr/bin/autoborg" });
  const packaged = defaultUnits("/usr/bin/autoborg");
  const said = (units: typeof own, name: string, key: string) =>
    values((units.find((one) => one.name === name)?.text ?? "").split("\n"), key);
  for (
    const [name, keys] of [
      ["autoborg.service", ["OnFailure", "ExecStart"]],
      ["autoborg-status.service", ["OnFailure", "ExecStart", "SuccessExitStatus", "Type"]],
      ["autoborg-status.timer", ["OnCalendar", "RandomizedDelaySec", "Persistent", "Unit"]],
    ] as const
  ) {
    for (const key of keys) assert.deepEqual(said(own, name, key), said(packaged, name, key), key);
  }
});

Deno.test("makerOf() tells our own files, changed ones and others apart", () => {
  const { text } = marked("autoborg.service", "[Unit]\nDescription=x\n");
  assert.equal(makerOf(text), "autoborg");
  assert.equal(makerOf(text.replace("=x", "=y")), "changed");
  assert.equal(makerOf(`${text}\n`), "changed");
  assert.equal(makerOf(text.split("\n")[0] ?? ""), "changed");
  assert.equal(makerOf("[Unit]\nDescription=x\n"), "foreign");
  assert.equal(makerOf(""), "foreign");
});

Deno.test("unitsOf() adds a timer that looks at the age of backups when somebody can be told", () => {
  const settings = { ...SETTINGS, hasAudience: true };
  const units = unitsOf({ ...REQUEST, settings });
  assert.deepEqual(units.map(({ name }) => name), [
    "autoborg.service",
    "autoborg.timer",
    "autoborg-status.service",
    "autoborg-status.timer",
  ]);
  const [service, , watch, timer] = units.map(({ text }) => text.split("\n"));
  assert.deepEqual(values(service ?? [], "OnFailure"), ["autoborg-status.service"]);
  assert.deepEqual(values(watch ?? [], "OnFailure"), []);
  assert.deepEqual(values(watch ?? [], "ExecStart"), [
    "/usr/local/bin/autoborg status --notify",
  ]);
  assert.deepEqual(values(timer ?? [], "Unit"), ["autoborg-status.service"]);
  const named = unitsOf({ ...REQUEST, settings, instance: "web" });
  assert.deepEqual(named.map(({ name }) => name).slice(2), [
    "autoborg-status@web.service",
    "autoborg-status@web.timer",
  ]);
});

Deno.test("unitsOf() starts stopped services again, also after a kill, and asks for the socket of Podman", () => {
  assert.deepEqual(values(linesOf(REQUEST), "ExecStopPost"), []);
  const settings = { ...SETTINGS, hasAudience: true, quiesce: { engine: "podman" } as const };
  const request = { ...REQUEST, settings: { ...settings, path: "/srv/a.toml" } };
  const [run = assert.fail(), , watch = assert.fail()] = unitsOf({
    ...request,
    isDefaultConfig: false,
  });
  const lines = run.text.split("\n");
  assert.deepEqual(values(lines, "ExecStopPost"), [
    "-/usr/local/bin/autoborg recover --services --config /srv/a.toml",
  ]);
  assert.deepEqual(values(lines, "Wants"), ["podman.socket"]);
  assert.doesNotMatch(watch.text, /ExecStopPost|podman/, "it stops nothing");
});

Deno.test("defaultUnits() start stopped services again", () => {
  const [plain = assert.fail()] = defaultUnits("/usr/bin/autoborg");
  assert.match(plain.text, /^ExecStopPost=-\/usr\/bin\/autoborg recover --services$/m);
  assert.match(plain.text, /^After=docker\.service podman\.socket$/m);
});
