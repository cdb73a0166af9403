import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "smol-toml";
import { showConfig } from "../../lib/config/show.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { Place, SHORTEST } from "./files.ts";

const EXAMPLE = (await Deno.readTextFile(
  new URL("../../config.example.toml", import.meta.url),
)).replace('"change me"', '"correct horse"');
const EVERYTHING = EXAMPLE.replace(/^#(?=\w+ = |\[)/gm, "");

/** The channel, whose address has no other form that is valid. */
const CHANNEL = /^\[\[notify\]\]\n(?:(?!\[\[?\w+\]).*\n)*/m;

Deno.test("showConfig() writes a file that means the same", async () => {
  using place = new Place();
  for (const text of [SHORTEST, EXAMPLE, EVERYTHING]) {
    // The mask of the ping's url is not a url.
    const valid = text.replace(/^url = "https:.*$/m, "").replace(CHANNEL, "");
    const { config } = await place.load(valid);
    const shown = showConfig(config);
    const again = (await place.load(shown)).config;
    assert.deepEqual(again, config);
    assert.equal(showConfig(again), shown);
  }
});

Deno.test("showConfig() writes durations and sizes with their units", async () => {
  using place = new Place();
  const shown = showConfig((await place.load(EVERYTHING)).config);
  const lines = ['lock_wait = "10m"', 'upload_rate_limit = "2MiB"', 'keep_within = "2d"'];
  for (const line of [...lines, 'timeout = "12h"', 'max_age = "26h"', 'archives_every = "30d"']) {
    assert.ok(shown.includes(`\n${line}\n`), line);
  }
});

Deno.test("showConfig() puts a mask in the place of every secret", async () => {
  using place = new Place();
  const { config, secrets } = await place.load(EVERYTHING);
  const shown = showConfig(config);
  // The path of a URL, and its last part, count as well.
  assert.equal(secrets.length, 10);
  for (const secret of secrets) assert.ok(!shown.includes(secret.reveal()));
  assert.equal(shown.split('"***"').length - 1, 8);
  parse(shown);
});

Deno.test("showConfig() says where each secret comes from", async () => {
  using place = new Place();
  const file = place.write("pass file", "geheim in a file");
  place.write("credentials/passphrase.third", "geheim in a credential");
  place.write("credentials/mine", "geheim in another");
  const repository = (label: string, key: string) =>
    `[[repositories]]\nlabel = "${label}"\nurl = "/mnt/${label}"\n${key}\n`;
  const text = [
    'name = "host"\nsources.directories = ["/etc"]\n[mail]\nrecipients = ["a@b.example"]\nfrom_address = "a@b.example"',
    'server = "mail.example"\nusername = "a"\npassword_file = "$CREDENTIALS_DIRECTORY/mine"',
    '[ping]\nurl = "https://ping.example/geheim"',
    repository("first", 'passphrase = "geheim in the file"'),
    repository("second", 'passphrase_file = "pass file"'),
    repository("third", ""),
    repository("fourth", 'passphrase_command = "cat geheim"'),
    repository("fifth", 'encryption = "none"'),
  ].join("\n");
  place.write("config.toml", text);
  const { config } = await loadConfig(place.file, {
    credentialsDirectory: `${place.directory}/credentials`,
  });
  const shown = showConfig(config).split("\n").filter((line) => line.includes("***"));
  assert.deepEqual(shown, [
    'password = "***" # from the systemd credential "mine"',
    'url = "***" # from the configuration file',
    'passphrase = "***" # from the configuration file',
    `passphrase = "***" # from the file "${file}"`,
    'passphrase = "***" # from the systemd credential "passphrase.third"',
    'passphrase_command = "***" # from the configuration file; the command prints the passphrase',
  ]);
});

Deno.test("showConfig() shows no secret, whatever it is", async () => {
  using place = new Place();
  const secret = fc.string({ minLength: 8, unit: "grapheme" }).filter((text) => /\S{8}/.test(text));
  await fc.assert(
    fc.asyncProperty(secret, async (secret) => {
      const quoted = JSON.stringify(secret).replaceAll("\x7f", "\\u007f");
      const text = SHORTEST.replace('"correct horse"', () => quoted);
      const { config } = await place.load(text);
      const shown = showConfig(config);
      assert.ok(!shown.includes(secret) && !shown.includes(quoted.slice(1, -1)));
      parse(shown);
    }),
    { numRuns: 50 },
  );
});
