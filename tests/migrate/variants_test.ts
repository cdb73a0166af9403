import assert from "node:assert/strict";
import { readSource } from "../../lib/migrate/source_file.ts";
import { migrated, openKeys, read } from "./migrated.ts";

/** Copies of the script as people have them, and the keys that are left to a person. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  "environment.py": [
    "name 4",
    "repositories[0].url 9",
    "repositories[0].passphrase 11",
    "retention.keep_daily 15",
    "zfs.datasets 6",
    "mail.recipients 19",
  ],
  "imported.py": [
    "name 10",
    "repositories 7",
    "retention.keep_daily 10",
    "sources.directories 10",
    "zfs.datasets 10",
  ],
  "f_strings.py": [
    "name 5",
    "repositories[0].url 10",
    "sources.directories 6",
    "logs.directory 16",
  ],
  "loops.py": ["repositories 11", "sources.directories 7", "zfs.datasets 8"],
  "secret_files.py": ["repositories[2].passphrase_file 21"],
  "beginner.py": [
    "repositories 10",
    "retention.keep_weekly 19",
    "sources.directories 8",
    "zfs.datasets 9",
  ],
  "windows.py": [],
  "latin.py": [],
  "duplicates.py": [],
  "containers.py": [
    "name 6",
    "repositories 11",
    "retention.keep_daily 12",
    "sources.directories 7",
    "logs.directory 15",
  ],
  "paths.py": ["sources.directories 10", "logs.directory 15"],
};

async function migrateVariant(name: string) {
  const path = new URL(`fixtures/variants/${name}`, import.meta.url).pathname;
  return await migrated(await readSource(path));
}

for (const [name, expected] of Object.entries(VARIANTS)) {
  Deno.test(`migrate() leaves to a person what only a run would tell in ${name}`, async () => {
    const migration = await migrateVariant(name);
    assert.deepEqual(openKeys(migration), expected);
    for (const { message } of [...migration.notes, ...migration.open]) {
      assert.doesNotMatch(message, /correct horse|Käse/);
    }
  });
}

Deno.test("migrate() never takes the first half of a list that a loop goes on with", async () => {
  const { toml } = await migrateVariant("loops.py");
  assert.match(toml, /^directories = "FILL IN: line 7: BACKUP_DIRECTORIES is changed"$/m);
  assert.match(toml, /^datasets = "FILL IN: line 8: ZFS_POOLS is made by a loop"$/m);
  assert.doesNotMatch(toml, /\/etc|\/root/);
});

Deno.test("migrate() reads files of secrets as files", async () => {
  const { repositories, mail } = read(await migrateVariant("secret_files.py"));
  assert.ok(Array.isArray(repositories) && typeof mail === "object" && mail !== null);
  assert.deepEqual(repositories.slice(0, 2).map((one) => one.passphrase_file), [
    "/root/.borg-passphrase",
    "/root/.other",
  ]);
  assert.ok("password_file" in mail && mail.password_file === "/root/.smtp");
});

Deno.test("migrate() reads every encoding, line ending and indentation", async () => {
  for (const name of ["windows.py", "latin.py"]) {
    const { sources } = read(await migrateVariant(name));
    assert.deepEqual(sources, { directories: ["/etc", "/srv/Büro"] });
  }
  const { toml } = await migrateVariant("latin.py");
  assert.match(toml, /^passphrase = "Käse € 12345"/m);
});

Deno.test("migrate() takes the last of several assignments, and no comments", async () => {
  const { name, sources, zfs, retention } = read(await migrateVariant("duplicates.py"));
  assert.deepEqual({ name, sources, zfs, retention }, {
    name: "autoborg-web01",
    sources: { directories: ["/etc", "/srv"] },
    zfs: undefined,
    retention: { keep_daily: 5, keep_weekly: 5 },
  });
});
