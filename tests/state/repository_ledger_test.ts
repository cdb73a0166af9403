import assert from "node:assert/strict";
import { History } from "../../lib/state/history.ts";
import type { LedgerChange, StandingAlarm } from "../../lib/state/ledger.ts";
import { type AlarmKind, NO_ARCHIVE_AT_ALL } from "../../lib/alarm.ts";

function alarm(kind: AlarmKind): StandingAlarm {
  const raised = { raisedBy: "0123abcd", raisedAt: 5, accepted: false };
  return { kind, subject: "", message: kind, hint: "look", severity: "warning", ...raised };
}

function change(more: Partial<LedgerChange> = {}): LedgerChange {
  const seen = { id: "r1", modifiedAt: 10, machine: "" };
  return { seen, trusted: true, archives: [], alarms: [], sources: undefined, ...more };
}

Deno.test("RepositoryLedger returns what was written, for each repository apart", () => {
  using history = History.inMemory();
  const ledger = history.ledger("web", "disk");
  const archives = [{ name: "a", id: "1", state: "present" }] as const;
  const sources = { known: "as it was", seen: "as it is" };
  ledger.write(change({ archives, alarms: [alarm("source-empty")], sources }));
  ledger.write(change({ archives, alarms: [alarm("source-empty")] }));
  assert.deepEqual(ledger.read(), {
    repository: { id: "r1", modifiedAt: 10, machine: "" },
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
  ledger.write(change({ seen: { id: "r2", modifiedAt: 20, machine: "" }, trusted: false }));
  assert.deepEqual(ledger.read().repository, { id: "r1", modifiedAt: 10, machine: "" });
  ledger.write(change({ trusted: false, alarms: [alarm("repository-replaced")] }));
  ledger.write(change({
    ...{ seen: { id: "r2", modifiedAt: 20, machine: "web2 1" }, trusted: false },
    alarms: [alarm("repository-replaced")],
  }));
  ledger.accept({ at: 1, reason: undefined });
  assert.deepEqual(ledger.read().repository, { id: "r2", modifiedAt: 20, machine: "web2 1" });
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
  assert.equal(ledger.countTakeOvers(), 1);
  assert.equal(history.ledger("web", "away").countTakeOvers(), 0);
});

Deno.test("RepositoryLedger.noteByHand() tells what was removed and made on purpose", () => {
  using history = History.inMemory();
  const ledger = history.ledger("web", "disk");
  ledger.write(change({ archives: [{ name: "a", id: "1", state: "present" }] }));
  ledger.noteByHand(["a"], ["b"]);
  const states = ledger.read().archives.map(({ name, state }) => `${name} ${state}`);
  assert.deepEqual(states, ["a removed", "b present"]);
});

Deno.test("RepositoryLedger.raise() adds an alarm, and changes none that stands", () => {
  using history = History.inMemory();
  const ledger = history.ledger("web", "disk");
  ledger.raise({ ...alarm("repository-set-back"), message: "first" });
  ledger.raise({ ...alarm("repository-set-back"), message: "second" });
  assert.deepEqual(ledger.read().alarms.map(({ message }) => message), ["first"]);
  assert.equal(ledger.accept({ at: 1, reason: undefined }).length, 1);
  assert.deepEqual(ledger.read().alarms, []);
});

Deno.test("RepositoryLedger.accept() takes over archives that have replaced others", () => {
  using history = History.inMemory();
  const ledger = history.ledger("web", "disk");
  ledger.write(change({
    archives: [
      { name: "a", id: "1", state: "replaced" },
      { name: "b", id: "2", state: "misdated" },
    ],
    alarms: [alarm("archives-vanished"), alarm("archives-misdated")],
  }));
  ledger.accept({ at: 1, reason: undefined });
  assert.deepEqual(ledger.read().archives, [
    { name: "a", id: "", state: "present" },
    { name: "b", id: "2", state: "present" },
  ]);
});

Deno.test("RepositoryLedger.accept() lets the alarm of an empty series stand, accepted", () => {
  using history = History.inMemory();
  const ledger = history.ledger("web", "disk");
  ledger.write(change({ alarms: [{ ...alarm("archives-vanished"), subject: NO_ARCHIVE_AT_ALL }] }));
  ledger.accept({ at: 1, reason: undefined });
  assert.deepEqual(ledger.read().alarms.map(({ accepted }) => accepted), [true]);
});

Deno.test("RepositoryLedger knows how many archives stood outside retention when it was looked last", () => {
  using history = History.inMemory();
  const ledger = history.ledger("web", "disk");
  assert.equal(ledger.read().outside, undefined);
  ledger.write(change({ outside: 3 }));
  assert.equal(ledger.read().outside, 3);
  ledger.write(change({ outside: 0 }));
  assert.equal(ledger.read().outside, 0);
});
