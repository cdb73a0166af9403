import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "smol-toml";
import { migrate, type Migration } from "../../lib/migrate/migrate.ts";
import { LOOK } from "../../lib/migrate/toml.ts";

/** Reads a script that has at least one setting. */
async function migrated(source: string): Promise<Migration> {
  const migration = await migrate({ source, file: "old.py", hostname: "myhost" });
  assert.ok(migration !== undefined);
  return migration;
}

async function fixture(name: string): Promise<Migration> {
  return await migrated(await Deno.readTextFile(new URL(`fixtures/${name}`, import.meta.url)));
}

/** The configuration as data. */
function read({ toml }: Migration): Record<string, unknown> {
  return JSON.parse(JSON.stringify(parse(toml)));
}

const REPOSITORY = `BORG_REPOSITORIES = [{"repo_url": "/mnt/borg", "passphrase": "correct horse",
  "encryption_mode": "repokey"}]\n`;
const SOURCES = 'BACKUP_DIRECTORIES = ["/etc"]\n';

/** What a table of the configuration becomes when a script has these lines besides the least. */
async function table(name: string, lines: string): Promise<unknown> {
  return read(await migrated(REPOSITORY + SOURCES + lines))[name];
}

/** What the first repository becomes when its dict has these entries. */
async function repository(entries: string): Promise<unknown> {
  const { repositories } = read(await migrated(`BORG_REPOSITORIES = [{${entries}}]\n${SOURCES}`));
  return Array.isArray(repositories) ? repositories[0] : undefined;
}

/** The messages, with their lines. */
function messages({ points }: Migration): string[] {
  return points.map(({ line, message }) => `${line ?? "-"}: ${message}`);
}

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

Deno.test("migrate() makes a valid name of the prefix and tells what becomes of old archives", async () => {
  const names = {
    "web": "web",
    "web-": "web",
    "Büro Nord_": "Buro-Nord",
    "Straße": "Strasse",
    "{hostname}-": "myhost",
    "-": "myhost",
    "../x": "x",
    "": "myhost",
    ["x".repeat(80)]: "x".repeat(64),
  };
  for (const [prefix, name] of Object.entries(names)) {
    const source = `${REPOSITORY}${SOURCES}BACKUP_NAME_PREFIX = ${JSON.stringify(prefix)}\n`;
    const migration = await migrated(source);
    assert.equal(read(migration).name, name);
    const told = messages(migration).join("\n");
    assert.equal(/^4: the name is made from the prefix/m.test(told), prefix !== name, prefix);
    assert.match(told, /^4: archives that the script made are kept.*never prunes them/m);
    assert.match(told, /^4: stop the script for good before the first run/m);
  }
});

Deno.test("migrate() tells what becomes of old archives when the prefix can't be read", async () => {
  for (const prefix of ["", "BACKUP_NAME_PREFIX = prefix()\n"]) {
    const told = messages(await migrated(`${REPOSITORY}${SOURCES}${prefix}`)).join("\n");
    assert.match(told, /^-: archives that the script made are kept.*never prunes them/m);
    assert.match(told, /^-: stop the script for good before the first run/m);
  }
});

Deno.test("migrate() makes labels of urls, each of them once", async () => {
  const urls = [
    "/mnt/backup/borg",
    "/srv/borg/",
    "ssh://me@offsite.example.org:22/./web",
    "me@offsite.example.org:other",
    "ssh://me@192.0.2.7/x",
    "ssh://[2001:db8::1]/x",
    "file:///mnt/ü/äö",
  ];
  const source = `${SOURCES}BORG_REPOSITORIES = ${JSON.stringify(urls)}\n`;
  const { repositories } = read(await migrated(source));
  assert.ok(Array.isArray(repositories));
  assert.deepEqual(repositories.map(({ url }) => url), urls);
  assert.deepEqual(repositories.map(({ label }) => label), [
    "borg",
    "borg-2",
    "offsite",
    "offsite-2",
    "192.0.2.7",
    "2001.db8..1",
    "ao",
  ]);
});

Deno.test("migrate() takes repositories from a list, a tuple, a dict of dicts or one dict", async () => {
  const one = '{"repo_url": "/mnt/a", "encryption_mode": "none"}';
  for (
    const written of [`[${one}]`, `(${one},)`, `{"a": ${one}}`, one, '{"a": "/mnt/a"}', '"/mnt/a"']
  ) {
    const source = `${SOURCES}BORG_REPOSITORIES = ${written}\n`;
    const { repositories } = read(await migrated(source));
    assert.ok(Array.isArray(repositories));
    assert.equal(repositories[0]?.label, "a", written);
    assert.equal(repositories[0]?.url, "/mnt/a", written);
  }
});

Deno.test("migrate() makes up no passphrase", async () => {
  const url = '"repo_url": "/a"';
  const cat = { label: "a", url: "/a", passphrase_command: "cat /etc/autoborg/a.passphrase" };
  assert.deepEqual(await repository(url), cat);
  assert.deepEqual(await repository(`${url}, "passphrase": None`), cat);
  assert.deepEqual(await repository(`${url}, "passphrase": 12345`), cat);
  assert.deepEqual(await repository(`${url}, "passphrase": "a\\0b"`), cat);
  const none = { label: "a", url: "/a", encryption: "none" };
  assert.deepEqual(await repository(`${url}, "encryption_mode": "none", "passphrase": "x"`), none);
  assert.deepEqual(await repository(`${url}, "encryption_mode": "none"`), none);
  const empty = { label: "a", url: "/a", encryption: "repokey", passphrase_command: "true" };
  assert.deepEqual(
    await repository(`${url}, "encryption_mode": "repokey", "passphrase": ""`),
    empty,
  );
  const file = { label: "a", url: "/a", passphrase_file: "/nowhere/pass" };
  assert.deepEqual(await repository(`${url}, "passphrase_file": "/nowhere/pass"`), file);
});

Deno.test("migrate() says once why a passphrase or a url could not be read", async () => {
  for (
    const entry of [
      '"repo_url": "/a", "passphrase": secret()',
      '"repo_url": "/a", "passphrase": None',
      '"repo_url": "/a"',
      '"repo_url": place(), "passphrase": "x"',
      '"repo_url": None, "passphrase": "x"',
      '"passphrase": "x"',
    ]
  ) {
    const source = `BORG_REPOSITORIES = [{"encryption_mode": "repokey", ${entry}}]\n`;
    const { points } = await migrated(source + SOURCES);
    const here = points.filter(({ line }) => line === 1);
    assert.deepEqual(here.map(({ isUnread }) => isUnread), [true], JSON.stringify(points));
  }
});

Deno.test("migrate() leaves an empty SSH key out and writes a home directory out", async () => {
  const entry = '"repo_url": "me@host:a", "encryption_mode": "none"';
  const plain = { label: "host", url: "me@host:a", encryption: "none" };
  for (const key of ["None", '""']) {
    assert.deepEqual(await repository(`${entry}, "ssh_key": ${key}`), plain);
  }
  assert.deepEqual(await repository(`${entry}, "ssh_key": "~/.ssh/id"`), {
    ...plain,
    ssh_key: "/root/.ssh/id",
  });
});

Deno.test("migrate() sets no retention when a part of it can't be read", async () => {
  assert.deepEqual(
    await table(
      "retention",
      "PRUNE_KEEP_DAILY = 7\nPRUNE_KEEP_WEEKLY = None\nPRUNE_KEEP_YEARLY = -1",
    ),
    { keep_daily: 7, keep_yearly: -1 },
  );
  assert.deepEqual(await table("retention", 'PRUNE_KEEP_LAST = 3\nPRUNE_KEEP_WITHIN = "48H"'), {
    keep_last: 3,
    keep_within: "48h",
  });
  assert.equal(
    await table("retention", "PRUNE_KEEP_DAILY = 7\nPRUNE_KEEP_WEEKLY = weeks()"),
    undefined,
  );
  assert.equal(
    await table("retention", "PRUNE_KEEP_DAILY = 7\nPRUNE_KEEP_WEEKLY = 'x'"),
    undefined,
  );
  assert.equal(
    await table("retention", "PRUNE_KEEP_DAILY = 7\nENABLE_BORG_PRUNE = False"),
    undefined,
  );
  assert.equal(await table("retention", "if X:\n  PRUNE_KEEP_DAILY = 7"), undefined);
});

Deno.test("migrate() finds out how the mail server is reached", async () => {
  const cases: readonly (readonly [string, string])[] = [
    ["SMTP_PORT = 465", "tls"],
    ["SMTP_PORT = 587", "starttls"],
    ["SMTP_PORT = 25", "none"],
    ['SMTP_PORT = "587"', "starttls"],
    ["SMTP_PORT = 2525", "starttls"],
    ["", "starttls"],
    ["SMTP_USE_TLS = True", "starttls"],
    ["SMTP_PORT = 25\nSMTP_STARTTLS = True", "starttls"],
    ["SMTP_PORT = 465\nSMTP_USE_TLS = True", "tls"],
    ["SMTP_PORT = 587\nEMAIL_USE_SSL = False\nEMAIL_USE_TLS = True", "starttls"],
    ["SMTP_USE_SSL = True", "tls"],
    ["SMTP_PORT = 25\nSMTP_USE_TLS = False", "none"],
    ["SMTP_PORT = 465\nSMTP_USE_TLS = 0", "tls"],
    ['SMTP_SECURITY = "SSL"', "tls"],
    ['SMTP_ENCRYPTION = "STARTTLS"', "starttls"],
  ];
  const least = 'SMTP_SERVER = "mail"\nEMAIL_TO = "a@b"\nEMAIL_FROM = "c@d"\n';
  for (const [lines, security] of cases) {
    const mail = await table("mail", `${least}${lines}\n`);
    assert.ok(typeof mail === "object" && mail !== null && "security" in mail, lines);
    assert.equal(mail.security, security, lines);
  }
});

Deno.test("migrate() knows the plausible names of the settings of mails", async () => {
  const spellings = [
    ["SMTP_SERVER", "SMTP_PORT", "SMTP_USERNAME", "SMTP_PASSWORD", "EMAIL_FROM", "EMAIL_TO"],
    ["SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASS", "EMAIL_SENDER", "EMAIL_RECIPIENT"],
    [
      "EMAIL_SMTP_SERVER",
      "EMAIL_SMTP_PORT",
      "EMAIL_USER",
      "EMAIL_PASSWORD",
      "FROM_EMAIL",
      "TO_EMAIL",
    ],
    ["MAIL_SERVER", "MAIL_PORT", "SMTP_LOGIN", "MAIL_PASSWORD", "MAIL_FROM", "EMAIL_RECIPIENTS"],
  ];
  for (const names of spellings) {
    const values = ['"mail"', "587", '"me"', '"secret"', '"c@d"', '"a@b"'];
    const lines = names.map((name, index) => `${name} = ${values[index]}\n`).join("");
    assert.deepEqual(await table("mail", lines), {
      server: "mail",
      port: 587,
      security: "starttls",
      username: "me",
      password: "secret",
      recipients: ["a@b"],
      from_address: "c@d",
    }, names.join(" "));
  }
});

Deno.test("migrate() writes mails only as a comment when they can't be sent or are not wanted", async () => {
  const least = 'SMTP_SERVER = "mail"\nEMAIL_TO = ["a@b"]\nEMAIL_FROM = "c@d"\n';
  assert.equal(await table("mail", `${least}SEND_EMAIL = False\n`), undefined);
  assert.equal(await table("mail", `${least}EMAIL_TO = []\n`), undefined);
  assert.equal(await table("mail", `${least}EMAIL_TO = ["nobody"]\n`), undefined);
  assert.equal(await table("mail", `${least}SMTP_SERVER = server()\n`), undefined);
  assert.equal(await table("mail", `${least}SMTP_SERVER = None\n`), undefined);
});

Deno.test("migrate() asks for nothing about mails that are switched off", async () => {
  const off = 'EMAIL_ENABLED = False\nSMTP_SERVER = ""\nSMTP_PORT = 0\nSMTP_PASSWORD = ask()\n';
  const { points, toml } = await migrated(
    `${REPOSITORY}${SOURCES}BACKUP_NAME_PREFIX = "x"\n${off}SMTP_USER = "me"\nEMAIL_TO = []\n`,
  );
  assert.ok(points.every(({ isUnread }) => !isUnread), JSON.stringify(points));
  assert.match(toml, /^#\[mail\]$/m);
  assert.match(toml, /^# Off, because of EMAIL_ENABLED in line 5: there are no mails\.$/m);
});

Deno.test("migrate() leaves out the login that lacks a password", async () => {
  const least = 'SMTP_SERVER = "mail"\nSMTP_PORT = 587\nEMAIL_TO = ["a@b"]\nEMAIL_FROM = "c@d"\n';
  const mail = {
    server: "mail",
    port: 587,
    security: "starttls",
    recipients: ["a@b"],
    from_address: "c@d",
  };
  const endings = [
    'SMTP_USER = "me"',
    'SMTP_USER = "me"\nSMTP_PASSWORD = ""',
    'SMTP_PASSWORD = "x"',
  ];
  for (
    const ending of [...endings, 'SMTP_USER = "me"\nSMTP_PASSWORD = getpass()', 'SMTP_USER = ""']
  ) {
    assert.deepEqual(await table("mail", `${least}${ending}\n`), mail, ending);
  }
});

Deno.test("migrate() does not take a directory that others use for the one that must be empty", async () => {
  for (const directory of ["/tmp", "/tmp/", "/", "/var/tmp", "/run", "/mnt"]) {
    assert.deepEqual(await table("paths", `SCRIPT_TMP_DIR = "${directory}"\n`), {});
  }
  assert.deepEqual(await table("paths", 'SCRIPT_TMP_DIR = "/var/lib/borg-tmp"\n'), {
    temp_dir: "/var/lib/borg-tmp",
  });
});

Deno.test("migrate() names the directory of a temp_dir that everybody may write to", async () => {
  for (const parent of ["/tmp", "/var/tmp"]) {
    const source = `${REPOSITORY}${SOURCES}SCRIPT_TMP_DIR = "${parent}/borg"\n`;
    const told = messages(await migrated(source)).join("\n");
    assert.ok(told.includes(`4: SCRIPT_TMP_DIR: everybody may write to ${parent};`), told);
  }
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
