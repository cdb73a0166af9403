import assert from "node:assert/strict";
import { LEAST, migrated, openKeys, read, repository } from "./migrated.ts";

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
  const dicts = urls.map((url) => `{"repo_url": ${JSON.stringify(url)}, "encryption": "none"}`);
  const migration = await migrated(`${LEAST}BORG_REPOSITORIES = [${dicts.join(", ")}]\n`);
  assert.deepEqual(openKeys(migration), []);
  const { repositories } = read(migration);
  assert.ok(Array.isArray(repositories));
  assert.deepEqual(repositories.map(({ url }) => url.replace(/\/$/, "")), [
    ...urls.map((url) => url.replace(/\/$/, "")),
  ]);
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

Deno.test("migrate() takes all repositories of a list, or none", async () => {
  const one = '{"repo_url": "/mnt/a", "encryption_mode": "none"}';
  for (const written of [`[${one}]`, `(${one},)`, `[${one.replace("}", ",}")},]`]) {
    assert.deepEqual(openKeys(await migrated(`${LEAST}BORG_REPOSITORIES = ${written}\n`)), []);
  }
  for (
    const written of [
      `[${one}, DISK]`,
      `[${one}, dict(repo_url="/b")]`,
      `[${one}, {**base, "repo_url": "/b"}]`,
      `[${one}, {KEY: "/b"}]`,
      `[${one}, "/b"]`,
      `{"a": ${one}}`,
      `[${one} for x in y]`,
      `[${one}] + more`,
      "[]",
      "None",
      "load('geheim')",
    ]
  ) {
    const migration = await migrated(`${LEAST}BORG_REPOSITORIES = ${written}\n`);
    assert.deepEqual(openKeys(migration), ["repositories 4"], written);
    assert.match(String(read(migration).repositories), /^FILL IN: line 4: BORG_REPOSITORIES /);
    assert.doesNotMatch(migration.toml, /geheim|mnt/);
  }
});

Deno.test("migrate() makes up no passphrase", async () => {
  const url = '"repo_url": "/a"';
  const least = { label: "a", url: "/a" };
  const open = async (entries: string) => {
    const made = await repository(entries);
    assert.ok(typeof made === "object" && made !== null && "passphrase" in made, entries);
    return String(made.passphrase);
  };
  for (
    const entries of [
      url,
      `${url}, "passphrase": None`,
      `${url}, "passphrase": 12345`,
      `${url}, "passphrase": "a\\0b"`,
      `${url}, "passphrase": os.environ["geheim"]`,
      `${url}, "passphrase": f"geheim"`,
      `${url}, "encryption_mode": "repokey", "passphrase": ""`,
    ]
  ) assert.match(await open(entries), /^FILL IN: line 4: .*\["passphrase"\]/, entries);
  const none = { ...least, encryption: "none" };
  assert.deepEqual(await repository(`${url}, "encryption": "none", "passphrase": "x"`), none);
  assert.deepEqual(await repository(`${url}, "encryption_mode": "none"`), none);
  const file = { ...least, passphrase_file: "/nowhere/pass" };
  assert.deepEqual(await repository(`${url}, "passphrase_file": "/nowhere/pass"`), file);
  assert.deepEqual(await repository(`${url}, "passphrase": open("/nowhere/pass").read()`), file);
  assert.deepEqual(await repository(`${url}, "encryption": "keyfile", "passphrase": ""`), {
    ...least,
    encryption: "keyfile",
    passphrase: "",
  });
});

Deno.test("migrate() leaves to a person what would mean another place", async () => {
  const cases: readonly (readonly [string, string])[] = [
    ['"repo_url": "borg"', "url"],
    ['"repo_url": "~/borg"', "url"],
    ['"repo_url": "u:geheim@h:x"', "url"],
    ['"repo_url": "/a::{now}"', "url"],
    ['"repo_url": "/{hostname}"', "url"],
    ['"repo_url": "rsync://h/x"', "url"],
    ['"repo_url": place()', "url"],
    ['"repo_url": None', "url"],
    ['"label": "x"', "url"],
    ['"repo_url": "/a", "ssh_key": "~/.ssh/id"', "ssh_key"],
    ['"repo_url": "/a", "ssh_key": expanduser("~/.ssh/id")', "ssh_key"],
    ['"repo_url": "/a", "passphrase_file": "/b", "encryption_mode": "aes"', "encryption"],
    ['"repo_url": "/a", "compression": "best"', "compression"],
    ['"repo_url": "/a", "enabled": False', "optional"],
  ];
  for (const [entries, key] of cases) {
    const source = `${LEAST}BORG_REPOSITORIES = [{"encryption_mode": "none", ${entries}}]\n`;
    const migration = await migrated(source);
    const keys = migration.open.map(({ message }) => message.split(":", 1)[0]);
    assert.deepEqual(keys, [`repositories[0].${key}`], entries);
    assert.doesNotMatch(migration.toml, /geheim/);
  }
});

Deno.test("migrate() leaves an empty SSH key out, and names the keys that it does not know", async () => {
  const entry = '"repo_url": "me@host:a", "encryption_mode": "NONE"';
  const plain = { label: "host", url: "me@host:a", encryption: "none" };
  for (
    const more of ['"ssh_key": None', '"ssh_key": ""', '"priority": "geheim"', '"active": True']
  ) {
    assert.deepEqual(await repository(`${entry}, ${more}`), plain);
  }
  const { notes } = await migrated(
    `${LEAST}BORG_REPOSITORIES = [{${entry}, "priority": "geheim"}]\n`,
  );
  assert.ok(
    notes.some(({ line, message }) =>
      line === 4 && message === 'BORG_REPOSITORIES[0]["priority"] is not migrated'
    ),
  );
});

Deno.test("migrate() gives each secret a file of its own when it is asked to", async () => {
  const disk = '{"repo_url": "/a", "passphrase": "1one\\ntwo2\\n"}';
  const other = '{"repo_url": "/b/a", "passphrase": "three\\r"}';
  const empty = '{"repo_url": "/c", "encryption": "keyfile", "passphrase": ""}';
  const mail = 'SMTP_HOST = "localhost"\nEMAIL_TO = "a@b"\nSMTP_USER = "c@d"\nSMTP_PASS = "four"\n';
  const source = `${LEAST}BORG_REPOSITORIES = [${disk}, ${other}, ${empty}]\n${mail}`;
  const migration = await migrated(source, { separateSecrets: true });
  assert.deepEqual(openKeys(migration), []);
  assert.deepEqual(Object.fromEntries(migration.secrets), {
    "a.passphrase": "1one\ntwo2\n\n",
    "a-2.passphrase": "three\r",
    "mail.password": "four\n",
  });
  assert.doesNotMatch(migration.toml, /1one|two2|three|four/);
  assert.match(migration.toml, /^passphrase_file = "a-2\.passphrase"/m);
  assert.match(migration.toml, /^password_file = "mail\.password"/m);
});
