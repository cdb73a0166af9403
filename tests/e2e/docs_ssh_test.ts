/**
 * The lines of `authorized_keys` in the guides, with the real sshd.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readPage } from "../pages.ts";
import { lines, Place, repository, type Table } from "./place.ts";
import { runToEnd } from "./program.ts";
import { NO_SSHD, SshServer } from "./sshd.ts";

/** Where the guides have the repository. */
const SHOWN = "/srv/borg/web1";

const NOT_RUN = NO_SSHD === undefined ? "" : ` (not run: ${NO_SSHD})`;

function sshTest(name: string, fn: (place: Place, server: SshServer) => Promise<void>): void {
  Deno.test({
    name: `${name}${NOT_RUN}`,
    ignore: NO_SSHD !== undefined,
    fn: async () => {
      await using place = await Place.make();
      await using server = await SshServer.start(place.directory);
      await fn(place, server);
    },
  });
}

function keyLines(page: string): readonly string[] {
  const lines = readPage(page).fences.flatMap(({ code }) => code.split("\n"))
    .filter((line) => line.startsWith("command="));
  assert.ok(lines.length > 0, `${page} has no line of authorized_keys`);
  return lines;
}

function line(page: string, index = 0): string {
  return keyLines(page)[index] ?? "";
}

const REPOSITORIES = {
  "docs/how-to/offsite.md": SHOWN,
  "docs/how-to/many-machines.md": `${SHOWN}/repository`,
};

for (const [page, shown] of Object.entries(REPOSITORIES)) {
  sshTest(`the key of ${page} backs up into its repository and no other one`, async (
    place,
    server,
  ) => {
    const keys = await server.authorize(line(page), shown);
    const theirs = repository("theirs", keys);
    await place.configure({ repositories: [theirs], verify: { files: 2 } });
    await place.expect(0, "init");
    await place.expect(0, "run");
    assert.equal((await place.archives("theirs")).length, 1);

    const other = String(keys.url).replace("theirs.borg", "theirs.borg/../other.borg");
    for (const url of [other, String(keys.url).replace("theirs", "other")]) {
      await place.configure({ repositories: [{ ...theirs, url }] });
      const refused = await place.expect(2, "init");
      assert.match(refused.stdout + refused.stderr, /the server does not allow access to/);
    }
  });
}

sshTest("the key of docs/how-to/offsite.md opens no shell", async (place, server) => {
  const keys = await server.authorize(line("docs/how-to/offsite.md"), SHOWN);
  const { username, hostname, port } = new URL(String(keys.url));
  const options = Array.isArray(keys.ssh_options) ? keys.ssh_options.map((key) => `-o${key}`) : [];
  const ssh = ["ssh", "-oBatchMode=yes", ...options, "-i", String(keys.ssh_key), "-p", port];
  const ended = await runToEnd([...ssh, `${username}@${hostname}`, "id -u; touch here"], {
    env: place.env,
    stdin: "",
    cwd: place.directory,
  });
  assert.doesNotMatch(ended.stdout, /^\d+$/m);
});

sshTest("docs/how-to/append-only.md keeps what a client deletes", async (place, server) => {
  const page = "docs/how-to/append-only.md";
  const asClient = async () => {
    const keys = await server.authorize(line(page), SHOWN);
    const theirs = repository("theirs", { ...keys, compact: { enabled: false } });
    await place.configure({ repositories: [theirs], check: { repository_every: "30d" } });
    return keys;
  };
  await asClient();
  await place.expect(0, "init");
  await place.expect(0, "run");
  const run = await place.expect(0, "run", "--skip=check");
  assert.match(run.stderr, /prune +skipped: no retention is set/);
  const [archive = "", second = ""] = await archives(place);
  // A compaction by the machine that prunes is in no transaction, and moves what is older.
  const desk = await server.authorize(line(page, 1), SHOWN);
  const trusted = { BORG_RSH: sshCommand(desk), BORG_BASE_DIR: place.at("desk") };
  await attack(place, trusted, "delete", `${String(desk.url)}::${second}`);
  await attack(place, trusted, "compact", "--threshold=0", String(desk.url));
  const keys = await asClient();
  const moment = new Date().toISOString().replace("T", " ").replace("Z", " UTC");

  // Somebody has the client's key: they delete everything, and try to make it final.
  const url = String(keys.url);
  const attacker = { BORG_RSH: sshCommand(keys), BORG_BASE_DIR: place.at("attacker") };
  await attack(place, attacker, "delete", `${url}::${archive}`);
  await attack(place, attacker, "compact", url);
  assert.deepEqual(await archives(place), []);

  // The next night tells, and so does the administrator's machine, which removes nothing.
  const noticed = await place.expect(2, "run", "--skip=check");
  assert.match(noticed.stderr, /error: 2 of \d known archives are gone/);
  assert.match((await place.expect(1, "status")).stdout, /^web has an alarm/m);

  // On the server, as the page tells.
  const shown = readPage(page).fences.find(({ code }) =>
    code.startsWith("sudo -u borg cp -a")
  )?.code ??
    "";
  const commands = shown.replaceAll("sudo -u borg ", "")
    .replaceAll(SHOWN, place.at("theirs.borg")).replace("2026-11-22 04:03:00 UTC", moment);
  const env = { ...place.env, BORG_BASE_DIR: place.at("base-of-the-server") };
  const rescue = await runToEnd(["bash", "-euo", "pipefail", "-c", commands], {
    env: {
      ...env,
      BORG_PASSPHRASE: "geheim of theirs",
      BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
    },
    cwd: place.directory,
  });
  assert.equal(rescue.code, 0, rescue.stderr);
  assert.ok(rescue.stdout.includes(archive), `${rescue.stdout}${rescue.stderr}`);

  // The client notices that the repository was set back, until it is told that this is right.
  await Deno.rename(place.at("theirs.borg"), place.at("theirs.attacked"));
  await Deno.rename(place.at("theirs.borg.rescue"), place.at("theirs.borg"));
  const surprised = await place.expect(2, "run", "--skip=check");
  assert.match(surprised.stderr, /older than its last known state/);
  assert.match((await place.expect(1, "status")).stdout, /^web has an alarm/m);

  // The page's last words: accept, and the whole repository is checked although it is not due.
  const accepted = await place.expect(0, "accept", "theirs", "--reason", "set back");
  assert.match(accepted.stdout, /^accepted: repository-set-back: /m);
  assert.match((await place.expect(0, "run")).stderr, /check +ok/);
  assert.equal((await archives(place)).length, 2);
});

/** Plays somebody who has the client's key, but not its machine. */
async function attack(
  place: Place,
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<void> {
  const secret = { BORG_PASSPHRASE: "geheim of theirs" };
  const ended = await runToEnd(["borg", ...args], { env: { ...place.env, ...secret, ...env } });
  assert.equal(ended.code, 0, ended.stderr);
}

/** How ssh is started with a key of the server. */
function sshCommand(keys: Table): string {
  const options = Array.isArray(keys.ssh_options) ? keys.ssh_options.map((key) => `-o${key}`) : [];
  return ["ssh", "-oBatchMode=yes", ...options, "-i", String(keys.ssh_key)].join(" ");
}

sshTest("an administrator prunes as docs/how-to/append-only.md has it", async (place, server) => {
  const page = "docs/how-to/append-only.md";
  await place.configure({
    repositories: [repository("theirs", await server.authorize(line(page), SHOWN))],
  });
  await place.expect(0, "init");
  await place.expect(0, "run", "--skip=check,compact");
  await place.expect(0, "run", "--skip=check,compact");

  const keys = await server.authorize(line(page, 1), SHOWN);
  await place.configure({
    repositories: [repository("theirs", keys)],
    retention: { keep_daily: 1 },
  });
  const pruned = await place.expect(0, "run", "--skip", "create,verify");
  assert.match(pruned.stderr, /compact +ok/);
  assert.equal((await archives(place)).length, 1);

  // The machine that makes the archives knows the rules, and misses none that they remove.
  const client = { ...await server.authorize(line(page), SHOWN), pruned_elsewhere: true };
  await place.configure({
    repositories: [repository("theirs", client)],
    retention: { keep_daily: 1 },
  });
  const next = await place.expect(0, "run", "--skip=check");
  assert.match(next.stderr, /prune +skipped: another machine prunes this repository/);
  await place.configure({
    repositories: [repository("theirs", keys)],
    retention: { keep_daily: 1 },
  });
  await place.expect(0, "run", "--skip", "create,verify");

  // Somebody deletes the rest: the machine that only prunes makes nothing of it permanent.
  const url = String(keys.url);
  const attacker = { BORG_RSH: sshCommand(keys), BORG_BASE_DIR: place.at("attacker") };
  await attack(place, attacker, "delete", `${url}::${(await archives(place))[0]}`);
  const refused = await place.expect(2, "run", "--skip", "create,verify");
  assert.match(refused.stderr, /1 of 1 known archives is gone/);
  assert.match(refused.stderr, /compact +skipped: suspended by an alarm: archives-vanished/);
});

/** What the client sees. */
async function archives(place: Place): Promise<string[]> {
  return lines((await place.expect(0, "borg", "theirs", "--", "list", "--short", "::")).stdout);
}
