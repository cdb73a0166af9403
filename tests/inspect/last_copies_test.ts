import assert from "node:assert/strict";
import { lastCopyProblems } from "../../lib/inspect/last_copies.ts";
import type { RetentionRules } from "../../lib/borg/commands.ts";

const NOW = new Date("2026-11-29T04:00:00Z");
const USB = "/mnt/usb";

/** What is said after nights of which the first ones, the newest, had no disk. */
function said(nights: number, without: number, rules: RetentionRules): readonly string[] {
  const archives = Array.from({ length: nights }, (_, index) => ({
    name: `web-${index}`,
    startedAt: new Date(NOW.getTime() - index * 86_400_000),
  }));
  const absences = new Map(
    archives.map(({ name }, index) => [name, index < without ? [USB] : []] as const),
  );
  const absent = without === 0 ? [] : [{ path: USB, reason: "it is empty" }];
  return lastCopyProblems({ absent, archives, absences, rules, now: NOW }).map((problem) => {
    assert.equal(problem.severity, "warning");
    assert.match(problem.hint ?? "", /autoborg run\. To keep the archive instead, set a longer/);
    return problem.message;
  });
}

Deno.test("lastCopyProblems() warns one run before retention removes the last copy, and then", () => {
  const rules = { keepLast: 3 };
  assert.deepEqual(said(3, 0, rules), []);
  assert.deepEqual(said(3, 1, rules), []);
  const text = (from: string, when: string, archive: string) =>
    `The optional source "/mnt/usb" is absent, and ${from}retention ${when} the last archive with ` +
    `its files: ${archive}`;
  const soon = text("from the next run on, ", "will no longer keep", "web-2");
  assert.deepEqual(said(3, 2, rules), [soon]);
  assert.deepEqual(said(4, 3, rules), [text("", "no longer keeps", "web-3")]);
  assert.deepEqual(said(4, 4, rules), []);
});

Deno.test("lastCopyProblems() says nothing while another rule keeps a copy, or none is set", () => {
  assert.deepEqual(said(40, 12, { keepDaily: 7 }), [
    'The optional source "/mnt/usb" is absent, and retention no longer keeps the last archive ' +
    "with its files: web-12",
  ]);
  assert.deepEqual(said(40, 12, { keepDaily: 7, keepMonthly: 2 }), []);
  // Borg keeps the oldest one while there are fewer than twelve months.
  assert.deepEqual(said(20, 12, { keepLast: 2, keepMonthly: 12 }), []);
  assert.deepEqual(said(3, 2, {}), []);
  assert.deepEqual(said(3, 2, { keepLast: 0 }), []);
});

Deno.test("lastCopyProblems() takes no archive that this machine did not make for a copy", () => {
  const archives = [{ name: "web-0", startedAt: NOW }, { name: "theirs", startedAt: NOW }];
  const absent = [{ path: USB, reason: "it is empty" }];
  const absences = new Map([["web-0", [USB]]]);
  const request = { absent, archives, absences, rules: { keepLast: 1 }, now: NOW };
  assert.deepEqual(lastCopyProblems(request), []);
});
