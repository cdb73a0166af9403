import assert from "node:assert/strict";
import { historyText } from "../../../lib/report/history/history_text.ts";

Deno.test("historyText() says once that bytes were read back", () => {
  const verified = new Map([
    ["disk", { cycleSeconds: 7_776_000, share: 0.94, files: 20, bytes: 1_000, differences: 0 }],
  ]);
  const pin = { label: "disk", at: "2026-11-20T03:00:00Z", archive: "web-1", reason: "" };
  const changes = { accepted: [], pins: [{ ...pin, action: "pinned" as const }] };
  const text = historyText([], changes, verified, { width: 80, colour: false });
  assert.match(
    text,
    /^disk: 94 % of all bytes read back in the last 90 days: 20 files, no differences$/m,
  );
});
