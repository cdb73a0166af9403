import assert from "node:assert/strict";
import { MailSpool, MOST_WAITING } from "../../lib/state/mail_spool.ts";

class Directory implements Disposable {
  readonly path = Deno.makeTempDirSync();

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

function runName(day: number, series = "web"): string {
  const date = new Date(Date.UTC(2026, 9, day)).toISOString().slice(0, 19);
  return `${series}-${date}Z-0123abcd`;
}

const MAIL = new TextEncoder().encode("Subject: x\r\n\r\ny\r\n");

Deno.test("MailSpool keeps mails until they are removed, oldest first", async () => {
  using directory = new Directory();
  const spool = new MailSpool(directory.path, "web");
  assert.deepEqual(await spool.list(), []);
  for (const day of [3, 1, 2]) await spool.add(runName(day), MAIL);
  const names = [1, 2, 3].map((day) => `${runName(day)}.eml`);
  assert.deepEqual(await spool.list(), names);
  assert.deepEqual(await spool.read(names[0] ?? ""), MAIL);
  await spool.remove(names[0] ?? "");
  await spool.remove(names[0] ?? "");
  assert.deepEqual(await spool.list(), names.slice(1));
});

Deno.test("MailSpool keeps series apart and leaves other files alone", async () => {
  using directory = new Directory();
  const web = new MailSpool(directory.path, "web");
  const other = new MailSpool(directory.path, "web-database");
  await web.add(runName(1), MAIL);
  await other.add(runName(1, "web-database"), MAIL);
  await Deno.writeTextFile(`${web.directory}/notes.eml`, "mine");
  await Deno.writeTextFile(`${web.directory}/${runName(2)}.eml.new`, "half a mail");
  assert.equal((await web.list()).length, 1);
  assert.equal((await other.list()).length, 1);
});

Deno.test("MailSpool drops the oldest when too many wait", async () => {
  using directory = new Directory();
  const spool = new MailSpool(directory.path, "web");
  for (let day = 1; day <= MOST_WAITING; day++) {
    assert.equal((await spool.add(runName(day), MAIL)).dropped, 0);
  }
  assert.equal((await spool.add(runName(MOST_WAITING + 1), MAIL)).dropped, 1);
  const names = await spool.list();
  assert.equal(names.length, MOST_WAITING);
  assert.equal(names[0], `${runName(2)}.eml`);
});

Deno.test("MailSpool remembers why no mail could be sent", async () => {
  using directory = new Directory();
  const spool = new MailSpool(directory.path, "web");
  assert.equal(await spool.failure(), undefined);
  await spool.setFailure(undefined);
  const failure = { at: new Date("2026-11-22T04:00:00Z"), reason: "the connection was refused" };
  await spool.setFailure(failure);
  assert.deepEqual(await spool.failure(), failure);
  await spool.setFailure(undefined);
  assert.equal(await spool.failure(), undefined);
});
