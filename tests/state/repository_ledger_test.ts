import assert from "node:assert/strict";
import { History } from "../../lib/state/history.ts";
import type { LedgerChange, StandingAlarm } from "../../lib/state/ledger.ts";
import type { AlarmKind } from "../../lib/alarm.ts";

function alarm(kind: AlarmKind): StandingAlarm {
  const raised = { raisedBy: "0123abcd", raisedAt: 5, accepted: false };
  return { kind, subject: "", message: kind, hint: "look", severity: "warning", ...raised };
}

function change(more: Partial<LedgerChange> = {}): LedgerChange {
  const seen = { id: "r1", modifiedAt: 10 };
  return { seen, trusted: true, archives: [], alarms: [], sources: undefined, ...more };
}

Deno.test("RepositoryLedger gives back what was written, for each repository apart", () => {
  using history = History.inMemory();
  const ledger = history.ledger("web", "disk");
  const archives = [{ name: "a", id: "1", state: "present" }] as const;
  const sources = { known: "as it was", seen: "as it is" };
  ledger.write(change({ archives, alarms: [alarm("source-empty")], sources }));
  ledger.write(change({ archives, alarms: [alarm("source-empty")] }));
  assert.deepEqual(ledger.read(), {
    repository: { id: "r1", modifiedAt: 10 },
    archives,
    alarms: [alarm("source-empty")],
    sources,
  });
  const nothing = { repository: undefined, archives: [], alarms: [], sources: undefined };
  assert.deepEqual(history.ledger("web", "away").read(), nothing);
  assert.deepEqual(history.ledger("mail", "disk").read(), nothing);
});

Deno.test("RepositoryLedger.write() does not take over a repository that is not trusted", () => {
  using history = History.inMemory();
  const ledger = history.ledger("web", "disk");
  ledger.write(change());
  ledger.write(change({ seen: { id: "r2", modifiedAt: 20 }, trusted: false }));
  assert.deepEqual(ledger.read().repository, { id: "r1", modifiedAt: 10 });
  ledger.write(change({ trusted: false, alarms: [alarm("repository-replaced")] }));
  ledger.write(change({
    ...{ seen: { id: "r2", modifiedAt: 20 }, trusted: false },
    alarms: [alarm("repository-replaced")],
  }));
  ledger.accept({ at: 1, reason: undefined });
  assert.deepEqual(ledger.read().repository, { id: "r2", modifiedAt: 20 });
});

Deno.test("RepositoryLedger.accept() takes over what is there, and says what it was", () => {
  using history = History.inMemory();
  const ledger = history.ledger("web", "disk");
  ledger.write(change({
    archives: [
      { name: "a", id: "1", state: "missing" },
      { name: "b", id: "2", state: "foreign" },
    ],
    alarms: [alarm("archives-vanished"), alarm("expectation-unmet")],
  }));
  const accepted = ledger.accept({ at: 7, reason: "moved" });
  assert.deepEqual(accepted.map(({ kind }) => kind), ["archives-vanished", "expectation-unmet"]);
  const { archives, alarms } = ledger.read();
  assert.deepEqual(archives.map(({ state }) => state), ["removed", "present"]);
  assert.deepEqual(alarms, [{ ...alarm("expectation-unmet"), accepted: true }]);
  assert.deepEqual(ledger.accept({ at: 8, reason: undefined }), []);
  assert.deepEqual(ledger.lastTakeOver(), new Date(7));
  assert.equal(history.ledger("web", "away").lastTakeOver(), undefined);
});

Deno.test("RepositoryLedger.noteByHand() tells what was removed and made on purpose", () => {
  using history = History.inMemory();
  const ledger = history.ledger("web", "disk");
  ledger.write(change({ archives: [{ name: "a", id: "1", state: "present" }] }));
  ledger.noteByHand(["a"], ["b"]);
  const states = ledger.read().archives.map(({ name, state }) => `${name} ${state}`);
  assert.deepEqual(states, ["a removed", "b present"]);
});
