import assert from "node:assert/strict";
import type { Problem } from "../../../lib/backup/outcome.ts";
import type { Mail } from "../../../lib/config/config_schema.ts";
import { droppedProblems } from "../../../lib/report/mail/dropped.ts";
import type { Message } from "../../../lib/report/mail/message.ts";
import { type OutboxOptions, sendMails } from "../../../lib/report/mail/outbox.ts";
import { createMasker } from "../../../lib/text/secret.ts";
import { MailSpool } from "../../../lib/state/mail_spool.ts";
import { MOST_WAITING } from "../../../lib/state/spool.ts";
import { mailWith, SHORT } from "./configured.ts";
import { MailServer, OddServer } from "./mail_server.ts";

function message(subject: string, size = 10): Message {
  return { subject, text: "x".repeat(size), html: "<p>", attachments: [] };
}

function report(number: number, subject = `report ${number}`) {
  return { run: runName(number), message: message(subject) };
}

function runName(number: number): string {
  const hour = String(number).padStart(2, "0");
  return `web-2026-11-22T${hour}:00:00Z-0123abcd`;
}

/** A spool in a directory of its own, and what was noted in the log. */
class Desk implements Disposable {
  readonly directory = Deno.makeTempDirSync();
  readonly spool: MailSpool = new MailSpool(this.directory, "web");
  readonly notes: string[] = [];

  options(mail: Mail, different: Partial<OutboxOptions> = {}): OutboxOptions {
    return {
      mail,
      hostname: "host",
      mask: createMasker([]),
      spool: this.spool,
      sendWaiting: true,
      timeouts: { limits: SHORT, pauses: [10, 20], whole: 10_000 },
      signal: new AbortController().signal,
      note: (level, text) => this.notes.push(`${level}: ${text}`),
      ...different,
    };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

/** A port on which nobody listens. */
function closedPort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

function texts(problems: readonly Problem[]): string {
  assert.ok(problems.every(({ severity }) => severity === "warning"));
  return problems.map(({ message }) => message).join("\n");
}

Deno.test("sendMails() sends a report and leaves nothing behind", async () => {
  using desk = new Desk();
  await using server = await MailServer.start();
  const mail = mailWith({ port: server.port });
  assert.deepEqual(await sendMails(report(1), desk.options(mail)), []);
  assert.deepEqual(server.received.map(({ subject }) => subject), ["report 1"]);
  assert.deepEqual(await desk.spool.list(), []);
  assert.deepEqual(desk.notes, [
    'info: Sent the mail "report 1": accepted for 1 recipient without encryption: ' +
    '"250 2.0.0 Ok: queued"',
  ]);
});

Deno.test("sendMails() tries again, then keeps the report for the next run", async () => {
  using desk = new Desk();
  const down = mailWith({ port: closedPort() });
  const problems = await sendMails(report(1), desk.options(down));
  assert.match(
    texts(problems),
    /^Cannot send mail via ".*": the connection was refused; 1 report is waiting in ".*\/mail" for the next run$/,
  );
  assert.match(problems[0]?.hint ?? "", /No mail server listens there/);
  const tries = desk.notes.filter((note) => /try \d of 3: /.test(note));
  assert.equal(tries.length, 3);
  assert.deepEqual(await desk.spool.list(), [`${runName(1)}.eml`]);
  assert.match((await desk.spool.failure())?.reason ?? "", /the connection was refused$/);
  assert.equal(Deno.statSync(desk.spool.directory).mode ?? 0, 0o40700);
  assert.equal(Deno.statSync(`${desk.spool.directory}/${runName(1)}.eml`).mode ?? 0, 0o100600);

  await using server = await MailServer.start();
  const up = mailWith({ port: server.port });
  assert.deepEqual(await sendMails(report(2), desk.options(up)), []);
  assert.deepEqual(server.received.map(({ subject }) => subject), ["report 2", "report 1"]);
  assert.equal(new Set(server.received.map(({ mail }) => mail.messageId)).size, 2);
  assert.deepEqual(await desk.spool.list(), []);
  assert.equal(await desk.spool.failure(), undefined);
});

Deno.test("sendMails() sends what waits also when there is nothing to report", async () => {
  using desk = new Desk();
  await sendMails(report(1), desk.options(mailWith({ port: closedPort() })));
  await using server = await MailServer.start();
  const mail = mailWith({ port: server.port });
  assert.deepEqual(await sendMails(undefined, desk.options(mail)), []);
  assert.deepEqual(server.received.map(({ subject }) => subject), ["report 1"]);
});

Deno.test("sendMails() leaves what waits alone when it may not touch it", async () => {
  using desk = new Desk();
  await sendMails(report(1), desk.options(mailWith({ port: closedPort() })));
  await using server = await MailServer.start();
  const mail = mailWith({ port: server.port });
  await sendMails(report(2), desk.options(mail, { sendWaiting: false }));
  assert.deepEqual(server.received.map(({ subject }) => subject), ["report 2"]);
  assert.deepEqual(await desk.spool.list(), [`${runName(1)}.eml`]);
});

Deno.test("sendMails() goes on when the server comes back between two tries", async () => {
  using desk = new Desk();
  let calls = 0;
  await using server = await MailServer.start({
    reject: () => calls++ === 0 ? { code: 451, text: "later" } : undefined,
  });
  const mail = mailWith({ port: server.port });
  assert.deepEqual(await sendMails(report(1), desk.options(mail)), []);
  assert.equal(server.received.length, 1);
  assert.match(desk.notes[0] ?? "", /^warning: try 1 of 3: .* it answered "451 later"$/);
});

Deno.test("sendMails() does not repeat what was refused for good", async () => {
  using desk = new Desk();
  await using server = await MailServer.start({ refuse: () => ({ code: 550, text: "no" }) });
  const problems = await sendMails(report(1), desk.options(mailWith({ port: server.port })));
  assert.match(texts(problems), /no recipient was accepted.*1 report is waiting/);
  assert.equal(server.connections, 1);
});

Deno.test("sendMails() tells of a recipient that was refused, and does not send it twice", async () => {
  using desk = new Desk();
  await using server = await MailServer.start({
    refuse: (to) => to.startsWith("b") ? { code: 550, text: "no such user" } : undefined,
  });
  const mail = mailWith({ port: server.port, recipients: ["a@example.org", "b@example.org"] });
  const problems = await sendMails(report(1), desk.options(mail));
  assert.equal(
    texts(problems),
    'The mail server refused "b@example.org" ("550 no such user"); 1 other recipient has the mail',
  );
  assert.deepEqual(await desk.spool.list(), []);
});

Deno.test("sendMails() leaves the log out when the server takes no large mail", async () => {
  using desk = new Desk();
  await using server = await MailServer.start({ largest: 5_000 });
  const both = { run: runName(1), message: message("large", 10_000), small: message("small") };
  const problems = await sendMails(both, desk.options(mailWith({ port: server.port })));
  assert.deepEqual(problems, []);
  assert.deepEqual(server.received.map(({ subject }) => subject), ["small"]);
  assert.match(desk.notes[0] ?? "", /too large for the server; the log is omitted$/);
});

Deno.test("sendMails() gives up a waiting mail that the server does not want", async () => {
  using desk = new Desk();
  await sendMails(report(1), desk.options(mailWith({ port: closedPort() })));
  await using server = await MailServer.start({ reject: () => ({ code: 554, text: "spam" }) });
  const mail = mailWith({ port: server.port });
  const problems = await sendMails(undefined, desk.options(mail));
  assert.match(texts(problems), /it answered "554 spam"; the waiting mail ".*" is given up$/);
  assert.deepEqual(await desk.spool.list(), []);
});

Deno.test("sendMails() ends in time when the server hangs", async () => {
  using desk = new Desk();
  await using server = new OddServer("trickles");
  const timeouts = { limits: { ...SHORT, whole: 60_000 }, pauses: [10, 10], whole: 600 };
  const mail = mailWith({ port: server.port });
  const problems = await sendMails(report(1), desk.options(mail, { timeouts }));
  assert.match(texts(problems), /did not answer in time; 1 report is waiting/);
});

Deno.test("sendMails() tries once when the process shall end", async () => {
  using desk = new Desk();
  const mail = mailWith({ port: closedPort() });
  await sendMails(report(1), desk.options(mail, { signal: AbortSignal.abort() }));
  assert.equal(desk.notes.filter((note) => /try \d of 3: /.test(note)).length, 1);
  assert.equal((await desk.spool.list()).length, 1);
});

Deno.test("sendMails() stops to wait when the process shall end", async () => {
  using desk = new Desk();
  // An hour: a test that waited for it would never end.
  const timeouts = { limits: SHORT, pauses: [3_600_000], whole: 7_200_000 };
  const signal = AbortSignal.timeout(200);
  const mail = mailWith({ port: closedPort() });
  await sendMails(report(1), desk.options(mail, { signal, timeouts }));
});

Deno.test("sendMails() gives up on a server that hangs when the process shall end", async () => {
  using desk = new Desk();
  await using server = new OddServer("silent");
  const long = 600_000;
  const limits = { connect: long, greeting: long, silence: long, whole: long };
  const timeouts = { limits, pauses: [long], whole: long, stopping: 100 };
  const mail = mailWith({ port: server.port });
  const stop = new AbortController();
  const note = (_level: unknown, text: string) => desk.notes.push(text);
  const sending = sendMails(report(1), desk.options(mail, { signal: stop.signal, timeouts, note }));
  stop.abort();
  assert.match(texts(await sending), /1 report is waiting in ".*" for the next run$/);
});

Deno.test("sendMails() sends although nothing can be written down", async () => {
  using desk = new Desk();
  await Deno.writeTextFile(`${desk.directory}/mail`, "not a directory");
  await using server = await MailServer.start();
  const problems = await sendMails(report(1), desk.options(mailWith({ port: server.port })));
  assert.equal(server.received.length, 1);
  assert.match(texts(problems), /^Cannot write to the mail spool ".*\/mail": /);
});

Deno.test("sendMails() says that a report is lost when it can't wait anywhere", async () => {
  using desk = new Desk();
  const options = desk.options(mailWith({ port: closedPort() }), { spool: undefined });
  assert.match(texts(await sendMails(report(1), options)), /refused; 1 report is lost$/);
});

Deno.test("sendMails() drops nothing that can be sent now", async () => {
  using desk = new Desk();
  for (let hour = 1; hour <= MOST_WAITING; hour++) {
    await desk.spool.add(runName(hour), new TextEncoder().encode(`Subject: ${hour}\n\n`));
  }
  await using server = await MailServer.start();
  const mail = mailWith({ port: server.port });
  assert.deepEqual(await sendMails(report(MOST_WAITING + 1), desk.options(mail)), []);
  assert.equal(server.received.length, MOST_WAITING + 1);
});

Deno.test("sendMails() drops nothing for a report that is delivered", async () => {
  using desk = new Desk();
  for (let hour = 1; hour <= MOST_WAITING; hour++) {
    await desk.spool.add(runName(hour), new TextEncoder().encode(`Subject: ${hour}\n\n`));
  }
  let mails = 0;
  await using server = await MailServer.start({
    reject: () => mails++ === 0 ? undefined : { code: 451, text: "later" },
  });
  await sendMails(report(MOST_WAITING + 1), desk.options(mailWith({ port: server.port })));
  assert.equal(server.received.length, 1);
  assert.equal((await desk.spool.list()).length, MOST_WAITING);
  assert.deepEqual(desk.spool.dropped().reports, []);
});

Deno.test("sendMails() says what it drops, and forgets it when a report that names it is delivered", async () => {
  using desk = new Desk();
  for (let hour = 1; hour <= MOST_WAITING; hour++) {
    await desk.spool.add(runName(hour), new TextEncoder().encode(`Subject: ${hour}\n\n`));
  }
  const down = mailWith({ port: closedPort() });
  const problems = await sendMails(report(MOST_WAITING + 1), desk.options(down));
  assert.match(
    texts(problems),
    /20 reports are waiting in .*\n1 waiting report was dropped: more than 20/,
  );
  const told = desk.spool.dropped();
  const [problem] = droppedProblems(told, "/logs");
  assert.match(
    problem?.message ?? "",
    /^1 report was never delivered .*: web-2026-11-22T01:00:00Z-0123abcd \("1"\)$/,
  );
  await sendMails(report(MOST_WAITING + 2), desk.options(down, { told }));
  assert.equal(desk.spool.dropped().reports.length, 2);
  await using server = await MailServer.start();
  const up = mailWith({ port: server.port });
  await sendMails(report(MOST_WAITING + 3), desk.options(up, { told: desk.spool.dropped() }));
  assert.equal(desk.spool.dropped().reports.length, 0);
});

Deno.test("sendMails() sends the report although damaged files are in the spool", async () => {
  using desk = new Desk();
  await Deno.mkdir(`${desk.spool.directory}/${runName(1)}.eml`, { recursive: true });
  await Deno.writeTextFile(`${desk.spool.directory}/${runName(2)}.eml`, "");
  await using server = await MailServer.start();
  const problems = await sendMails(report(3), desk.options(mailWith({ port: server.port })));
  assert.deepEqual(server.received.map(({ subject }) => subject), ["report 3"]);
  assert.match(texts(problems), /not a regular file\n.* is damaged; it is moved aside/);
  assert.ok(!desk.notes.some((note) => note.includes("next try")), "nothing is tried again");
  assert.equal(await desk.spool.failure(), undefined);
});

Deno.test("sendMails() sends the report and names a broken spool once", async () => {
  using desk = new Desk();
  await Deno.writeTextFile(desk.spool.directory, "");
  await using server = await MailServer.start();
  const problems = await sendMails(report(1), desk.options(mailWith({ port: server.port })));
  assert.deepEqual(server.received.map(({ subject }) => subject), ["report 1"]);
  assert.equal(problems.length, 1);
  assert.match(texts(problems), /^Cannot write to the mail spool ".*\/mail": /);
  // The trace before the mail says the same, so that the mail has it.
  assert.throws(() => desk.spool.check(), (error) => {
    assert.ok(error instanceof Error);
    assert.equal(error.message, texts(problems));
    return true;
  });
});
