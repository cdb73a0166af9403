import assert from "node:assert/strict";
import { showConfig } from "../../lib/config/show.ts";
import { Place, SHORTEST } from "./files.ts";

const PG = '[[databases]]\nlabel = "pg"\nkind = "postgresql"\nall = true\n';

Deno.test("loadConfig() fills in what a table of databases leaves open", async () => {
  using place = new Place();
  const { config } = await place.load(SHORTEST + PG);
  assert.deepEqual(config.databases, [{
    label: "pg",
    kind: "postgresql",
    databases: [],
    all: true,
    exclude: [],
    globals: true,
    repositories: ["disk"],
    minRate: 51_200,
  }]);
});

Deno.test("loadConfig() takes every key of a table of databases", async () => {
  using place = new Place();
  const table = '[[databases]]\nlabel = "files"\nkind = "sqlite"\n' +
    'databases = ["/srv/a//b/../app.db"]\nrepositories = ["disk"]\ntimeout = "2h"\n' +
    'min_rate = "1MiB"\nmin_size = "2MiB"\n[databases.retention]\nkeep_daily = 7\nkeep_weekly = 0\n' +
    `${PG}globals = false\nsocket = "./run"\nport = 5433\nrun_as = "root"\nuser = "a b"\n`;
  const { databases: [files, server] } = (await place.load(SHORTEST + table)).config;
  assert.deepEqual(files?.databases, ["/srv/a/app.db"]);
  assert.deepEqual(files?.retention, { keepDaily: 7 });
  assert.equal(files?.minSize, 2_097_152);
  assert.deepEqual([files?.timeout, files?.minRate, files?.globals], [7_200_000, 1_048_576, false]);
  assert.equal(server?.globals, false);
  assert.equal(server?.socket, `${place.directory}/run`);
  assert.deepEqual([server?.port, server?.runAs, server?.user], [5433, "root", "a b"]);
});

Deno.test("loadConfig() finds the password of databases in each of its three places", async () => {
  using place = new Place();
  place.write("pg.password", "geheim in a file\n");
  place.write("credentials/databases.pg", "geheim in a credential\n");
  const ways: readonly (readonly [line: string, password: string, origin: RegExp])[] = [
    ['password = "geheim in the file"\n', "geheim in the file", /^the configuration file$/],
    ['password_file = "pg.password"\n', "geheim in a file", /^the file ".*\/pg.password"$/],
    ["", "geheim in a credential", /^the systemd credential "databases.pg"$/],
  ];
  for (const [line, expected, origin] of ways) {
    const { config, secrets } = await place.load(SHORTEST + PG + line, "credentials");
    const password = config.databases[0]?.password;
    assert.equal(password?.reveal(), expected);
    assert.match(password?.origin ?? "", origin);
    assert.ok(secrets.some((secret) => secret.reveal() === expected));
    const shown = showConfig(config);
    assert.ok(!shown.includes("geheim"), shown);
    assert.match(shown, /^password = "\*\*\*" # from /m);
  }
});

Deno.test("loadConfig() needs no password for databases", async () => {
  using place = new Place();
  const { config } = await place.load(SHORTEST + PG);
  assert.equal(config.databases[0]?.password, undefined);
});
