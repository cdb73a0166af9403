import assert from "node:assert/strict";
import { NONE_DROPPED } from "../../lib/state/dropped_reports.ts";
import { MailSpool } from "../../lib/state/mail_spool.ts";
import { MOST_WAITING, NoSuchReportError } from "../../lib/state/spool.ts";

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

Deno.test("dropOldest() drops the oldest when too many wait, and remembers them", async () => {
  using directory = new Directory();
  const spool = new MailSpool(directory.path, "web");
  const mail = new TextEncoder().encode(
    "Date: Thu, 01 Oct 2026 00:00:00 +0000\r\nSubject: =?UTF-8?Q?[FAILED]_f=C3=BCr?=\r\n" +
      " =?UTF-8?B?IHdlYg==?=\r\n\r\ny\r\n",
  );
  for (let day = 1; day <= MOST_WAITING; day++) await spool.add(runName(day), mail);
  assert.deepEqual(await spool.dropOldest(undefined), []);
  assert.deepEqual(spool.dropped().reports, []);
  await spool.add(runName(MOST_WAITING + 1), mail);
  assert.deepEqual(await spool.dropOldest(undefined), [`${runName(1)}.eml`]);
  const names = await spool.list();
  assert.equal(names.length, MOST_WAITING);
  assert.equal(names[0], `${runName(2)}.eml`);
  const dropped = spool.dropped();
  const date = "Thu, 01 Oct 2026 00:00:00 +0000";
  assert.deepEqual(dropped.reports, [{ run: runName(1), date, subject: "[FAILED] für web" }]);
  spool.forgetDropped(dropped);
  assert.deepEqual(spool.dropped(), NONE_DROPPED);
});

Deno.test("dropOldest() keeps the newest mail when the clock was set back", async () => {
  using directory = new Directory();
  const spool = new MailSpool(directory.path, "web");
  for (let day = 2; day <= MOST_WAITING + 1; day++) await spool.add(runName(day), MAIL);
  const newest = await spool.add(runName(1), MAIL);
  assert.deepEqual(await spool.dropOldest(newest), [`${runName(2)}.eml`]);
  assert.ok((await spool.list()).includes(newest));
});

Deno.test("forgetDropped() forgets what was told, not what was dropped meanwhile", async () => {
  using directory = new Directory();
  const spool = new MailSpool(directory.path, "web");
  for (let day = 1; day <= MOST_WAITING + 1; day++) await spool.add(runName(day), MAIL);
  await spool.dropOldest(undefined);
  const told = spool.dropped();
  await spool.add(runName(MOST_WAITING + 2), MAIL);
  await spool.dropOldest(undefined);
  spool.forgetDropped(told);
  assert.deepEqual(spool.dropped().reports.map(({ run }) => run), [runName(2)]);
});

Deno.test("add() removes what a killed process left half written", async () => {
  using directory = new Directory();
  const spool = new MailSpool(directory.path, "web");
  await spool.add(runName(1), MAIL);
  const half = `${spool.directory}/${runName(2)}.eml.new`;
  await Deno.writeTextFile(half, "half a mail");
  await Deno.utime(half, 0, 0);
  await spool.add(runName(3), MAIL);
  await assert.rejects(Deno.lstat(half), Deno.errors.NotFound);
});

Deno.test("read() moves a damaged mail aside, and says when it is gone or no file", async () => {
  using directory = new Directory();
  const spool = new MailSpool(directory.path, "web");
  const [zeros, gone, folder] = [1, 2, 3].map((day) => `${runName(day)}.eml`);
  await Deno.mkdir(`${spool.directory}/${folder}`, { recursive: true });
  await Deno.writeFile(`${spool.directory}/${zeros}`, new Uint8Array(1000));
  await assert.rejects(
    spool.read(zeros ?? ""),
    /is damaged; it is moved aside to ".*eml\.damaged"/,
  );
  await assert.rejects(spool.read(gone ?? ""), NoSuchReportError);
  await assert.rejects(
    spool.read(folder ?? ""),
    /Cannot read the waiting mail .*not a regular file/,
  );
  assert.deepEqual(await spool.list(), [folder]);
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
