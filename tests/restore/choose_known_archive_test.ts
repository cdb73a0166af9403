import assert from "node:assert/strict";
import { AppError } from "../../lib/errors.ts";
import { archiveNotes, newestNotes } from "../../lib/restore/archive_notes.ts";
import { chooseArchive } from "../../lib/restore/choose_archive.ts";
import type { KnownArchives } from "../../lib/restore/known_archives.ts";
import { trustedArchives } from "../../lib/restore/trusted_repositories.ts";
import { archiveIndexOf, archivesIn, named } from "./archives.ts";
import { alarmOf, knowing, runOf } from "./pasts.ts";

const OLD = named("2026-11-20T04:00:00Z", "00000001");
const MIDDLE = named("2026-11-21T04:00:00Z", "00000002");
const NEW = named("2026-11-22T04:00:00Z", "00000003");
const ALL = [OLD, MIDDLE, NEW].map((name) => [name, "2026-11-20T04:00:00Z"] as const);
const index = archiveIndexOf([archivesIn("disk", ...ALL), archivesIn("away", ...ALL)]);
const LATEST = { archive: "latest" };
const BOTH = ["disk", "away"];
const LACKS_A_SOURCE = { run: { sourcesMissing: true } };

function notesOf(known: KnownArchives, choice: Parameters<typeof chooseArchive>[2]) {
  const chosen = chooseArchive(index, known, choice);
  return archiveNotes(chosen, known, (archive) => `take ${archive}`);
}

Deno.test("chooseArchive() names the newest complete archive when the newest one is not", () => {
  const known = knowing([
    runOf(OLD, BOTH),
    runOf(MIDDLE, BOTH),
    runOf(NEW, BOTH, LACKS_A_SOURCE),
  ]);
  const chosen = chooseArchive(index, known, LATEST);
  assert.deepEqual([chosen.name, chosen.complete, chosen.better?.name], [NEW, false, MIDDLE]);
  const [note, ...more] = notesOf(known, LATEST);
  assert.deepEqual(more, []);
  assert.ok(note?.isWarning);
  assert.equal(note.text, `${NEW} may be incomplete or damaged: a source is missing`);
  assert.match(
    note.hint ?? "",
    new RegExp(`newest complete archive is ${MIDDLE}, .*: take ${MIDDLE}`),
  );
  assert.equal(chooseArchive(index, known, { archive: OLD }).better, undefined);
  assert.deepEqual(notesOf(known, { archive: OLD }), []);
});

Deno.test("chooseArchive() calls an archive that has all sources so, when a newer one is complete", () => {
  const absent = { run: { absentSources: '[{"path":"/mnt/usb","reason":"it is empty"}]' } };
  const known = knowing([
    runOf(OLD, BOTH),
    runOf(MIDDLE, BOTH, absent),
    runOf(NEW, BOTH, LACKS_A_SOURCE),
  ]);
  const all = new RegExp(`newest archive with all sources is ${OLD}, .*: take ${OLD}`);
  for (const archive of [NEW, MIDDLE]) {
    assert.match(notesOf(known, { archive })[0]?.hint ?? "", all);
  }
  const noneHasAll = knowing([runOf(MIDDLE, BOTH, absent), runOf(NEW, BOTH, LACKS_A_SOURCE)]);
  const hint = notesOf(noneHasAll, LATEST)[0]?.hint ?? "";
  assert.match(hint, new RegExp(`newest complete archive is ${MIDDLE}, `));
});

Deno.test("chooseArchive() proposes no complete archive from after the time that is asked for", () => {
  const known = knowing([
    runOf(OLD, BOTH),
    runOf(MIDDLE, BOTH, LACKS_A_SOURCE),
    runOf(NEW, BOTH),
  ]);
  const at = new Date("2026-11-21T12:00:00Z");
  assert.equal(chooseArchive(index, known, { ...LATEST, at }).better?.name, OLD);
  assert.equal(chooseArchive(index, known, { archive: MIDDLE }).better?.name, NEW);
});

Deno.test("chooseArchive() takes the repository first where the archive is complete", () => {
  const bad = { steps: [{ step: "verify", state: "failed" }] };
  const known = knowing([{
    ...runOf(NEW, []),
    repositories: [
      ...runOf(NEW, ["disk"], bad).repositories,
      ...runOf(NEW, ["away"]).repositories,
    ],
  }]);
  const { repositories, complete } = chooseArchive(index, known, LATEST);
  assert.deepEqual(repositories.map(({ label }) => label), ["away", "disk"]);
  assert.equal(complete, true);
});

Deno.test("chooseArchive() passes over archives that another machine made", () => {
  const known = knowing([runOf(OLD, BOTH)]);
  const chosen = chooseArchive(index, known, LATEST);
  assert.equal(chosen.name, OLD);
  assert.deepEqual(chosen.foreign.map(({ name }) => name), [NEW, MIDDLE]);
  const [note] = notesOf(known, LATEST);
  assert.ok(note?.isWarning);
  assert.equal(
    note.text,
    `2 archives are newer, and were not created by this machine; the newest is ${NEW}`,
  );
  assert.match(note.hint ?? "", new RegExp(`take ${NEW}$`));
});

Deno.test("chooseArchive() takes an archive of another machine by its name, with a warning", () => {
  const known = knowing([runOf(OLD, BOTH)]);
  assert.equal(chooseArchive(index, known, { archive: NEW }).name, NEW);
  const [note] = notesOf(known, { archive: NEW });
  assert.ok(note?.isWarning);
  assert.equal(note.text, `look at ${NEW}: it was not created by this machine`);
});

Deno.test("chooseArchive() finds nothing when another machine made all archives", () => {
  const known = knowing([runOf(named("2026-11-19T04:00:00Z", "00000009"), BOTH)]);
  assert.throws(
    () => chooseArchive(index, known, LATEST),
    (error) =>
      error instanceof AppError && /created none of the 3 that are there/.test(error.message) &&
      error.hint?.endsWith(`--archive ${NEW}`),
  );
});

Deno.test("chooseArchive() leaves out a repository in which the archive is not ours", () => {
  const known = knowing([runOf(NEW, BOTH)], {
    disk: { archives: [{ name: NEW, id: "another", state: "present" }] },
  });
  for (const choice of [LATEST, { archive: NEW }]) {
    const { repositories } = chooseArchive(index, known, choice);
    assert.deepEqual(repositories.map(({ label }) => label), ["away"]);
  }
});

Deno.test("archiveNotes() says when nothing is known, and when an accepted archive is taken", () => {
  const [fresh] = notesOf(knowing([]), LATEST);
  assert.match(fresh?.text ?? "", /^this machine has no history of "web"/);
  assert.equal(fresh?.isWarning, false);
  const seen = { archives: [{ name: NEW, id: `id of ${NEW}`, state: "present" }] } as const;
  const known = knowing([runOf(OLD, BOTH)], { disk: seen, away: seen });
  const notes = [LATEST, { archive: NEW }].map((choice) => notesOf(known, choice)[0]);
  for (const note of notes) assert.match(note?.text ?? "", /history has no record of the run/);
  assert.deepEqual(notes.map((note) => note?.isWarning), [true, false]);
});

Deno.test("archiveNotes() says where an optional source was absent, and which archive has it", () => {
  const absent = { run: { absentSources: '[{"path":"/media/disk"}]' } };
  const lacking = [runOf(MIDDLE, BOTH, LACKS_A_SOURCE), runOf(NEW, BOTH, absent)];
  const [note] = notesOf(knowing([runOf(OLD, BOTH), ...lacking]), LATEST);
  assert.equal(note?.isWarning, false);
  assert.equal(note?.text, `look at ${NEW}: the optional source "/media/disk" was absent`);
  assert.match(note?.hint ?? "", new RegExp(`take ${OLD}$`));
  const [alone] = notesOf(knowing(lacking), LATEST);
  assert.equal(alone?.hint, undefined);
  const better = chooseArchive(index, knowing(lacking), { archive: MIDDLE }).better;
  assert.equal(better?.name, NEW, "a complete one without the optional source is better than none");
  assert.deepEqual(newestNotes(index, knowing(lacking), String), []);
});

Deno.test("archiveNotes() says that the last run made no archive", () => {
  const startedAt = Date.parse("2026-11-23T04:00:00Z");
  const cases = [
    [{ interruptedBy: "SIGTERM" }, /was interrupted by SIGTERM: it created no archive$/],
    [{ ending: "running" }, /has not ended, or died: it created no archive$/],
    [{}, /^the last run, of 2026-11-23 .*, failed: it created no archive$/],
  ] as const;
  for (const [different, expected] of cases) {
    const run = { id: "00000009", startedAt, state: "failed", ...different };
    const failed = runOf("", BOTH, { run, create: { archive: null, state: "failed" } });
    const known = knowing([failed, runOf(NEW, BOTH)]);
    const [note, ...more] = notesOf(known, LATEST);
    assert.match(note?.text ?? "", expected);
    assert.deepEqual([note?.isWarning, more], [false, []]);
    assert.deepEqual(notesOf(known, { archive: NEW }), []);
  }
});

Deno.test("newestNotes() speaks only of a newest archive that may be incomplete or damaged", () => {
  const good = runOf(MIDDLE, BOTH);
  const takes = (archive: string) => `take ${archive}`;
  assert.deepEqual(newestNotes(index, knowing([good, runOf(NEW, BOTH)]), takes), []);
  assert.deepEqual(newestNotes(index, knowing([]), takes), []);
  const [note] = newestNotes(index, knowing([good, runOf(NEW, BOTH, LACKS_A_SOURCE)]), takes);
  assert.match(note?.hint ?? "", new RegExp(`take ${MIDDLE}$`));
  const [none] = newestNotes(index, knowing([runOf(NEW, BOTH, LACKS_A_SOURCE)]), takes);
  assert.match(none?.hint ?? "", /knows of no complete archive/);
});

const ALARMED = { alarms: [alarmOf("archives-vanished")] };

Deno.test("trustedArchives() leaves out a repository with an open alarm", () => {
  const known = knowing([runOf(NEW, BOTH)], { disk: ALARMED });
  const { index: trusted, distrusted } = trustedArchives(index, known, "latest");
  assert.deepEqual(distrusted.map(({ repository }) => repository.label), ["disk"]);
  const { repositories } = chooseArchive(trusted, known, LATEST);
  assert.deepEqual(repositories.map(({ label }) => label), ["away"]);
  assert.deepEqual(trustedArchives(index, knowing([]), "latest"), { index, distrusted: [] });
});

Deno.test("trustedArchives() stops with one command when an alarm is open everywhere", () => {
  const known = knowing([], { disk: ALARMED, away: ALARMED });
  for (const archive of ["latest", NEW]) {
    assert.throws(
      () => trustedArchives(index, known, archive),
      (error) =>
        error instanceof AppError && /from "disk": there is the alarm/.test(error.message) &&
        error.hint === "Look at it. Then accept it: autoborg accept disk",
    );
  }
  // Whoever looks for it says that there is none, and which name is nearest.
  assert.deepEqual(trustedArchives(index, known, "nope").distrusted, []);
});

Deno.test("trustedArchives() gives an archive by its name that was there before", () => {
  const archives = [{ name: OLD, id: `id of ${OLD}`, state: "present" }] as const;
  const known = knowing([], { disk: { ...ALARMED, archives }, away: ALARMED });
  const { index: trusted, distrusted } = trustedArchives(index, known, OLD);
  const { repositories } = chooseArchive(trusted, known, { archive: OLD });
  assert.deepEqual(repositories.map(({ label }) => label), ["disk"]);
  assert.deepEqual(distrusted.map(({ repository }) => repository.label), ["away"]);
});
