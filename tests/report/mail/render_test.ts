import assert from "node:assert/strict";
import fc from "fast-check";
import type { RunOutcome } from "../../../lib/backup/outcome.ts";
import type { MailContent } from "../../../lib/report/mail/content.ts";
import { escaped, renderHtml } from "../../../lib/report/mail/html.ts";
import { refusalContent } from "../../../lib/report/mail/report_content.ts";
import { runContent } from "../../../lib/report/mail/report_content.ts";
import { sampleContents } from "../../../lib/report/mail/samples.ts";
import { renderText } from "../../../lib/report/mail/text.ts";
import { trendOf } from "../../../lib/report/mail/trend.ts";
import { localSecond } from "../../../lib/text/local_time.ts";
import { createMasker, Secret } from "../../../lib/text/secret.ts";
import { ANY_CHARACTER } from "../../characters.ts";
import { BAD, GOOD, runWith } from "../outcomes.ts";

const LOG = `2026-11-22T04:00:00.000Z INFO    begins

2026-11-22T04:00:01.000Z ERROR   [offsite create] it <failed> & more
    second line
`;

const OWN = { runId: "0123abcd", startedAt: new Date("2026-11-22T04:00:00Z") };

function contentOf(outcome: RunOutcome, log = LOG, secret = "geheim"): MailContent {
  const past = [{ startedAt: new Date("2026-11-22T04:00:00Z"), state: "ok", newSize: 1_000 }];
  const trend = trendOf("disk", past);
  assert.ok(trend);
  return runContent(outcome, {
    version: "1.2.3",
    lastGood: (label) => label === "disk" ? OWN : undefined,
    trends: [trend],
    log: { name: "web.log", head: log, tail: undefined, note: undefined },
    mask: createMasker([new Secret(secret)]),
  });
}

/** What a reader of the HTML sees, without the spaces between words. */
function seen(html: string): string {
  const characters = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&nbsp;": "" };
  const text = html.slice(html.indexOf("<body")).replaceAll(/<[^>]*>/g, " ");
  const plain = Object.entries(characters).reduce(
    (all, [from, to]) => all.replaceAll(from, to),
    text,
  );
  return plain.replaceAll("&amp;", "&").replaceAll(/\s+/g, "");
}

const BOTH = runWith({ state: "failed", repositories: [GOOD, BAD] });

Deno.test("renderText() says everything in its order", () => {
  const text = renderText(contentOf(BOTH));
  assert.equal(
    text,
    `FAILED: offsite failed (wrong passphrase), disk ok

WHAT IS WRONG, AND WHAT TO DO

  error: offsite create: wrong passphrase
    hint: Correct it

LAST GOOD BACKUPS

Repository  Result  Last good backup
disk        ok      from this run
offsite     failed  none

RUN

Backup  web on host
Run     0123abcd, autoborg 1.2.3
Began   ${localSecond("2026-11-22T04:00:00Z")}
Ended   ${localSecond("2026-11-22T04:04:10Z")}, after 4 min 10 s

STEPS

Repository  Step     Result   Duration  Files    Total      New
disk        create   ok           12 s  1,602  1.2 GiB  3.4 MiB
disk        inspect  ok          0.9 s
offsite     create   FAILED      0.8 s
offsite     prune    skipped

SKIPPED

  offsite prune: create failed

NEW DATA OF THE LAST RUNS

  disk  █
    one run on 2026-11-22, the largest 1000 B, the last 1000 B

LOG web.log

${LOG}`,
  );
});

Deno.test("renderText() says which optional source was absent, and what a checkpoint holds", () => {
  const create = { step: "create", state: "failed", problems: [], duration: 900 } as const;
  const steps = [{ ...create, checkpoint: { newSize: 3 * 1024 ** 2 } }];
  const content = contentOf(runWith({
    state: "failed",
    repositories: [{ label: "disk", state: "failed", steps }],
    absentSources: [{ path: "/mnt/photos", reason: "it is empty" }],
  }));
  const text = renderText(content);
  assert.match(content.subject, /disk failed, \/mnt\/photos absent$/);
  assert.match(text, /^disk +create +FAILED +0\.9 s +3\.0 MiB$/m);
  assert.match(text, /SKIPPED\n\n +the source "\/mnt\/photos" is optional, and it is empty\n/);
});

Deno.test("renderHtml() says the same as renderText()", () => {
  for (const content of [contentOf(BOTH), contentOf(runWith())]) {
    const html = seen(renderHtml(content));
    const text = renderText(content).replaceAll(/\s+/g, "").replace("█", "");
    assert.equal(html.toLowerCase(), text.toLowerCase());
  }
});

Deno.test("renderHtml() recolours every text in the dark", () => {
  const html = renderHtml(contentOf(BOTH));
  assert.ok(html.includes('<meta name="color-scheme" content="light dark">'));
  const [, dark = ""] = /@media \(prefers-color-scheme: dark\) \{(.*?)<\/style>/s.exec(html) ?? [];
  const [, outlook = ""] = /<style>\n(\[data-ogsc\].*?)<\/style>/s.exec(html) ?? [];
  const body = html.slice(html.indexOf("<body"));
  const texts = [...body.matchAll(/<\w+ ([^>]*[";]color:#(?!ffffff)[^>]*)>/g)].map(([, tag = ""]) =>
    tag
  );
  assert.ok(texts.length > 5);
  for (const tag of texts) {
    const names = /class="([\w ]+)"/.exec(tag)?.[1]?.split(" ") ?? [];
    assert.ok(names.some((name) => dark.includes(`.${name} { color:`)), tag);
    assert.ok(names.some((name) => outlook.includes(`.${name} { color:`)), tag);
  }
});

Deno.test("renderHtml() needs nothing from elsewhere and runs nothing", () => {
  const html = renderHtml(contentOf(BOTH));
  assert.doesNotMatch(html, /<(script|link|img|iframe|svg)|src=|href=|url\(|@import|http/i);
  assert.match(html, /^<!DOCTYPE html>\n<html lang="en">/);
});

Deno.test("renderHtml() keeps the log's blank lines and shows its errors in colour", () => {
  const html = renderHtml(contentOf(BOTH));
  const log = /<pre [^>]*>([^]*?)<\/pre>/.exec(html)?.[1] ?? "";
  const plain = log.replaceAll(/<\/?span[^>]*>/g, "");
  assert.equal(plain, `\n${escaped(LOG)}`);
  assert.match(log, /<span class="failed" style="color:#cf222e">2026-11-22T04:00:01\.000Z ERROR/);
});

Deno.test("renderHtml() draws a bar for each run", () => {
  const [content] = sampleContents({
    name: "web",
    hostname: "host",
    version: "1.2.3",
    labels: ["one", "two"],
    at: new Date("2026-11-22T04:00:00Z"),
  });
  const bars = [...renderHtml(content).matchAll(/title="\d{4}-\d\d-\d\d: [^"]+"/g)];
  assert.equal(bars.length, 60);
});

Deno.test("renderHtml() shows names of files that would be HTML, or take over a terminal", () => {
  const message = '"srv/<script>alert("1")</script>&amp;\x1b[31m\u0085\ud800": it can\'t be read';
  const problems = [{ severity: "error", message, hint: "<b>look</b>" }] as const;
  const content = contentOf(runWith({ state: "failed", problems }), `${message}\n`);
  const html = renderHtml(content);
  assert.doesNotMatch(html, /<script|<b>look/);
  assert.ok(
    html.includes("srv/&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;\\x1b[31m"),
  );
  assert.ok(html.isWellFormed());
  assert.ok(content.findings[0]?.message.includes("\\x1b[31m\\x85"));
});

Deno.test("escaped() leaves nothing that ends a text or an attribute", () => {
  fc.assert(fc.property(fc.string({ unit: ANY_CHARACTER }), (text) => {
    const safe = escaped(text);
    assert.doesNotMatch(safe, /[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
  }));
});

Deno.test("runContent() masks a secret wherever it stands", () => {
  const secret = 'p<a>"ss&word';
  const said = `borg said ${secret}`;
  const content = contentOf(
    runWith({
      state: "failed",
      problems: [{ severity: "error", message: said, hint: said }],
      repositories: [
        { label: "usb", state: "absent", reason: said },
        {
          label: "disk",
          state: "failed",
          steps: [
            {
              step: "create",
              state: "failed",
              duration: 1,
              problems: [{ severity: "error", message: said }],
            },
            { step: "check", state: "skipped", reason: said, expected: false },
          ],
        },
      ],
    }),
    said,
    secret,
  );
  for (const text of [content.subject, renderText(content), renderHtml(content)]) {
    assert.ok(!text.includes(secret) && !text.includes(escaped(secret)), text);
  }
});

Deno.test("runContent() lists dumps of databases, those that failed first and not too many", () => {
  const dumps = Array.from({ length: 25 }, (_, index) => ({
    ...{ label: "pg", database: `größe ${index}`, duration: 1, problems: [] },
    ...(index === 24
      ? { state: "failed" } as const
      : { state: "ok", archive: "a", size: 2_097_152, newSize: 1_024 } as const),
  }));
  const dump = { step: "dump", state: "failed", problems: [], duration: 1, dumps } as const;
  const repositories = [{ label: "disk", state: "failed", steps: [dump] } as const];
  const content = contentOf(runWith({ state: "failed", repositories }));
  assert.equal(content.databases.length, 21);
  const text = renderText(content);
  assert.match(text, /\nDATABASES\n\nRepository {2}Database {5}Result {5}Size {6}New\n/);
  assert.match(
    text,
    /\ndisk {8}pg\/größe 24 {2}FAILED\ndisk {8}pg\/größe 0 {3}ok {6}2\.0 MiB {2}1\.0 KiB\n/,
  );
  assert.match(text, /\n {12}5 more {7}ok\n/);
  assert.match(text, /\ndisk {8}dump {2}FAILED .* 48\.0 MiB {2}24\.0 KiB\n/);
  assert.match(renderHtml(content), />pg\/größe 24</);
  assert.doesNotMatch(renderText(contentOf(runWith({ repositories: [] }))), /DATABASES/);
});

Deno.test("runContent() puts errors before warnings", () => {
  const problems = [
    { severity: "warning", message: "first" },
    { severity: "error", message: "second" },
  ] as const;
  const { findings } = contentOf(runWith({ state: "failed", problems }));
  assert.deepEqual(findings.map(({ message }) => message), ["second", "first"]);
});

Deno.test("refusalContent() says in subject, headline and body why there was no run", () => {
  const content = refusalContent({
    name: "web",
    hostname: "host",
    at: new Date("2026-11-22T04:00:00Z"),
    version: "1.2.3",
    lastGood: [["disk", OWN], ["usb", undefined]],
    reason: "the configuration is invalid (2 mistakes)",
    message: "config.toml:1:1: first\nconfig.toml:2:1: second",
    hint: "Mend it",
  }, (text) => text);
  assert.equal(
    content.subject,
    "[FAILED] web on host: no backup: the configuration is invalid (2 mistakes)",
  );
  const text = renderText(content);
  assert.match(text, /^FAILED, no backup was made: the configuration is invalid/);
  assert.match(text, /error: config\.toml:1:1: first\n {4}config\.toml:2:1: second\n/);
  assert.match(text, /hint: Mend it/);
  assert.match(text, /^disk +no run +0 s ago, from 2026-.*\nusb +no run +none$/m);
  assert.match(renderHtml(content), /config\.toml:1:1: first\nconfig\.toml:2:1: second/);
});

Deno.test("renderText() and renderHtml() say what is worth knowing although nothing is wrong", () => {
  const content = contentOf(runWith({ remarks: ["the disk is full in 3 weeks"] }));
  assert.match(renderText(content), /\n\nWORTH KNOWING\n\n {2}the disk is full in 3 weeks\n/);
  assert.ok(seen(renderHtml(content)).includes("Worthknowingthediskisfullin3weeks"));
});
