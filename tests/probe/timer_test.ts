import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import type { Finding } from "../../lib/probe/finding.ts";
import { configOfService, probeTimer, type TimerExpectations } from "../../lib/probe/timer.ts";

const NOW = new Date("2026-11-23T08:00:00Z");
const UNIT = "[Timer]\nOnCalendar=03:00\nPersistent=true\n";

const EXPECTED = { now: NOW, config: "/etc/autoborg/config.toml", maxAge: 26 * 3_600_000 };

/** A root directory of its own; a path that ends in a slash is a directory. */
async function look(
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
  stamps: readonly string[] = [],
  expected: Partial<TimerExpectations> = {},
): Promise<readonly Finding[]> {
  const root = await Deno.makeTempDir({ prefix: "autoborg-timer-" });
  try {
    const make = async (name: string, write: (path: string) => Promise<void>) => {
      await Deno.mkdir(dirname(join(root, name)), { recursive: true });
      await write(join(root, name));
    };
    for (const [name, text] of Object.entries(files)) {
      await make(
        name,
        (path) => name.endsWith("/") ? Deno.mkdir(path) : Deno.writeTextFile(path, text),
      );
    }
    for (const [name, target] of Object.entries(links)) {
      await make(name, (path) => Deno.symlink(target, path));
    }
    for (const name of stamps) {
      await make(`var/lib/systemd/timers/stamp-${name}`, async (path) => {
        await Deno.writeTextFile(path, "");
        await Deno.utime(path, NOW, new Date("2026-11-23T03:00:00Z"));
      });
    }
    return await probeTimer({ ...EXPECTED, ...expected }, root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

function only(findings: readonly Finding[]): Finding {
  const [first, ...others] = findings;
  assert.ok(first);
  assert.deepEqual(others, []);
  return first;
}

const SYSTEMD = { "run/systemd/system/": "" };
const INSTALLED = { ...SYSTEMD, "etc/systemd/system/autoborg.timer": UNIT };
const WANTED = "etc/systemd/system/timers.target.wants";
const ENABLED = { [`${WANTED}/autoborg.timer`]: "/etc/systemd/system/autoborg.timer" };

Deno.test("probeTimer() finds a timer that is enabled and was started", async () => {
  const finding = only(await look(INSTALLED, ENABLED, ["autoborg.timer"]));
  assert.equal(finding.state, "ok");
  assert.match(finding.message, /^autoborg\.timer is enabled; .* 5 h ago$/);
});

Deno.test("probeTimer() finds the timer of a package", async () => {
  const files = { ...SYSTEMD, "usr/lib/systemd/system/autoborg.timer": UNIT };
  assert.equal(only(await look(files, ENABLED, ["autoborg.timer"])).state, "ok");
});

Deno.test("probeTimer() warns of a timer that was never started", async () => {
  const finding = only(await look(INSTALLED, ENABLED));
  assert.equal(finding.state, "warning");
  assert.match(finding.message, /never started/);
  const plain = { ...INSTALLED, "etc/systemd/system/autoborg.timer": "[Timer]\nOnCalendar=3:00\n" };
  assert.equal(only(await look(plain, ENABLED)).state, "ok");
});

Deno.test("probeTimer() warns of a timer that is not enabled", async () => {
  const finding = only(await look(INSTALLED));
  assert.match(finding.message, /autoborg\.timer exists, but is not enabled/);
  assert.match(JSON.stringify(finding), /systemctl enable --now autoborg\.timer/);
});

Deno.test("probeTimer() warns of a link to nothing and of a unit that is masked", async () => {
  assert.match(only(await look(SYSTEMD, ENABLED)).message, /its file is missing/);
  const masked = { ...ENABLED, "etc/systemd/system/autoborg.timer": "/dev/null" };
  const files = { ...SYSTEMD, "usr/lib/systemd/system/autoborg.timer": UNIT };
  assert.match(only(await look(files, masked)).message, /or it is masked/);
});

Deno.test("probeTimer() looks at every instance of a template", async () => {
  const files = { ...SYSTEMD, "etc/systemd/system/autoborg@.timer": UNIT };
  const target = "/etc/systemd/system/autoborg@.timer";
  const links = {
    [`${WANTED}/autoborg@web.timer`]: target,
    [`${WANTED}/autoborg@db.timer`]: target,
  };
  const findings = await look(files, links, ["autoborg@web.timer"]);
  assert.deepEqual(findings.map(({ state, message }) => [state, message.split(" ", 1)[0]]), [
    ["warning", "autoborg@db.timer"],
    ["ok", "autoborg@web.timer"],
  ]);
  assert.match(only(await look(files)).message, /autoborg@NAME\.timer exists/);
});

Deno.test("probeTimer() warns of a timer that was not set off for too long", async () => {
  const now = new Date("2026-11-25T08:00:00Z");
  const finding = only(await look(INSTALLED, ENABLED, ["autoborg.timer"], { now }));
  assert.equal(finding.state, "warning");
  assert.match(finding.message, /2 d ago: longer than status\.max_age allows$/);
  assert.match(JSON.stringify(finding), /systemctl start autoborg\.timer/);
});

Deno.test("probeTimer() looks at the timer whose service reads the configuration", async () => {
  const service = (config: string) => `[Service]\nExecStart=/usr/bin/autoborg run${config}\n`;
  const files = {
    ...INSTALLED,
    "etc/systemd/system/autoborg.service": service(""),
    "etc/systemd/system/autoborg@.timer": UNIT,
    "etc/systemd/system/autoborg@.service": service(" --config /etc/autoborg/%i.toml"),
  };
  const template = { [`${WANTED}/autoborg@db.timer`]: "/etc/systemd/system/autoborg@.timer" };
  const stamps = ["autoborg.timer", "autoborg@db.timer"];
  const db = { config: "/etc/autoborg/db.toml" };
  const found = only(await look(files, { ...ENABLED, ...template }, stamps, db));
  assert.match(found.message, /^autoborg@db\.timer is enabled;/);
  const missing = only(await look(files, ENABLED, stamps, db));
  assert.equal(missing.state, "warning");
  assert.equal(
    missing.message,
    'nothing starts autoborg with "/etc/autoborg/db.toml": autoborg.timer reads ' +
      '"/etc/autoborg/config.toml"',
  );
});

Deno.test("configOfService() reads what units of ours say", () => {
  const unit = (command: string) => `[Service]\nExecStart=\nExecStart=${command}\n`;
  const of = (command: string) => configOfService(unit(command), "autoborg@a-b.service");
  assert.equal(of("/usr/bin/autoborg run"), "/etc/autoborg/config.toml");
  assert.equal(
    of("/usr/bin/autoborg run --config /etc/autoborg/%i.toml"),
    "/etc/autoborg/a-b.toml",
  );
  assert.equal(of('/b run --config "/srv/a \\"b\\" 5%%.toml"'), '/srv/a "b" 5%.toml');
  assert.equal(configOfService("[Unit]\n", "autoborg.service"), undefined);
  const variable = `Environment=AUTOBORG_CONFIG=/x\n${unit("/usr/bin/autoborg run")}`;
  assert.equal(configOfService(variable, "autoborg.service"), undefined);
});

Deno.test("probeTimer() does not take another program's timer for ours", async () => {
  const files = { ...SYSTEMD, "etc/systemd/system/autoborg-cleanup.timer": UNIT };
  const links = { [`${WANTED}/autoborg-cleanup.timer`]: "/etc/systemd/system/x.timer" };
  assert.match(only(await look(files, links)).message, /^nothing starts autoborg$/);
});

Deno.test("probeTimer() finds a line of cron, with and without systemd", async () => {
  const line = "0 3 * * * root /usr/local/bin/autoborg run --progress none";
  for (const file of ["etc/crontab", "etc/cron.d/backup", "var/spool/cron/crontabs/root"]) {
    for (const base of [{}, SYSTEMD]) {
      const finding = only(await look({ ...base, [file]: `# comment\n\n${line}\n` }));
      assert.equal(finding.state, "ok", file);
      assert.ok(finding.message.includes(line));
    }
  }
});

Deno.test("probeTimer() passes over comments, other verbs and files that cron passes over", async () => {
  const finding = only(
    await look({
      "etc/crontab": "# 0 3 * * * root autoborg run\n0 * * * * root autoborg status\n",
      "etc/cron.d/backup.dpkg-old": "0 3 * * * root autoborg run\n",
    }),
  );
  assert.equal(finding.message, "nothing starts autoborg");
});

Deno.test("probeTimer() does not rely on units where systemd does not run", async () => {
  const files = { "etc/systemd/system/autoborg.timer": UNIT };
  assert.equal(only(await look(files, ENABLED, ["autoborg.timer"])).state, "warning");
});
