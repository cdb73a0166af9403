import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { LOG_LIMITS, readLog, withoutAttachment } from "../../../lib/report/mail/log_excerpt.ts";

class LogFile implements Disposable {
  readonly #directory = Deno.makeTempDirSync();
  readonly path: string = `${this.#directory}/web.log`;

  constructor(content: string | Uint8Array) {
    if (typeof content === "string") Deno.writeTextFileSync(this.path, content);
    else Deno.writeFileSync(this.path, content);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

const LIMITS = { whole: 1_000, part: 100, attached: 10_000 };

Deno.test("readLog() takes a log whole, blank lines included", async () => {
  using file = new LogFile("one\n\ntwo ü\n");
  const { excerpt, attachment } = await readLog(file.path);
  assert.deepEqual(excerpt, {
    name: "web.log",
    head: "one\n\ntwo ü\n",
    tail: undefined,
    note: undefined,
  });
  assert.equal(attachment, undefined);
});

Deno.test("readLog() takes a log of exactly the limit whole", async () => {
  using file = new LogFile("x".repeat(LOG_LIMITS.whole));
  const { excerpt } = await readLog(file.path);
  assert.equal(excerpt.head.length, LOG_LIMITS.whole);
});

Deno.test("readLog() takes whole lines from both ends of a large log and attaches all", async () => {
  const lines = Array.from({ length: 200 }, (_, index) => `line ${index} ü`).join("\n\n") + "\n";
  using file = new LogFile(lines);
  const { excerpt, attachment } = await readLog(file.path, LIMITS);
  assert.match(excerpt.head, /^line 0 ü\n\nline 1 ü\n[^]*\n$/);
  assert.match(excerpt.tail ?? "", /^(?:|line \d+ ü)\n[^]*line 199 ü\n$/);
  assert.ok(lines.startsWith(excerpt.head) && lines.endsWith(excerpt.tail ?? "?"));
  assert.match(
    excerpt.note ?? "",
    /of 2\.\d KiB omitted here: the complete log is attached as "web\.log\.gz"/,
  );
  assert.equal(attachment?.name, "web.log.gz");
  assert.equal(new TextDecoder().decode(gunzipSync(attachment?.bytes ?? "")), lines);
});

Deno.test("readLog() attaches nothing that no server would take", async () => {
  using file = new LogFile(crypto.getRandomValues(new Uint8Array(20_000)));
  const { excerpt, attachment } = await readLog(file.path, LIMITS);
  assert.equal(attachment, undefined);
  assert.match(excerpt.note ?? "", /too large to be attached; the complete log is in ".*web\.log"/);
});

Deno.test("readLog() says why there is no log", async () => {
  const { excerpt } = await readLog("/nonexistent/web.log");
  assert.equal(excerpt.head, "");
  assert.equal(excerpt.note, `The log "/nonexistent/web.log" cannot be read: it does not exist`);
});

Deno.test("withoutAttachment() says where all of the log is", () => {
  const excerpt = { name: "web.log", head: "a", tail: "b", note: "attached" };
  assert.match(withoutAttachment(excerpt, "/var/log/web.log").note ?? "", /that is in "\/var\/log/);
});
