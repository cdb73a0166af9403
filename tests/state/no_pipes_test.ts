import assert from "node:assert/strict";
import { readLog } from "../../lib/report/mail/log_excerpt.ts";
import { readMark } from "../../lib/state/history_opening.ts";
import { journalPath, readJournal } from "../../lib/state/journal.ts";
import { MailSpool } from "../../lib/state/mail_spool.ts";

/** A directory; pipes in it have no writer, so that opening one waits for ever. */
class Place implements Disposable {
  readonly directory: string = Deno.makeTempDirSync();

  pipe(name: string): string {
    const path = `${this.directory}/${name}`;
    assert.equal(new Deno.Command("mkfifo", { args: [path] }).outputSync().code, 0);
    return path;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

const PIPE = /it is a pipe, expected a file/;

Deno.test("readMark() knows of no run when a pipe is at the mark's place", () => {
  using place = new Place();
  place.pipe("last-run.json");
  assert.equal(readMark(`${place.directory}/history.db`), undefined);
});

Deno.test("readJournal() refuses a pipe at the journal's place", async () => {
  using place = new Place();
  place.pipe("journal-web.json");
  assert.equal(journalPath(place.directory, "web"), `${place.directory}/journal-web.json`);
  await assert.rejects(readJournal(place.directory, "web"), PIPE);
});

Deno.test("MailSpool refuses pipes at the places of its files", async () => {
  using place = new Place();
  const spool = new MailSpool(place.directory, "web");
  Deno.mkdirSync(spool.directory);
  place.pipe("mail/web.failure.json");
  place.pipe("mail/web.dropped.json");
  assert.equal(await spool.failure(), undefined);
  assert.throws(() => spool.dropped(), PIPE);
});

Deno.test("readLog() says that a pipe is at the log's place", async () => {
  using place = new Place();
  const { excerpt } = await readLog(place.pipe("web.log"));
  assert.match(excerpt.note ?? "", PIPE);
});
