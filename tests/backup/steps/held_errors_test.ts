import assert from "node:assert/strict";
import type { RunEvent } from "../../../lib/backup/events.ts";
import { HeldErrors } from "../../../lib/backup/steps/held_errors.ts";
import { describeEvent } from "../../../lib/report/describe.ts";

const SCOPE = { repository: "usb", step: "create" } as const;
const EVENTS: readonly RunEvent[] = [
  { type: "output", scope: SCOPE, level: "error", text: "Repository /usb does not exist." },
  { type: "output", scope: SCOPE, level: "warning", text: "a warning" },
  {
    type: "command-finished",
    scope: SCOPE,
    program: "borg",
    end: "exit code 2",
    succeeded: false,
    duration: 1_500,
  },
];

function levels(isProblem: boolean): readonly string[] {
  const heard: RunEvent[] = [];
  const held = new HeldErrors((event) => heard.push(event));
  for (const event of EVENTS) held.emit(event);
  assert.equal(heard.length, 1, "only the warning is told at once");
  held.release(isProblem);
  held.release(isProblem);
  return heard.flatMap(describeEvent).map(({ level, text }) => `${level}: ${text}`);
}

Deno.test("HeldErrors hands on errors as they are when they are a problem", () => {
  assert.deepEqual(levels(true), [
    "warning: a warning",
    "error: Repository /usb does not exist.",
    "error: borg ended: exit code 2, after 1.5 s",
  ]);
});

Deno.test("HeldErrors has no error when the repository is merely absent", () => {
  assert.deepEqual(levels(false), [
    "warning: a warning",
    "info: Repository /usb does not exist.",
    "info: borg ended: exit code 2, after 1.5 s",
  ]);
});
