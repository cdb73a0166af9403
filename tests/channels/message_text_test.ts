import assert from "node:assert/strict";
import fc from "fast-check";
import { HTML, PLAIN, textWithin, withoutMiddle } from "../../lib/channels/message_text.ts";
import { KINDS, serviceOf } from "../../lib/channels/services.ts";
import type { Target } from "../../lib/channels/channel.ts";
import { MESSAGE } from "../report/notify/service.ts";

const TARGET: Target = {
  url: "https://example.org/topic",
  token: "t0ken",
  chat: "1",
  room: "!a:b",
  method: undefined,
  headers: [],
  body: undefined,
};

/** What tries to be more than a text, in one service or another. */
const HOSTILE = [
  "<!channel> <@U123> @here @everyone @channel <https://evil.example|click>",
  "*bold* _italic_ ~gone~ `code` ```block``` [link](https://evil.example)",
  "<b>bold</b> <a href=\"https://evil.example\">x</a> &lt; <font color='red'>",
  "</code></b>\"'><script>alert(1)</script>",
];

Deno.test("withoutMiddle() keeps beginning and end of what is too long", () => {
  assert.equal(withoutMiddle("short", 10), "short");
  const text = withoutMiddle(`${"a".repeat(50)}${"z".repeat(50)}`, 21);
  assert.equal(text, "aaaaaaaaa … zzzzzzzzz");
  assert.equal([...withoutMiddle("😀".repeat(50), 21)].length, 21);
});

Deno.test("textWithin() is never longer than the limit, whatever the lines are", () => {
  const line = fc.record({
    label: fc.string({ maxLength: 40 }),
    text: fc.string({ unit: "grapheme" }),
  });
  fc.assert(fc.property(
    fc.array(line, { minLength: 1, maxLength: 60 }),
    fc.integer({ min: 60, max: 3_000 }),
    fc.constantFrom("bytes" as const, "characters" as const),
    fc.constantFrom(PLAIN, HTML),
    (lines, most, unit, style) => {
      const text = textWithin(lines, style, { most, unit });
      const size = unit === "bytes" ? new TextEncoder().encode(text).length : text.length;
      assert.ok(size <= most);
    },
  ));
});

Deno.test("textWithin() omits lines in the middle, not what failed and not the end", () => {
  const lines = Array.from({ length: 100 }, (_, index) => ({ label: "", text: `line ${index}` }));
  const text = textWithin(lines, PLAIN, { most: 120, unit: "bytes" });
  assert.match(text, /^line 0\nline 1\n/);
  assert.match(text, /\n… \d+ lines omitted …\n/);
  assert.match(text, /\nline 99$/);
});

for (const kind of KINDS) {
  Deno.test(`${kind} keeps to its limit, and to its form, with hostile texts`, () => {
    const service = serviceOf(kind);
    const lines = Array.from({ length: 40 }, (_, index) => ({
      label: `error, ${index}`,
      text: `${HOSTILE[index % HOSTILE.length]} ${"x".repeat(400)}`,
    }));
    const text = textWithin(lines, service.style, service.limit);
    const size = service.limit.unit === "bytes"
      ? new TextEncoder().encode(text).length
      : text.length;
    assert.ok(size <= service.limit.most);
    const request = service.request(TARGET, { ...MESSAGE, lines }, text, new Date());
    assert.ok(URL.canParse(request.url));
    if (request.headers["content-type"]?.includes("json")) JSON.parse(request.body ?? "");
  });
}

function sentText(
  kind: "slack" | "telegram" | "matrix",
  text: string,
  url = TARGET.url,
): string {
  const service = serviceOf(kind);
  const lines = [{ label: "error", text }];
  const shown = textWithin(lines, service.style, service.limit);
  const target = { ...TARGET, url };
  const { body = "" } = service.request(target, { ...MESSAGE, lines }, shown, new Date());
  const found: Readonly<Record<string, unknown>> = JSON.parse(body);
  if (kind !== "slack") return String(found[kind === "telegram" ? "text" : "formatted_body"]);
  assert.ok(Array.isArray(found.attachments));
  return String(found.attachments[0].text);
}

Deno.test("texts from outside open no element in Telegram and Matrix", () => {
  for (const kind of ["telegram", "matrix"] as const) {
    for (const hostile of HOSTILE) {
      const tags = sentText(kind, hostile).match(/<[^>]*>/g) ?? [];
      const own =
        /^<\/?(?:b|code|br|span data-mx-color="#dc2626"|span|a href="https:\/\/web[^"]*"|a)>$/;
      assert.deepEqual(tags.filter((tag) => !own.test(tag)), []);
      // Mentions and links are looked for outside of code alone.
      const outside = sentText(kind, hostile).replaceAll(/<code>.*?<\/code>/gs, "");
      assert.doesNotMatch(outside, /evil|@here/);
    }
  }
});

Deno.test("texts from outside stay in the one block of code in Slack, Mattermost and Discord", () => {
  const urls = [
    "https://hooks.slack.com/services/a/b/c",
    "https://chat.example.org/hooks/abc",
    "https://discord.com/api/webhooks/1/abc/slack",
  ];
  for (const url of urls) {
    for (const hostile of HOSTILE) {
      const text = sentText("slack", hostile, url);
      assert.match(text, /^```\n[^]*\n```$/);
      assert.equal(text.split("```").length, 3);
    }
  }
});

Deno.test("entities are written for Slack alone, as Mattermost and Discord show them as they are", () => {
  const text = "<!channel> a&b";
  const slack = sentText("slack", text, "https://hooks.slack.com/services/a/b/c");
  assert.match(slack, /&lt;!channel&gt; a&amp;b/);
  assert.doesNotMatch(slack, /[<>]/);
  for (const host of ["chat.example.org", "discord.com", "notslack.com", "hooks.slack.com.evil"]) {
    assert.match(sentText("slack", text, `https://${host}/x`), /<!channel> a&b/, host);
  }
});

Deno.test("Telegram never gets more entities than it takes", () => {
  const { style, limit } = serviceOf("telegram");
  const lines = Array.from({ length: 200 }, (_, index) => ({ label: "a", text: `@all ${index}` }));
  const text = textWithin(lines, style, limit);
  // The title and the link are two more.
  assert.ok((text.match(/<(?:b|code)>/g) ?? []).length <= 98);
  assert.match(text, /@all 0<[^]*… 156 lines omitted …[^]*@all 199</);
});

Deno.test("ntfy and Matrix get no more JSON than they take, whatever needs escapes", () => {
  const lines = Array.from({ length: 60 }, () => ({ label: "", text: '\\"'.repeat(700) }));
  for (const [kind, most] of [["ntfy", 8_192], ["matrix", 65_536]] as const) {
    const service = serviceOf(kind);
    const text = textWithin(lines, service.style, service.limit);
    const { body = "" } = service.request(TARGET, { ...MESSAGE, lines }, text, new Date());
    assert.ok(new TextEncoder().encode(body).length < most, kind);
  }
});
