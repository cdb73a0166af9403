/** Scenarios: the compiled program as a service of systemd. */
import assert from "node:assert/strict";
import type { ServiceSettings } from "../../../lib/config/service_settings.ts";
import { unitsOf } from "../../../lib/systemd/unit_pair.ts";
import { WHY_NOT_COMPILED } from "../compiled.ts";
import { assertNothingLeft, namesIn, ourMounts, ourSnapshots } from "../leftovers.ts";
import { attempt, type Scenario, sh } from "../machine.ts";
import { PLACE, Service } from "../service.ts";

/** What `systemd-analyze security` may say at most, times ten; docs/how-to/systemd.md explains it. */
const EXPOSURE = 36;

/** The service of the scenarios, which take their turns with it. */
let made: Service | undefined;

async function theService(): Promise<Service> {
  // A scenario that failed has destroyed the pool.
  const isThere = (await attempt(["zfs", "list", "svc/d"])).code === 0;
  if (made === undefined || !isThere) {
    await made?.[Symbol.asyncDispose]();
    made = await Service.make();
    await made.writeUnits();
    // As long as the timer is there, systemd does not forget what became of the service.
    await sh("systemctl", "start", "autoborg.timer");
  }
  return made;
}

/** What keeps the machine from being suspended, of ours: what it is kept from, why, and how. */
async function inhibitors(): Promise<readonly (readonly string[])[]> {
  // Not by the table of systemd-inhibit, which is cut to the width of a terminal.
  const { stdout } = await attempt([
    ...["busctl", "--json=short", "call", "org.freedesktop.login1", "/org/freedesktop/login1"],
    ...["org.freedesktop.login1.Manager", "ListInhibitors"],
  ]);
  const { data: [all] } = JSON.parse(stdout) as { data: [[string, string, string, string][]] };
  return all.filter(([, who]) => who === "autoborg").map(([what, , why, how]) => [what, why, how]);
}

async function writeBigFile(): Promise<void> {
  await sh("dd", "if=/dev/urandom", "of=/srv/data/big", "bs=1M", "count=40", "status=none");
}

/** A moment that is some seconds ahead, as systemd writes it. */
async function soon(): Promise<string> {
  return await sh("date", "--date=60 seconds", "+%Y-%m-%d %H:%M:%S");
}

/** Files that the service sees other than the host does: something is mounted over them. */
async function hiddenPlaces(service: Service): Promise<readonly string[]> {
  const seen = "/tmp/mountinfo";
  await service.drop(`[Service]\nExecStart=\nExecStart=/bin/cp /proc/self/mountinfo ${seen}\n`);
  assert.equal(await service.start(), "success 0");
  await service.drop("");
  const host = parseMounts(await Deno.readTextFile("/proc/self/mountinfo"));
  return parseMounts(await Deno.readTextFile(seen)).filter(({ target, device, root }) => {
    if (/^\/(?:proc|sys|dev|run)(?:\/|$)/.test(target)) return false;
    const below = (outer: string) => outer === "/" || `${target}/`.startsWith(`${outer}/`);
    const on = host.findLast((mount) => below(mount.target));
    const rest = target.slice(on?.target === "/" ? 0 : on?.target.length);
    return on?.device !== device || root.replace(/^\/$/, "") !== rest.replace(/^\/$/, "");
  }).map(({ target }) => target);
}

function parseMounts(text: string) {
  return text.trim().split("\n").map((line) => {
    const [, , device, root = "", target = ""] = line.split(" ");
    return { device, root, target };
  }).toSorted((a, b) => a.target.length - b.target.length);
}

/** Everything that means something to systemd in one place or another. */
const ODD = `a  b%n %% $HOME \${HOME} "c" 'd' \\\\e\\x41 ;f #g größe`;

/** The same without what systemd takes in no program's path. */
const ODD_PROGRAM = "/srv/odd/a  b%n %% $HOME ${HOME} ;f #g größe";

/** Writes down what it was given, where it may; elsewhere it can't. */
const PROGRAM_OF_ODD = `#!/bin/sh
set -e
printf '%s\\n' "$@" "$BORG_BASE_DIR" >"\${3%/*}/state/seen"
touch "$BORG_BASE_DIR/.cache/borg/written"
! touch /srv/odd/not/written 2>/dev/null
`;

/** What the configuration of that program would say. */
const SETTINGS: ServiceSettings = {
  path: "",
  name: "odd",
  zfs: true,
  repositories: [],
  passphraseCommand: false,
  usesNetwork: false,
  hasAudience: false,
  logsDirectory: "/var/log/autoborg",
  stateDirectory: "",
  tempDirectory: "/run/autoborg",
  credentials: [],
  hasServers: false,
  sqliteDirectories: [],
  optionalCredentials: [],
  possibleCredentials: [],
};

const scenarios: readonly Scenario[] = [
  {
    name: "systemd: the units are sound, and hide nothing from the backup",
    async run() {
      const service = await theService();
      const files = ["service", "timer"].map((kind) => `/etc/systemd/system/autoborg.${kind}`);
      const verified = await attempt(["systemd-analyze", "verify", ...files]);
      assert.equal(verified.stdout + verified.stderr, "");
      assert.equal(verified.code, 0);
      const security = ["systemd-analyze", "security", "--no-pager", `--threshold=${EXPOSURE}`];
      const rated = await attempt([...security, "autoborg.service"]);
      assert.equal(rated.code, 0, rated.stdout);
      assert.deepEqual(await hiddenPlaces(service), []);
    },
  },
  {
    name:
      "systemd: the timer starts a first run on a fresh machine; everything is done, all is told",
    async run() {
      const service = await theService();
      // Only the repositories are older than the service.
      const fresh = [
        "/var/lib/autoborg",
        "/var/log/autoborg",
        "/run/autoborg",
        "/root/.cache/borg",
      ];
      await sh("rm", "-rf", ...fresh, "/root/.config/borg");
      await service.drop("[Timer]\nRandomizedDelaySec=0\nAccuracySec=1s\n", "autoborg.timer");
      await service.writeUnits("--calendar", await soon());
      assert.equal(await service.startBy("restart", "autoborg.timer"), "success 0");
      for (const label of ["first", "second"] as const) {
        const paths = await service.contents(label);
        for (const path of ["srv/data/file", "zfs/svc/d/old/file", "srv/plain/file"]) {
          assert(paths.includes(path), `${label}: no ${path} in ${paths}`);
        }
      }
      const [subject, ...others] = await service.subjects();
      assert.match(subject ?? "", /^\[ok\] vm on vm: 2 repositories/);
      assert.deepEqual(others, []);
      assert.match(await Deno.readTextFile(PLACE.metrics), /last_run_state.*"ok".* 1$/m);
      assert.equal((await namesIn("/var/log/autoborg")).length, 1);
      assert.equal((Deno.statSync("/var/lib/autoborg").mode ?? 0) & 0o777, 0o700);
      assert.equal((Deno.statSync("/var/log/autoborg").mode ?? 0) & 0o777, 0o750);
      assert.match(await service.journal("info"), /^ok after .*: first ok, second ok/m);
    },
  },
  {
    name: "systemd: stopped in mid-run it cleans up and says so; nobody is left, nothing is locked",
    async run() {
      const service = await theService();
      await writeBigFile();
      await service.startUntilCreate();
      assert.deepEqual(await inhibitors(), [["shutdown:sleep", "A backup is running", "block"]]);
      assert.equal((await ourSnapshots()).length, 2);
      // They are in the service's own namespace.
      assert.deepEqual(await ourMounts(), []);
      await sh("systemctl", "stop", "autoborg.service");
      assert.equal(await service.ended(), "exit-code 143", await service.journal());
      await assertNothingLeft();
      assert.deepEqual(await inhibitors(), []);
      assert.equal((await attempt(["pgrep", "-x", "borg"])).code, 1, "a borg is left");
      for (const url of [PLACE.first, PLACE.second]) {
        assert.equal((await namesIn(url)).some((name) => name.startsWith("lock.ex")), false);
      }
      const [subject] = await service.subjects();
      assert.match(subject ?? "", /^\[FAILED\] vm on vm: .*interrupted/);
    },
  },
  {
    name: "systemd: after SIGKILL the next run cleans up; an absent optional disk is no failure",
    async run() {
      const service = await theService();
      await writeBigFile();
      await service.startUntilCreate();
      await sh("systemctl", "kill", "--signal=KILL", "--kill-whom=all", "autoborg.service");
      assert.equal(await service.ended(), "signal 9");
      assert.deepEqual(await inhibitors(), []);
      assert.equal((await ourSnapshots()).length, 2);
      assert.deepEqual(await ourMounts(), []);
      await Deno.remove("/srv/data/big");
      await sh("umount", PLACE.disk);
      const before = (await service.archives("first")).length;
      // It did its job, and warns of the one that was killed.
      assert.equal(await service.start(), "success 1", await service.journal());
      await assertNothingLeft();
      assert.equal((await service.archives("first")).length, before + 1);
      assert.match((await service.subjects()).join("\n"), /^\[warning\] .*ended without a report/);
      assert.match(await service.journal("info"), /second absent/);
      await sh("mount", "/dev/zvol/svc/disk", PLACE.disk);
    },
  },
  {
    name: "systemd: a disk that was plugged in again is written to; warnings are no failure",
    async run() {
      const service = await theService();
      const before = (await service.archives("second")).length;
      const hook = "/etc/autoborg/hooks/finished";
      await Deno.writeTextFile(hook, "#!/bin/sh\nexit 3\n", { mode: 0o755 });
      assert.equal(await service.start(), "success 1", await service.journal());
      await Deno.remove(hook);
      assert.equal((await service.archives("second")).length, before + 1);
      assert.match(await service.journal("warning"), /hook ".*finished" failed: exit code 3/);
      assert.match((await service.subjects()).join("\n"), /^\[warning\]/);
    },
  },
  {
    name: "systemd: a run that fails fails the unit; a credential that is missing is mailed",
    async run() {
      const service = await theService();
      const file = `${PLACE.credentials}/passphrase.first`;
      await Deno.rename(file, `${file}.away`);
      try {
        assert.equal(await service.start(), "exit-code 78", await service.journal());
      } finally {
        await Deno.rename(`${file}.away`, file);
      }
      assert.equal((await attempt(["systemctl", "is-failed", "autoborg.service"])).code, 0);
      assert.match(await service.journal("err"), /the credential "passphrase\.first"/);
      assert.match((await service.subjects()).join("\n"), /^\[FAILED\] vm on vm: no backup/);
    },
  },
  {
    name: "systemd: odd paths reach the program as they are, and only those are writable",
    async run() {
      const odd = `/srv/odd/${ODD}`;
      const [binary, config] = [ODD_PROGRAM, `${odd}/my config.toml`];
      await sh("mkdir", "-p", odd, "/srv/odd/not");
      await Deno.writeTextFile(binary, PROGRAM_OF_ODD, { mode: 0o755 });
      const [service] = unitsOf({
        settings: { ...SETTINGS, path: config, stateDirectory: `${odd}/state` },
        binary,
        isDefaultConfig: false,
        instance: "odd",
        calendar: "daily",
        borg: { BORG_BASE_DIR: `${odd}/base` },
        credentials: [],
        automounts: [],
      });
      await Deno.writeTextFile(`/run/systemd/system/${service?.name}`, service?.text ?? "");
      await sh("systemctl", "daemon-reload");
      const started = await attempt(["systemctl", "start", "autoborg@odd.service"]);
      assert.equal(started.code, 0, started.stderr);
      const seen = await Deno.readTextFile(`${odd}/state/seen`);
      assert.deepEqual(seen.split("\n"), ["run", "--config", config, `${odd}/base`, ""]);
      assert((await namesIn(`${odd}/base/.cache/borg`)).includes("written"));
      await sh("rm", "-rf", "/srv/odd", `/run/systemd/system/${service?.name}`);
      await sh("systemctl", "daemon-reload");
    },
  },
  {
    name: "systemd: an automount whose disk is absent does not keep the service from starting",
    async run() {
      const service = await theService();
      await sh("umount", PLACE.disk);
      await sh("zfs", "set", "volmode=none", "svc/disk");
      const units = "/run/systemd/system";
      const device = "dev-disk-by\\x2dlabel-backupdisk.device";
      const mount = `[Mount]\nWhat=/dev/disk/by-label/backupdisk\nWhere=${PLACE.disk}\nType=ext4\n`;
      await Deno.writeTextFile(`${units}/mnt-disk.mount`, mount);
      await Deno.writeTextFile(`${units}/mnt-disk.automount`, `[Automount]\nWhere=${PLACE.disk}\n`);
      await sh("mkdir", "-p", `${units}/${device}.d`);
      await Deno.writeTextFile(`${units}/${device}.d/soon.conf`, "[Unit]\nJobTimeoutSec=3\n");
      await sh("systemctl", "daemon-reload");
      await sh("systemctl", "start", "mnt-disk.automount");
      await service.writeUnits();
      const touch = `ExecStart=/bin/touch ${PLACE.second}/touched`;
      const start = async (command: string) => {
        await service.drop(`[Service]\nExecStart=\n${command}\n`);
        return await service.start();
      };
      assert.equal(await start("ExecStart=/bin/true"), "success 0", await service.journal());
      // Plugged in while the service runs, and then before it starts.
      await sh("zfs", "set", "volmode=dev", "svc/disk");
      await sh("udevadm", "settle");
      assert.equal(await start(touch), "success 0", await service.journal());
      assert.equal(await start(touch), "success 0", await service.journal());
      await sh("systemctl", "stop", "mnt-disk.automount", "mnt-disk.mount");
      await sh("rm", "-rf", `${units}/mnt-disk.mount`, `${units}/mnt-disk.automount`);
      await service[Symbol.asyncDispose]();
      made = undefined;
    },
  },
];

/** The compiled program as a service of systemd. */
export const systemdScenarios: readonly Scenario[] = scenarios.map((scenario) => ({
  ...scenario,
  skip: WHY_NOT_COMPILED,
}));
