import assert from "node:assert/strict";
// @ts-types="npm:@types/mailparser@3"
import { simpleParser } from "mailparser";
import { Buffer } from "node:buffer";
import { compose } from "../../../lib/report/mail/message.ts";
import { mailWith } from "./configured.ts";

const STAMP = { date: new Date("2026-11-22T04:04:10Z"), id: "web-1.abc" };
const MESSAGE = {
  subject: "[FAILED] größe on web1: 文件 failed (wrong passphrase), lokal ok — " + "ü".repeat(100),
  text: "one\n\n.two ü\n" + "x".repeat(3_000) + "\n",
  html: "<p>ü</p>\n",
  attachments: [{ name: "web.log.gz", type: "application/gzip", bytes: new Uint8Array([1, 2]) }],
};

Deno.test("compose() writes a mail that is read as it was meant", async () => {
  const mail = mailWith({
    fromName: 'Größe "und" <Müller>, Söhne',
    recipients: ["root@example.org", "ops@bücher.example"],
  });
  const bytes = await compose(MESSAGE, mail, STAMP);
  const parsed = await simpleParser(Buffer.from(bytes));
  assert.equal(parsed.subject, MESSAGE.subject);
  assert.deepEqual(parsed.from?.value, [
    { name: mail.fromName, address: "backup@example.org" },
  ]);
  assert.equal(parsed.text, MESSAGE.text);
  assert.equal(parsed.html, MESSAGE.html);
  assert.equal(parsed.messageId, "<web-1.abc@example.org>");
  assert.deepEqual(parsed.date, STAMP.date);
  assert.equal(parsed.headers.get("auto-submitted"), "auto-generated");
  const [attachment] = parsed.attachments;
  assert.equal(attachment?.filename, "web.log.gz");
  assert.deepEqual([...attachment?.content ?? []], [1, 2]);
});

Deno.test("compose() writes nothing but short lines of ASCII", async () => {
  const bytes = await compose(MESSAGE, mailWith({ fromName: "Müller" }), STAMP);
  const text = new TextDecoder().decode(bytes);
  // deno-lint-ignore no-control-regex -- control characters are what this is about
  assert.match(text, /^[\x09\x0a\x0d\x20-\x7e]*$/);
  assert.ok(text.split("\r\n").every((line) => line.length <= 998));
  assert.doesNotMatch(text, /[^\r]\n/);
});

Deno.test("compose() makes a Message-ID also of a domain that is none", async () => {
  const mail = mailWith({ fromAddress: "backup@%%%" });
  const text = new TextDecoder().decode(await compose(MESSAGE, mail, STAMP));
  assert.match(text, /^Message-ID: <web-1\.abc@autoborg\.invalid>\r$/m);
});
