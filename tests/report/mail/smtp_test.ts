import assert from "node:assert/strict";
import type { Mail } from "../../../lib/config/config_schema.ts";
import type { Delivery } from "../../../lib/report/mail/delivery.ts";
import { MailError } from "../../../lib/report/mail/mail_error.ts";
import { compose } from "../../../lib/report/mail/message.ts";
import { deliver, verifyServer } from "../../../lib/report/mail/smtp.ts";
import { Secret } from "../../../lib/text/secret.ts";
import { type CertificateName, Certificates } from "./certificates.ts";
import { mailWith, SHORT } from "./configured.ts";
import { MailServer, type Oddity, OddServer, ResettingServer } from "./mail_server.ts";

const MESSAGE = { subject: "größe", text: "text\n", html: "<p>html</p>", attachments: [] };
const PASSWORD = "mail-geheim-9Qx";
const LOGIN = { username: "backup", password: PASSWORD };

async function send(mail: Mail, mask = (text: string) => text): Promise<Delivery> {
  const bytes = await compose(MESSAGE, mail, { date: new Date(), id: "test" });
  return await deliver(bytes, mail, { hostname: "web1", mask, limits: SHORT });
}

/** A mail that must not be sent. */
async function fail(mail: Mail): Promise<MailError> {
  try {
    await send(mail);
  } catch (error) {
    assert.ok(error instanceof MailError, String(error));
    assert.match(error.message, /^Cannot [^]*[^.]$/);
    assert.ok(error.hint !== undefined && error.hint !== "");
    const all = `${error.message} ${error.hint} ${error.stack} ${Deno.inspect(error)}`;
    assert.ok(!all.includes(PASSWORD) && !all.includes(btoa(`\0backup\0${PASSWORD}`)), all);
    return error;
  }
  assert.fail("The mail was sent");
}

function login(password = PASSWORD): Pick<Mail, "login"> {
  return { login: { username: "backup", password: new Secret(password) } };
}

Deno.test("deliver() sends by STARTTLS after a login", async () => {
  await using certificates = await Certificates.make();
  await using server = await MailServer.start({
    certificate: certificates.of("good"),
    login: LOGIN,
  });
  const delivery = await send(mailWith({
    port: server.port,
    security: "starttls",
    caFile: certificates.authority,
    ...login(),
  }));
  assert.deepEqual(delivery, {
    answer: "250 2.0.0 Ok: queued",
    encrypted: true,
    accepted: ["root@example.org"],
    refused: [],
  });
  const [received] = server.received;
  assert.equal(received?.user, "backup");
  assert.equal(received?.encrypted, true);
  assert.equal(received?.mail.subject, "größe");
});

Deno.test("deliver() sends by TLS, and to an address instead of a name", async () => {
  await using certificates = await Certificates.make();
  await using server = await MailServer.start({ certificate: certificates.of("good"), tls: true });
  for (const host of ["localhost", "127.0.0.1"]) {
    const caFile = certificates.authority;
    const mail = mailWith({ server: host, port: server.port, security: "tls", caFile });
    assert.equal((await send(mail)).encrypted, true);
  }
  assert.equal(server.received.length, 2);
});

Deno.test("deliver() trusts a self-signed certificate that is named", async () => {
  await using certificates = await Certificates.make();
  await using server = await MailServer.start({ certificate: certificates.of("self-signed") });
  const caFile = certificates.path("self-signed");
  await send(mailWith({ port: server.port, security: "starttls", caFile }));
  assert.equal(server.received.length, 1);
});

Deno.test("deliver() sends without encryption when it is told to", async () => {
  await using certificates = await Certificates.make();
  await using server = await MailServer.start({ certificate: certificates.of("self-signed") });
  const { encrypted } = await send(mailWith({ port: server.port, security: "none" }));
  assert.equal(encrypted, false);
  assert.equal(server.received[0]?.encrypted, false);
});

Deno.test("deliver() sends to those whom the server accepts, and tells of the others", async () => {
  await using server = await MailServer.start({
    refuse: (to) => to.startsWith("no") ? { code: 550, text: "5.1.1 no such user" } : undefined,
  });
  const recipients = ["a@example.org", "nobody@example.org", "b@example.org"];
  const { accepted, refused } = await send(mailWith({ port: server.port, recipients }));
  assert.deepEqual(accepted, ["a@example.org", "b@example.org"]);
  assert.deepEqual(refused, [
    { recipient: "nobody@example.org", answer: "550 5.1.1 no such user", permanent: true },
  ]);
  assert.deepEqual(server.received[0]?.to, accepted);
});

Deno.test("deliver() writes domains as servers know them", async () => {
  await using server = await ResettingServer.start();
  const recipients = ["root@example.org", "ops@bücher.example"];
  await send(mailWith({ port: server.port, fromAddress: "backup@bücher.example", recipients }));
  assert.match(server.heard, /^MAIL FROM:<backup@xn--bcher-kva\.example>/m);
  assert.match(server.heard, /^RCPT TO:<root@example\.org>/m);
  assert.match(server.heard, /^RCPT TO:<ops@xn--bcher-kva\.example>/m);
});

Deno.test("deliver() says who refuses the connection", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const error = await fail(mailWith({ port }));
  assert.equal(error.kind, "unreachable");
  assert.equal(
    error.message,
    `Cannot send mail via "localhost:${port}": the connection was refused`,
  );
  assert.equal(error.permanent, false);
});

Deno.test("deliver() says that a name can't be resolved", async () => {
  const error = await fail(mailWith({ server: "no-such-host.invalid" }));
  assert.equal(error.kind, "unreachable");
  assert.match(
    error.message,
    /"no-such-host\.invalid:25": the name of the server cannot be resolved/,
  );
});

const CERTIFICATES: readonly (readonly [CertificateName | "unknown", RegExp])[] = [
  ["expired", /its certificate has expired$/],
  ["self-signed", /its certificate is self-signed$/],
  ["other-name", /its certificate is for another name$/],
  ["unknown", /its certificate comes from an unknown authority$/],
];

Deno.test("deliver() trusts no bad certificate, and sends nothing", async () => {
  await using certificates = await Certificates.make();
  for (const tls of [true, false]) {
    for (const [name, reason] of CERTIFICATES) {
      const certificate = certificates.of(name === "unknown" ? "good" : name);
      await using server = await MailServer.start({ certificate, tls, login: LOGIN });
      const error = await fail(mailWith({
        port: server.port,
        security: tls ? "tls" : "starttls",
        ...(name === "unknown" ? {} : { caFile: certificates.authority }),
        ...login(),
      }));
      assert.match(error.message, reason);
      assert.equal(error.kind, "encryption");
      assert.equal(error.permanent, true);
      assert.equal(server.received.length, 0);
    }
  }
});

Deno.test("deliver() never goes on without STARTTLS when it is wanted", async () => {
  await using server = await MailServer.start({ login: LOGIN, starttls: false });
  const error = await fail(mailWith({ port: server.port, security: "starttls", ...login() }));
  assert.equal(error.kind, "no-starttls");
  assert.match(error.message, /the server does not offer STARTTLS; it answered "5/);
  assert.match(error.hint ?? "", /Nothing was sent unencrypted/);
  assert.equal(server.received.length, 0);
});

Deno.test("deliver() tells TLS and STARTTLS apart", async () => {
  await using certificates = await Certificates.make();
  const certificate = certificates.of("good");
  const caFile = certificates.authority;
  await using plain = await MailServer.start({ certificate });
  const early = await fail(mailWith({ port: plain.port, security: "tls", caFile }));
  assert.match(early.message, /the server does not start with TLS$/);
  assert.match(early.hint ?? "", /port 587 "starttls"/);
  await using encrypted = await MailServer.start({ certificate, tls: true });
  const late = await fail(mailWith({ port: encrypted.port, security: "starttls", caFile }));
  assert.match(late.message, /the server did not answer in time$/);
  assert.match(late.hint ?? "", /mail\.security \("tls"\)/);
});

Deno.test("deliver() says that the login failed, and masks what the server repeats", async () => {
  await using certificates = await Certificates.make();
  await using server = await MailServer.start({
    certificate: certificates.of("good"),
    login: { ...LOGIN, password: "another" },
  });
  const error = await fail(mailWith({
    port: server.port,
    security: "starttls",
    caFile: certificates.authority,
    ...login(),
  }));
  assert.equal(error.kind, "login");
  assert.match(
    error.message,
    /the login failed; it answered "535 5\.7\.8 no, not \*\*\* and \*\*\*"$/,
  );
  assert.equal(error.permanent, true);
});

Deno.test("deliver() logs in or sends nothing when the server knows no login", async () => {
  await using server = await MailServer.start();
  const error = await fail(mailWith({ port: server.port, ...login() }));
  assert.equal(error.kind, "login");
  assert.equal(server.received.length, 0);
});

Deno.test("deliver() says that no recipient was accepted", async () => {
  for (const [code, permanent] of [[550, true], [450, false]] as const) {
    await using server = await MailServer.start({ refuse: () => ({ code, text: "not now" }) });
    const error = await fail(mailWith({ port: server.port, recipients: ["a@b", "c@d"] }));
    assert.equal(error.kind, "recipients");
    assert.match(
      error.message,
      new RegExp(`no recipient was accepted; it answered "${code} not now"`),
    );
    assert.equal(error.permanent, permanent);
  }
});

Deno.test("deliver() says that a mail is too large, known before or only after", async () => {
  await using told = await MailServer.start({ largest: 100 });
  assert.equal((await fail(mailWith({ port: told.port }))).kind, "too-large");
  await using untold = await MailServer.start({ reject: () => ({ code: 552, text: "too big" }) });
  const error = await fail(mailWith({ port: untold.port }));
  assert.equal(error.kind, "too-large");
  assert.match(error.message, /it answered "552 too big"/);
});

Deno.test("deliver() says that the mail was refused", async () => {
  await using server = await MailServer.start({ reject: () => ({ code: 554, text: "spam" }) });
  const error = await fail(mailWith({ port: server.port }));
  assert.equal(error.kind, "refused");
  assert.match(error.message, /the mail was refused; it answered "554 spam"/);
});

const ODDITIES: readonly (readonly [Oddity, string, RegExp])[] = [
  ["silent", "timeout", /the server did not answer in time$/],
  ["closes at once", "broken-off", /lost during the greeting$/],
  [
    "busy",
    "refused",
    /the server refuses the connection; it answered "421 4\.3\.2 too many connections"/,
  ],
  ["speaks HTTP", "refused", /it does not answer like a mail server$/],
  ["silent after DATA", "timeout", /the server did not accept the mail in time$/],
  ["breaks off in DATA", "broken-off", /lost while the mail was being sent$/],
  ["trickles", "timeout", /the server did not answer in time$/],
];

for (const [oddity, kind, reason] of ODDITIES) {
  Deno.test(`deliver() does not wait for long when the server: ${oddity}`, async () => {
    await using server = new OddServer(oddity);
    const error = await fail(mailWith({ port: server.port }));
    assert.equal(error.kind, kind);
    assert.match(error.message, reason);
    assert.equal(error.permanent, false);
  });
}

Deno.test("deliver() names the other kind of TLS when a server says nothing to this one", async () => {
  await using server = new OddServer("silent");
  for (const [security, other] of [["tls", "starttls"], ["starttls", "tls"]] as const) {
    const { message, hint } = await fail(mailWith({ port: server.port, security }));
    assert.match(message, /the server did not answer in time$/);
    assert.match(hint ?? "", new RegExp(`mail\\.security \\("${other}"\\)$`));
  }
});

Deno.test("deliver() says that the file of the authority can't be used", async () => {
  const missing = await fail(mailWith({ security: "tls", caFile: "/nonexistent/ca.pem" }));
  assert.match(missing.message, /certificate file "\/nonexistent\/ca\.pem": it does not exist$/);
  const file = await Deno.makeTempFile();
  const empty = await fail(mailWith({ security: "tls", caFile: file }));
  assert.match(empty.message, /it contains no certificate in PEM format$/);
  await Deno.remove(file);
});

Deno.test("deliver() takes a mail for sent when the server resets the connection afterwards", async () => {
  await using server = await ResettingServer.start();
  assert.equal((await send(mailWith({ port: server.port }))).answer, "250 2.0.0 Ok");
  assert.equal(server.taken, 1);
});

Deno.test("verifyServer() takes a server for well that resets the connection at the farewell", async () => {
  await using server = await ResettingServer.start();
  const options = { hostname: "web1", mask: (text: string) => text, limits: SHORT };
  assert.equal(await verifyServer(mailWith({ port: server.port }), options), undefined);
});
