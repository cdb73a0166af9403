import assert from "node:assert/strict";
import type { RepositoryMemory } from "../../../lib/backup/repository_memory.ts";
import { check } from "../../../lib/backup/steps/check.ts";
import { TimeBudget } from "../../../lib/backup/time_budget.ts";
import type { Check } from "../../../lib/config/config_schema.ts";
import type { ProgramRequest } from "../../../lib/process/program.ts";
import { firstChecks } from "../../../lib/state/check_ledger.ts";
import { formatArchiveName } from "../../../lib/text/archive_name.ts";
import { BorgDouble, logLine } from "../../borg/double.ts";
import type { Played } from "../../process/double.ts";
import { emptyMemory, planWith, TARGET } from "../plans.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 22, 4);
const GIB = 1024 ** 3;

/** The name of an archive that was made so many days ago. */
function archive(days: number): string {
  const runId = String(days).padStart(8, "0");
  return formatArchiveName({ series: "web", startedAt: new Date(NOW - days * DAY), runId });
}

function memoryOf(...days: readonly number[]): RepositoryMemory {
  const memory = emptyMemory();
  const archives = days.map((age) => ({ name: archive(age), id: "1", state: "present" as const }));
  memory.remember({
    seen: { id: "1", modifiedAt: 1, machine: "" },
    trusted: true,
    archives,
    alarms: [],
  });
  return memory;
}

interface Night {
  readonly memory: RepositoryMemory;
  readonly borg: BorgDouble;
  readonly keys?: Partial<Check>;
  readonly size?: number;
  readonly now?: number;
}

/** One night's check, and what Borg was started for. */
async function night({ memory, borg, keys = {}, size, now = NOW }: Night) {
  const target = { ...TARGET, check: { ...TARGET.check, archivesEvery: 14 * DAY, ...keys } };
  borg.requests.length = 0;
  const context = {
    ...{ plan: planWith({ startedAt: new Date(now) }), target, inherited: {}, start: borg.start },
    ...{ signal: new AbortController().signal, emit: () => {} },
  };
  const budget = new TimeBudget(target.check.maxDuration);
  const { outcome } = await check(context, { memory, budget, size });
  assert.ok(outcome.state !== "skipped");
  const commands = borg.requests.map(({ args }) => {
    const limit = args.find((arg) => arg.startsWith("--max-duration"));
    if (args[0] === "extract") return args.at(-1)?.split("::")[1];
    return limit ?? (args.includes("--verify-data") ? "all data" : "check");
  });
  return { outcome, commands, messages: outcome.problems.map(({ message }) => message) };
}

/** What Borg says of a part of the repository. */
function part(from: number, end: number | "at its end", more: Partial<Played> = {}): Played {
  const words = end === "at its end"
    ? "finished segment check at segment 99"
    : `finished partial segment check, last segment checked is ${end}`;
  const percent = { type: "progress_percent", current: end === "at its end" ? 100 : end };
  const lines = [
    logLine("INFO", `Remote: skipping to segments >= ${from}`),
    JSON.stringify({ ...percent, total: 100, message: "Checking segments" }),
    ...more.stderr ?? [],
    logLine("INFO", `Remote: ${words}`),
  ];
  return { duration: 1_000, ...more, stderr: lines };
}

Deno.test("check() checks a small repository in one piece, and a large one in parts", async () => {
  const borg = new BorgDouble();
  const small = await night({ memory: memoryOf(), borg, size: 5 * GIB });
  assert.deepEqual(small.commands, ["check"]);
  borg.set("borg check", part(0, 5, { duration: 601_000 }));
  const large = await night({ memory: memoryOf(), borg, size: 9_000 * GIB });
  // It would go on as long as there is time; no single part is long, so a kill costs little.
  assert.equal(large.commands[0], "--max-duration=600");
  assert.equal(large.commands.length, 6);
  const unknown = await night({ memory: memoryOf(), borg });
  assert.equal(unknown.commands[0], "--max-duration=600");
});

Deno.test("check() completes over several nights what one can't do", async () => {
  const memory = memoryOf();
  const borg = new BorgDouble();
  const keys = { maxDuration: 600_000, repositoryEvery: 2 * DAY };
  const size = 9_000 * GIB;
  borg.set("borg check", part(0, 40, { duration: 600_000 }));
  const first = await night({ memory, borg, keys, size });
  assert.equal(first.outcome.state, "ok");
  assert.equal(first.outcome.checked?.percent, 40);
  assert.equal(memory.checks().repository?.completedAt, null);
  borg.set("borg check", part(41, "at its end", { duration: 500_000 }));
  const last = await night({ memory, borg, keys, size, now: NOW + DAY });
  assert.equal(last.outcome.checked?.percent, 100);
  const { completedAt, duration, cycle } = memory.checks().repository ?? firstChecks("", 0);
  assert.deepEqual([completedAt, duration, cycle], [NOW, 1_100_000, null]);
  borg.set("borg check", {});
  const whole = await night({
    memory,
    borg,
    keys: { ...keys, maxDuration: HOUR },
    now: NOW + 3 * DAY,
  });
  assert.deepEqual(whole.commands, ["check"], "what was measured fits into the time");
});

Deno.test("check() takes no end for a complete check whose beginning it does not know", async () => {
  const memory = memoryOf();
  const borg = new BorgDouble();
  const plays = [part(60, "at its end"), part(0, "at its end")];
  borg.set("borg check", () => plays.shift() ?? {});
  const { commands } = await night({ memory, borg });
  assert.equal(commands.length, 2);
  assert.equal(memory.checks().repository?.completedAt, NOW);
});

Deno.test("check() fails until everything was checked again when a part found damage", async () => {
  const memory = memoryOf();
  const borg = new BorgDouble();
  const keys = { maxDuration: 600_000 };
  const size = 9_000 * GIB;
  const said = logLine("ERROR", "Remote: Data integrity error: Segment entry checksum mismatch");
  borg.set("borg check", part(0, 40, { code: 1, stderr: [said], duration: 600_000 }));
  const found = await night({ memory, borg, keys, size });
  assert.match(found.messages.join(), /^the check found damage: Data integrity error: Segment/);
  borg.set("borg check", part(41, "at its end", { duration: 599_500 }));
  const sound = await night({ memory, borg, keys, size, now: NOW + DAY });
  assert.equal(sound.outcome.state, "failed");
  assert.match(sound.messages.join(), /^an earlier check found damage, and not everything/);
  borg.set("borg check", part(0, "at its end"));
  const again = await night({ memory, borg, keys, size, now: NOW + 2 * DAY });
  assert.equal(again.outcome.state, "ok");
});

Deno.test("check() fails when Borg 1.2 only warns that its index is wrong, and ends well", async () => {
  const borg = new BorgDouble();
  const said = "ID: 9dc0 rebuilt index: (10, 1016298) committed index: (10, 3000176)";
  borg.set("borg check", { stderr: [logLine("WARNING", said)] });
  const { outcome, messages } = await night({ memory: memoryOf(), borg, size: GIB });
  assert.equal(outcome.state, "failed");
  assert.match(messages.join(), /the check found damage: ID: 9dc0/);
});

Deno.test("check() reads archives in turns, the oldest first, until the time is used up", async () => {
  const memory = memoryOf(90, 60, 30, 3);
  const borg = new BorgDouble();
  borg.set("borg extract", { duration: 25 * 60_000 });
  const first = await night({ memory, borg, size: GIB });
  // A third one would not fit: the first two tell how long it takes.
  assert.deepEqual(first.commands, ["check", archive(90), archive(60)]);
  assert.deepEqual(first.outcome.checked?.coverage, {
    ...{ archives: 4, damaged: 0, unchecked: 1, every: 14 * DAY },
  });
  assert.equal(first.outcome.state, "ok", "a check without time left is no failure");
  const second = await night({ memory, borg, size: GIB, now: NOW + DAY });
  assert.deepEqual(second.commands, [archive(30), "check"]);
  assert.equal(second.outcome.checked?.coverage?.unchecked, 0);
});

Deno.test("check() lets archives and a repository that needs all the time take turns", async () => {
  const memory = memoryOf(90, 60);
  const borg = new BorgDouble();
  borg.set("borg check", part(0, 5, { duration: HOUR }));
  borg.set("borg extract", { duration: HOUR });
  const size = 9_000 * GIB;
  const nights = [];
  for (const day of [0, 1, 2, 3]) {
    nights.push((await night({ memory, borg, size, now: NOW + day * DAY })).commands);
  }
  const parts = ["--max-duration=600"];
  assert.deepEqual(nights, [parts, [archive(90)], parts, [archive(60)]]);
});

Deno.test("check() stops an archive that takes longer than the time, and says which key helps", async () => {
  const memory = memoryOf(90, 60);
  const borg = new BorgDouble();
  const keys = { repositoryEvery: "never" } as const;
  const progress = { type: "progress_percent", current: 20, total: 100, message: "Extracting" };
  const stopped = { kind: "stopped" } as const;
  const slow = { end: stopped, stderr: [JSON.stringify(progress)], duration: HOUR };
  const play = ({ args }: ProgramRequest) => args.at(-1)?.endsWith(archive(90)) ? slow : {};
  borg.set("borg extract", play);
  const { outcome, messages } = await night({ memory, borg, keys });
  assert.equal(outcome.state, "warning");
  assert.match(messages.join(), /^1 archive takes longer to read than a run may check, up to 5 h/);
  assert.match(outcome.problems[0]?.hint ?? "", /check\.max_duration = "1h" to "6h"/);
  const next = await night({ memory, borg, keys });
  assert.deepEqual(next.commands, [archive(60)], "the others do not wait for it");
});

Deno.test("check() tells of an archive that can't be read until it can be, or is gone", async () => {
  const memory = memoryOf(90, 60);
  const borg = new BorgDouble();
  const keys = { repositoryEvery: "never" } as const;
  const said = "Data integrity error: Segment entry checksum mismatch [segment 2, offset 9]";
  const broken = { code: 2, stderr: [logLine("ERROR", said, "IntegrityError")] };
  const play = ({ args }: ProgramRequest) => args.at(-1)?.endsWith(archive(90)) ? broken : {};
  borg.set("borg extract", play);
  const found = await night({ memory, borg, keys });
  assert.deepEqual(
    found.commands,
    [archive(90), archive(60)],
    "the other one is read all the same",
  );
  assert.equal(found.outcome.state, "failed");
  assert.match(found.messages.join(), /^the archive "web-\S+" can't be read: .*checksum mismatch/);
  const next = await night({ memory, borg, keys, now: NOW + DAY });
  assert.deepEqual(next.commands, [archive(90)], "it comes first");
  const left = [{ name: archive(60), id: "1", state: "present" as const }];
  memory.remember({
    seen: { id: "1", modifiedAt: 2, machine: "" },
    trusted: true,
    archives: left,
    alarms: [],
  });
  const later = await night({ memory, borg, keys, now: NOW + 20 * DAY });
  assert.equal(later.outcome.state, "ok");
});

Deno.test("check() reads others first when what it began last was killed", async () => {
  const memory = memoryOf(90, 60);
  const borg = new BorgDouble();
  const keys = { repositoryEvery: "never" } as const;
  borg.set("borg extract", () => {
    throw new Error("as if the run were killed here");
  });
  await assert.rejects(night({ memory, borg, keys }));
  borg.set("borg extract", {});
  const next = await night({ memory, borg, keys });
  assert.deepEqual(next.commands, [archive(60), archive(90)]);
});

Deno.test("check() of all data checks everything else as well", async () => {
  const memory = memoryOf(90, 60);
  const borg = new BorgDouble();
  const keys = { verifyDataEvery: 90 * DAY };
  const { commands, outcome } = await night({ memory, borg, keys, size: 9_000 * GIB });
  assert.deepEqual(commands, ["all data"]);
  assert.ok(outcome.checked?.allData);
  assert.equal(outcome.checked?.coverage?.unchecked, 0);
  const { completedAt, verifiedAt } = memory.checks().repository ?? firstChecks("", 0);
  assert.deepEqual([completedAt, verifiedAt], [NOW, NOW]);
});

Deno.test("check() warns when a check in parts never comes to its end", async () => {
  const memory = memoryOf();
  const borg = new BorgDouble();
  const keys = { repositoryEvery: 7 * DAY, maxDuration: 600_000 };
  borg.set("borg check", part(0, 2, { duration: 600_000 }));
  const early = await night({ memory, borg, keys });
  assert.equal(early.outcome.state, "ok");
  borg.set("borg check", part(20, 22, { duration: 600_000 }));
  const late = await night({ memory, borg, keys, now: NOW + 31 * DAY });
  assert.equal(late.outcome.state, "warning");
  assert.match(late.messages.join(), /^the whole repository has not been checked for 31 d: 22 %/);
  assert.match(late.outcome.problems[0]?.hint ?? "", /raise check\.max_duration = "10m"/);
});
