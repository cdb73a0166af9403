import assert from "node:assert/strict";
import {
  missingPins,
  orphanRemarks,
  ownPins,
  pinProblems,
} from "../../lib/inspect/pin_inventory.ts";
import type { KnownPin } from "../../lib/state/pin_ledger.ts";
import { pinName } from "../../lib/text/pin_name.ts";

const WEB = "web-2026-11-22T04:00:00Z-0123abcd";
const DB = "db-2026-11-22T04:00:00Z-0123abcd";

function pin(archive: string) {
  return { archive, name: pinName(archive), id: archive };
}

function known(archive: string, state: KnownPin["state"] = "present"): KnownPin {
  return { archive, id: archive, reason: "why", since: 1, state };
}

function listing(...names: readonly string[]) {
  return { archives: names.map((name) => ({ name, id: name, startedAt: new Date(0) })) };
}

Deno.test("ownPins() leaves the pins of other series of autoborg to their machines", () => {
  const pins = [pin(WEB), pin(DB), pin("by hand")];
  assert.deepEqual(ownPins({ pins }, "web").map(({ archive }) => archive), [WEB, "by hand"]);
});

Deno.test("missingPins() are those that were known", () => {
  assert.deepEqual(missingPins([known(WEB), known("by hand")], [pin(WEB), pin("new")]), [
    "by hand",
  ]);
});

Deno.test("pinProblems() says what becomes of the archive, and how to put the pin back", () => {
  assert.deepEqual(pinProblems("disk", [known(WEB)], listing(WEB)), []);
  const [there] = pinProblems("disk", [known(WEB, "missing")], listing(WEB));
  assert.equal(there?.severity, "warning");
  assert.match(there?.message ?? "", /is gone, and autoborg did not .* kept all the same$/);
  assert.ok(there?.hint?.includes(`autoborg pin --repo disk --reason why ${WEB}; if`));
  const [gone] = pinProblems("disk", [known(WEB, "missing")], listing());
  assert.match(gone?.message ?? "", /the archive is gone as well$/);
  assert.match(gone?.hint ?? "", /autoborg accept disk$/);
});

Deno.test("orphanRemarks() names the pins whose archive is gone", () => {
  const remarks = orphanRemarks("disk", [pin(WEB), pin("old")], listing(WEB));
  assert.equal(remarks.length, 1);
  assert.match(remarks[0] ?? "", /^"old" is pinned, but no longer .* --repo disk --remove old$/);
});
