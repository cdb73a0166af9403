import assert from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { formatRecord, openLogFile } from "../../../lib/report/log/log_file.ts";
import { logTime } from "../../../lib/text/local_time.ts";
import { createMasker, Secret } from "../../../lib/text/secret.ts";

const AT = new Date("2026-11-22T04:00:00.123Z");

function record(text: string, properties: Record<string, unknown> = {}): LogRecord {
  return {
    category: ["autoborg"],
    level: "info",
    message: [text],
    rawMessage: text,
    timestamp: AT.getTime(),
    properties,
  };
}

Deno.test("formatRecord() writes local time with its zone, level, repository, step and text", () => {
  const line = formatRecord(record("create begins", { repository: "disk", step: "create" }));
  assert.equal(line, `${logTime(AT)} INFO    [disk create] create begins\n`);
  assert.equal(formatRecord(record("text")), `${logTime(AT)} INFO    text\n`);
});

Deno.test("formatRecord() sets an entry apart by a blank line", () => {
  assert.match(formatRecord(record("text", { apart: true })), /^\n2026/);
});

Deno.test("formatRecord() indents further lines, so that none passes for an entry", () => {
  const forged = "a\n2026-11-22T04:00:00.123Z ERROR   forged";
  const lines = formatRecord(record(forged)).split("\n");
  assert.equal(lines[1], "    2026-11-22T04:00:00.123Z ERROR   forged");
});

Deno.test("openLogFile() makes a file with mode 0640 that holds every entry at once", async () => {
  const directory = await Deno.makeTempDir();
  const mask = createMasker([new Secret("geheim")]);
  const umask = Deno.umask(0o077);
  const log = await openLogFile({
    directory: `${directory}/logs`,
    name: "a.log",
    level: "info",
    mask,
  });
  Deno.umask(umask);
  const path = `${directory}/logs/a.log`;
  assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o640);
  const output = { type: "output", scope: { repository: "disk" } } as const;
  log.handle({ ...output, level: "info", text: "is {geheim} and %s" });
  log.handle({ ...output, level: "debug", text: "too much" });
  const text = await Deno.readTextFile(path);
  assert.match(text, /^\d\S+ INFO +\[disk\] is \{\*\*\*\} and %s\n$/);
  await log.close();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("openLogFile() throws when there is a file of this name already", async () => {
  const directory = await Deno.makeTempDir();
  await Deno.writeTextFile(`${directory}/a.log`, "precious");
  const options = {
    directory,
    name: "a.log",
    level: "info",
    mask: (text: string) => text,
  } as const;
  await assert.rejects(openLogFile(options), /Cannot create the log file/);
  assert.equal(await Deno.readTextFile(`${directory}/a.log`), "precious");
  await Deno.remove(directory, { recursive: true });
});

Deno.test("openLogFile() cuts a huge line, says how much is missing, and shows no half secret", async () => {
  const directory = await Deno.makeTempDir();
  const mask = createMasker([new Secret("geheim")]);
  const log = await openLogFile({ directory, name: "a.log", level: "info", mask });
  const text = `${"x".repeat(65_530)}${"geheim".repeat(1_000)}\x1b[31m\nnext`;
  log.handle({ type: "output", scope: {}, level: "info", text });
  await log.close();
  const [first = "", second] = (await Deno.readTextFile(`${directory}/a.log`)).split("\n");
  assert.match(first, /x\*\*\*\*\*\*… \([\d,]+ bytes cut here\)$/);
  assert.ok(first.length < 65_700);
  assert.equal(second, "    next");
  await Deno.remove(directory, { recursive: true });
});

Deno.test("openLogFile() lets no text forge an entry, wherever it comes from", async () => {
  const directory = await Deno.makeTempDir();
  const mask = (text: string) => text;
  const log = await openLogFile({ directory, name: "a.log", level: "info", mask });
  const evil = "a\r\n2026-11-22T04:00:00.123Z ERROR   forged\x1b[2K\u2028b";
  log.handle({
    type: "step-finished",
    repository: "disk",
    outcome: { step: "check", state: "skipped", reason: evil, expected: true },
  });
  log.handle({
    type: "run-started",
    at: new Date(0),
    version: "1",
    runId: "0123abcd",
    name: evil,
    hostname: evil,
    sources: [evil],
    repositories: [evil],
  });
  await log.close();
  const text = await Deno.readTextFile(`${directory}/a.log`);
  assert.ok(!/^2026-11-22T04:00:00.123Z/m.test(text));
  // deno-lint-ignore no-control-regex -- control characters are what this is about
  assert.ok(!/[\x00-\x09\x0b-\x1f\u2028]/.test(text));
  await Deno.remove(directory, { recursive: true });
});
