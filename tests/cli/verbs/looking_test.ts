import assert from "node:assert/strict";
import { MailServer } from "../../report/mail/mail_server.ts";
import { repositoryTable, Scene } from "../scene.ts";

Deno.test("status is fresh after a run, and warns before the first one", async () => {
  using scene = new Scene();
  const before = await scene.run("status");
  assert.equal(before.code, 1);
  await scene.run("run");
  const after = await scene.run("status");
  assert.equal(after.code, 0, after.out);
  assert.match(after.out, /disk/);
  const { state } = JSON.parse((await scene.run("status", "--json")).out);
  assert.equal(state, "fresh");
});

/** What a crashed run of another host left in the state directory. */
function leaveSnapshot(scene: Scene): void {
  const name = "tank/srv@autoborg-web-89abcdef";
  const dead = { runId: "89abcdef", startedAt: "2126-11-20T04:00:00.000Z", trees: [], mounts: [] };
  const runs = [{ ...dead, snapshots: [{ source: "zfs", name, guid: "1" }] }];
  const journal = { version: 1, name: "web", hostname: "elsewhere", runs };
  scene.write("state/journal-web.json", JSON.stringify(journal));
}

Deno.test("status shows the snapshots that crashed runs left", async () => {
  using scene = new Scene();
  await scene.run("run");
  leaveSnapshot(scene);
  assert.match((await scene.run("status")).out, /tank\/srv@autoborg-web-89abcdef/);
});

Deno.test("status shows what it can when the state cannot be read", async () => {
  using scene = new Scene();
  await scene.run("run");
  scene.write("state/journal-web.json", "not JSON");
  const { problems } = JSON.parse((await scene.run("status", "--json")).out);
  assert.match(JSON.stringify(problems), /journal/);
});

Deno.test("history lists runs, draws them, and knows repositories of the past", async () => {
  using scene = new Scene({ repositories: [repositoryTable("disk"), repositoryTable("away")] });
  await scene.run("run");
  const all = await scene.run("history");
  assert.equal(all.code, 0);
  assert.match(all.out, /away/);
  scene.configure({});
  const past = await scene.run("history", "--repo=away", "--last=1", "--json");
  const [run] = JSON.parse(past.out).runs;
  assert.deepEqual(run.repositories.map(({ label }: { label: string }) => label), ["away"]);
  assert.equal((await scene.run("history", "--repo=nope")).code, 64);
  const drawn = await scene.run("history", `--html=${scene.at("page.html")}`);
  assert.match(drawn.err, /wrote 1 run to /);
  assert.match(Deno.readTextFileSync(scene.at("page.html")), /<svg/);
});

Deno.test(
  "recover says that nothing is left of crashed runs, or what could not be cleaned " +
    "up",
  async () => {
    using scene = new Scene();
    const nothing = await scene.run("recover");
    assert.equal(nothing.code, 0);
    assert.equal(nothing.out, "Nothing to clean up\n");
    leaveSnapshot(scene);
    const foreign = await scene.run("recover");
    assert.equal(foreign.code, 1);
    assert.match(foreign.err, /the journal was written on the host "elsewhere"/);
  },
);

Deno.test("test-notify mails two samples, and names recipients that the server refused", async () => {
  await using server = await MailServer.start({
    refuse: (recipient) =>
      recipient.startsWith("nobody") ? { code: 550, text: "no such user" } : undefined,
  });
  using scene = new Scene();
  const none = await scene.run("test-notify");
  assert.equal(none.code, 78);
  assert.match(none.err, /has no \[mail\], \[\[notify\]\] or \[ping\] table/);
  const mail = { server: "127.0.0.1", port: server.port, security: "none" };
  const people = { from_address: "backup@example.org", recipients: ["root@example.org"] };
  scene.configure({ mail: { ...mail, ...people } });
  const { code, out, err } = await scene.run("test-notify");
  assert.equal(code, 0, err);
  assert.equal(out.match(/^sent: /gm)?.length, 2);
  assert.equal(server.received.length, 2);
  const recipients = ["root@example.org", "nobody@example.org"];
  scene.configure({ mail: { ...mail, ...people, recipients } });
  const refused = await scene.run("test-notify");
  assert.equal(refused.code, 2);
  assert.equal(
    refused.err.match(/The server refused the recipient "nobody@example\.org"/g)?.length,
    1,
  );
});
