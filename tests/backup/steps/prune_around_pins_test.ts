import assert from "node:assert/strict";
import type { RunEvent } from "../../../lib/backup/events.ts";
import { inspectPins } from "../../../lib/backup/steps/inspect_pins.ts";
import { prune } from "../../../lib/backup/steps/prune.ts";
import type { ArchiveListing } from "../../../lib/borg/archives.ts";
import type { KnownPin } from "../../../lib/state/pin_ledger.ts";
import { pinName } from "../../../lib/text/pin_name.ts";
import { BorgDouble, logLine } from "../../borg/double.ts";
import { emptyMemory, planWith, TARGET } from "../plans.ts";

const NAMES = ["20", "21", "22"].map((day) =>
  `${planWith().name}-2026-11-${day}T04:00:00Z-0123abcd`
);
const [OLDEST = "", MIDDLE = "", NEWEST = ""] = NAMES;
const TAIL = "    Sun, 2026-11-22 04:00:00 [f45d7440639d0aa392a4238f8a6c8a4e210f7f24]";
const VERDICTS = [
  logLine("INFO", `Keeping archive (rule: daily #1):  ${NEWEST}${TAIL}`),
  logLine("INFO", `Would prune:    ${MIDDLE}${TAIL}`),
  logLine("INFO", `Would prune:    ${OLDEST}${TAIL}`),
];

function pinOf(archive: string, state: KnownPin["state"] = "present"): KnownPin {
  return { archive, id: "1", reason: "", since: 1, state };
}

/** Prunes a repository with three archives, in which this is pinned. */
async function pruneWith(pins: readonly KnownPin[], verdicts: readonly string[] = VERDICTS) {
  const borg = new BorgDouble();
  const removed: string[] = [];
  const events: RunEvent[] = [];
  borg.set("borg prune", (request) => ({
    stderr: request.args.includes("--dry-run") ? verdicts : [],
  }));
  borg.set("borg delete", (request) => ({
    stderr: request.args.slice(request.args.indexOf("--") + 2).map((name) =>
      logLine("INFO", `Deleting archive: ${name}${TAIL} (1/1)`)
    ),
  }));
  const memory = emptyMemory({
    pins: () => pins,
    removed: (archives) => void removed.push(...archives),
    recall: () => ({
      repository: undefined,
      archives: NAMES.map((name) => ({ name, id: name, state: "present" })),
      alarms: [],
      sources: undefined,
    }),
  });
  const context = {
    plan: planWith(),
    target: { ...TARGET, retention: { keepDaily: 1 } },
    inherited: {},
    start: borg.start,
    signal: new AbortController().signal,
    emit: (event: RunEvent) => void events.push(event),
  };
  const { outcome } = await prune(context, memory);
  const commands = borg.requests.map(({ args }) =>
    args.filter((word) => /^(?:\w+|--dry-run)$/.test(word) || NAMES.includes(word)).join(" ")
  );
  const notes = events.flatMap((event) => event.type === "note" ? [event.text] : []);
  return { outcome, commands, removed, notes };
}

Deno.test("prune() lets Borg prune by itself when nothing of the series is pinned", async () => {
  for (const pins of [[], [pinOf("db-2026-11-20T04:00:00Z-0123abcd")], [pinOf("by hand")]]) {
    const { commands, outcome } = await pruneWith(pins);
    assert.equal(outcome.state, "ok");
    assert.deepEqual(commands, ["prune"]);
  }
});

Deno.test("prune() deletes what the rules drop and nobody pinned, and notes it before", async () => {
  for (const state of ["present", "missing"] as const) {
    const { commands, removed, notes, outcome } = await pruneWith([pinOf(OLDEST, state)]);
    assert.equal(outcome.state, "ok");
    assert.deepEqual(commands, ["prune --dry-run", `delete ${MIDDLE}`]);
    assert.deepEqual(removed, [MIDDLE]);
    assert.deepEqual(notes, [`${OLDEST} stays: it is pinned`]);
  }
});

Deno.test("prune() starts no deletion without an archive to delete", async () => {
  for (const pins of [[pinOf(OLDEST), pinOf(MIDDLE)], NAMES.map((name) => pinOf(name))]) {
    const { commands, outcome } = await pruneWith(pins);
    assert.equal(outcome.state, "ok");
    assert.deepEqual(commands, ["prune --dry-run"]);
  }
});

Deno.test("prune() fails when it can't read what Borg's rules keep", async () => {
  const { commands, outcome } = await pruneWith([pinOf(OLDEST)], [logLine("INFO", "Bonjour")]);
  assert.deepEqual(commands, ["prune --dry-run"]);
  assert.ok(outcome.state === "failed");
  assert.match(outcome.problems[0]?.message ?? "", /Cannot prune around pinned archives/);
});

Deno.test("inspectPins() asks Borg for the reasons of pins that are new alone", async () => {
  const borg = new BorgDouble();
  const pin = { archive: OLDEST, name: pinName(OLDEST), id: "p1" };
  const comment = "autoborg pin 1: why";
  borg.set("borg list", { stdout: JSON.stringify({ archives: [{ ...pin, comment }] }) });
  const listing: ArchiveListing = {
    ...{ id: "r", modifiedAt: 1, encryption: "repokey", keyFile: undefined },
    archives: NAMES.map((name) => ({ name, id: name, startedAt: new Date(0) })),
    pins: [pin],
  };
  const context = {
    plan: planWith(),
    target: TARGET,
    inherited: {},
    start: borg.start,
    signal: new AbortController().signal,
    emit: () => {},
  };
  const memory = emptyMemory();
  const look = (one: ArchiveListing) => inspectPins(context, memory, one, memory.pins());
  for (let run = 0; run < 2; run++) {
    assert.deepEqual(await look(listing), { problems: [], remarks: [] });
    assert.deepEqual(memory.pins().map(({ reason, state }) => [reason, state]), [[
      "why",
      "present",
    ]]);
  }
  assert.deepEqual(borg.started, ["borg list"]);
  const { problems } = await look({ ...listing, pins: [] });
  assert.equal(problems.length, 1);
  assert.deepEqual(memory.pins().map(({ state }) => state), ["missing"]);
});
