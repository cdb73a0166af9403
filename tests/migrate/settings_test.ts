import assert from "node:assert/strict";
import { messages, migrated, read, REPOSITORY, SOURCES, table } from "./migrated.ts";

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
  assert.equal(
    await table("retention", "PRUNE_KEEP_DAILY = 7\nENABLE_BORG_PRUNE = wanted()"),
    undefined,
  );
});

Deno.test("migrate() sets no retention when the script keeps archives by the hour", async () => {
  for (const hours of ["24", "-1", "hours()"]) {
    const lines = `PRUNE_KEEP_DAILY = 7\nPRUNE_KEEP_HOURLY = ${hours}\n`;
    const migration = await migrated(`${REPOSITORY}${SOURCES}${lines}`);
    assert.equal(read(migration).retention, undefined, hours);
    assert.match(migration.toml, /^#keep_daily = 7/m);
    assert.match(messages(migration).join("\n"), /^5: PRUNE_KEEP_HOURLY/m);
  }
  assert.deepEqual(await table("retention", "PRUNE_KEEP_DAILY = 7\nPRUNE_KEEP_HOURLY = 0"), {
    keep_daily: 7,
  });
});

Deno.test("migrate() does not take a directory that others use for the one that must be empty", async () => {
  for (const directory of ["/tmp", "/tmp/", "/", "/var/tmp", "/run", "/mnt"]) {
    assert.deepEqual(await table("paths", `SCRIPT_TMP_DIR = "${directory}"\n`), {});
  }
  assert.deepEqual(await table("paths", 'SCRIPT_TMP_DIR = "/var/lib/borg-tmp"\n'), {
    temp_dir: "/var/lib/borg-tmp",
  });
});

Deno.test("migrate() does not take a directory that holds the logs for the one that must be empty", async () => {
  const source = `${REPOSITORY}${SOURCES}SCRIPT_TMP_DIR = "~/x"\nLOG_DIR = "~/x/logs"\n`;
  const migration = await migrated(source);
  assert.deepEqual(read(migration).paths, {});
  assert.deepEqual(read(migration).logs, { directory: "/root/x/logs" });
  assert.match(messages(migration).join("\n"), /^4: SCRIPT_TMP_DIR is not taken over: /m);
  assert.deepEqual(await table("paths", 'SCRIPT_TMP_DIR = "/var/log"\n'), {});
});

Deno.test("migrate() takes no logs into the directory that must be empty", async () => {
  const migration = await migrated(`${REPOSITORY}${SOURCES}LOG_DIR = "/run/autoborg/logs"\n`);
  assert.deepEqual(read(migration).logs, {});
  assert.match(messages(migration).join("\n"), /^4: LOG_DIR is not taken over: /m);
});

Deno.test("migrate() names the directory of a temp_dir that everybody may write to", async () => {
  for (const parent of ["/tmp", "/var/tmp"]) {
    const source = `${REPOSITORY}${SOURCES}SCRIPT_TMP_DIR = "${parent}/borg"\n`;
    const told = messages(await migrated(source)).join("\n");
    assert.ok(told.includes(`4: SCRIPT_TMP_DIR: everybody may write to ${parent};`), told);
  }
});
