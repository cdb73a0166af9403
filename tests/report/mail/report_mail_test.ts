import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { refusalMail, runMail, type RunSources } from "../../../lib/report/mail/report_mail.ts";
import { BAD, GOOD, runWith } from "../outcomes.ts";

class Logs implements Disposable {
  readonly #directory = Deno.makeTempDirSync();
  readonly path: string = `${this.#directory}/web.log`;

  sources(log: string, different: Partial<RunSources> = {}): RunSources {
    Deno.writeTextFileSync(this.path, log);
    return {
      version: "1.2.3",
      run: "web-2026-11-22T04:00:00Z-0123abcd",
      logPath: this.path,
      recentCreates: () => [],
      lastGood: () => undefined,
      mask: (text) => text,
      ...different,
    };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

Deno.test("runMail() puts the whole log into the mail", async () => {
  using logs = new Logs();
  const { message, small } = await runMail(runWith(), logs.sources("one\n\ntwo\n"));
  assert.ok(message.text.endsWith("LOG web.log\n\none\n\ntwo\n"), message.text);
  assert.deepEqual(message.attachments, []);
  assert.equal(small, undefined);
});

Deno.test("runMail() attaches a log that is too long, and has a mail without it", async () => {
  using logs = new Logs();
  const log = "a line of the log\n".repeat(1_000);
  const logLimits = { whole: 1_000, part: 100, attached: 100_000 };
  const { message, small } = await runMail(runWith(), logs.sources(log, { logLimits }));
  const [attachment] = message.attachments;
  assert.equal(gunzipSync(attachment?.bytes ?? "").toString(), log);
  assert.match(message.text, /omitted here: the complete log is attached as "web\.log\.gz"/);
  assert.deepEqual(small?.attachments, []);
  assert.match(
    small?.text ?? "",
    /the mail server accepts no mail with the complete log: that is in "\//,
  );
  assert.doesNotMatch(small?.text ?? "", /attached/);
});

Deno.test("runMail() asks for the past of every repository", async () => {
  using logs = new Logs();
  const asked: string[] = [];
  const recentCreates = (label: string, count: number) => {
    asked.push(`${label} ${count}`);
    return [{ startedAt: new Date(0), state: "ok", newSize: 1 }];
  };
  const outcome = runWith({ state: "failed", repositories: [GOOD, BAD] });
  const { message } = await runMail(outcome, logs.sources("", { recentCreates }));
  assert.deepEqual(asked, ["disk 30", "offsite 30"]);
  assert.match(message.text, /^ {2}disk {2}█\n[^]*^ {2}offsite {2}█$/m);
});

Deno.test("runMail() is written although there is no log", async () => {
  using logs = new Logs();
  const { message } = await runMail(runWith(), logs.sources("", { logPath: "/nonexistent" }));
  assert.match(message.text, /\[The log "\/nonexistent" cannot be read: it does not exist\]/);
});

Deno.test("refusalMail() says why there was no run", () => {
  const { run, message } = refusalMail(
    {
      name: "web",
      hostname: "host",
      at: new Date(0),
      version: "1.2.3",
      message: "Cannot do it",
      hint: undefined,
      lastGood: [],
    },
    "web-run",
    (text) => text,
  );
  assert.equal(run, "web-run");
  assert.equal(message.subject, "[FAILED] web on host: no backup: Cannot do it");
});

Deno.test("runMail() cuts a huge message, and says in the mail that the log is missing", async () => {
  using logs = new Logs();
  const problems = [{ severity: "error", message: "x".repeat(1_000_000) }] as const;
  const sources = logs.sources("", { logPath: "/no/such/directory/web.log" });
  const { message } = await runMail(runWith({ state: "failed", problems }), sources);
  assert.match(message.text, /x… \([\d,]+ bytes cut here\)/);
  assert.ok(message.text.length + message.html.length < 50_000);
  assert.match(message.text, /The log "\/no\/such.*" cannot be read: it does not exist/);
});
