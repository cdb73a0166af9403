import assert from "node:assert/strict";
import { loadMailAlone, type MailAlone } from "../../lib/config/mail_alone.ts";
import { Place, SHORTEST } from "./files.ts";

const MAIL = `[mail]
server = "mail.example.org"
from_address = "backup@example.org"
recipients = ["root@example.org"]
username = "backup"
password = "geheim"
`;

/** Reads the mail table of a file that is invalid as a whole. */
async function load(content: string): Promise<MailAlone | undefined> {
  using place = new Place();
  await place.refuse(content);
  return await loadMailAlone(place.file, {});
}

Deno.test("loadMailAlone() reads [mail] of a file that is invalid elsewhere", async () => {
  const alone = await load(`paths.state_dir = "/state"\nnonsense = 1\n${SHORTEST}${MAIL}`);
  assert.equal(alone?.mail.port, 587);
  assert.equal(alone?.mail.login?.password.reveal(), "geheim");
  assert.equal(alone?.name, "host");
  assert.equal(alone?.stateDir, "/state");
  const secrets = alone?.secrets.map((secret) => secret.reveal());
  assert.deepEqual(secrets, ["correct horse", "geheim"]);
});

Deno.test("loadMailAlone() does without a name and a state directory that are invalid", async () => {
  const alone = await load(`name = 7\npaths.state_dir = 7\n${MAIL}`);
  assert.ok(alone);
  assert.equal(alone.name, undefined);
  assert.equal(alone.stateDir, undefined);
});

Deno.test("loadMailAlone() takes no note of migrate for a value", async () => {
  for (const key of ["username", "password", "from_address"]) {
    const mail = MAIL.replace(new RegExp(`${key} = .*`), `${key} = "FILL IN: line 7"`);
    assert.equal(await load(SHORTEST + mail), undefined, key);
  }
  const alone = await load(`paths.state_dir = "FILL IN: where"\n${SHORTEST}${MAIL}`);
  assert.ok(alone);
  assert.equal(alone.stateDir, undefined);
});

Deno.test("loadMailAlone() gives nothing when [mail] can't be used", async () => {
  assert.equal(await load("name = 7\n"), undefined, "there is no table");
  assert.equal(await load(`name = 7\n${MAIL}port = "x"\n`), undefined, "it is invalid");
  assert.equal(
    await load(`name = 7\n${MAIL.replace(/^password.*$/m, "")}`),
    undefined,
    "no password",
  );
  assert.equal(await load(`name = \n${MAIL}`), undefined, "it is no TOML");
  assert.equal(await loadMailAlone("/nonexistent", {}), undefined, "there is no file");
});
