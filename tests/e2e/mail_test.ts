import assert from "node:assert/strict";
import { Certificates } from "../report/mail/certificates.ts";
import { MailServer, type Received } from "../report/mail/mail_server.ts";
import { passphraseOf, Place, repository, type Table } from "./place.ts";
import { eventually, Running } from "./program.ts";

const LOGIN = { username: "backup", password: "mail-geheim-99" };

/** The `[mail]` table for a server that neither encrypts nor asks who one is. */
function mailTable(port: number, keys: Table = {}): { readonly mail: Table } {
  return {
    mail: {
      server: "localhost",
      port,
      security: "none",
      from_address: "backup@example.org",
      from_name: "Größe & Söhne",
      recipients: ["root@example.org", "ops@example.org"],
      ...keys,
    },
  };
}

function subjects(server: MailServer): readonly string[] {
  return server.received.map(({ subject }) => subject);
}

/** The one mail that came in. */
function only(server: MailServer): Received {
  const [first, ...others] = server.received;
  assert.ok(first, "no mail came in");
  assert.deepEqual(others.map(({ subject }) => subject), []);
  return first;
}

/** Another borg, which keeps a repository locked until it is let go of. */
async function hold(place: Place, label: string): Promise<AsyncDisposable> {
  const url = place.at(`${label}.borg`);
  const file = await place.write("held", "");
  const env = { ...place.env, BORG_PASSPHRASE: passphraseOf(label) };
  const wait = ["sh", "-c", "while test -e held; do sleep 0.1; done"];
  const borg = new Running(["borg", "with-lock", url, ...wait], { env, cwd: place.directory });
  const isHeld = () => [...Deno.readDirSync(url)].some(({ name }) => name === "lock.exclusive");
  assert.ok(await eventually(isHeld, 20_000));
  return {
    [Symbol.asyncDispose]: async () => {
      await Deno.remove(file);
      await borg.end();
    },
  };
}

Deno.test("test-notify sends both samples and tells of the conversation", async () => {
  await using certificates = await Certificates.make();
  const certificate = certificates.of("good");
  await using server = await MailServer.start({ certificate, login: LOGIN });
  const keys = { security: "starttls", ca_file: certificates.authority, ...LOGIN };
  await using place = await Place.quick(mailTable(server.port, keys));
  const { stdout, stderr } = await place.expect(0, "test-notify");
  assert.equal(stderr, "");
  assert.match(stdout, /^server: localhost:\d+, security "starttls", as "backup"\n/);
  const answers = stdout.match(
    /accepted for 2 recipients over TLS(?:v1\.3)?: "250 2\.0\.0 Ok: queued"/g,
  );
  assert.equal(answers?.length, 2);
  assert.ok(!stdout.includes(LOGIN.password));
  const [good, bad] = subjects(server);
  assert.match(
    good ?? "",
    /^\[ok\] web on .*: 1 repository, 1\.2 GiB new, 4 min 10 s \(a sample\)$/,
  );
  assert.match(bad ?? "", /^\[FAILED\] web on .*: first failed \(wrong passphrase\) \(a sample\)$/);
  assert.ok(server.received.every(({ user, encrypted }) => user === "backup" && encrypted));
});

Deno.test("test-notify ends with 2 and says what to do when no mail can be sent", async () => {
  await using server = await MailServer.start({ login: LOGIN, starttls: false });
  await using place = await Place.quick(mailTable(server.port, { security: "starttls", ...LOGIN }));
  const { stdout, stderr } = await place.expect(2, "test-notify");
  assert.match(
    stderr,
    /^error: Cannot send mail via "localhost:\d+": the server does not offer STARTTLS/,
  );
  assert.match(stderr, /^hint: Nothing was sent unencrypted/m);
  assert.ok(!`${stdout}${stderr}`.includes(LOGIN.password));
  assert.equal(server.received.length, 0);
});

Deno.test("test-notify ends with 2 when one recipient is refused", async () => {
  await using server = await MailServer.start({
    refuse: (to) => to.startsWith("ops") ? { code: 550, text: "no such user" } : undefined,
  });
  await using place = await Place.quick(mailTable(server.port));
  const { stderr } = await place.expect(2, "test-notify");
  assert.match(stderr, /^error: The server refused the recipient "ops@example\.org": "550 no such/);
  assert.equal(server.received.length, 2);
});

Deno.test("test-notify ends with 78 when no mail is configured", async () => {
  await using place = await Place.quick();
  const { stderr } = await place.expect(78, "test-notify");
  assert.match(stderr, /has no \[mail\], \[\[notify\]\] or \[ping\] table/);
});

Deno.test("run mails what became of it, with the whole log", async () => {
  await using server = await MailServer.start();
  await using place = await Place.quick({
    ...mailTable(server.port),
    repositories: [repository("first"), repository("second")],
  });
  await place.init();
  await place.expect(0, "run");
  const { mail, to, text, html, subject } = only(server);
  assert.match(
    subject,
    /^\[ok\] web on [^ ]+: 2 repositories, \d+\.\d KiB new, \d+(?:\.\d)? s$/,
  );
  assert.deepEqual(to, ["root@example.org", "ops@example.org"]);
  assert.equal(mail.from?.value[0]?.name, "Größe & Söhne");
  assert.equal(mail.headers.get("auto-submitted"), "auto-generated");
  const log = await place.log();
  const [before = "", after = ""] = log.split(/^.*Sent the mail .*$/m);
  assert.match(after, /^\n\n\d\S+ INFO +ok after .*\n$/, "the outcome is the last line of the log");
  assert.ok(text.endsWith(before.trimEnd() + "\n"), text);
  assert.match(text, /^ {2}first {2}█\n {4}one run on /m);
  assert.match(html, /title="\d{4}-\d\d-\d\d: /);
});

Deno.test("run mails only problems when it is told to", async () => {
  await using server = await MailServer.start();
  await using place = await Place.quick(mailTable(server.port, { when: "problems" }));
  await place.init();
  await place.expect(0, "run");
  assert.deepEqual(subjects(server), []);
  const repositories = [repository("first", { passphrase: "not this one" })];
  await place.configure({ ...mailTable(server.port, { when: "problems" }), repositories });
  await place.expect(2, "run");
  const { subject, text } = only(server);
  assert.match(subject, /^\[FAILED\] web on [^ ]+: first failed \(wrong passphrase\)$/);
  assert.ok(!text.includes("not this one"));
});

Deno.test("run keeps its mail for the next run when the server is down", async () => {
  let port: number;
  {
    await using server = await MailServer.start();
    port = server.port;
  }
  await using place = await Place.quick(mailTable(port, LOGIN));
  await place.init();
  const { stderr } = await place.expect(1, "run");
  assert.match(stderr, /^first +create +ok after /m, "the backup itself is ok");
  assert.match(stderr, /^warning after .*: first ok$/m);
  const reason =
    /Cannot send mail via "localhost:\d+": the connection was refused; 1 report is waiting in/;
  assert.match(stderr, reason);
  assert.match(stderr, /^ *hint: No mail server listens there/m);
  const log = await place.log();
  assert.match(log, reason);
  assert.match(log, /try 3 of 3: Cannot send mail/);
  assert.ok(!`${log}${stderr}`.includes(LOGIN.password));
  assert.match((await place.expect(0, "status")).stdout, /first/);

  await using server = await MailServer.start();
  await place.configure(mailTable(server.port, { when: "problems" }));
  await place.expect(0, "run");
  const { subject, text } = only(server);
  assert.match(
    subject,
    /^\[warning\] web on /,
    "the run ended with a warning, and so says its mail",
  );
  assert.match(text, reason);
});

Deno.test("run mails that another run holds the lock", async () => {
  await using server = await MailServer.start();
  await using place = await Place.quick(mailTable(server.port));
  await place.init();
  {
    let first: Running;
    {
      await using _held = await hold(place, "first");
      first = place.start("run", "--progress=none");
      await first.prints(/run [0-9a-f]{8}/);
      await place.expect(75, "run");
    }
    assert.equal((await first.end()).code, 0);
  }
  const [refused, good] = server.received;
  assert.match(
    refused?.subject ?? "",
    /^\[FAILED\] web on [^ ]+: no backup: another run holds the lock$/,
  );
  assert.match(refused?.text ?? "", /run [0-9a-f]{8} \(process \d+\) has held it since 20/);
  assert.match(good?.subject ?? "", /^\[ok\]/);
});

Deno.test("run mails that its temp_dir holds something foreign", async () => {
  await using server = await MailServer.start();
  await using place = await Place.quick(mailTable(server.port));
  await place.write("temp/precious.txt", "mine");
  await place.expect(2, "run");
  const { subject, text } = only(server);
  assert.match(subject, /^\[FAILED\] web on [^ ]+: Cannot use the directory ".*temp"/);
  assert.match(text, /it must be empty but contains "precious\.txt"/);
});

Deno.test("run mails what is wrong with the configuration, but no secret", async () => {
  await using server = await MailServer.start();
  await using place = await Place.quick();
  await place.configure({ ...mailTable(server.port), nonsense: 1, zfs: { recursive: "geheim" } });
  const { stderr } = await place.expect(78, "run");
  const { subject, text } = only(server);
  assert.match(
    subject,
    /^\[FAILED\] web on [^ ]+: no backup: the configuration is invalid \(2 mistakes\)$/,
  );
  const findings = stderr.match(/config\.toml:\d+:\d+: .*/g) ?? [];
  assert.equal(findings.length, 2);
  for (const finding of findings) assert.ok(text.includes(finding), text);
  assert.ok(!text.includes(passphraseOf("first")));
  await place.expect(78, "run", "--dry-run");
  assert.equal(server.received.length, 1, "a dry run mails nobody");
});

Deno.test("run mails that it was interrupted", async () => {
  await using server = await MailServer.start();
  await using place = await Place.quick(mailTable(server.port));
  await place.init();
  await using _held = await hold(place, "first");
  const running = place.start("run", "--progress=none");
  await running.prints(/run [0-9a-f]{8}/);
  assert.ok(await eventually(async () => /create begins/.test(await place.log()), 20_000));
  running.kill("SIGTERM");
  assert.equal((await running.end()).code, 143);
  const { subject, text } = only(server);
  assert.match(
    subject,
    /^\[FAILED\] web on [^ ]+: interrupted by SIGTERM, first failed/,
  );
  assert.match(text, /FAILED after .*: interrupted by SIGTERM/);
});

Deno.test("run mails that the mail spool broke meanwhile", async () => {
  await using server = await MailServer.start();
  await using place = await Place.quick(mailTable(server.port));
  await place.init();
  const held = await hold(place, "first");
  const running = place.start("run", "--progress=none");
  try {
    await running.prints(/run [0-9a-f]{8}/);
    assert.ok(await eventually(async () => /create begins/.test(await place.log()), 20_000));
    await Deno.remove(place.at("state/mail"), { recursive: true });
    await place.write("state/mail", "");
  } finally {
    await held[Symbol.asyncDispose]();
  }
  assert.equal((await running.end()).code, 1);
  const { subject, text } = only(server);
  assert.match(subject, /^\[warning\] /);
  assert.match(text, /Cannot write to the mail spool/);
  assert.doesNotMatch(await place.log(), /Cannot mail the report/);
});
