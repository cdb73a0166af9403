import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "smol-toml";
import { migrate } from "../../lib/migrate/migrate.ts";
import { LOOK } from "../../lib/migrate/toml.ts";
import { fixture, messages, migrated, read, REPOSITORY, SOURCES } from "./migrated.ts";

Deno.test("migrate() takes over every setting of the script", async () => {
  const migration = await fixture("automated_borg_backup.py");
  assert.deepEqual(read(migration), {
    name: "web01",
    repositories: [
      {
        label: "borg",
        url: "/mnt/backup/borg",
        encryption: "repokey-blake2",
        passphrase: 'Ganz geheim: "Käse" & \\ Co',
      },
      {
        label: "u123456",
        url: "ssh://u123456@u123456.your-storagebox.de:23/./backups/web01",
        encryption: "repokey",
        passphrase: "noch-viel-geheimer#42",
        ssh_key: "/root/.ssh/id_ed25519_storagebox",
      },
      { label: "nas", url: "borg@nas.example.org:web01", encryption: "none" },
    ],
    retention: { keep_daily: 7, keep_weekly: 4, keep_monthly: 6 },
    sources: {
      directories: ["/etc", "/home", "/root", "/var/lib/mysql-dumps", '/srv/Gemeinsame "Dateien"'],
    },
    zfs: { datasets: ["tank", "rpool/data"], recursive: true },
    check: { verify_data: false },
    compact: { enabled: true },
    logs: { directory: "/var/log/borg-backup", keep: 30 },
    paths: { temp_dir: "/tmp/borg_backup_snapshots" },
    mail: {
      server: "mail.example.org",
      port: 587,
      security: "starttls",
      username: "backup@example.org",
      password: "M@il-Pa$$wort",
      recipients: ["admin@example.org", "technik@example.org"],
      from_address: "backup@example.org",
      from_name: "Backup web01",
    },
  });
  assert.ok(migration.points.every(({ isUnread }) => !isUnread), "everything was read");
  assert.deepEqual(migration.unknown.map(({ name }) => name), [
    "HOSTNAME",
    "LOCK_FILE",
    "TIMESTAMP",
    "LOG_FILE",
  ]);
});

Deno.test("migrate() says on top of the configuration that it holds secrets", async () => {
  const { toml } = await fixture("automated_borg_backup.py");
  const [head = ""] = toml.split("\n\n");
  assert.match(head, /chmod 600/);
  assert.match(head, /passphrase_file/);
  assert.match(head, /# LOOK:/);
});

Deno.test("migrate() writes each point as a comment, with its line", async () => {
  for (const name of ["automated_borg_backup.py", "computed.py"]) {
    const migration = await fixture(name);
    const flat = migration.toml.replace(/\n# {7}/g, " ");
    const looks = flat.split("\n").filter((line) => line.startsWith(LOOK));
    assert.equal(looks.length, migration.points.length);
    for (const { line, message } of migration.points) {
      const comment = line === undefined ? `${LOOK}${message}` : `${LOOK}line ${line}: ${message}`;
      assert.ok(looks.includes(comment), comment);
    }
  }
});

Deno.test("migrate() reads what it can of a script that computes its settings", async () => {
  const migration = await fixture("computed.py");
  assert.deepEqual(read(migration), {
    name: "myhost",
    repositories: [
      {
        label: "Buro-NAS",
        url: "ssh://backup@nas.example.org:22/web",
        encryption: "repokey",
        passphrase_command: "cat /etc/autoborg/Buro-NAS.passphrase",
        ssh_key: "/root/.ssh/id_nas",
      },
      { label: "archive", url: "/mnt/usb", encryption: "none" },
      { label: "home", url: "/root/borg", encryption: "keyfile", passphrase: "" },
      { label: "open", url: "repo/borg", encryption: "repokey", passphrase_command: "true" },
    ],
    sources: { directories: ["/etc", "/root/documents", "relative/data", "/srv/backup/dumps"] },
    zfs: { datasets: ["tank"], recursive: true },
    check: {},
    logs: { directory: "/var/log/backup" },
    mail: {
      server: "mail.example.org",
      port: 465,
      security: "tls",
      recipients: ["admin@example.org", "technik@example.org"],
      from_address: "admin@example.org",
      when: "problems",
    },
  });
  const told = messages(migration).join("\n");
  for (const line of [12, 19, 24, 32, 36, 37, 38, 41, 46, 50, 57, 67]) {
    assert.match(told, new RegExp(`^${line}: `, "m"));
  }
  assert.doesNotMatch(told, /secret-/, "no message shows what strings hold");
  assert.doesNotMatch(migration.toml, /secret-[12578]/);
});

Deno.test("migrate() says what is lacking, and writes the rest", async () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    [SOURCES, ["repositories"]],
    [REPOSITORY, ["sources"]],
    ["PRUNE_KEEP_DAILY = 7\n", ["repositories", "sources"]],
    [`${SOURCES}BORG_REPOSITORIES = []\n`, ["repositories"]],
    [`${SOURCES}BORG_REPOSITORIES = load("x")\n`, ["repositories"]],
    [`${SOURCES}BORG_REPOSITORIES = [{"repo_url": url()}]\n`, ["repositories"]],
    [`${REPOSITORY}BACKUP_DIRECTORIES = [] + directories()\nZFS_POOLS = []\n`, ["sources"]],
    [`class Settings:\n  ${SOURCES}`, ["repositories", "sources"]],
  ];
  for (const [source, lacking] of cases) {
    const migration = await migrated(source);
    assert.deepEqual([...migration.lacking], lacking, source);
    assert.match(migration.toml, /NOT COMPLETE/);
    assert.ok(migration.points.some(({ isUnread }) => isUnread));
    // Whoever takes the marks of comments away gets every table once.
    const headers = migration.toml.match(/^#?\[(?!\[).*/gm)?.map((line) => line.replace("#", ""));
    assert.equal(new Set(headers).size, headers?.length ?? 0, migration.toml);
  }
  const inBlock = messages(await migrated(`class Settings:\n  ${SOURCES}`)).join("\n");
  assert.match(inBlock, /^2: BACKUP_DIRECTORIES is only given a value in a block/m);
});

Deno.test("migrate() finds nothing in a script of another kind", async () => {
  for (
    const source of ["", "A = 1\n", "print('BORG_REPOSITORIES')\n", "# BACKUP_DIRECTORIES = []\n"]
  ) {
    assert.equal(await migrate({ source, file: "old.py", hostname: "myhost" }), undefined);
  }
});

Deno.test("migrate() lists the constants that nobody knows, but not what settings are made of", async () => {
  const { unknown, toml } = await migrated(
    `${REPOSITORY}BASE = "/srv"\nBACKUP_DIRECTORIES = [BASE + "/a"]\nRETRIES = 3\nlower = 1
API_TOKEN = fetch("hidden")\n__version__ = "1"\n_STAMP = now("hidden")\nfrom x import THING\n`,
  );
  assert.deepEqual(unknown, [
    { name: "RETRIES", line: 5 },
    { name: "API_TOKEN", line: 7 },
    { name: "_STAMP", line: 9 },
  ]);
  assert.match(toml, /^# {3}line 5: RETRIES$/m);
  assert.match(toml, /^# {3}line 7: API_TOKEN$/m);
  assert.match(toml, /^# {3}line 9: _STAMP = now\("…"\)$/m);
});

Deno.test("migrate() makes a configuration that autoborg accepts, whatever the values", async () => {
  const names =
    "BACKUP_NAME_PREFIX BACKUP_DIRECTORIES ZFS_POOLS PRUNE_KEEP_DAILY PRUNE_KEEP_WITHIN " +
    "CHECK_WITH_VERIFY_DATA ENABLE_BORG_COMPACT LOG_DIR LOG_GARBAGE_KEEP SCRIPT_TMP_DIR " +
    "SMTP_SERVER SMTP_PORT SMTP_USERNAME SMTP_PASSWORD SMTP_USE_TLS SMTP_USE_SSL SMTP_SECURITY " +
    "EMAIL_FROM EMAIL_FROM_NAME EMAIL_TO EMAIL_ENABLED EMAIL_ONLY_ON_ERROR BORG_REPOSITORIES";
  const keys =
    "repo_url encryption_mode passphrase passphrase_file ssh_key name compression enabled foo";
  const text = fc.oneof(
    fc.string({ unit: "grapheme-ascii" }),
    fc.constantFrom(
      "/etc",
      "/etc/",
      "~/x",
      "a@b.c",
      "X <a@b.c>",
      "tank",
      "mail:25",
      "none",
      "repokey",
    ),
    fc.constantFrom(
      "ssh://h/x",
      "h:x",
      "u:p@h:x",
      "/a::b",
      "[::1]:x",
      "",
      " ",
      "7d",
      "\n",
      "\0",
      "localhost",
    ),
  ).map((value) => JSON.stringify(value));
  const scalar = fc.oneof(
    text,
    fc.integer({ min: -2, max: 70_000 }).map(String),
    fc.constantFrom("None", "True", "False", "f()", "1.5"),
  );
  const dict = fc.dictionary(fc.constantFrom(...keys.split(" ")), scalar)
    .map((entries) =>
      `{${Object.entries(entries).map(([key, v]) => `"${key}": ${v}`).join(", ")}}`
    );
  const value = fc.oneof(
    scalar,
    fc.array(fc.oneof(scalar, dict), { maxLength: 4 }).map((items) => `[${items.join(", ")}]`),
    dict,
  );
  const line = fc.tuple(fc.constantFrom(...names.split(" ")), value)
    .map(([name, value]) => `${name} = ${value}\n`);
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 12 }), async (lines) => {
      // It throws when its own configuration would be refused.
      const migration = await migrated(lines.join(""));
      parse(migration.toml);
    }),
    { numRuns: 2_000 },
  );
});
