/**
 * A machine as an administrator has it when autoborg runs as a service: datasets, a directory on ext4, a
 * repository on the system's disk and one on a disk of its own, passphrases as credentials, mail, metrics
 * and a hook.
 *
 * @module
 */
import assert from "node:assert/strict";
import { installProgram, PROGRAM } from "./compiled.ts";
import { namesIn } from "./leftovers.ts";
import { attempt, makePool, pause, type Pool, sh } from "./machine.ts";

/** The place of everything that a test looks at. */
export const PLACE = {
  config: "/etc/autoborg/config.toml",
  credentials: "/etc/credstore",
  disk: "/mnt/disk",
  first: "/srv/repositories/first",
  second: "/mnt/disk/borg",
  mails: "/var/tmp/mails",
  metrics: "/var/lib/node-exporter/autoborg.prom",
  hook: "/etc/autoborg/hooks/before-snapshot",
} as const;

const CONFIG = `name = "vm"
check.repository_every = "30d"
verify.files = 2
retention.keep_daily = 7
metrics.textfile = "${PLACE.metrics}"
sources.directories = ["/srv/plain"]

[zfs]
datasets = ["svc/d"]
recursive = true

[[repositories]]
label = "first"
url = "${PLACE.first}"
same_disk = true

[[repositories]]
label = "second"
url = "${PLACE.second}"
optional = true

[mail]
server = "127.0.0.1"
port = 2525
security = "none"
from_address = "autoborg@example.org"
recipients = ["root@example.org"]
`;

/** What hooks do: become another user and prepare its directory, and ask systemd for something. */
const HOOK = `#!/bin/sh
set -e
test "$(su nobody -s /bin/sh -c 'id -un')" = nobody
install -d -m 0700 -o nobody -g nogroup /var/tmp/dumps
runuser -u nobody -- touch /var/tmp/dumps/dump
systemctl is-active --quiet dbus
ps -p 1 >/dev/null
`;

/** The configuration of the repository on the small disk. */
const SMALL = `${PLACE.second}/config`;

/** The machine; disposing of it takes everything away. */
export class Service implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #mail: Deno.ChildProcess;

  private constructor(pool: Pool, mail: Deno.ChildProcess) {
    this.#pool = pool;
    this.#mail = mail;
  }

  /** Makes it, with repositories that are empty. */
  static async make(): Promise<Service> {
    await installProgram();
    await giveAddress();
    const pool = await makePool("svc", "1G");
    await makeSources();
    await makeDisk();
    const mail = await startMailServer();
    const service = new Service(pool, mail);
    await sh("mkdir", "-p", "/etc/autoborg/hooks", "/srv/repositories", "/var/lib/node-exporter");
    await Deno.writeTextFile(PLACE.config, CONFIG, { mode: 0o600 });
    await Deno.writeTextFile(PLACE.hook, HOOK, { mode: 0o755 });
    await sh("mkdir", "-p", PLACE.credentials);
    for (const label of ["first", "second"]) {
      const file = `${PLACE.credentials}/passphrase.${label}`;
      await Deno.writeTextFile(file, `passphrase of ${label}\n`, { mode: 0o600 });
    }
    const ran = await attempt([PROGRAM, "init"], { CREDENTIALS_DIRECTORY: PLACE.credentials });
    assert.equal(ran.code, 0, ran.stderr);
    // Borg wants room for a whole segment as soon as there are ten: on a small disk they are small.
    await sh("sed", "-i", "s/^max_segment_size = .*/max_segment_size = 10485760/", SMALL);
    return service;
  }

  /** Writes the units, and lets systemd read them. */
  async writeUnits(...options: readonly string[]): Promise<void> {
    // As an administrator has it: no credentials in reach.
    const ran = await attempt([PROGRAM, "systemd", "--write", "/etc/systemd/system", ...options]);
    assert.equal(ran.code, 0, ran.stderr);
    assert.doesNotMatch(ran.stderr, /warning/);
    await sh("systemctl", "daemon-reload");
  }

  /** Changes settings of the service, or with an empty text changes them back. */
  async drop(text: string, unit = "autoborg.service"): Promise<void> {
    const directory = `/run/systemd/system/${unit}.d`;
    await sh("mkdir", "-p", directory);
    await Deno.writeTextFile(`${directory}/test.conf`, text);
    await sh("systemctl", "daemon-reload");
  }

  /** Lets the service run to its end; what became of it as systemd sees it. */
  async start(): Promise<string> {
    return await this.startBy("start", "autoborg.service");
  }

  /** The same, but something else starts it. */
  async startBy(...command: readonly string[]): Promise<string> {
    const before = await show("InvocationID");
    await attempt(["systemctl", ...command]);
    for (const end = Date.now() + 180_000; await show("InvocationID") === before;) {
      assert(Date.now() < end, "the service was not started");
      await pause(500);
    }
    return await this.ended();
  }

  /** Waits until the service is not at work: such as "success 0" or "exit-code 2". */
  async ended(): Promise<string> {
    // Two emulated machines and a busy host: a run that takes a minute elsewhere took five.
    for (const end = Date.now() + 900_000; Date.now() < end; await pause(500)) {
      if (!/^(?:de)?activating$/.test(await show("ActiveState"))) {
        return `${await show("Result")} ${await show("ExecMainStatus")}`;
      }
    }
    assert.fail(`it does not end: ${await this.journal()}`);
  }

  /** Starts the service and waits until Borg is reading. */
  async startUntilCreate(): Promise<void> {
    await sh("systemctl", "start", "--no-block", "autoborg.service");
    for (let waited = 0; waited < 300; waited++) {
      const { code } = await attempt(["pgrep", "-f", "borg create"]);
      if (code === 0) return await pause(5_000);
      await pause(300);
    }
    assert.fail(`Borg was not started: ${await this.journal()}`);
  }

  /** What the journal has of the service, of this importance and above. */
  async journal(priority = "debug"): Promise<string> {
    return await sh(
      ...["journalctl", "--unit=autoborg.service", "--no-pager", "--output=cat"],
      ...["--priority", priority, "--lines=60"],
    );
  }

  /** The subjects of the mails that came since this was last asked. */
  async subjects(): Promise<readonly string[]> {
    const subjects: string[] = [];
    for (const name of await namesIn(`${PLACE.mails}/new`)) {
      const file = `${PLACE.mails}/new/${name}`;
      const text = await Deno.readTextFile(file);
      const subject = /^Subject: (.*(?:\n[ \t].*)*)/m.exec(text)?.[1] ?? "";
      subjects.push(readable(subject.replace(/\n\s*/g, " ")));
      await Deno.remove(file);
    }
    return subjects;
  }

  /** The names of the archives of a repository, oldest first. */
  async archives(label: "first" | "second"): Promise<readonly string[]> {
    const text = await this.#borg(label, "list", "--short", PLACE[label]);
    return text.split("\n").filter((line) => line !== "");
  }

  /** The paths in the newest archive of a repository. */
  async contents(label: "first" | "second"): Promise<readonly string[]> {
    const newest = (await this.archives(label)).at(-1) ?? "";
    return (await this.#borg(label, "list", "--short", `${PLACE[label]}::${newest}`)).split("\n");
  }

  async #borg(label: string, ...args: readonly string[]): Promise<string> {
    const ran = await attempt(["borg", ...args], { BORG_PASSPHRASE: `passphrase of ${label}` });
    assert(ran.code <= 1, ran.stderr);
    return ran.stdout;
  }

  /** Stops the service and removes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    await attempt(["systemctl", "stop", "autoborg.timer"]);
    await attempt(["systemctl", "kill", "--signal=KILL", "--kill-whom=all", "autoborg.service"]);
    this.#mail.kill("SIGTERM");
    await this.#mail.status;
    await attempt(["umount", PLACE.disk]);
    await this.#pool[Symbol.asyncDispose]();
    const script = `rm -rf /etc/systemd/system/autoborg* /run/systemd/system/autoborg* \\
      /etc/autoborg ${PLACE.credentials}/passphrase.* /srv/repositories /srv/plain \\
      /var/tmp/dumps ${PLACE.mails} /var/lib/node-exporter /var/lib/autoborg /var/log/autoborg`;
    await sh("sh", "-c", script);
    await sh("systemctl", "daemon-reload");
    await attempt(["systemctl", "reset-failed", "autoborg.service"]);
  }
}

/** Decodes a header that is not plain ASCII, or longer than a line. */
function readable(header: string): string {
  return header.replaceAll(/=\?UTF-8\?Q\?([^?]*)\?=\s*/gi, (_, coded: string) => {
    const escaped = coded.replaceAll("%", "%25").replaceAll("_", "%20");
    return decodeURIComponent(escaped.replaceAll(/=([0-9A-F]{2})/g, "%$1"));
  });
}

async function show(property: string): Promise<string> {
  return await sh("systemctl", "show", "--value", `--property=${property}`, "autoborg.service");
}

/**
 * Borg takes a lock for a stale one of its own host when the host's id in it is its own, and that comes from
 * a network interface that has an address; without one it is another number in each process.
 */
async function giveAddress(): Promise<void> {
  const [name] = (await namesIn("/sys/class/net")).filter((name) => name !== "lo");
  assert(name !== undefined, "the machine has no network interface");
  await sh("ip", "address", "replace", "10.0.2.15/24", "dev", name);
  await sh("ip", "link", "set", name, "up");
}

async function makeSources(): Promise<void> {
  await sh("zfs", "create", "-o", "mountpoint=/srv/data", "svc/d");
  await sh("zfs", "create", "-o", "mountpoint=legacy", "svc/d/old");
  await sh("mkdir", "-p", "/srv/old", "/srv/plain");
  await sh("mount", "-t", "zfs", "svc/d/old", "/srv/old");
  await Deno.writeTextFile("/srv/old/file", "old\n");
  await sh("umount", "/srv/old");
  await Deno.writeTextFile("/srv/data/file", "data\n");
  await Deno.writeTextFile("/srv/plain/file", "plain\n");
}

/** A disk with a file system of its own, mounted. */
async function makeDisk(): Promise<void> {
  await sh("zfs", "create", "-s", "-V", "192M", "svc/disk");
  await sh("udevadm", "settle");
  const options = ["bs=1M", "conv=sparse", "status=none"];
  await sh("dd", "if=/share/disk.ext4", "of=/dev/zvol/svc/disk", ...options);
  await sh("mkdir", "-p", PLACE.disk);
  await sh("mount", "/dev/zvol/svc/disk", PLACE.disk);
}

async function startMailServer(): Promise<Deno.ChildProcess> {
  await attempt(["rm", "-rf", PLACE.mails]);
  const handler = ["-c", "aiosmtpd.handlers.Mailbox", PLACE.mails];
  const server = new Deno.Command("python3", {
    args: ["-m", "aiosmtpd", "-n", "-l", "127.0.0.1:2525", ...handler],
    stdout: "null",
    stderr: "null",
  }).spawn();
  for (let waited = 0; waited < 150; waited++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port: 2525 })).close();
      return server;
    } catch {
      await pause(200);
    }
  }
  server.kill("SIGKILL");
  throw new Error("the mail server does not answer");
}
