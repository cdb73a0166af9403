import assert from "node:assert/strict";
import { mergeArchives } from "../../lib/restore/archive_index.ts";
import { firstChecks } from "../../lib/state/check_ledger.ts";
import { KnownArchives } from "../../lib/restore/known_archives.ts";
import { archivesIn, named } from "./archives.ts";
import { alarmOf, knowing, runOf } from "./pasts.ts";

const NAME = named("2026-11-22T04:00:00Z", "00000002");
const START = "2026-11-22T04:00:00Z";

/** An archive that is in the repositories of these labels. */
function listed(name = NAME, ...labels: readonly string[]) {
  const where = labels.length === 0 ? ["disk"] : labels;
  const [archive] = mergeArchives(where.map((label) => archivesIn(label, [name, START])));
  assert.ok(archive !== undefined);
  return archive;
}

Deno.test("KnownArchives knows nothing when there is no history", () => {
  const nothing = new KnownArchives("web");
  assert.ok(nothing.isEmpty);
  assert.deepEqual(nothing.completenessOf(listed()), { complete: null, reasons: [] });
  assert.ok(!nothing.isForeign(listed(), "disk"));
});

Deno.test("KnownArchives calls an archive complete when its run found nothing wrong", () => {
  const known = knowing([runOf(NAME, ["disk"])]);
  assert.deepEqual(known.completenessOf(listed()), { complete: true, reasons: [] });
  assert.ok(!known.isEmpty);
});

Deno.test("KnownArchives says why an archive may be incomplete or damaged", () => {
  const problems = (message: string) => JSON.stringify([{ severity: "error", message }]);
  const cases: readonly (readonly [Parameters<typeof runOf>[2], RegExp])[] = [
    [
      { run: { sourcesMissing: true, problems: problems("no /home") } },
      /^a source is .*: no \/home$/,
    ],
    [{ run: { sourcesMissing: true, problems: "damaged" } }, /^a source is missing$/],
    [{
      create: { suspicious: true },
      steps: [{ step: "inspect", problems: problems("90 % went") }],
    }, /^90 % went$/],
    [
      { create: { suspicious: true }, steps: [{ step: "inspect" }] },
      /^it raised an alarm$/,
    ],
    [{ create: { suspicious: true } }, /^it was never inspected$/],
    [{ steps: [{ step: "verify", state: "failed" }] }, /differ from what was backed up$/],
    [{ create: { archive: null, state: "failed" } }, /did not report that it is complete$/],
    [{ create: { archive: null }, run: { interruptedBy: "SIGTERM" } }, /interrupted by SIGTERM$/],
  ];
  for (const [run, expected] of cases) {
    const { complete, reasons } = knowing([runOf(NAME, ["disk"], run)]).completenessOf(listed());
    assert.equal(complete, false, String(expected));
    assert.match(reasons.join("|"), expected);
  }
});

Deno.test("KnownArchives calls an archive damaged that a check could not read", () => {
  const check = {
    ...{ archive: NAME, checkedAt: null, isDue: false, duration: null, tries: 0 },
    ...{ damage: "a chunk is missing", damagedAt: 0 },
  };
  const whole = { ...firstChecks("", 0), damage: "the index is wrong", damagedAt: null };
  const known = knowing([runOf(NAME, ["disk", "away"])], {
    disk: {
      archives: [{ name: NAME, id: "", state: "present" }],
      checks: { repository: whole, archives: [check] },
    },
    away: { archives: [{ name: NAME, id: "", state: "present" }] },
  });
  const both = listed(NAME, "disk", "away");
  const { complete, reasons } = known.completenessIn(both, "disk");
  assert.equal(complete, false);
  assert.match(reasons.join(), /^a check found damage on 1970-01-01 .*: a chunk is missing$/);
  assert.equal(known.completenessOf(both).complete, true, "the other copy is sound");
  assert.equal(known.damageOf("disk")?.message, "the index is wrong");
  const other = (checkedAt: number | null) =>
    knowing([runOf(NAME, ["disk"])], {
      disk: {
        archives: [{ name: NAME, id: "", state: "present" }],
        checks: {
          repository: { ...whole, damagedAt: 5 },
          archives: [{ ...check, checkedAt, damage: null, damagedAt: null }],
        },
      },
    }).completenessOf(listed()).complete;
  assert.deepEqual([null, 4, 6].map(other), [false, false, true], "it was read after that");
  assert.equal(known.damageOf("away"), undefined);
});

Deno.test("KnownArchives says which optional source was absent from a complete archive", () => {
  const absentSources = JSON.stringify([{ path: "/media/disk", reason: "it is empty" }, 7]);
  const known = knowing([runOf(NAME, ["disk"], { run: { absentSources } })]);
  assert.deepEqual(known.completenessOf(listed()), {
    complete: true,
    reasons: ['the optional source "/media/disk" was absent'],
  });
});

Deno.test("KnownArchives.failedRunAfter() has the last run when it left nothing newer", () => {
  const failed = (run: Parameters<typeof runOf>[2]) => runOf("", ["disk"], run);
  const later = { id: "00000009", startedAt: Date.parse("2026-11-23T04:00:00Z"), state: "failed" };
  const create = { archive: null, state: "failed" };
  const after = (...runs: Parameters<typeof knowing>[0]) =>
    knowing(runs).failedRunAfter(listed())?.id;
  const own = runOf(NAME, ["disk"], { run: { state: "failed" } });
  assert.equal(after(failed({ run: later, create }), own), "00000009");
  assert.equal(after(own), undefined);
  assert.equal(after(failed({ run: { ...later, refused: true }, create }), own), undefined);
  assert.equal(after(failed({ run: { ...later, state: "ok" }, create }), own), undefined);
  assert.equal(after(failed({ run: later, create: { archive: "another" } }), own), undefined);
  assert.equal(after(failed({ run: { ...later, startedAt: 0 }, create })), undefined);
});

Deno.test("KnownArchives takes the word of the repository where an archive is complete", () => {
  const known = knowing([{
    ...runOf(NAME, ["disk"]),
    repositories: [
      ...runOf(NAME, ["bad"], { steps: [{ step: "verify", state: "failed" }] }).repositories,
      ...runOf(NAME, ["disk"]).repositories,
    ],
  }]);
  assert.equal(known.completenessOf(listed(NAME, "bad", "disk")).complete, true);
  assert.equal(known.completenessIn(listed(NAME, "bad", "disk"), "bad").complete, false);
});

Deno.test("KnownArchives calls what an interrupted run has stored incomplete", () => {
  for (const end of [".checkpoint", ".checkpoint.1"]) {
    assert.equal(knowing([]).completenessOf(listed(NAME + end)).complete, false, end);
  }
  assert.equal(knowing([]).completenessOf(listed("by hand.checkpoint")).complete, null);
});

Deno.test("KnownArchives tells archives of another machine by their runs", () => {
  const own = named("2026-11-21T04:00:00Z", "00000001");
  const known = knowing([runOf(own, ["disk"])]);
  assert.ok(!known.isForeign(listed(own), "disk"));
  assert.ok(known.isForeign(listed(), "disk"));
  assert.deepEqual(known.completenessOf(listed()), {
    complete: null,
    reasons: ["it was not created by this machine"],
  });
  assert.ok(!known.isForeign(listed("by hand"), "disk"), "other series are not judged");
});

Deno.test("KnownArchives knows the archives of others on a machine that only prunes", () => {
  const known = knowing([runOf(NAME, ["disk"], { create: { archive: null, state: "skipped" } })]);
  const newer = named("2026-11-23T04:00:00Z", "00000003");
  assert.ok(!known.isForeign(listed(newer), "disk"));
  assert.ok(!known.isEmpty);
});

Deno.test("KnownArchives believes what was seen in the repository, as long as the id is the same", () => {
  const id = `id of ${NAME}`;
  const states = ["present", "missing", "removed", "foreign"] as const;
  for (const state of states) {
    const known = knowing([], { disk: { archives: [{ name: NAME, id, state }] } });
    assert.equal(known.isForeign(listed(), "disk"), state === "foreign", state);
    assert.equal(known.isProven(listed(), "disk"), state !== "foreign", state);
    assert.ok(!known.isEmpty);
  }
  const seen = (seenId: string) =>
    knowing([runOf(NAME, ["disk"])], {
      disk: { archives: [{ name: NAME, id: seenId, state: "present" }] },
    });
  assert.ok(seen("another").isForeign(listed(), "disk"), "put in the place of ours");
  assert.ok(!seen("another").isProven(listed(), "disk"));
  assert.ok(!seen("").isForeign(listed(), "disk"), "made by hand");
  assert.ok(!seen("").isProven(listed(), "disk"));
});

Deno.test("KnownArchives.alarmOf() has only open alarms about the repository", () => {
  const alarms = [
    alarmOf("archive-small"),
    { ...alarmOf("archives-vanished"), accepted: true },
  ];
  assert.equal(knowing([], { disk: { alarms } }).alarmOf("disk"), undefined);
  const open = knowing([], { disk: { alarms: [...alarms, alarmOf("repository-replaced")] } });
  assert.equal(open.alarmOf("disk")?.kind, "repository-replaced");
  assert.equal(open.alarmOf("away"), undefined);
});
