import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { probeOtherPrograms } from "../../lib/probe/other_programs.ts";

/** The warnings for a root directory with these files; a file that links are made to is a target. */
async function look(
  files: Readonly<Record<string, string>>,
  enabled: readonly string[] = [],
  open: readonly string[] = [],
): Promise<readonly string[]> {
  const root = await Deno.makeTempDir({ prefix: "autoborg-cron-" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(root, name)), { recursive: true });
      await Deno.writeTextFile(join(root, name), text);
    }
    for (const name of open) await Deno.chmod(join(root, name), 0o777);
    const wants = join(root, "etc/systemd/system/timers.target.wants");
    await Deno.mkdir(wants, { recursive: true });
    for (const name of enabled) {
      await Deno.symlink(`/etc/systemd/system/${name}`, join(wants, name));
    }
    const findings = await probeOtherPrograms(root);
    for (const finding of findings) {
      assert.equal(finding.state, "warning");
      assert.match(JSON.stringify(finding), /"hint":"Use one program/);
    }
    return findings.map(({ message }) => message.replaceAll(root, ""));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const SCRIPT = "/usr/local/sbin/automated_borg_backup.py";

Deno.test("probeOtherPrograms() finds the script in every table of cron", async () => {
  const line = `30 2 * * * root ${SCRIPT}`;
  for (
    const file of [
      "etc/crontab",
      "etc/cron.d/backup",
      "var/spool/cron/crontabs/root",
      "var/spool/cron/tabs/root",
      "var/spool/cron/jane.doe",
    ]
  ) {
    assert.deepEqual(await look({ [file]: `# comment\nMAILTO=root\n\n${line}\n` }), [
      `another program uses Borg, "automated_borg_backup.py": cron starts it: line 4 of "/${file}"`,
    ]);
  }
  for (const period of ["hourly", "daily", "weekly", "monthly"]) {
    const found = await look({ [`etc/cron.${period}/backup`]: `#!/bin/sh\nexec ${SCRIPT} -q\n` });
    assert.equal(found.length, 1, period);
  }
});

Deno.test("probeOtherPrograms() knows the programs of Borg, and shows no secret of a line", async () => {
  const commands: Readonly<Record<string, string>> = {
    "borgmatic --verbosity -1": "borgmatic",
    "/usr/bin/borgmatic": "borgmatic",
    "BORG_PASSPHRASE=geheim /usr/bin/borg create /mnt/r::x /etc": "borg",
    "cd / && borg --lock-wait=9 prune -P web /mnt/r": "borg",
    "nice /root/bin/borg-backup >/dev/null 2>&1": "borg-backup",
    "/opt/my_borg_wrapper.sh": "my_borg_wrapper.sh",
  };
  for (const [command, name] of Object.entries(commands)) {
    const [found = "", ...others] = await look({ "etc/crontab": `0 3 * * * root ${command}\n` });
    assert.ok(found.startsWith(`another program uses Borg, "${name}": `), found);
    assert.deepEqual(others, []);
    assert.doesNotMatch(found, /geheim/);
  }
});

Deno.test("probeOtherPrograms() reads scripts that are started by another name", async () => {
  const scripts = [
    '#!/usr/bin/env python3\nrun(["borg", "prune", "--prefix", PREFIX])\n',
    "#!/bin/bash\nset -e\nborg create --stats ::x /etc\n",
    "#!/bin/sh\nborgmatic || true\n",
  ];
  for (const script of scripts) {
    const found = await look({
      "etc/crontab": "0 3 * * * root python3 /root/backup.py >/var/log/backup\n",
      "root/backup.py": script,
    });
    assert.match(found.join(), /uses Borg, "\/root\/backup\.py": cron starts it/);
  }
});

Deno.test("probeOtherPrograms() reads no script that others may write, and no endless line", async () => {
  const crontab = { "etc/crontab": "0 3 * * * root /srv/backup.py\n" };
  const script = "#!/bin/sh\nborgmatic\n";
  assert.equal((await look({ ...crontab, "srv/backup.py": script })).length, 1);
  assert.deepEqual(await look({ ...crontab, "srv/backup.py": script }, [], ["srv/backup.py"]), []);
  const endless = `#!/bin/sh\n${"borg".repeat(250_000)}\n`;
  assert.deepEqual(await look({ ...crontab, "srv/backup.py": endless }), []);
  assert.deepEqual(await look({ "etc/crontab": `0 3 * * * root ${"borg".repeat(200_000)}\n` }), []);
});

Deno.test("probeOtherPrograms() finds enabled timers whose service starts Borg", async () => {
  const timer = "[Timer]\nOnCalendar=daily\n";
  const files = {
    "usr/lib/systemd/system/borgmatic.timer": timer,
    "usr/lib/systemd/system/borgmatic.service":
      "[Service]\nExecStart=systemd-inhibit --who=x /usr/bin/borgmatic --syslog\n",
    "etc/systemd/system/backup.timer": `${timer}Unit=nightly.service\n`,
    "etc/systemd/system/nightly.service": `[Service]\nExecStart=-${SCRIPT}\n`,
    "etc/systemd/system/b@.timer": timer,
    "etc/systemd/system/b@.service": "[Service]\nExecStartPre=/usr/bin/borg check %i\n",
    "etc/systemd/system/other.timer": timer,
    "etc/systemd/system/other.service": "[Service]\nExecStart=/usr/bin/fstrim\n",
  };
  assert.deepEqual(await look(files), [], "none is enabled");
  const enabled = ["borgmatic.timer", "backup.timer", "b@web.timer", "other.timer", "gone.timer"];
  assert.deepEqual(await look(files, enabled), [
    'another program uses Borg, "borg": b@web.timer starts it',
    'another program uses Borg, "automated_borg_backup.py": backup.timer starts it',
    'another program uses Borg, "borgmatic": borgmatic.timer starts it',
  ]);
});

Deno.test("probeOtherPrograms() takes nothing else for Borg", async () => {
  const lines = [
    `# 30 2 * * * root ${SCRIPT}`,
    "0 3 * * * root /usr/local/bin/autoborg run",
    "0 3 * * * root autoborg borg disk -- prune",
    "0 3 * * * root du -sh /mnt/backup/borg",
    "0 3 * * * root rsync -a /mnt/borg/ host:borg/",
    "0 3 * * * borg /usr/bin/true",
    "MAILTO=borg@example.org",
    "0 3 * * * root /bin/binary /missing",
  ];
  const files = {
    "etc/crontab": `${lines.join("\n")}\n`,
    "bin/binary": "\x7fELF borg create",
    "etc/cron.d/backup.dpkg-old": `0 3 * * * root ${SCRIPT}\n`,
    "etc/systemd/system/autoborg.timer": "[Timer]\n",
    "etc/systemd/system/autoborg.service": "[Service]\nExecStart=/usr/bin/autoborg run\n",
  };
  assert.deepEqual(await look(files, ["autoborg.timer"]), []);
});
