/** Scenarios: what docs/how-to/containers.md says, typed word by word. */
import assert from "node:assert/strict";
import { type Fence, readPage } from "../../pages.ts";
import { installProgram, PROGRAM, WHY_NOT_COMPILED } from "../compiled.ts";
import { DATABASE_USER, makeImage, WHY_NO_CONTAINERS } from "../images.ts";
import { attempt, makePool, pause, type Scenario, sh } from "../machine.ts";
import { PASSPHRASE } from "../program.ts";

const PAGE = "docs/how-to/containers.md";
const SHOP = "/srv/apps/shop";
const VOLUME = "/var/lib/containers/storage/volumes/shop_thumbnails/_data";
/** An owner of files that is no user of the machine. */
const STRANGER = "4711";

/** A user of the machine that has the database's number now, and another one later. */
const NAMESAKE = "namesake";

/** What is in the applications besides their definitions. */
const DATA = `
mkdir -p ${SHOP}/uploads ${SHOP}/db /home/anna
echo SHOP_TOKEN=1234 >${SHOP}/.env
echo 'a "quoted" password' >${SHOP}/db-root.password
echo spoon >${SHOP}/uploads/spoon.txt
echo letter >/home/anna/letter
useradd --no-create-home --uid ${DATABASE_USER} ${NAMESAKE}
`;

/** A volume that was there before there was a dataset for volumes. */
const OLD_VOLUME = `
podman volume create shop_thumbnails
echo small >${VOLUME}/spoon.txt
chown ${STRANGER} ${VOLUME} ${VOLUME}/spoon.txt
printf secret | podman secret create api-key -
`;

/** Something to lose, and a writer that never rests. */
const TABLES = `CREATE DATABASE shop; USE shop;
CREATE TABLE goods (name TEXT) ENGINE=InnoDB; INSERT INTO goods VALUES ('a spoon');
CREATE TABLE orders (number INT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;
CREATE EVENT customer ON SCHEDULE EVERY 1 SECOND DO INSERT INTO orders VALUES ();`;

/** What docs/how-to/containers.md says. */
export const containerScenarios: readonly Scenario[] = [
  {
    name: "containers: what docs/how-to/containers.md says backs up an application and restores it",
    long: "Podman in an emulated machine takes longer than all others together",
    skip: WHY_NO_CONTAINERS ?? WHY_NOT_COMPILED,
    async run() {
      await using _tank = await makePool("tank", "1G");
      await using _backup = await makePool("backup", "1G");
      await sh("zfs", "set", "mountpoint=/mnt/backup", "backup");
      await using _cleanup = { [Symbol.asyncDispose]: removeContainers };
      const [look, datasets, volumes, start, backUp, setAside, restore, load, remove] = typed("sh");
      await installProgram();
      await makeImage(
        "registry.example.org/mariadb:11.8",
        "registry.example.org/shop:1.4",
        "registry.example.org/wiki:2.1",
      );
      await type(OLD_VOLUME);
      await type(datasets);
      await type(volumes);
      await writeFiles();
      await type(DATA);
      await type(start);
      assert.match(await type(look), /^bind \/srv\/apps\/shop\/uploads \/srv\/uploads$/m);
      await databaseAnswers();
      await inDatabase(TABLES);
      await prepareBackup();

      const startedAt = await databaseStart();
      assert.match(await type(backUp), /srv\/apps\/shop\/compose\.yaml/);
      assert.equal(await databaseStart(), startedAt, "the database was stopped");
      const service = ["systemctl", "show", "--property=Result,ExecMainStatus", "autoborg.service"];
      assert.deepEqual((await sh(...service)).split("\n").toSorted(), [
        "ExecMainStatus=0",
        "Result=success",
      ]);
      await assertBackedUp();
      await wikiRuns();

      await inDatabase("DELETE FROM shop.goods");
      await sh("usermod", "--uid", "1234", NAMESAKE);
      await type(setAside);
      await type(restore);
      await assertRestored();
      const log = await sh("sh", "-c", "podman logs shop-db 2>&1");
      assert.match(log, /crash recovery/, "the snapshot was not made while the database ran");

      await type(load);
      await databaseAnswers();
      assert.equal(await inDatabase("SELECT name FROM shop.goods"), "a spoon");
      await type(remove);
      assert.doesNotMatch(await sh("zfs", "list", "-H", "-o", "name"), /broken/);
    },
  },
];

/** The page's blocks in a language. */
function typed(language: string): string[] {
  return readPage(PAGE).fences.filter((fence: Fence) => fence.language === language)
    .map(({ code }) => code);
}

/** Types commands as root, who needs no `sudo`. */
async function type(code = ""): Promise<string> {
  assert.notEqual(code, "", `${PAGE} has fewer blocks of commands than expected`);
  return await sh("bash", "-c", `set -euo pipefail; cd; sudo() { "$@"; }\n${code}`);
}

/** Writes the page's files to where it says that they belong. */
async function writeFiles(): Promise<void> {
  const [compose = ""] = typed("yaml");
  const [unit = "", quadlet = ""] = typed("ini");
  await sh("mkdir", "-p", "/etc/containers/systemd");
  await Deno.writeTextFile(`${SHOP}/compose.yaml`, compose);
  await Deno.writeTextFile("/etc/systemd/system/app@.service", unit);
  await Deno.writeTextFile("/etc/containers/systemd/wiki.container", quadlet);
}

/** What the page supposes: hooks to be installed, a configuration, a repository and the units. */
async function prepareBackup(): Promise<void> {
  const [before = "", after = ""] = typed("bash");
  await Deno.writeTextFile("/root/before-snapshot", before);
  await Deno.writeTextFile("/root/after-snapshot", after);
  await sh("mkdir", "-p", "/etc/autoborg");
  const [config = ""] = typed("toml");
  await Deno.writeTextFile("/etc/autoborg/config.toml", config, { mode: 0o600 });
  await Deno.writeTextFile("/etc/autoborg/disk.passphrase", PASSPHRASE, { mode: 0o600 });
  await sh(PROGRAM, "init");
  await sh(PROGRAM, "systemd", "--write", "/etc/systemd/system");
}

async function databaseStart(): Promise<string> {
  return await sh("podman", "inspect", "--format", "{{.State.StartedAt}}", "shop-db");
}

/** Asks the database, by its password. */
async function inDatabase(statements: string): Promise<string> {
  const client = "exec mariadb --user=root --host=127.0.0.1 --batch --skip-column-names";
  const script = `MYSQL_PWD=$(cat /run/secrets/db-root) ${client} --execute "$0"`;
  return await sh("podman", "exec", "shop-db", "sh", "-c", script, statements);
}

async function databaseAnswers(): Promise<void> {
  const ask = ["podman", "exec", "shop-db", "mariadb", "--host=127.0.0.1", "--user=nobody"];
  for (let waited = 0; waited < 120; waited++) {
    // Whoever is turned away has reached it.
    if (/Access denied/.test((await attempt(ask)).stderr)) return;
    await pause(500);
  }
  assert.fail(`the database does not answer: ${await sh("podman", "logs", "shop-db")}`);
}

/** The archive has what the page promises. */
async function assertBackedUp(): Promise<void> {
  const files = [
    `${VOLUME}/spoon.txt`,
    "/var/lib/containers/storage/secrets/secrets.json",
    "/var/backups/containers/shop.sql",
    "/etc/containers/systemd/wiki.container",
    "/etc/systemd/system/app@.service",
    "/srv/apps/wiki/state",
  ];
  const to = "/root/look";
  await sh(PROGRAM, "restore", ...files, "--to", to);
  for (const path of files) assert.notEqual(Deno.statSync(`${to}${path}`).size, 0, path);
  assert.equal(await Deno.readTextFile(`${to}/srv/apps/wiki/state`), "stopped\n");
}

async function wikiRuns(): Promise<void> {
  for (let waited = 0; waited < 120; waited++) {
    if (await Deno.readTextFile("/srv/apps/wiki/state") === "running\n") return;
    await pause(500);
  }
  assert.fail(await sh("systemctl", "status", "--no-pager", "wiki.service"));
}

/** Everything is as it was, and belongs to the same numbers. */
async function assertRestored(): Promise<void> {
  await databaseAnswers();
  assert.equal(await inDatabase("SELECT name FROM shop.goods"), "a spoon");
  assert.notEqual(await inDatabase("SELECT COUNT(*) FROM shop.orders"), "0");
  assert.equal(await Deno.readTextFile(`${SHOP}/uploads/spoon.txt`), "spoon\n");
  assert.equal(await Deno.readTextFile(`${VOLUME}/spoon.txt`), "small\n");
  const owners = await sh(
    "stat",
    "--format=%u",
    `${SHOP}/db/ibdata1`,
    VOLUME,
    `${VOLUME}/spoon.txt`,
  );
  assert.deepEqual(owners.split("\n"), [String(DATABASE_USER), STRANGER, STRANGER]);
  // The application is the one that it was: it knows its volume and its secret.
  assert.equal(await sh("podman", "volume", "ls", "--quiet"), "shop_thumbnails");
}

/** Removes what neither a pool nor another scenario takes away. */
async function removeContainers(): Promise<void> {
  const script = `
    systemctl disable app@shop.service
    podman rm --all --force --time 0; podman pod rm --all --force
    rm -rf /etc/systemd/system/app@.service /etc/systemd/system/autoborg.* /etc/containers/systemd
    rm -rf /etc/autoborg /var/lib/autoborg /var/log/autoborg /var/backups/containers
    rm -rf /home/anna /root/back /root/look /root/*-snapshot
    userdel ${NAMESAKE}
    systemctl daemon-reload; systemctl stop app@shop.service wiki.service`;
  await attempt(["sh", "-c", script]);
}
