/** Scenarios: the whole program, under its own permission set. */
import assert from "node:assert/strict";
import { assertNothingLeft, ourMounts, ourSnapshots } from "../leftovers.ts";
import { attempt, makePool, pause, type Scenario, SEARCH_PATH, sh } from "../machine.ts";
import {
  archives,
  autoborg,
  autoborgCommand,
  configure,
  contentOf,
  contents,
  ENVIRONMENT,
  log,
  PASSPHRASE,
  removeEverything,
  seen,
} from "../program.ts";
import { layShims } from "../shims.ts";

/** The whole program, under its own permission set. */
export const runScenarios: readonly Scenario[] = [
  {
    name: "two repositories get the same point in time from under a writer; second run cached",
    async run() {
      await using _pool = await makePool("data", "512M");
      await sh("zfs", "create", "-o", "mountpoint=/srv/data", "data/d");
      await sh("zfs", "create", "data/d/child");
      for (let number = 0; number < 20; number++) {
        await Deno.writeTextFile(`/srv/data/child/steady${number}`, `content ${number}`);
      }
      await configure('[zfs]\ndatasets = ["data/d"]\nrecursive = true', ["first", "second"]);
      const writer = new Deno.Command("sh", {
        args: ["-c", "while :; do date +%s.%N >/srv/data/clock; sleep 0.05; done"],
      }).spawn();
      try {
        const ran = await autoborg("run");
        assert.equal(ran.code, 0, `${ran.stdout}${ran.stderr}`);
      } finally {
        writer.kill("SIGKILL");
        await writer.status;
      }
      await assertNothingLeft();
      assert.equal(
        await contentOf("first", "srv/data/clock"),
        await contentOf("second", "srv/data/clock"),
      );
      const paths = await contents("first");
      assert(paths.includes("srv/data/child/steady7"), paths.join("\n"));
      assert.equal(paths.some((path) => path.startsWith("run/")), false);
      const again = await autoborg("run");
      assert.equal(again.code, 0, `${again.stdout}${again.stderr}`);
      // Borg never remembers the newest file, and the clock went on ticking.
      const counts = [
        ...(again.stdout + again.stderr).matchAll(/\((\d+) added, (\d+) modified\)/g),
      ];
      assert.equal(counts.length, 2, again.stdout + again.stderr);
      for (const [, added, modified] of counts) {
        assert(Number(added) <= 1 && Number(modified) <= 1, `${added} added, ${modified} modified`);
      }
      await removeEverything();
    },
  },
  {
    name:
      "SIGTERM during create: checkpoint, unmount, release, exit 143; then SIGKILL and a good run",
    async run() {
      await using _pool = await makePool("data", "1G");
      await sh("dd", "if=/dev/urandom", "of=/data/big", "bs=1M", "count=80");
      await configure('[zfs]\ndatasets = ["data"]', ["first"]);
      {
        await using _shims = await layShims();
        const [program = "", ...args] = autoborgCommand("run");
        const start = () =>
          new Deno.Command(program, {
            args,
            env: { PATH: SEARCH_PATH, HOME: "/root", ...ENVIRONMENT },
            stdout: "null",
            stderr: "null",
          }).spawn();
        const first = start();
        await seen("borg create");
        await pause(2_000);
        const refused = await autoborg("run");
        assert.equal(refused.code, 75, refused.stderr);
        first.kill("SIGTERM");
        assert.equal((await first.status).code, 143);
        await assertNothingLeft();
        assert.equal((await attempt(["pgrep", "-x", "borg"])).code, 1, "a borg is left");
        await Deno.remove("/opt/shims/log");
        const second = start();
        await seen("borg create");
        await pause(2_000);
        second.kill("SIGKILL");
        await second.status;
        assert.equal((await ourSnapshots()).length, 1);
        assert.equal((await ourMounts()).length, 1);
        // The orphan goes on reading, as it may; here it shall be gone.
        await attempt(["pkill", "-KILL", "-x", "borg"]);
        await attempt(["borg", "break-lock", "/var/tmp/repos/first"], {
          BORG_PASSPHRASE: PASSPHRASE,
        });
        await pause(500);
      }
      const ran = await autoborg("run");
      assert.equal(ran.code, 1, `${ran.stdout}${ran.stderr}`);
      assert.match(ran.stderr, /The run of .* ended without a report/);
      assert.match(await log(), /is ours: already marked for destruction/);
      await removeEverything();
    },
  },
  {
    name: "SIGTERM at each stage of staging leaves nothing",
    long: "SIGKILL at each stage shows the same, and more",
    async run() {
      await using _pool = await makePool("data");
      await Deno.writeTextFile("/data/file", "file");
      await configure('[zfs]\ndatasets = ["data"]', ["first"]);
      for (const command of ["zfs snapshot", "zfs hold", "zfs destroy", "mount -i"]) {
        await using _shims = await layShims({ command, when: "after", signal: "TERM" });
        const ran = await autoborg("run");
        assert.equal(ran.code, 143, `${command}: ${ran.stdout}${ran.stderr}`);
        await assertNothingLeft();
      }
      await removeEverything();
    },
  },
  {
    name: "in a private mount namespace under systemd, and by hand after it was killed there",
    long: "the scenarios of systemd run in one, too",
    async run() {
      await using _pool = await makePool("data");
      await Deno.writeTextFile("/data/file", "file");
      await configure('[zfs]\ndatasets = ["data"]', ["first"]);
      const unit = [
        ...["systemd-run", "--wait", "--quiet", "-p", "PrivateMounts=yes"],
        ...["-E", `PATH=${SEARCH_PATH}`, "-E", "HOME=/root"],
        ...["-E", `DENO_DIR=${ENVIRONMENT.DENO_DIR}`, "-p", "KillMode=control-group"],
      ];
      const ran = await attempt([...unit, ...autoborgCommand("run")]);
      assert.equal(ran.code, 0, ran.stderr);
      assert((await contents("first")).includes("data/file"));
      await assertNothingLeft();
      {
        await using _shims = await layShims({ command: "umount", when: "before", signal: "KILL" });
        await attempt([...unit, ...autoborgCommand("run")]);
      }
      assert.equal((await ourSnapshots()).length, 1);
      assert.deepEqual(await ourMounts(), []);
      const recovered = await autoborg("recover");
      assert.equal(recovered.code, 0, recovered.stderr);
      await assertNothingLeft();
      await removeEverything();
    },
  },
  {
    name: "hooks run around the snapshot, also when it fails; a failing first one ends the run",
    async run() {
      await using _pool = await makePool("data");
      await configure('[zfs]\ndatasets = ["data"]', ["first"]);
      const hook = async (name: string, body: string) => {
        await sh("mkdir", "-p", "/etc/autoborg/hooks");
        const path = `/etc/autoborg/hooks/${name}`;
        await Deno.writeTextFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
      };
      await hook("before-snapshot", "echo locked >/data/state");
      await hook("after-snapshot", 'echo "unlocked by $AUTOBORG_HOOK" >/data/state');
      assert.equal((await autoborg("run")).code, 0);
      assert.equal(await contentOf("first", "data/state"), "locked\n");
      assert.equal(await Deno.readTextFile("/data/state"), "unlocked by after-snapshot\n");
      await hook("before-snapshot", "echo locked >/data/state; exit 3");
      const failed = await autoborg("run");
      assert.equal(failed.code, 2);
      assert.match(failed.stdout + failed.stderr, /before-snapshot" failed: exit code 3/);
      assert.equal(await Deno.readTextFile("/data/state"), "unlocked by after-snapshot\n");
      assert.equal((await archives("first")).length, 1);
      await hook("before-snapshot", "sleep 100");
      {
        await using _shims = await layShims();
        const [program = "", ...args] = autoborgCommand("run");
        const run = new Deno.Command(program, {
          args,
          env: { PATH: SEARCH_PATH, HOME: "/root", ...ENVIRONMENT },
          stdout: "null",
          stderr: "null",
        }).spawn();
        await seen("zfs list");
        await pause(1_500);
        await Deno.writeTextFile("/data/state", "locked");
        run.kill("SIGTERM");
        assert.equal((await run.status).code, 143);
      }
      assert.equal(await Deno.readTextFile("/data/state"), "unlocked by after-snapshot\n");
      await Deno.chmod("/etc/autoborg/hooks/before-snapshot", 0o777);
      assert.match((await autoborg("run")).stderr, /can be written by users other than its owner/);
      await removeEverything();
    },
  },
];
