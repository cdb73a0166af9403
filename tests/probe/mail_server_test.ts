import assert from "node:assert/strict";
import type { Config, Mail } from "../../lib/config/config_schema.ts";
import { probeMail } from "../../lib/probe/mail_server.ts";
import type { Finding } from "../../lib/probe/finding.ts";
import { PROBE_LIMITS } from "../../lib/probe/probe_context.ts";
import { MailSpool } from "../../lib/state/mail_spool.ts";
import { createMasker, Secret } from "../../lib/text/secret.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { type CertificateName, Certificates } from "../report/mail/certificates.ts";
import { mailWith, SHORT } from "../report/mail/configured.ts";
import { type Behaviour, MailServer, type Oddity, OddServer } from "../report/mail/mail_server.ts";

const PASSWORD = "mail-geheim-9Qx";
const LOGIN = { username: "backup", password: PASSWORD };

/** A configuration with this `[mail]`. */
async function configured(mail: Mail | undefined, stateDir: string): Promise<Config> {
  const file = `${stateDir}/config.toml`;
  const text = `name = "web"\nsources.directories = ["/etc"]\npaths.state_dir = "${stateDir}"\n` +
    '[[repositories]]\nlabel = "a"\nurl = "/a"\npassphrase = "geheim"\n';
  await Deno.writeTextFile(file, text);
  const { config } = await loadConfig(file, {});
  return mail === undefined ? config : { ...config, mail };
}

async function look(mail: Mail | undefined, now = new Date()): Promise<readonly Finding[]> {
  const directory = await Deno.makeTempDir({ prefix: "autoborg-mail-" });
  try {
    const findings = await probeMail({
      config: await configured(mail, directory),
      hostname: "web1",
      mask: createMasker([new Secret(PASSWORD)]),
      limits: { ...PROBE_LIMITS, smtp: SHORT },
      now,
    });
    assert.ok(!JSON.stringify(findings).includes(PASSWORD));
    return findings;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Looks at a server that behaves in a certain way; no mail may be sent. */
async function lookAtServer(
  behaviour: Behaviour,
  mail: Partial<Mail>,
  now?: Date,
): Promise<Finding> {
  await using server = await MailServer.start(behaviour);
  const [finding] = await look(mailWith({ port: server.port, ...mail }), now);
  assert.ok(finding);
  assert.deepEqual(server.received, []);
  return finding;
}

Deno.test("probeMail() skips what is not configured", async () => {
  const [finding] = await look(undefined);
  assert.equal(finding?.state, "skipped");
});

Deno.test("probeMail() tells of encryption, certificate and login, and sends nothing", async () => {
  await using certificates = await Certificates.make();
  const certificate = certificates.of("good");
  const login = { username: "backup", password: new Secret(PASSWORD) };
  const caFile = certificates.authority;
  for (const tls of [true, false]) {
    const security = tls ? "tls" : "starttls";
    const behaviour = { certificate, tls, login: LOGIN, ...(tls ? { starttls: false } : {}) };
    const finding = await lookAtServer(behaviour, { security, caFile, login });
    assert.equal(finding.state, "ok", finding.message);
    assert.match(finding.message, /TLS, certificate valid until 20/);
    assert.match(finding.message, /logged in as "backup"$/);
  }
});

Deno.test("probeMail() points out a certificate that expires soon", async () => {
  await using certificates = await Certificates.make();
  const finding = await lookAtServer(
    { certificate: certificates.of("good") },
    { security: "starttls", caFile: certificates.authority },
    new Date(Date.now() + 20 * 86_400_000),
  );
  assert.equal(finding.state, "warning");
  assert.match(finding.message, /the certificate expires in (?:9|10) d/);
});

Deno.test("probeMail() says what is wrong with a certificate", async () => {
  await using certificates = await Certificates.make();
  const wrong: [CertificateName, RegExp][] = [
    ["expired", /has expired/],
    ["self-signed", /is self-signed/],
    ["other-name", /is for another name/],
  ];
  for (const [name, says] of wrong) {
    const finding = await lookAtServer(
      { certificate: certificates.of(name) },
      { security: "starttls", caFile: certificates.authority },
    );
    assert.equal(finding.state, "failed");
    assert.match(finding.message, says);
    assert.ok("hint" in finding && finding.hint !== undefined);
  }
});

Deno.test("probeMail() says that the password is wrong, and not which", async () => {
  const login = { username: "backup", password: new Secret(`${PASSWORD}!`) };
  const finding = await lookAtServer({ login: LOGIN }, { login });
  assert.equal(finding.state, "failed");
  assert.match(finding.message, /the login failed/);
});

Deno.test("probeMail() does not wait for ever, nor for what is no mail server", async () => {
  const odd: [Oddity, RegExp][] = [
    ["silent", /did not answer in time/],
    ["closes at once", /connection was lost/],
    ["busy", /server refuses the connection/],
    ["speaks HTTP", /does not answer like a mail server/],
    ["trickles", /in time|timed out/],
  ];
  for (const [oddity, says] of odd) {
    await using server = new OddServer(oddity);
    const [finding] = await look(mailWith({ server: "127.0.0.1", port: server.port }));
    assert.equal(finding?.state, "failed", oddity);
    assert.match(finding?.message ?? "", says, oddity);
  }
});

Deno.test("probeMail() points out reports that wait", async () => {
  const directory = await Deno.makeTempDir({ prefix: "autoborg-spool-" });
  try {
    await using server = await MailServer.start();
    const spool = new MailSpool(directory, "web");
    await spool.add("web-2026-11-22T04:00:00Z-0123abcd", new Uint8Array(3));
    await spool.setFailure({ at: new Date(), reason: "the login failed" });
    const context = {
      hostname: "web1",
      mask: (text: string) => text,
      limits: { ...PROBE_LIMITS, smtp: SHORT },
      now: new Date(),
    };
    const config = await configured(mailWith({ port: server.port }), directory);
    const findings = await probeMail({ ...context, config });
    assert.deepEqual(findings.map(({ state }) => state), ["ok", "warning"]);
    assert.match(findings[1]?.message ?? "", /^1 report is waiting to be sent: the login failed$/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
