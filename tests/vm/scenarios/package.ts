/**
 * A machine that gets the Debian package, a migrated configuration and a timer, and nothing else.
 *
 * @module
 */
import assert from "node:assert/strict";
import { WHY_NOT_COMPILED } from "../compiled.ts";
import { assertNothingLeft, namesIn } from "../leftovers.ts";
import { attempt, makePool, pause, type Ran, type Scenario, sh } from "../machine.ts";

/** Where the driver of the machine puts the packages: the same program, two versions. */
const PACKAGES = "/share/packages";

const CONFIG = "/etc/autoborg/config.toml";

/** What an administrator has lying around; nobody ever wrote this file for a test of reading it. */
const OLD_SCRIPT = `#!/usr/bin/env python3
# -*- coding: utf-8 -*-
import os, smtplib
from email.mime.text import MIMEText

# --- Einstellungen ---
BACKUP_NAME_PREFIX = 'vm'
BACKUP_DIRECTORIES = [
    '/etc',          # Konfiguration
    "/srv/plain dir",
]
ZFS_POOLS = ["tank", "tank/home"]
BORG_REPOSITORIES = [
    {'repo_url': '/var/backups/borg/first', 'encryption_mode': 'repokey-blake2',
     'passphrase': 'Grün%s"\\\\horse', 'ssh_key': None},
    {'repo_url': "/mnt/disk/second", "encryption_mode": "repokey",
     "passphrase": "zwei alte Kamele", "ssh_key": ""},
]
PRUNE_KEEP_DAILY = 7
PRUNE_KEEP_WEEKLY = 4
PRUNE_KEEP_MONTHLY = 6
PRUNE_KEEP_YEARLY = 1
CHECK_WITH_VERIFY_DATA = False
ENABLE_BORG_COMPACT = True
LOG_DIR = '/var/log/autoborg'
LOG_GARBAGE_KEEP = 30
SCRIPT_TMP_DIR = '/run/autoborg'
SMTP_SERVER = '127.0.0.1'
SMTP_PORT = 2525
EMAIL_FROM = 'backup@example.org'
EMAIL_TO = ['root@example.org']

def main():
    tmp = os.path.join(SCRIPT_TMP_DIR, "x")
    print(f"{tmp}")

if __name__ == "__main__":
    main()
`;

/** What dpkg itself says of the directory that has the configuration. */
const KEPT_DIRECTORY =
  "dpkg: warning: while removing autoborg, directory '/etc/autoborg' not empty so not removed\n";

/** Also of a timer that is not there any more, which `systemctl` ends with 4 for. */
const IS_ACTIVE = "systemctl is-active autoborg.timer || :";

/** A server that takes every mail and keeps it; disposing of it stops it. */
async function mailServer(directory: string): Promise<AsyncDisposable> {
  await Deno.remove(directory, { recursive: true }).catch(() => {});
  const handler = ["-c", "aiosmtpd.handlers.Mailbox", directory];
  const child = new Deno.Command("python3", {
    args: ["-m", "aiosmtpd", "-n", "-l", "127.0.0.1:2525", ...handler],
    stdout: "null",
    stderr: "null",
  }).spawn();
  for (let waited = 0; waited < 100; waited++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port: 2525 })).close();
      break;
    } catch {
      await pause(200);
    }
  }
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

async function autoborg(...args: readonly string[]): Promise<Ran> {
  return await attempt(["/usr/bin/autoborg", ...args]);
}

async function expectOk(...args: readonly string[]): Promise<Ran> {
  const ran = await autoborg(...args);
  assert.equal(ran.code, 0, `${args.join(" ")}: ${ran.stdout}${ran.stderr}`);
  return ran;
}

/** The packages in the order of their versions. */
async function packages(): Promise<readonly string[]> {
  return (await namesIn(PACKAGES)).map((name) => `${PACKAGES}/${name}`);
}

async function serviceState(property: string): Promise<string> {
  return await sh("systemctl", "show", "--value", `--property=${property}`, "autoborg.service");
}

/** Waits until the timer has started the service and the service has ended. */
async function timerRan(): Promise<void> {
  for (let waited = 0; waited < 240; waited++) {
    const ended = await serviceState("ExecMainExitTimestampMonotonic");
    if (ended !== "0" && await serviceState("ActiveState") !== "activating") return;
    await pause(1_000);
  }
  assert.fail(await sh("systemctl", "status", "--no-pager", "autoborg.timer", "autoborg.service"));
}

/** Lets the timer elapse now instead of tonight, as an administrator would: by a drop-in. */
async function elapseSoon(): Promise<void> {
  const directory = "/run/systemd/system/autoborg.timer.d";
  await Deno.mkdir(directory, { recursive: true });
  const timer = "[Timer]\nOnActiveSec=2s\nRandomizedDelaySec=0\nAccuracySec=1s\n";
  await Deno.writeTextFile(`${directory}/soon.conf`, timer);
  await sh("systemctl", "daemon-reload");
  await sh("systemctl", "restart", "autoborg.timer");
}

/** The life of the package, from the first installation to the purge. */
export const packageScenarios: readonly Scenario[] = [
  {
    name: "package: a fresh machine gets it, a migrated configuration and a timer",
    long: "it takes as long as all others of its group",
    skip: WHY_NOT_COMPILED,
    async run() {
      const [package_ = "", upgrade = ""] = await packages();
      await using _pool = await makePool("tank", "512M");
      await sh("zfs", "create", "tank/home");
      await sh("zfs", "create", "-o", "mountpoint=legacy", "tank/legacy");
      await Deno.writeTextFile("/tank/home/letter", "dear reader\n");
      await sh("mkdir", "-p", "/srv/plain dir", "/var/backups/borg", "/mnt/disk");
      await Deno.writeTextFile("/srv/plain dir/note", "note\n");
      await using _server = await mailServer("/var/tmp/package-mail");

      const installed = await attempt(["dpkg", "--install", package_]);
      assert.equal(installed.code, 0, installed.stderr);
      assert.match(installed.stdout, /"sudo autoborg setup" makes \/etc\/autoborg\/config\.toml/);
      const enabled = await attempt(["systemctl", "is-enabled", "autoborg.timer"]);
      assert.equal(enabled.stdout.trim(), "disabled");
      assert.equal((await autoborg("status")).code, 78);

      const script = "/root/automated_borg_backup.py";
      await Deno.writeTextFile(script, OLD_SCRIPT);
      const migrated = await autoborg("migrate", script);
      assert.equal(migrated.code, 0, migrated.stderr);
      // Like the script, the migrated configuration takes no dataset below those that it names; a run
      // warns of "tank/legacy" until somebody has decided.
      const config = migrated.stdout.replace(
        /^recursive = false$/m,
        '$&\nexclude = ["tank/legacy"]',
      )
        // Nor are its repositories on a disk of their own.
        .replace(/^label = .*$/gm, "$&\nsame_disk = true");
      assert.notEqual(config, migrated.stdout);
      await Deno.writeTextFile(CONFIG, config, { mode: 0o600 });
      await expectOk("check-config");
      await expectOk("init");
      const probe = await autoborg("check-config", "--probe");
      assert(probe.code <= 1, `${probe.stdout}${probe.stderr}`);
      await sh("systemctl", "enable", "--now", "autoborg.timer", "autoborg-status.timer");
      await elapseSoon();
      await timerRan();

      const journal = await sh("journalctl", "--no-pager", "--lines=60", "--unit=autoborg.service");
      assert.equal(await serviceState("Result"), "success", journal);
      assert.equal(await serviceState("ExecMainStatus"), "0", journal);
      await assertNothingLeft();
      const status = await expectOk("status");
      assert.match(status.stdout, /first/);
      const mails = await namesIn("/var/tmp/package-mail/new");
      assert.equal(mails.length, 1, journal);
      await expectOk("restore", "tank/home/letter", "--to", "/var/tmp/back");
      assert.equal(await Deno.readTextFile("/var/tmp/back/tank/home/letter"), "dear reader\n");

      const upgraded = await attempt(["dpkg", "--install", upgrade]);
      assert.equal(upgraded.code, 0, upgraded.stderr);
      assert.equal(await sh("systemctl", "is-enabled", "autoborg.timer"), "enabled");
      assert.equal(await sh("systemctl", "is-active", "autoborg.timer"), "active");
      assert.equal(await Deno.readTextFile(CONFIG), config);
      await expectOk("status");

      await sh("dpkg", "--remove", "autoborg");
      assert.notEqual(await sh("sh", "-c", IS_ACTIVE), "active");
      await sh("dpkg", "--install", upgrade);
      assert.equal(await sh("sh", "-c", IS_ACTIVE), "active");
      assert.equal(await sh("systemctl", "is-active", "autoborg-status.timer"), "active");

      await Deno.remove("/run/systemd/system/autoborg.timer.d", { recursive: true });
      await sh("systemctl", "daemon-reload");
      const removed = await attempt(["dpkg", "--purge", "autoborg"]);
      assert.equal(removed.code, 0, removed.stderr);
      assert.equal(removed.stderr.replace(KEPT_DIRECTORY, ""), "");
      // Without any it ends with 1.
      const units = await attempt(["systemctl", "list-unit-files", "--no-legend", "autoborg*"]);
      assert.equal(units.stdout, "");
      const left = await sh("find", "/etc", "/usr", "/var/lib", "/var/log", "-iname", "*autoborg*");
      const foreign = (path: string) => !/^\/(usr\/local|var\/lib\/dpkg)\//.test(path);
      assert.deepEqual(left.split("\n").filter((path) => path !== "" && foreign(path)), [
        "/etc/autoborg",
      ]);
      // The only copy of the passphrases.
      assert.equal(await Deno.readTextFile(CONFIG), config);
      for (const path of ["/etc/autoborg", "/var/backups/borg", "/mnt/disk/second", script]) {
        await Deno.remove(path, { recursive: true });
      }
    },
  },
];
