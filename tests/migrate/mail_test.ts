import assert from "node:assert/strict";
import { LEAST, migrated, openKeys, read, table } from "./migrated.ts";

const MAIL = 'SMTP_SERVER = "mail"\nEMAIL_TO = "a@b"\nEMAIL_FROM = "c@d"\n';

Deno.test("migrate() finds out how the mail server is reached", async () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["SMTP_PORT = 465", "tls"],
    ["SMTP_PORT = 587", "starttls"],
    ["SMTP_PORT = 25", "none"],
    ['SMTP_PORT = "587"', "starttls"],
    ["SMTP_PORT = 2525", undefined],
    ["", undefined],
    ["SMTP_USE_TLS = True", "starttls"],
    ["SMTP_PORT = 25\nSMTP_STARTTLS = True", "starttls"],
    ["SMTP_PORT = 465\nSMTP_USE_TLS = True", "tls"],
    ["SMTP_PORT = 587\nEMAIL_USE_SSL = False\nEMAIL_USE_TLS = True", "starttls"],
    ["SMTP_USE_SSL = True", "tls"],
    ["SMTP_PORT = 25\nSMTP_USE_TLS = False", "none"],
    ["SMTP_PORT = 465\nSMTP_USE_TLS = 0", "tls"],
    ["SMTP_USE_TLS = secure()", undefined],
    ['SMTP_SERVER = "localhost"', "none"],
  ];
  for (const [lines, security] of cases) {
    const mail = await table("mail", `${MAIL}${lines}\n`);
    assert.ok(typeof mail === "object" && mail !== null && "security" in mail, lines);
    if (security === undefined) assert.match(String(mail.security), /^FILL IN: /, lines);
    else assert.equal(mail.security, security, lines);
  }
});

Deno.test("migrate() knows the commonest names of the settings of mails", async () => {
  for (
    const names of [
      ["SMTP_SERVER", "SMTP_PORT", "SMTP_USERNAME", "SMTP_PASSWORD", "EMAIL_FROM", "EMAIL_TO"],
      ["SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASS", "EMAIL_SENDER", "EMAIL_RECIPIENT"],
      ["MAIL_SERVER", "MAIL_PORT", "SMTP_LOGIN", "MAIL_PASSWORD", "MAIL_FROM", "EMAIL_RECIPIENTS"],
    ]
  ) {
    const values = ['"mail"', "587", '"me"', '"secret"', '"C <c@d>"', '"a@b, E <e@f>"'];
    const lines = names.map((name, index) => `${name} = ${values[index]}\n`).join("");
    assert.deepEqual(await table("mail", lines), {
      server: "mail",
      port: 587,
      security: "starttls",
      username: "me",
      password: "secret",
      recipients: ["a@b", "e@f"],
      from_address: "c@d",
      from_name: "C",
    }, names.join(" "));
  }
});

Deno.test("migrate() makes no mails that the script does not send, and says so", async () => {
  for (const lines of ["SMTP_SERVER = None", 'SMTP_SERVER = ""\nEMAIL_TO = ["a@b"]', ""]) {
    const migration = await migrated(`${LEAST}${lines}\n`);
    assert.equal(read(migration).mail, undefined);
    assert.deepEqual(openKeys(migration), []);
    assert.ok(migration.notes.some(({ message }) => message.includes("no mail is sent")));
  }
});

Deno.test("migrate() leaves to a person what mails lack", async () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    "SMTP_SERVER = server()": [
      "mail.server 4",
      "mail.security 4",
      "mail.from_address -",
      "mail.recipients -",
    ],
    'EMAIL_TO = "a@b"': ["mail.security -", "mail.server -", "mail.from_address -"],
    [`${MAIL}SMTP_PORT = 587\nEMAIL_TO = []`]: ["mail.recipients -"],
    [`${MAIL}SMTP_PORT = 587\nEMAIL_TO = ["nobody"]`]: ["mail.recipients 8"],
    [`${MAIL}SMTP_PORT = 587\nEMAIL_TO = ["a@b", OTHER]`]: ["mail.recipients 8"],
    [`${MAIL}SMTP_PORT = 587\nSMTP_USER = "me"`]: ["mail.password 8"],
    [`${MAIL}SMTP_PORT = 587\nSMTP_USER = "me"\nSMTP_PASSWORD = ""`]: ["mail.password 8"],
    [`${MAIL}SMTP_PORT = 587\nSMTP_USER = "me"\nSMTP_PASSWORD = getpass()`]: ["mail.password 9"],
    [`${MAIL}SMTP_PORT = 587\nSMTP_PASSWORD = "x"`]: [],
    [`${MAIL}SMTP_PORT = 587\nSMTP_USER = ""`]: [],
  };
  for (const [lines, expected] of Object.entries(cases)) {
    assert.deepEqual(openKeys(await migrated(`${LEAST}${lines}\n`)), expected, lines);
  }
});

Deno.test("migrate() says that certificates are verified, or that nothing is encrypted", async () => {
  const said = async (lines: string) =>
    (await migrated(`${LEAST}${MAIL}${lines}\n`)).notes.map(({ message }) => message).join("\n");
  assert.match(await said("SMTP_PORT = 587"), /certificate of the mail server is verified/);
  assert.match(await said("SMTP_PORT = 25"), /sent unencrypted/);
  assert.doesNotMatch(await said('SMTP_SERVER = "localhost"'), /encrypted|certificate/);
});
