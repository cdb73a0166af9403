import assert from "node:assert/strict";
import { ConfigError } from "../../lib/config/config_error.ts";
import { loadServiceSettings } from "../../lib/config/service_settings.ts";
import { Place, SHORTEST } from "./files.ts";

const WITHOUT = SHORTEST.replace(/^passphrase.*\n/m, "");

async function load(content: string, credentialsDirectory?: string) {
  using place = new Place();
  place.write("config.toml", content);
  const environment = credentialsDirectory === undefined ? {} : { credentialsDirectory };
  return await loadServiceSettings(place.file, environment);
}

Deno.test("loadServiceSettings() takes credentials for granted that only the service gets", async () => {
  const mail = '[mail]\nserver = "h"\nfrom_address = "a@b"\nrecipients = ["c@d"]\nusername = "u"\n';
  const { credentials, possibleCredentials } = await load(WITHOUT + mail);
  assert.deepEqual(credentials, ["passphrase.disk", "mail.password"]);
  assert.deepEqual(possibleCredentials, []);
});

Deno.test("loadServiceSettings() finds the names of credentials in paths", async () => {
  const file = 'passphrase_file = "$CREDENTIALS_DIRECTORY/other"\n';
  assert.deepEqual((await load(WITHOUT + file)).credentials, ["other"]);
  assert.deepEqual((await load(WITHOUT + file, "/nowhere")).credentials, ["other"]);
});

Deno.test("loadServiceSettings() refuses what can't be the name of a credential", async () => {
  for (const name of ["a/b", "a b", "../etc/passwd", ""]) {
    const file = `passphrase_file = "$CREDENTIALS_DIRECTORY/${name}"\n`;
    await assert.rejects(load(WITHOUT + file), ConfigError);
  }
});

Deno.test("loadServiceSettings() knows what databases need of a service", async () => {
  const table = (label: string, text: string) => `[[databases]]\nlabel = "${label}"\n${text}\n`;
  const settings = await load(
    SHORTEST + table("pg", 'kind = "postgresql"\nall = true\nhost = "db.example.org"') +
      table("files", 'kind = "sqlite"\ndatabases = ["/srv/b/x.db", "/srv/a/1.db", "/srv/b/y.db"]'),
  );
  assert.equal(settings.hasServers, true);
  assert.equal(settings.usesNetwork, true);
  assert.deepEqual(settings.sqliteDirectories, ["/srv/b", "/srv/a"]);
  assert.deepEqual(settings.optionalCredentials, ["databases.pg"]);
  const local = await load(SHORTEST + table("db", 'kind = "mariadb"\nall = true\npassword = "x"'));
  assert.deepEqual(local.possibleCredentials, ["passphrase.disk", "databases.db"]);
  assert.equal(local.usesNetwork, false);
  assert.deepEqual((await load(SHORTEST)).sqliteDirectories, []);
});

Deno.test("loadServiceSettings() says which secrets could be credentials", async () => {
  const { credentials, possibleCredentials } = await load(SHORTEST);
  assert.deepEqual(credentials, []);
  assert.deepEqual(possibleCredentials, ["passphrase.disk"]);
});

Deno.test("loadServiceSettings() still finds every other mistake", async () => {
  await assert.rejects(load(`${WITHOUT}nonsense = 1\n`), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.deepEqual(error.findings.map(({ key }) => key), ["repositories[0].nonsense"]);
    return true;
  });
  await assert.rejects(load(`${WITHOUT}passphrase_file = "missing"\n`), /it does not exist/);
});

Deno.test("loadServiceSettings() makes every path absolute", async () => {
  using place = new Place();
  place.write(
    "config.toml",
    `${SHORTEST.replace("/mnt/disk", "./disk/../borg/")}[logs]\ndirectory = "./logs"\n` +
      '[metrics]\ntextfile = "./m/x.prom"\n[paths]\ntemp_dir = "./t"\nstate_dir = "/s/"\n',
  );
  const settings = await loadServiceSettings(place.file, {});
  assert.equal(settings.path, place.file);
  assert.deepEqual(settings.repositories, [{ url: `${place.directory}/borg`, sshOptions: [] }]);
  assert.equal(settings.logsDirectory, `${place.directory}/logs`);
  assert.equal(settings.metricsTextfile, `${place.directory}/m/x.prom`);
  assert.equal(settings.tempDirectory, `${place.directory}/t`);
  assert.equal(settings.stateDirectory, "/s");
});
