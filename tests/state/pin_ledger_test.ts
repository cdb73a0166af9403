import assert from "node:assert/strict";
import { History } from "../../lib/state/history.ts";

const PIN = { archive: "a", id: "1", reason: "why" };

function changes(history: History) {
  return history.pinChanges("web", 9).toReversed().map(({ action, archive }) =>
    `${action} ${archive}`
  );
}

Deno.test("PinLedger keeps what was pinned in each repository, and when", () => {
  using history = History.inMemory();
  const pins = history.pins("web", "disk");
  pins.notePinned("a", "why", 5);
  pins.noteSeen({ found: [PIN], missing: [], at: 9 });
  assert.deepEqual(pins.read(), [{ ...PIN, since: 5, state: "present" }]);
  assert.deepEqual(history.pins("web", "away").read(), []);
  assert.deepEqual(history.pins("mail", "disk").read(), []);
  pins.noteUnpinned("a", "why", 10);
  assert.deepEqual(pins.read(), []);
  assert.deepEqual(changes(history), ["pinned a", "unpinned a"]);
  assert.deepEqual(history.pinChanges("web", 1), [
    { label: "disk", at: new Date(10), action: "unpinned", archive: "a", reason: "why" },
  ]);
});

Deno.test("PinLedger.noteSeen() notes what another machine did, once", () => {
  using history = History.inMemory();
  const pins = history.pins("web", "disk");
  for (const at of [1, 2]) pins.noteSeen({ found: [PIN], missing: [], at });
  for (const at of [3, 4]) pins.noteSeen({ found: [], missing: ["a"], at });
  assert.deepEqual(pins.read(), [{ ...PIN, since: 1, state: "missing" }]);
  assert.deepEqual(changes(history), ["found a", "vanished a"]);
  pins.noteSeen({ found: [{ ...PIN, id: "2", reason: "other" }], missing: [], at: 5 });
  const known = { archive: "a", id: "2", reason: "other", since: 1, state: "present" };
  assert.deepEqual(pins.read(), [known]);
});

Deno.test("PinLedger.noteSeen() misses nothing that was unpinned meanwhile", () => {
  using history = History.inMemory();
  const pins = history.pins("web", "disk");
  pins.noteUnpinned("a", "", 1);
  pins.noteSeen({ found: [], missing: ["a"], at: 2 });
  assert.deepEqual(pins.read(), []);
  assert.deepEqual(changes(history), ["unpinned a"]);
});

Deno.test("PinLedger.acceptMissing() forgets pins that are gone, and records that", () => {
  using history = History.inMemory();
  const pins = history.pins("web", "disk");
  pins.noteSeen({ found: [PIN, { ...PIN, archive: "b" }], missing: [], at: 1 });
  pins.noteSeen({ found: [PIN], missing: ["b"], at: 2 });
  assert.deepEqual(pins.acceptMissing({ at: 3, reason: "moved" }), ["b"]);
  assert.deepEqual(pins.read().map(({ archive }) => archive), ["a"]);
  assert.deepEqual(pins.acceptMissing({ at: 4, reason: undefined }), []);
  const [accepted] = history.acceptances("web", 9);
  assert.deepEqual([accepted?.kind, accepted?.reason], ["pin-vanished", "moved"]);
  assert.match(accepted?.message ?? "", /the pin of "b" is gone/);
});

Deno.test("History.copyLedgerOf() takes over what is pinned", () => {
  using history = History.inMemory();
  history.pins("web", "disk").notePinned("a", "why", 5);
  using copy = History.inMemory();
  copy.copyLedgerOf(history, "web");
  assert.deepEqual(copy.pins("web", "disk").read(), history.pins("web", "disk").read());
});
