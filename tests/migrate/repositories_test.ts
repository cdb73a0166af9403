import assert from "node:assert/strict";
import { migrated, read, repository, SOURCES } from "./migrated.ts";

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
