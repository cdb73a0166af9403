import assert from "node:assert/strict";
import type { LoadedConfig } from "../../lib/config/load.ts";
import { Place, SHORTEST } from "./files.ts";

const FROM_FILE = SHORTEST.replace('passphrase = "correct horse"', 'passphrase_file = "pass"');
const FROM_CREDENTIAL = SHORTEST.replace('passphrase = "correct horse"', "");
const MAIL = `[mail]
server = "mail"
from_address = "a@b"
recipients = ["a@b"]
username = "me"
`;

function passphrase({ config }: LoadedConfig): string | undefined {
  const key = config.repositories[0]?.key;
  return key?.kind === "passphrase" ? key.passphrase.reveal() : undefined;
}

Deno.test("loadConfig() cuts exactly one newline from a secret's file", async () => {
  using place = new Place();
  const contents = {
    "very geheim": "very geheim",
    "very geheim\n": "very geheim",
    "very geheim\r\n": "very geheim",
    "very geheim\n\n": "very geheim\n",
    " very geheim ": " very geheim ",
    "gr\u00fcn und blau\n": "gr\u00fcn und blau",
  };
  for (const [content, secret] of Object.entries(contents)) {
    place.write("pass", content);
    const loaded = await place.load(FROM_FILE);
    assert.equal(passphrase(loaded), secret);
    assert.deepEqual(loaded.warnings, []);
  }
});

Deno.test("loadConfig() refuses a secret's file that can't hold a secret", async () => {
  using place = new Place();
  const contents: [string | Uint8Array, RegExp][] = [
    ["", /it is empty$/],
    ["\n", /it is empty$/],
    ["a\0b", /it has a NUL character in it$/],
    [Uint8Array.of(0xff, 0xfe), /it is not UTF-8 text$/],
  ];
  for (const [content, reason] of contents) {
    place.write("pass", content);
    const { findings: [finding, ...others] } = await place.refuse(FROM_FILE);
    assert.equal(finding?.key, "repositories[0].passphrase_file");
    assert.match(finding?.message ?? "", reason);
    assert.deepEqual(others, []);
  }
});

Deno.test("loadConfig() takes secrets from systemd's credentials", async () => {
  using place = new Place();
  Deno.mkdirSync(`${place.directory}/credentials`);
  place.write("credentials/passphrase.disk", "very geheim\n", 0o440);
  place.write("credentials/mail.password", "auch geheim\n", 0o440);
  const loaded = await place.load(FROM_CREDENTIAL + MAIL, "credentials");
  assert.equal(passphrase(loaded), "very geheim");
  assert.equal(loaded.config.mail?.login?.password.reveal(), "auch geheim");
  // systemd protects them by an access list, which looks like permissions of the group.
  assert.deepEqual(loaded.warnings, []);
  const named = FROM_FILE.replace('"pass"', '"$CREDENTIALS_DIRECTORY/passphrase.disk"');
  assert.equal(passphrase(await place.load(named, "credentials")), "very geheim");
});

Deno.test("loadConfig() takes a command for a secret", async () => {
  using place = new Place();
  const text = SHORTEST.replace('passphrase = "correct horse"', 'passphrase_command = "pass x"');
  const { config, secrets } = await place.load(text);
  const [repository] = config.repositories;
  assert.equal(repository?.key.kind === "command" && repository.key.command.reveal(), "pass x");
  assert.deepEqual(secrets.map((secret) => secret.reveal()), ["pass x"]);
});

Deno.test("loadConfig() allows an empty passphrase only where the key is in a file", async () => {
  using place = new Place();
  const text = SHORTEST.replace("correct horse", "");
  assert.equal((await place.refuse(text)).findings.length, 1);
  for (const mode of ["keyfile", "keyfile-blake2"]) {
    assert.equal(passphrase(await place.load(`${text}encryption = "${mode}"`)), "");
  }
});

Deno.test("loadConfig() returns every secret of the file", async () => {
  using place = new Place();
  place.write("pass", "two");
  const { secrets } = await place.load(`ping.url = "https://host/four"
${SHORTEST.replace("correct horse", "one")}[[repositories]]
label = "b"
url = "/mnt/b"
passphrase_file = "pass"
${MAIL}password = "three"
`);
  const values = secrets.map((secret) => secret.reveal());
  assert.deepEqual(values, ["one", "two", "three", "https://host/four"]);
});

Deno.test("loadConfig() warns when others have access to a secret", async () => {
  using place = new Place();
  const pass = place.write("pass", "very geheim", 0o640);
  assert.deepEqual((await place.load(FROM_FILE)).warnings, [
    `Other users may be able to read the secret in ${JSON.stringify(pass)} ` +
    `(passphrase_file of [[repositories]]): expected mode 0600, found 0640; run "chmod 600 ${pass}"`,
  ]);
  place.write("pass", "very geheim", 0o400);
  assert.deepEqual((await place.load(FROM_FILE)).warnings, []);
});

Deno.test("loadConfig() warns when others have access to a file with a secret in it", async () => {
  using place = new Place();
  place.write("pass", "very geheim");
  Deno.writeTextFileSync(place.file, "");
  const load = async (text: string, mode: number) => {
    place.write("config.toml", text, mode);
    const { loadConfig } = await import("../../lib/config/load.ts");
    return (await loadConfig(place.file, {})).warnings.length;
  };
  assert.equal(await load(SHORTEST, 0o644), 1);
  assert.equal(await load(SHORTEST, 0o600), 0);
  assert.equal(await load(FROM_FILE, 0o644), 0);
  assert.equal(await load(`ping.url = "https://host/x"\n${FROM_FILE}`, 0o644), 1);
});
