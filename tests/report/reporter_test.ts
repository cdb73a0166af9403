import assert from "node:assert/strict";
import type { RunEvent } from "../../lib/backup/events.ts";
import { type Reporter, Reporters } from "../../lib/report/reporter.ts";

const EVENT: RunEvent = { type: "note", scope: {}, level: "info", text: "something happened" };

function reporter(name: string, heard: string[], more: Partial<Reporter> = {}): Reporter {
  return {
    name,
    handle: () => heard.push(name),
    close: () => void heard.push(`${name} closed`),
    ...more,
  };
}

Deno.test("Reporters hands every event to every reporter, and closes them", async () => {
  const heard: string[] = [];
  const reporters = new Reporters([reporter("log", heard), reporter("mail", heard)]);
  reporters.emit(EVENT);
  await reporters.close();
  assert.deepEqual(heard, ["log", "mail", "log closed", "mail closed"]);
  assert.deepEqual(reporters.problems, []);
});

Deno.test("Reporters drops a reporter that throws, reports it, and goes on with the others", async () => {
  const heard: string[] = [];
  const broken = reporter("log file", heard, {
    handle: () => {
      throw new Error("no space left");
    },
  });
  const reporters = new Reporters([broken, reporter("mail", heard)]);
  reporters.emit(EVENT);
  reporters.emit(EVENT);
  await reporters.close();
  assert.deepEqual(heard, ["mail", "mail", "mail closed"]);
  assert.deepEqual(reporters.problems, [
    { severity: "warning", message: "The log file failed: no space left" },
  ]);
});

Deno.test("Reporters reports a reporter that can't be closed, and closes the others", async () => {
  const heard: string[] = [];
  const broken = reporter("mail", heard, { close: () => Promise.reject(new Error("no answer")) });
  const reporters = new Reporters([broken, reporter("log", heard)]);
  await reporters.close();
  assert.deepEqual(heard, ["log closed"]);
  assert.deepEqual(reporters.problems, [
    { severity: "warning", message: "The mail failed: no answer" },
  ]);
});

Deno.test("Reporters tells what a reporter could not do that goes on", async () => {
  const problem = { severity: "warning", message: "The log is incomplete" } as const;
  const heard: string[] = [];
  const reporters = new Reporters([reporter("log", heard, { problem })]);
  assert.deepEqual(reporters.problems, [problem]);
  reporters.emit(EVENT);
  await reporters.close();
  assert.deepEqual(heard, ["log", "log closed"]);
  assert.equal(reporters.problems[0], problem);
});
