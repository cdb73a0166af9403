import assert from "node:assert/strict";
import { recordedIndex } from "../../lib/restore/recorded_index.ts";
import { KnownArchives } from "../../lib/restore/known_archives.ts";
import type { Ledger, LedgerArchive, StandingAlarm } from "../../lib/state/ledger.ts";
import { named, repository } from "./archives.ts";

const OLD = named("2026-11-20T04:00:00Z", "0123abcd");
const NEW = named("2026-11-21T04:00:00Z", "0123abce");
const ALARM: StandingAlarm = {
  kind: "archives-vanished",
  subject: "",
  severity: "error",
  message: "1 is gone",
  hint: "Look",
  raisedBy: "0123abce",
  raisedAt: 0,
  accepted: false,
};

function ledgerOf(
  archives: readonly Partial<LedgerArchive>[],
  alarms: readonly StandingAlarm[] = [],
): Ledger {
  const all = archives.map((one): LedgerArchive => ({
    name: OLD,
    id: "1f",
    state: "present",
    ...one,
  }));
  return {
    repository: { id: "9", modifiedAt: 1, machine: "" },
    archives: all,
    alarms,
    sources: undefined,
  };
}

function knowing(ledgers: Readonly<Record<string, Ledger>>): KnownArchives {
  return new KnownArchives("web", { runs: [], ledgers: new Map(Object.entries(ledgers)) });
}

const REPOSITORIES = [repository("a"), repository("b")];

Deno.test("recordedIndex() names the repositories that hold an archive, with its ids", () => {
  const known = knowing({
    a: ledgerOf([{}, { name: NEW, id: "2e" }]),
    b: ledgerOf([{ id: "3d" }]),
  });
  const index = recordedIndex(REPOSITORIES, known, OLD);
  assert.deepEqual(index?.archives.map(({ name }) => name), [NEW, OLD]);
  const archive = index?.archives.at(-1);
  assert.deepEqual(archive?.repositories.map(({ label }) => label), ["a", "b"]);
  assert.deepEqual([...archive?.ids ?? []], [["a", "1f"], ["b", "3d"]]);
  assert.equal(archive?.startedAt.toISOString(), "2026-11-20T04:00:00.000Z");
});

Deno.test("recordedIndex() leaves it to the repositories when an alarm is open", () => {
  const ledger = ledgerOf([{}], [ALARM]);
  const [a] = REPOSITORIES;
  assert.ok(a !== undefined);
  assert.equal(recordedIndex([a], knowing({ a: ledger }), OLD), undefined);
  const accepted = ledgerOf([{}], [{ ...ALARM, accepted: true }]);
  assert.notEqual(recordedIndex([a], knowing({ a: accepted }), OLD), undefined);
});

Deno.test("recordedIndex() leaves it to the repositories when one was never seen", () => {
  assert.equal(recordedIndex(REPOSITORIES, knowing({ a: ledgerOf([{}]) }), OLD), undefined);
});

Deno.test("recordedIndex() names no archive that is not there, not ours, or has no id", () => {
  const known = (other: Partial<LedgerArchive>) => knowing({ a: ledgerOf([other]) });
  const [a] = REPOSITORIES;
  assert.ok(a !== undefined);
  for (const state of ["missing", "replaced", "foreign", "misdated", "removed"] as const) {
    assert.equal(recordedIndex([a], known({ state }), OLD), undefined, state);
  }
  assert.equal(recordedIndex([a], known({ id: "" }), OLD), undefined);
  assert.equal(recordedIndex([a], known({}), "latest"), undefined);
});
