import assert from "node:assert/strict";
import { migrated, REPOSITORY, SOURCES, table } from "./migrated.ts";

Deno.test("migrate() finds out how the mail server is reached", async () => {
  const cases: readonly (readonly [string, string])[] = [
    ["SMTP_PORT = 465", "tls"],
    ["SMTP_PORT = 587", "starttls"],
    ["SMTP_PORT = 25", "none"],
    ['SMTP_PORT = "587"', "starttls"],
    ["SMTP_PORT = 2525", "starttls"],
    ["", "starttls"],
    ["SMTP_USE_TLS = True", "starttls"],
    ["SMTP_PORT = 25\nSMTP_STARTTLS = True", "starttls"],
    ["SMTP_PORT = 465\nSMTP_USE_TLS = True", "tls"],
    ["SMTP_PORT = 587\nEMAIL_USE_SSL = False\nEMAIL_USE_TLS = True", "starttls"],
    ["SMTP_USE_SSL = True", "tls"],
    ["SMTP_PORT = 25\nSMTP_USE_TLS = False", "none"],
    ["SMTP_PORT = 465\nSMTP_USE_TLS = 0", "tls"],
    ['SMTP_SECURITY = "SSL"', "tls"],
    ['SMTP_ENCRYPTION = "STARTTLS"', "starttls"],
  ];
  const least = 'SMTP_SERVER = "mail"\nEMAIL_TO = "a@b"\nEMAIL_FROM = "c@d"\n';
  for (const [lines, security] of cases) {
    const mail = await table("mail", `${least}${lines}\n`);
    assert.ok(typeof mail === "object" && mail !== null && "security" in mail, lines);
    assert.equal(mail.security, security, lines);
  }
});

Deno.test("migrate() knows the plausible names of the settings of mails", async () => {
  const spellings = [
    ["SMTP_SERVER", "SMTP_PORT", "SMTP_USERNAME", "SMTP_PASSWORD", "EMAIL_FROM", "EMAIL_TO"],
    ["SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASS", "EMAIL_SENDER", "EMAIL_RECIPIENT"],
    [
      "EMAIL_SMTP_SERVER",
      "EMAIL_SMTP_PORT",
      "EMAIL_USER",
      "EMAIL_PASSWORD",
      "FROM_EMAIL",
      "TO_EMAIL",
    ],
    ["MAIL_SERVER", "MAIL_PORT", "SMTP_LOGIN", "MAIL_PASSWORD", "MAIL_FROM", "EMAIL_RECIPIENTS"],
  ];
  for (const names of spellings) {
    const values = ['"mail"', "587", '"me"', '"secret"', '"c@d"', '"a@b"'];
    const lines = names.map((name, index) => `${name} = ${values[index]}\n`).join("");
    assert.deepEqual(await table("mail", lines), {
      server: "mail",
      port: 587,
      security: "starttls",
      username: "me",
      password: "secret",
      recipients: ["a@b"],
      from_address: "c@d",
    }, names.join(" "));
  }
});

Deno.test("migrate() writes mails only as a comment when they can't be sent or are not wanted", async () => {
  const least = 'SMTP_SERVER = "mail"\nEMAIL_TO = ["a@b"]\nEMAIL_FROM = "c@d"\n';
  assert.equal(await table("mail", `${least}SEND_EMAIL = False\n`), undefined);
  assert.equal(await table("mail", `${least}EMAIL_TO = []\n`), undefined);
  assert.equal(await table("mail", `${least}EMAIL_TO = ["nobody"]\n`), undefined);
  assert.equal(await table("mail", `${least}SMTP_SERVER = server()\n`), undefined);
  assert.equal(await table("mail", `${least}SMTP_SERVER = None\n`), undefined);
});

Deno.test("migrate() asks for nothing about mails that are switched off", async () => {
  const off = 'EMAIL_ENABLED = False\nSMTP_SERVER = ""\nSMTP_PORT = 0\nSMTP_PASSWORD = ask()\n';
  const { points, toml } = await migrated(
    `${REPOSITORY}${SOURCES}BACKUP_NAME_PREFIX = "x"\n${off}SMTP_USER = "me"\nEMAIL_TO = []\n`,
  );
  assert.ok(points.every(({ isUnread }) => !isUnread), JSON.stringify(points));
  assert.match(toml, /^#\[mail\]$/m);
  assert.match(toml, /^# Off, because of EMAIL_ENABLED in line 5: there are no mails\.$/m);
});

Deno.test("migrate() leaves out the login that lacks a password", async () => {
  const least = 'SMTP_SERVER = "mail"\nSMTP_PORT = 587\nEMAIL_TO = ["a@b"]\nEMAIL_FROM = "c@d"\n';
  const mail = {
    server: "mail",
    port: 587,
    security: "starttls",
    recipients: ["a@b"],
    from_address: "c@d",
  };
  const endings = [
    'SMTP_USER = "me"',
    'SMTP_USER = "me"\nSMTP_PASSWORD = ""',
    'SMTP_PASSWORD = "x"',
  ];
  for (
    const ending of [...endings, 'SMTP_USER = "me"\nSMTP_PASSWORD = getpass()', 'SMTP_USER = ""']
  ) {
    assert.deepEqual(await table("mail", `${least}${ending}\n`), mail, ending);
  }
});
