import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "smol-toml";
import { migrate } from "../../lib/migrate/migrate.ts";
import { fixture, LEAST, migrated, openKeys, read, table } from "./migrated.ts";

const DOCUMENTED = fixture("automated_borg_backup.py");

Deno.test("migrate() takes over every setting of the documented script", async () => {
  const migration = await migrated(DOCUMENTED);
  assert.deepEqual(read(migration), {
    name: "autoborg-web01",
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
    zfs: { datasets: ["tank", "rpool/data"], recursive: false },
    check: { verify_data_every: "never" },
    compact: { enabled: true },
    logs: { directory: "/var/log/borg-backup", keep: 30 },
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
  assert.deepEqual(migration.open, []);
  const [left] = migration.notes.slice(-1);
  const names = ["SCRIPT_TMP_DIR (line 85)", "HOSTNAME (line 91)", "LOCK_FILE (line 92)"];
  assert.ok(left?.message.includes(names.join(", ")), JSON.stringify(left));
  assert.doesNotMatch(JSON.stringify(migration.notes), /geheim|wort/);
});

Deno.test("migrate() says on top what to do with the file", async () => {
  const [head = ""] = (await migrated(DOCUMENTED)).toml.split("\nname = ");
  for (const said of [/FILL IN:/, /chmod 600/, /check-config --probe/]) assert.match(head, said);
});

Deno.test("migrate() chooses a name that the prefix of the script does not match", async () => {
  const names: Readonly<Record<string, string>> = {
    "web": "autoborg-web",
    "web-": "autoborg-web",
    "Büro Nord_": "autoborg-Buro-Nord",
    "Straße": "autoborg-Strasse",
    "{hostname}-": "autoborg-myhost",
    "../x": "autoborg-x",
    "a": "new-a",
    "autoborg-": "new-autoborg",
    "autoborg-web": "autoborg-autoborg-web",
    ["x".repeat(80)]: `autoborg-${"x".repeat(50)}`,
  };
  for (const [prefix, name] of Object.entries(names)) {
    const migration = await migrated(`${LEAST}BACKUP_NAME_PREFIX = ${JSON.stringify(prefix)}\n`);
    assert.equal(read(migration).name, name);
    const said = migration.notes.map(({ line, message }) => `${line}: ${message}`).join("\n");
    assert.match(said, new RegExp(`^4: Archives are called "${name}-…": the prune of the script`));
    assert.match(said, /^4: The archives of the script stay, and autoborg never prunes them/m);
  }
  for (const prefix of ['""', '"{user}-"', '"*"', "prefix()", "7", "None"]) {
    const migration = await migrated(`${LEAST}BACKUP_NAME_PREFIX = ${prefix}\n`);
    assert.match(String(read(migration).name), /^FILL IN: line 4: .* does not match$/, prefix);
  }
  const none = await migrated(LEAST.replace(/^.*PREFIX.*\n/, ""));
  assert.match(String(read(none).name), /^FILL IN: the script .* does not match$/);
});

Deno.test("migrate() never chooses a name that begins with the prefix", async () => {
  const prefixes = fc.stringMatching(/^[autoborgnew-]{0,4}[a-z-]{0,3}$/);
  await fc.assert(
    fc.asyncProperty(prefixes, async (prefix) => {
      const { name } = read(await migrated(`${LEAST}BACKUP_NAME_PREFIX = "${prefix}"\n`));
      assert.ok(String(name).startsWith("FILL IN:") || !`${name}-2026`.startsWith(prefix));
    }),
    { numRuns: 300 },
  );
});

Deno.test("migrate() takes pools without what lies below them, and names it", async () => {
  const asked: string[] = [];
  const migration = await migrated(`${LEAST}ZFS_POOLS = ["tank", "rpool/data"]\n`, {
    datasetsBelow: (dataset) => {
      asked.push(dataset);
      return Promise.resolve(dataset === "tank" ? ["tank/home", "tank/vm"] : []);
    },
  });
  assert.deepEqual(read(migration).zfs, { datasets: ["tank", "rpool/data"], recursive: false });
  assert.deepEqual(asked, ["tank", "rpool/data"]);
  const said = migration.notes.filter(({ message }) => message.startsWith("Only "));
  assert.deepEqual(said, [{
    line: 4,
    message: "Only tank itself is backed up, as by the script, without tank/home, tank/vm",
  }]);
  const unknown = await migrated(`${LEAST}ZFS_POOLS = ["tank"]\n`, {
    datasetsBelow: () => Promise.resolve(undefined),
  });
  assert.match(JSON.stringify(unknown.notes), /without what \\"zfs list -r tank\\" shows below it/);
});

Deno.test("migrate() sets no retention that could delete more than the script did", async () => {
  assert.deepEqual(
    await table(
      "retention",
      "PRUNE_KEEP_DAILY = 7\nPRUNE_KEEP_WEEKLY = None\nPRUNE_KEEP_YEARLY = -2",
    ),
    { keep_daily: 7, keep_yearly: -1 },
  );
  assert.equal(await table("retention", "PRUNE_KEEP_DAILY = 0"), undefined);
  const cases: Readonly<Record<string, readonly string[]>> = {
    "PRUNE_KEEP_WEEKLY = weeks()": ["retention.keep_weekly 4"],
    "PRUNE_KEEP_WEEKLY = 'x'": ["retention.keep_weekly 4"],
    "PRUNE_KEEP_WEEKLY = 1.5": ["retention.keep_weekly 4"],
    "PRUNE_KEEP_LAST = -1": ["retention.keep_last 4"],
    "if X:\n  PRUNE_KEEP_DAILY = 7": ["retention.keep_daily 5"],
    "ENABLE_BORG_PRUNE = True": [],
    "ENABLE_BORG_PRUNE = False": ["retention.keep_within 4"],
    "ENABLE_BORG_PRUNE = wanted()": ["retention.keep_within 4"],
    "PRUNE_KEEP_HOURLY = 24\nPRUNE_KEEP_13WEEKLY = 4": [],
    "PRUNE_KEEP_DECADES = 24": ["retention.keep_within 4"],
    "ENABLE_PRUNE = True\nPRUNE_KEEP_DECADES = 24": ["retention.keep_within 5"],
    "PRUNE_KEEP_HOURLY = 0": [],
    'PRUNE_KEEP_WITHIN = "7d"': ["retention.keep_within 4"],
  };
  for (const [lines, expected] of Object.entries(cases)) {
    assert.deepEqual(openKeys(await migrated(`${LEAST}${lines}\n`)), expected, lines);
  }
});

Deno.test("migrate() leaves to a person what a configuration can't do without", async () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    'BACKUP_DIRECTORIES = ["/etc"]': ["name -", "repositories -"],
    "PRUNE_KEEP_DAILY = 7": ["name -", "repositories -", "sources.directories -"],
    [`${LEAST}BACKUP_DIRECTORIES = []`]: ["sources.directories -"],
    [`${LEAST}BACKUP_DIRECTORIES = ["relative"]`]: ["sources.directories 4"],
    [`${LEAST}BACKUP_DIRECTORIES = ["~/x"]`]: ["sources.directories 4"],
    [`${LEAST}BACKUP_DIRECTORIES = ["/etc", 5]`]: ["sources.directories 4"],
    [`${LEAST}ZFS_POOLS = ["/tank"]`]: ["zfs.datasets 4"],
    [`${LEAST}LOG_DIR = "/run/autoborg/logs"`]: ["logs.directory 4"],
    [`${LEAST}LOG_GARBAGE_KEEP = 0`]: ["logs.keep 4"],
    [`${LEAST}CHECK_WITH_VERIFY_DATA = "no"`]: ["check.verify_data_every 4"],
  };
  for (const [source, expected] of Object.entries(cases)) {
    assert.deepEqual(openKeys(await migrated(`${source}\n`)), expected, source);
  }
});

Deno.test("migrate() finds nothing in a script of another kind", async () => {
  for (
    const source of ["", "A = 1\n", "print('BORG_REPOSITORIES')\n", "# BACKUP_DIRECTORIES = []\n"]
  ) {
    await assert.rejects(migrated(source), /it has no setting such as BORG_REPOSITORIES/);
  }
  const request = {
    source: "[".repeat(3_000),
    file: "old.py",
    hostname: "myhost",
    separateSecrets: false,
    datasetsBelow: () => Promise.resolve(undefined),
  };
  assert.equal(await migrate(request), "it is too complex, expected a Python script");
});

Deno.test("migrate() writes strings so that nothing in them is invisible", async () => {
  const text = String.raw`a\x1b\x7f\x85\u2028\u202e\ufeff\U000e0041\"\\ä`;
  const { toml } = await migrated(`${LEAST}BACKUP_DIRECTORIES = ["/${text}"]\n`);
  const written = String.raw`"/a\u001b\u007f\u0085\u2028\u202e\ufeff\U000e0041\"\\ä"`;
  assert.ok(toml.includes(written), toml);
});

Deno.test("migrate() keeps what is to be filled in out of labels and names of files", async () => {
  const entry = (key: string) =>
    `BORG_REPOSITORIES = [{"${key}": open("/x").read(), "passphrase": "s3cret"}]`;
  const names = async (
    key: string,
  ) => [...(await migrated(`${entry(key)}\n`, { separateSecrets: true })).secrets.keys()];
  assert.deepEqual(await names("name"), ["repository-1.secret"]);
  assert.deepEqual(await names("repo_url"), ["repository.passphrase"]);
});

Deno.test("migrate() makes a configuration that is valid but for what is to be filled in", async () => {
  const names = "BACKUP_NAME_PREFIX BACKUP_DIRECTORIES ZFS_POOLS PRUNE_KEEP_DAILY PRUNE_KEEP_X " +
    "CHECK_WITH_VERIFY_DATA ENABLE_BORG_COMPACT LOG_DIR LOG_GARBAGE_KEEP SCRIPT_TMP_DIR " +
    "SMTP_SERVER SMTP_PORT SMTP_USERNAME SMTP_PASSWORD SMTP_USE_TLS SMTP_USE_SSL EMAIL_FROM " +
    "EMAIL_TO BORG_REPOSITORIES";
  const keys =
    "repo_url encryption_mode passphrase passphrase_file ssh_key name compression enabled foo";
  const texts = "/etc /etc/ ~/x a@b.c tank mail:25 none repokey ssh://h/x h:x u:p@h:x /a::b " +
    "[::1]:x 7d localhost";
  const text = fc.oneof(
    fc.string({ unit: "grapheme-ascii" }),
    fc.constantFrom(...texts.split(" "), "", " ", "\n", "\0", "X <a@b.c>"),
  ).map((value) => JSON.stringify(value));
  const scalar = fc.oneof(
    text,
    fc.integer({ min: -2, max: 70_000 }).map(String),
    fc.constantFrom("None", "True", "False", "f()", "1.5", 'open("/x").read()'),
  );
  const dict = fc.dictionary(fc.constantFrom(...keys.split(" ")), scalar).map((entries) =>
    `{${Object.entries(entries).map(([key, value]) => `"${key}": ${value}`).join(", ")}}`
  );
  const list = (item: fc.Arbitrary<string>) =>
    fc.array(item, { maxLength: 4 }).map((items) => `[${items.join(", ")}]`);
  const value = fc.oneof(scalar, list(fc.oneof(scalar, dict)), list(dict), dict);
  const line = fc.tuple(fc.constantFrom(...names.split(" ")), value)
    .map(([name, value]) => `${name} = ${value}\n`);
  const scripts = fc.tuple(fc.array(line, { minLength: 1, maxLength: 12 }), fc.boolean());
  await fc.assert(
    fc.asyncProperty(scripts, async ([lines, separateSecrets]) => {
      const migration = await migrated(LEAST + lines.join(""), { separateSecrets });
      const marks = migration.toml.match(/"FILL IN: /g)?.length ?? 0;
      const keys = new Set(migration.open.map(({ message }) => message.split(": ", 1)[0]));
      assert.equal(marks, keys.size, migration.toml);
      parse(migration.toml);
    }),
    { numRuns: 500 },
  );
});
