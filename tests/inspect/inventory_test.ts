import assert from "node:assert/strict";
import type { ArchiveListing } from "../../lib/borg/archives.ts";
import { takeInventory } from "../../lib/inspect/inventory.ts";
import type { RetentionRules } from "../../lib/borg/commands.ts";
import { parseArchiveName } from "../../lib/text/archive_name.ts";
import type { ArchiveState } from "../../lib/archive_state.ts";
import type { Ledger } from "../../lib/state/ledger.ts";

const OWN = ["0000000a", "0000000b", "0000000c"];

function archive(runId: string, day = 20) {
  return `web-2026-11-${day}T04:00:00Z-${runId}`;
}

function dateIn(name: string): Date {
  return parseArchiveName(name)?.startedAt ?? new Date(0);
}

function listingOf(names: readonly string[], more: Partial<ArchiveListing> = {}): ArchiveListing {
  const archives = names.map((name) => ({ name, id: `id of ${name}`, startedAt: dateIn(name) }));
  return {
    id: "repository",
    modifiedAt: 1_000,
    encryption: "repokey",
    keyFile: undefined,
    archives,
    pins: [],
    ...more,
  };
}

function ledgerOf(names: readonly string[], state: ArchiveState = "present"): Ledger {
  return {
    repository: { id: "repository", modifiedAt: 900, machine: "" },
    archives: names.map((name) => ({ name, id: `id of ${name}`, state })),
    alarms: [],
    sources: undefined,
  };
}

function take(
  listing: ArchiveListing,
  ledger: Ledger,
  makesArchives: boolean = true,
  prunedBy: RetentionRules | undefined = undefined,
  machine = "",
) {
  const isOwnRun = (runId: string) => OWN.includes(runId);
  const now = new Date("2026-11-23T04:00:00Z");
  return takeInventory({
    ...{ series: "web", listing, ledger, isOwnRun, makesArchives, machine, now },
    prunedBy: prunedBy === undefined ? undefined : () => prunedBy,
  });
}

function kinds({ alarms }: ReturnType<typeof take>) {
  return alarms.map(({ kind, severity }) => `${severity} ${kind}`);
}

Deno.test("takeInventory() is silent when all archives are there, and new ones are of our runs", () => {
  const [first, second] = OWN.map((id) => archive(id));
  const listing = listingOf([first ?? "", second ?? "", "other-series", "web-2026"]);
  assert.deepEqual(kinds(take(listing, ledgerOf([first ?? ""]))), []);
});

Deno.test("takeInventory() names archives that went, again and again until they are accepted", () => {
  const known = OWN.map((id, index) => archive(id, 20 + index));
  const found = take(listingOf(known.slice(2)), ledgerOf(known));
  assert.deepEqual(kinds(found), ["error archives-vanished"]);
  assert.match(found.alarms[0]?.message ?? "", /^2 of 3 known .*web-2026-11-21T04:00:00Z-0000000b/);
  const ledger = { ...ledgerOf([]), archives: found.archives };
  assert.deepEqual(kinds(take(listingOf(known.slice(2)), ledger)), ["error archives-vanished"]);
  assert.deepEqual(kinds(take(listingOf(known), ledger)), [], "they came back");
});

Deno.test("takeInventory() is silent about archives that were removed on purpose", () => {
  const known = OWN.map((id) => archive(id));
  assert.deepEqual(kinds(take(listingOf([]), ledgerOf(known, "removed"))), []);
  assert.deepEqual(kinds(take(listingOf(known), ledgerOf(known, "removed"))), [], "not yet gone");
});

Deno.test("takeInventory() names archives of runs that are not ours, whatever host they name", () => {
  const foreign = archive("ffffffff");
  const found = take(listingOf([foreign]), ledgerOf([]));
  assert.deepEqual(kinds(found), ["warning archives-foreign"]);
  assert.equal(found.newestForeign, foreign);
  const later = { ...ledgerOf([]), archives: found.archives };
  assert.deepEqual(kinds(take(listingOf([foreign]), later)), ["warning archives-foreign"]);
  assert.deepEqual(kinds(take(listingOf([]), later)), [], "it is gone, so nobody need decide");
});

Deno.test("takeInventory() takes no other archive for ours because of its name", () => {
  const name = archive("0000000a");
  const archives = [{ name, id: "another id", startedAt: new Date(0) }];
  const found = take(listingOf([], { archives }), ledgerOf([name]));
  assert.deepEqual(kinds(found), ["error archives-vanished"]);
});

Deno.test("takeInventory() expects the archives of others on a machine that only prunes", () => {
  const theirs = ["aaaaaaaa", "bbbbbbbb"].map((id) => archive(id));
  const first = take(listingOf(theirs), { ...ledgerOf([]), repository: undefined }, false);
  assert.deepEqual(kinds(first), []);
  const ledger = { ...ledgerOf([]), archives: first.archives };
  assert.deepEqual(kinds(take(listingOf([]), ledger, false)), ["error archives-vanished"]);
  assert.deepEqual(kinds(take(listingOf([]), ledgerOf([]), false)), ["error archives-vanished"]);
});

Deno.test("takeInventory() says one thing about another repository, or an older copy", () => {
  const known = OWN.map((id) => archive(id));
  const other = listingOf([archive("ffffffff")], { id: "another" });
  assert.deepEqual(kinds(take(other, ledgerOf(known))), ["error repository-replaced"]);
  const older = listingOf(known.slice(0, 1), { modifiedAt: 800 });
  const found = take(older, ledgerOf(known));
  assert.deepEqual(kinds(found), ["error repository-set-back"]);
  assert.match(found.alarms[0]?.message ?? "", /2 known archives are missing/);
});

Deno.test("takeInventory() misses no archive that the rules of another machine remove", () => {
  const known = OWN.map((id, index) => archive(id, 20 + index));
  const after = (left: readonly string[]) =>
    take(listingOf(left), ledgerOf(known), true, { keepDaily: 2 });
  const pruned = after(known.slice(1));
  assert.deepEqual(kinds(pruned), []);
  assert.equal(pruned.archives.find(({ name }) => name === known[0])?.state, "removed");
  assert.deepEqual(kinds(after(known.slice(2))), ["error archives-vanished"]);
  assert.match(after([]).alarms[0]?.message ?? "", /^2 of 3 known archives are gone/);
});

Deno.test("takeInventory() tells of archives that others of the same name have replaced", () => {
  const known = OWN.map((id, index) => archive(id, 20 + index));
  const listing = listingOf(known);
  const replaced = {
    ...listing,
    archives: listing.archives.map((one, index) => index < 2 ? { ...one, id: "other" } : one),
  };
  const found = take(replaced, ledgerOf(known));
  assert.deepEqual(kinds(found), ["error archives-vanished"]);
  assert.match(found.alarms[0]?.message ?? "", /^2 known archives were replaced by others of the/);
  // It stays so until it is accepted, or the old ones are back.
  const ledger = { ...ledgerOf([]), archives: found.archives };
  assert.deepEqual(kinds(take(replaced, ledger)), ["error archives-vanished"]);
  assert.deepEqual(kinds(take(listing, ledger)), []);
  assert.deepEqual(kinds(take(listingOf([]), ledger)), ["error archives-vanished"]);
});

Deno.test("takeInventory() tells of archives that are dated to push out good ones", () => {
  const known = [archive("0000000a", 20), archive("0000000b", 22)];
  const on = (day: number, at = day) => {
    const name = archive("ffffffff", day);
    const startedAt = new Date(`2026-11-${at}T04:00:00Z`);
    return listingOf([], { archives: [{ name, id: name, startedAt }] });
  };
  const misdated = ["error archives-misdated"];
  const vanished = "error archives-vanished";
  const pruner = (listing: ArchiveListing) =>
    kinds(take(listing, ledgerOf(known), false)).filter((kind) => kind !== vanished);
  assert.deepEqual(pruner(on(23)), []);
  assert.deepEqual(pruner(on(21)), misdated);
  assert.deepEqual(pruner(on(23, 21)), misdated, "Borg's date counts, not the name alone");
  assert.deepEqual(pruner(on(21, 23)), misdated);
  assert.deepEqual(pruner(on(24)), misdated, "it is in the future");
  // A machine that makes the archives knows its own, whatever their dates are.
  const own = listingOf([archive("0000000c", 21), ...known]);
  assert.deepEqual(kinds(take(own, ledgerOf(known))), []);
  assert.deepEqual(kinds(take(listingOf([...known, archive("ffffffff", 21)]), ledgerOf(known))), [
    "error archives-misdated",
  ]);
});

Deno.test("takeInventory() does not call an archive misdated that was there before", () => {
  const known = [archive("0000000a", 20)];
  const listing = listingOf([...known, archive("ffffffff", 21)]);
  const first = take(listing, ledgerOf(known));
  assert.deepEqual(kinds(first), ["warning archives-foreign"]);
  const ledger = { ...ledgerOf([]), archives: first.archives };
  const next = take(listingOf([...known, archive("ffffffff", 21), archive("0000000b", 22)]), {
    ...ledger,
    archives: [...ledger.archives, { name: archive("0000000b", 22), id: "", state: "present" }],
  });
  assert.deepEqual(kinds(next), ["warning archives-foreign"]);
});

Deno.test("takeInventory() asks once when the history was made on another machine", () => {
  const first = archive(OWN[0] ?? "");
  const id = "0123456789abcdef0123456789abcdef";
  const ledger = ledgerOf([first]);
  const inventoryOn = (before: string, now: string) => {
    const repository = { id: "repository", modifiedAt: 900, machine: before };
    return take(listingOf([first]), { ...ledger, repository }, true, undefined, now);
  };
  const { alarms: [renamed] } = inventoryOn(`web1 ${id}`, `web2 ${id}`);
  assert.equal(renamed?.kind, "archives-foreign");
  assert.match(
    renamed?.message ?? "",
    /^this machine is "web2", and .* on "web1": it may be a copy/,
  );
  const { alarms: [copied] } = inventoryOn(`web1 ${id}`, `web1 ${id.replaceAll("0", "f")}`);
  assert.match(
    copied?.message ?? "",
    /^the machine id of "web1" .* is not the one of earlier runs/,
  );
  assert.deepEqual(kinds(inventoryOn(`web1 ${id}`, `web1 ${id}`)), []);
  // Earlier runs did not know, or this one can't: a container has another name each time.
  assert.deepEqual(kinds(inventoryOn("", `web1 ${id}`)), []);
  assert.deepEqual(kinds(inventoryOn(`web1 ${id}`, "")), []);
});
