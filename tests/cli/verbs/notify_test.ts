import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { Scene } from "../scene.ts";
import { MailServer } from "../../report/mail/mail_server.ts";
import { json, Service } from "../../report/notify/service.ts";

const TAKEN = () => json({ id: "abc", ok: true });

/** The texts that a service got, by their titles. */
function titles({ heard }: Service): readonly string[] {
  return heard.map(({ body }) => JSON.parse(body).title ?? "");
}

function ntfy(service: Service, different: Readonly<Record<string, unknown>> = {}) {
  return { kind: "ntfy", label: "phone", url: service.url("/geheimes-topic"), ...different };
}

Deno.test("run tells a channel and a mail of changes alone", async () => {
  await using service = new Service(TAKEN);
  await using server = await MailServer.start();
  const mail = {
    ...{ server: "127.0.0.1", port: server.port, security: "none", when: "changes" },
    ...{ from_address: "backup@example.org", recipients: ["root@example.org"] },
  };
  using scene = new Scene({ notify: [ntfy(service)], mail });
  for (const night of ["good", "bad", "bad", "good"]) {
    if (night === "bad") scene.borg.fails("check", "Data integrity error", "IntegrityError");
    else scene.borg.set("borg check", {});
    await scene.run("run");
  }
  const words = titles(service).map((title) => title.split("]")[0]?.slice(1));
  assert.deepEqual(words, ["FAILED", "ok"]);
  assert.equal(server.received.length, 2);
  const { message, click } = JSON.parse(service.heard[0]?.body ?? "");
  assert.match(message, /error, disk check: .*\n(?:hint: .*\n)?last good backup in disk: /);
  assert.equal(click, undefined);
  assert.match(JSON.parse(service.heard[1]?.body ?? "").message, /^good again: it was bad for /);
});

Deno.test("run keeps a message that is not taken, and status sends it", async () => {
  await using service = new Service(() => json({ error: "forbidden" }, 403));
  using scene = new Scene({ notify: [ntfy(service, { when: "always" })] });
  const { code, err } = await scene.run("run");
  assert.equal(code, 1);
  assert.match(
    err,
    /Cannot notify "phone" \(ntfy\): it answered 403 "forbidden"; 1 message is wai/,
  );
  assert.match(err, /hint: Check token of this \[\[notify\]\]; try again: .*test-notify/);
  assert.doesNotMatch(err, /geheimes-topic/);
  const first = await scene.run("status");
  assert.match(first.out, /1 message is waiting/);
  service.answer = TAKEN;
  const second = await scene.run("status");
  assert.doesNotMatch(second.out, /message is waiting/);
  assert.match(JSON.parse(service.heard.at(-1)?.body ?? "").message, /^delayed: written /);
});

Deno.test("run tells the other channels that one fails, also one that was told before", async () => {
  await using good = new Service(TAKEN);
  await using bad = new Service(() => new Response("gone", { status: 410 }));
  const notify = [
    ntfy(good, { when: "problems" }),
    { kind: "slack", label: "team", url: bad.url("/services/a/b/geheim"), when: "always" },
  ];
  using scene = new Scene({ notify });
  await scene.run("run");
  assert.equal(good.heard.length, 1);
  assert.match(good.heard[0]?.body ?? "", /Cannot notify .*team.* it answered 410/);
  // From now on the one that fails is tried first.
  await scene.run("run");
  assert.equal(good.heard.length, 2);
});

Deno.test("run tells a channel of its repositories and topics alone", async () => {
  await using service = new Service(TAKEN);
  using scene = new Scene({ notify: [ntfy(service, { only: ["verify"], when: "problems" })] });
  scene.borg.fails("check", "Data integrity error", "IntegrityError");
  await scene.run("run");
  assert.deepEqual(titles(service), []);
  scene.configure({ notify: [ntfy(service, { only: ["check"], when: "problems" })] });
  await scene.run("run");
  assert.equal(titles(service).length, 1);
});

Deno.test("run tells channels why it was refused and why a configuration is invalid", async () => {
  await using service = new Service(TAKEN);
  const notify = [ntfy(service)];
  using scene = new Scene({ notify });
  scene.configure({ notify, nonsense: 1 });
  assert.equal((await scene.run("run")).code, 78);
  assert.equal((await scene.run("run")).code, 78);
  assert.equal((await scene.run("status", "--notify")).code, 78);
  assert.equal(service.heard.length, 1, "the same is said once");
  assert.match(service.heard[0]?.body ?? "", /the configuration is invalid \(1 mistake\)/);
  scene.configure({ notify });
  assert.equal((await scene.run("run")).code, 0);
  assert.match(service.heard[1]?.body ?? "", /good again/);
});

Deno.test("status --notify tells once of backups that are too old, and of their end", async () => {
  await using service = new Service(TAKEN);
  using scene = new Scene({ notify: [ntfy(service)] });
  assert.equal((await scene.run("status", "--notify")).code, 1);
  await scene.run("status", "--notify");
  assert.equal(service.heard.length, 1);
  assert.match(service.heard[0]?.body ?? "", /No good backup was ever made/);
  await scene.run("run");
  assert.equal((await scene.run("status", "--notify")).code, 0);
  assert.equal(service.heard.length, 2);
  assert.match(service.heard[1]?.body ?? "", /The last good backups are recent/);
});

/** What `[mail]` needs for a server of the test. */
function mailTo(server: MailServer, when: string) {
  return {
    ...{ server: "127.0.0.1", port: server.port, security: "none", when },
    ...{ from_address: "backup@example.org", recipients: ["root@example.org"] },
  };
}

Deno.test("status --notify also mails, once, and that it is over unless only problems are mailed", async () => {
  for (const [when, more] of [["always", 1], ["changes", 1], ["problems", 0]] as const) {
    await using server = await MailServer.start();
    using scene = new Scene({ mail: mailTo(server, when) });
    for (let hours = 0; hours < 3; hours++) await scene.run("status", "--notify");
    const [bad, ...others] = server.received.splice(0);
    assert.deepEqual(others, [], when);
    assert.equal(
      bad?.subject.replace(/ on .*?:/, ""),
      "[FAILED] web disk: No good backup was ever made",
    );
    assert.match(bad?.text ?? "", /Does the timer run\?[^]*disk +never +none/);
    assert.match(bad?.html ?? "", /No good backup was ever made/);
    await scene.run("run");
    server.received.length = 0;
    for (let hours = 0; hours < 2; hours++) {
      assert.equal((await scene.run("status", "--notify")).code, 0);
    }
    assert.equal(server.received.length, more, when);
    if (more > 0) assert.match(server.received[0]?.subject ?? "", /^\[ok\] web .*recent$/);
  }
});

Deno.test("status --notify mails a run that died", async () => {
  await using server = await MailServer.start();
  using scene = new Scene({ mail: mailTo(server, "problems") });
  await scene.run("run");
  using history = new DatabaseSync(scene.at("state/history.db"));
  history.exec("UPDATE runs SET ending = 'running'");
  await scene.run("status", "--notify");
  assert.equal(server.received.length, 1);
  assert.match(server.received[0]?.text ?? "", /ended without a report: it was killed/);
});

Deno.test("status --notify tells once of services that a killed run has left stopped", async () => {
  await using service = new Service(TAKEN);
  using scene = new Scene({ notify: [ntfy(service)] });
  await scene.run("run");
  service.heard.length = 0;
  const services = [{ manager: "docker", name: "wiki", action: "stop" }];
  const run = { runId: "0badf00d", startedAt: "2026-11-30T02:00:00Z" };
  const runs = [{ ...run, trees: [], mounts: [], snapshots: [], services }];
  const journal = { version: 1, name: "web", hostname: Deno.hostname(), runs };
  const file = scene.at("state/journal-web.json");
  Deno.writeTextFileSync(file, JSON.stringify(journal), { mode: 0o600 });
  for (let hours = 0; hours < 2; hours++) {
    assert.equal((await scene.run("status", "--notify")).code, 1);
  }
  assert.equal(service.heard.length, 1);
  assert.match(service.heard[0]?.body ?? "", /had stopped: the container .*wiki/);
  Deno.removeSync(file);
  assert.equal((await scene.run("status", "--notify")).code, 0);
  assert.equal(service.heard.length, 2);
});

Deno.test("status --notify mails an invalid configuration, but not after a run that did", async () => {
  await using server = await MailServer.start();
  const mail = mailTo(server, "always");
  using scene = new Scene({ mail });
  scene.configure({ mail, nonsense: 1 });
  for (let hours = 0; hours < 2; hours++) await scene.run("status", "--notify");
  assert.equal(server.received.length, 1);
  assert.match(server.received[0]?.subject ?? "", /the configuration is invalid/);
  scene.configure({ mail });
  await scene.run("run");
  await scene.run("status", "--notify");
  assert.match(server.received.at(-1)?.subject ?? "", /^\[ok\] web .*recent$/);
  scene.configure({ mail, nonsense: 2 });
  server.received.length = 0;
  await scene.run("run");
  await scene.run("status", "--notify");
  assert.equal(server.received.length, 1);
});

Deno.test("test-notify sends two samples to each channel, and says what each answers", async () => {
  await using good = new Service(TAKEN);
  await using bad = new Service(() => json({ error: "no geheimes-topic here" }, 404));
  const notify = [
    { ...ntfy(bad), label: "other" },
    ntfy(good),
  ];
  using scene = new Scene({ notify });
  const { code, out, err } = await scene.run("test-notify");
  assert.equal(code, 2);
  assert.equal(out.match(/^phone \(ntfy\): sent: \[(?:ok|FAILED)\] web on /gm)?.length, 2);
  assert.match(err, /error: Cannot notify "other" \(ntfy\): it answered 404 "no \*\*\* here"/);
  assert.match(err, /^other \(ntfy\): the same for the other sample$/m);
  assert.match(good.heard[0]?.body ?? "", /A sample; no backup was run/);
  assert.equal((await scene.run("test-notify", "phone")).code, 0);
  const unknown = await scene.run("test-notify", "phnoe");
  assert.equal(unknown.code, 64);
  assert.match(unknown.err, /did you mean "phone"\?/);
  const person = await scene.run("test-notify", "me@example.org");
  assert.match(
    person.err,
    /hint: Who gets mail is set in the configuration: recipients in \[mail\]/,
  );
});

Deno.test("test-notify does not promise that a sample is sent later", async () => {
  await using service = new Service(() => json({ error: "too many requests" }, 429));
  using scene = new Scene({ notify: [ntfy(service)] });
  const { code, err } = await scene.run("test-notify");
  assert.equal(code, 2);
  assert.match(err, /hint: Wait some minutes, then try again: autoborg test-notify .*phone$/m);
  assert.doesNotMatch(err, /next run/);
});

Deno.test("run pings at its start and its end, with exit status, id and the end of the log", async () => {
  await using service = new Service(() => new Response("OK"));
  using scene = new Scene({ ping: { url: service.url("/uuid-geheim") } });
  await scene.run("run");
  scene.borg.fails("check", "Data integrity error", "IntegrityError");
  assert.equal((await scene.run("run")).code, 2);
  const paths = service.heard.map(({ path }) => path.replace(/[0-9a-f-]{36}$/, "ID"));
  assert.deepEqual(paths, ["start", "0", "start", "2"].map((end) => `/uuid-geheim/${end}?rid=ID`));
  const ids = service.heard.map(({ path }) => path.slice(-36));
  assert.equal(ids[0], ids[1]);
  assert.notEqual(ids[1], ids[2]);
  const [, good, , bad] = service.heard.map(({ body }) => body);
  assert.match(good ?? "", /^\[ok\] web on .*\n1 repository, [^]*\n\nlog:\n[^]*create/);
  assert.match(bad ?? "", /^\[FAILED\][^]*\nerror, disk check: [^]*\n\nlog:\n/);
});

Deno.test("run pings nothing when it leaves out the backup, but for a failure", async () => {
  await using service = new Service(() => new Response("OK"));
  using scene = new Scene();
  await scene.run("run");
  scene.configure({ ping: { url: service.url("/uuid") } });
  assert.equal((await scene.run("run", "--skip=create")).code, 0);
  assert.equal(service.heard.length, 0);
  scene.borg.fails("check", "Data integrity error", "IntegrityError");
  await scene.run("run", "--skip=create");
  assert.deepEqual(service.heard.map(({ path }) => path.split("?")[0]), ["/uuid/2"]);
});

Deno.test("run says where a ping was refused, without its address", async () => {
  await using service = new Service(() => new Response("not found", { status: 404 }));
  using scene = new Scene({ ping: { url: service.url("/uuid-geheim") } });
  const { code, err } = await scene.run("run");
  assert.equal(code, 1);
  assert.match(
    err,
    /Cannot notify "ping" \(Healthchecks\): it answered 404 "not found"; 1 message is/,
  );
  assert.match(err, /hint: Check url of \[ping\]; try again: .*test-notify .* ping/);
  assert.doesNotMatch(err, /geheim/);
  service.answer = () => new Response("OK");
  assert.equal((await scene.run("test-notify", "ping")).code, 0);
  // A sample that failed must not be the last that the service hears.
  const statuses = service.heard.slice(-2).map(({ path }) => path.split(/[/?]/)[2]);
  assert.deepEqual(statuses, ["2", "0"]);
});

Deno.test("run pings a failure when it is refused, but not when another run holds the lock", async () => {
  await using service = new Service(() => new Response("OK"));
  const ping = { url: service.url("/uuid") };
  using scene = new Scene({ ping });
  scene.configure({ ping, nonsense: 1 });
  assert.equal((await scene.run("run")).code, 78);
  assert.deepEqual(service.heard.map(({ path }) => path), ["/uuid/78"]);
  scene.configure({ ping });
  const second = Promise.withResolvers<number>();
  scene.borg.set("borg check", async () => {
    second.resolve((await scene.run("run")).code);
    return {};
  });
  await scene.run("run");
  assert.equal(await second.promise, 75);
  const ends = service.heard.map(({ path }) => path.split(/[/?]/)[2]);
  assert.deepEqual(ends, ["78", "start", "0"]);
});

Deno.test("show-config masks addresses, tokens and headers of channels", async () => {
  const notify = [{
    ...{ kind: "webhook", url: "https://a.b/geheim", token: "geheim-2" },
    headers: ["X-Key: geheim-3"],
  }];
  using scene = new Scene({ notify });
  const { out } = await scene.run("show-config");
  assert.doesNotMatch(out, /geheim/);
  assert.match(out, /\[\[notify\]\]\nlabel = "webhook"\nkind = "webhook"\nurl = "\*\*\*" # from/);
});

Deno.test("run writes the page after each run, without a script and without a secret", async () => {
  using scene = new Scene();
  scene.configure({ page: { file: scene.at("backup.html") } });
  assert.equal((await scene.run("run")).code, 0);
  const page = Deno.readTextFileSync(scene.at("backup.html"));
  assert.match(page, /<h1>Backups of web<\/h1>/);
  assert.match(page, /default-src &#39;none&#39;; style-src &#39;sha256-/);
  assert.doesNotMatch(page, /<script|geheim|unsafe-inline|style="|killed/);
  assert.equal((Deno.statSync(scene.at("backup.html")).mode ?? 0) & 0o777, 0o644);
  scene.configure({ page: { file: scene.at("absent/backup.html") } });
  const { code, err } = await scene.run("run");
  assert.equal(code, 1);
  assert.match(err, /Cannot write the page ".*absent\/backup\.html"/);
});
