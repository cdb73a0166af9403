import assert from "node:assert/strict";
import type { RunEvent } from "../../lib/backup/events.ts";
import { SnapshotHold, withRetries } from "../../lib/backup/retry.ts";
import type { StepResult } from "../../lib/backup/steps/borg_step.ts";
import type { BorgFailure } from "../../lib/borg/failure_kinds.ts";
import { waitText } from "../../lib/report/describe.ts";

const MINUTE = 60_000;

/** Time that goes on only when something waits or works. */
class Time {
  now = 0;
  readonly waits: number[] = [];
  outside = 0;
  readonly #whileWaiting: () => void;

  constructor(whileWaiting: () => void = () => {}) {
    this.#whileWaiting = whileWaiting;
  }

  waiting(more: { readonly random?: number; readonly end?: number } = {}) {
    return {
      now: () => this.now,
      wait: (time: number) => {
        this.waits.push(time);
        this.now += time;
        this.#whileWaiting();
        return Promise.resolve();
      },
      random: () => more.random ?? 0.5,
      outside: <T>(wait: () => Promise<T>) => {
        this.outside += 1;
        return wait();
      },
      end: more.end ?? Infinity,
    };
  }
}

const REFUSED: BorgFailure = { kind: "unreachable", message: "Connection refused" };
const WRONG: BorgFailure = { kind: "other", message: "wrong passphrase" };

function result(failure?: BorgFailure): StepResult {
  const step = "create" as const;
  if (failure === undefined) return { outcome: { step, state: "ok", problems: [], duration: 1 } };
  const problems = [{ severity: "error", message: failure.message }] as const;
  return { outcome: { step, state: "failed", problems, duration: 1 }, failure };
}

/** Tries a step whose attempts end one after the other as told. */
async function tried(
  ends: readonly (BorgFailure | undefined)[],
  { time = new Time(), waits = [MINUTE, 5 * MINUTE], hold, signal, random, end, work = 0 }: {
    readonly time?: Time;
    readonly waits?: readonly number[];
    readonly hold?: SnapshotHold;
    readonly signal?: AbortSignal;
    readonly random?: number;
    readonly end?: number;
    readonly work?: number;
  } = {},
) {
  const events: RunEvent[] = [];
  const attempts: string[] = [];
  const step = {
    repository: "disk",
    step: "create",
    policy: { waits, hold: 0 },
    signal: signal ?? new AbortController().signal,
    emit: (event: RunEvent) => void events.push(event),
    ...(hold === undefined ? {} : { hold }),
  } as const;
  const chance = random === undefined ? {} : { random };
  const waiting = time.waiting({ ...chance, ...(end === undefined ? {} : { end }) });
  const { outcome, stopped } = await withRetries(step, waiting, ({ number, isLast }) => {
    attempts.push(`${number}${isLast ? " last" : ""}`);
    time.now += work;
    return Promise.resolve(result(ends[number - 1]));
  });
  assert.ok(outcome.state !== "skipped");
  return { outcome, stopped, events, attempts, time };
}

Deno.test("withRetries() tries again after each wait, and says how often and why", async () => {
  const { outcome, attempts, time, events } = await tried([REFUSED, REFUSED, undefined]);
  assert.deepEqual(attempts, ["1", "2", "3 last"]);
  assert.deepEqual(time.waits, [MINUTE, 5 * MINUTE]);
  assert.equal(time.outside, 2, "others have the place meanwhile");
  assert.equal(outcome.state, "ok");
  assert.deepEqual(outcome.retried, { attempts: 3, reason: "Connection refused" });
  assert.equal(outcome.duration, 6 * MINUTE, "waits included");
  assert.deepEqual(events.map((event) => event.type === "retry-waiting" ? waitText(event) : "-"), [
    "waiting 1 min before the 2nd attempt: Connection refused",
    "-",
    "waiting 5 min before the 3rd attempt: Connection refused",
    "-",
  ]);
});

Deno.test("withRetries() says nothing of attempts when the first one succeeds", async () => {
  const { outcome, events } = await tried([undefined]);
  assert.equal(outcome.retried, undefined);
  assert.deepEqual(events, []);
});

Deno.test("withRetries() tries once when what failed does not pass, or nothing is to be tried", async () => {
  assert.deepEqual((await tried([WRONG])).attempts, ["1"]);
  assert.deepEqual((await tried([REFUSED, WRONG, undefined])).attempts, ["1", "2"]);
  const never = await tried([REFUSED], { waits: [] });
  assert.deepEqual(never.attempts, ["1 last"]);
  assert.deepEqual(never.outcome.problems, [{ severity: "error", message: "Connection refused" }]);
});

Deno.test("withRetries() fails after the last wait, with the last failure", async () => {
  const locked: BorgFailure = { kind: "locked", message: "locked" };
  const { outcome } = await tried([REFUSED, REFUSED, locked]);
  assert.equal(outcome.state, "failed");
  assert.equal(outcome.problems[0]?.message, "locked");
  assert.deepEqual(outcome.retried, { attempts: 3, reason: "Connection refused" });
});

Deno.test("withRetries() varies each wait by up to a quarter", async () => {
  for (const [random, wait] of [[0, 45_000], [0.5, 60_000], [1, 75_000]] as const) {
    assert.deepEqual((await tried([REFUSED, undefined], { random })).time.waits, [wait]);
  }
});

Deno.test("withRetries() begins no wait that would outlast run.timeout", async () => {
  const { attempts, events } = await tried([REFUSED, REFUSED], { end: 3 * MINUTE });
  assert.deepEqual(attempts, ["1", "2 last"]);
  const [note] = events.slice(-1);
  assert.ok(note?.type === "note");
  assert.match(note.text, /not tried again: .* run\.timeout/);
  // The attempt itself may have taken the time.
  const slow = await tried([REFUSED], { end: 3 * MINUTE, work: 2.5 * MINUTE });
  assert.deepEqual(slow.attempts, ["1"]);
});

Deno.test("withRetries() lets snapshots wait no longer than retry.hold after the first failure", async () => {
  const hold = new SnapshotHold(5 * MINUTE);
  const { attempts } = await tried([REFUSED, REFUSED, REFUSED], { hold, work: 100 * MINUTE });
  assert.deepEqual(attempts, ["1", "2 last"], "a long first attempt does not count");
  // The next step of the same repository has what is left.
  const time = new Time();
  time.now = 104.5 * MINUTE;
  assert.deepEqual((await tried([REFUSED], { hold, time })).attempts, ["1 last"]);
});

Deno.test("withRetries() ends at once when the run is stopped while it waits", async () => {
  const controller = new AbortController();
  const time = new Time(() => controller.abort({ kind: "signal", signal: "SIGTERM" }));
  const { outcome, stopped, attempts } = await tried([REFUSED, undefined], {
    time,
    signal: controller.signal,
  });
  assert.deepEqual(attempts, ["1"]);
  assert.equal(stopped, true);
  assert.deepEqual(outcome.problems.map(({ message }) => message), [
    "Connection refused",
    "interrupted by SIGTERM while waiting for the 2nd attempt",
  ]);
});
