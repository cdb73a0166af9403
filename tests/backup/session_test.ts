import assert from "node:assert/strict";
import type { RunEvent } from "../../lib/backup/events.ts";
import type { InterruptionWatch } from "../../lib/backup/interruption.ts";
import type { Plan } from "../../lib/backup/plan.ts";
import type { Problem, RunOutcome } from "../../lib/backup/outcome.ts";
import { holdLock } from "../../lib/backup/held_lock.ts";
import {
  type OnUncaught,
  type OutcomeSink,
  type RunReporters,
  runSession,
} from "../../lib/backup/session.ts";
import { AppError } from "../../lib/errors.ts";
import { LockHeldError } from "../../lib/state/run_lock.ts";
import { runWith } from "../report/outcomes.ts";
import { planWith } from "./plans.ts";

const WARNING: Problem = { severity: "warning", message: "the disk is full" };

/** A run with everybody who hears of it; each of them can be told to fail. */
class Scene implements Disposable {
  readonly told: string[] = [];
  readonly events: RunEvent[] = [];
  readonly states: Record<string, string> = {};
  /** What the last one was told about the report. */
  reported = false;
  readonly stateDir = Deno.makeTempDirSync({ prefix: "autoborg-session-" });
  uncaught: OnUncaught = () => assert.fail("nobody asked for uncaught errors");
  work: (watch: InterruptionWatch) => Promise<RunOutcome> = () => Promise.resolve(runWith());
  catching: Disposable = new DisposableStack();
  readonly fails: Partial<Record<string, () => readonly Problem[]>> = {};

  trace(name: string): OutcomeSink {
    return {
      name,
      write: (outcome, reported) => {
        this.told.push(name);
        this.reported = reported;
        const problems = this.fails[name]?.() ?? [];
        this.states[name] = outcome.state;
        return problems;
      },
    };
  }

  async run(): Promise<RunOutcome> {
    const traces: RunReporters = {
      emit: (event) => void this.events.push(event),
      closing: [this.trace("hook")],
      records: [this.trace("history"), this.trace("log")],
      reports: [this.trace("ping"), this.trace("mail")],
      flush: () => Promise.resolve(this.fails.flush?.() ?? []),
      close: () => Promise.resolve(this.fails.close?.() ?? []),
    };
    return await runSession({
      plan: this.plan(),
      catchUncaught: (handler) => {
        this.uncaught = handler;
        return this.catching;
      },
      onHangUp: () => {},
      openReporters: () => Promise.resolve(traces),
      work: (watch) => this.work(watch),
      grace: 1,
    });
  }

  plan(): Plan {
    return planWith({ stateDir: this.stateDir });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.stateDir, { recursive: true });
  }
}

Deno.test("runSession() asks everybody once, in a fixed order, when nothing goes wrong", async () => {
  using scene = new Scene();
  const outcome = await scene.run();
  assert.deepEqual(scene.told, ["hook", "history", "log", "ping", "mail", "history", "log"]);
  assert.equal(outcome.state, "ok");
  assert.deepEqual(scene.events.map(({ type }) => type), ["run-finished"]);
});

Deno.test("runSession() lets the records know of a failed hook from the beginning", async () => {
  using scene = new Scene();
  scene.fails.hook = () => [WARNING];
  await scene.run();
  assert.deepEqual(scene.told, ["hook", "history", "log", "ping", "mail", "history", "log"]);
  assert.deepEqual(scene.states, {
    hook: "ok",
    history: "warning",
    log: "warning",
    ping: "warning",
    mail: "warning",
  });
});

Deno.test("runSession() writes the records again before anybody is told when one can't be written", async () => {
  using scene = new Scene();
  scene.fails.log = () => [WARNING];
  const outcome = await scene.run();
  const told = ["hook", "history", "log", "history", "log", "ping", "mail", "history", "log"];
  assert.deepEqual(scene.told, told);
  assert.equal(scene.states.history, "warning");
  assert.equal(scene.states.mail, "warning");
  assert.deepEqual(outcome.problems, [WARNING]);
});

Deno.test("runSession() writes the records again when the mail fails", async () => {
  using scene = new Scene();
  scene.fails.mail = () => [WARNING];
  const outcome = await scene.run();
  const told = ["hook", "history", "log", "ping", "mail", "history", "log", "history", "log"];
  assert.deepEqual(scene.told, told);
  assert.equal(scene.states.history, "warning");
  assert.equal(outcome.state, "warning");
});

Deno.test("runSession() calls a run reported only once everybody was told", async () => {
  using scene = new Scene();
  const seen: boolean[] = [];
  for (const name of ["hook", "history", "mail"]) {
    scene.fails[name] = () => {
      seen.push(scene.reported);
      return [];
    };
  }
  await scene.run();
  assert.deepEqual(seen, [false, false, false, true]);
});

Deno.test("runSession() asks a trace that throws no more, and names it in the others", async () => {
  using scene = new Scene();
  scene.fails.history = () => {
    throw new AppError("no space left");
  };
  const outcome = await scene.run();
  assert.deepEqual(scene.told, ["hook", "history", "log", "log", "ping", "mail", "log"]);
  assert.deepEqual(outcome.problems, [
    { severity: "warning", message: "The history failed: no space left" },
  ]);
});

Deno.test("runSession() tells everybody of a mistake in a trace, with its place in the log alone", async () => {
  using scene = new Scene();
  scene.fails.ping = () => {
    throw new TypeError("undefined is no function");
  };
  const outcome = await scene.run();
  assert.equal(outcome.state, "failed");
  const [problem] = outcome.problems;
  assert.equal(problem?.internal, true);
  assert.equal(problem?.message, "The ping failed: Internal error: undefined is no function");
  const [note] = scene.events;
  assert.ok(note?.type === "note" && /session_test\.ts:\d+/.test(note.text));
});

Deno.test("runSession() makes an outcome of what the work throws", async () => {
  using scene = new Scene();
  scene.work = () => Promise.reject(new AppError("the sky fell", { hint: "Look up" }));
  const outcome = await scene.run();
  assert.deepEqual(outcome.problems, [
    { severity: "error", message: "the sky fell", hint: "Look up" },
  ]);
  assert.deepEqual(scene.told, ["hook", "history", "log", "ping", "mail", "history", "log"]);
});

Deno.test("runSession() stops the run after an error that nothing caught, and reports it", async () => {
  using scene = new Scene();
  scene.work = () => {
    scene.uncaught(new TypeError("nobody caught me"));
    return Promise.resolve(runWith());
  };
  const outcome = await scene.run();
  assert.equal(outcome.state, "failed");
  assert.equal(outcome.problems[0]?.message, "Internal error: nobody caught me");
  assert.equal(scene.states.mail, "failed");
});

Deno.test("runSession() records an error that nothing caught while people are told", async () => {
  using scene = new Scene();
  scene.fails.mail = () => {
    scene.uncaught(new TypeError("too late"));
    return [];
  };
  const outcome = await scene.run();
  assert.equal(scene.states.history, "failed");
  assert.equal(outcome.problems[0]?.internal, true);
});

Deno.test("runSession() records what went wrong when the reporters ended their work", async () => {
  using scene = new Scene();
  scene.fails.close = () => [WARNING];
  const outcome = await scene.run();
  assert.equal(outcome.state, "warning");
  assert.equal(scene.states.history, "warning");
});

Deno.test("runSession() holds the lock during the work, and releases it", async () => {
  using scene = new Scene();
  scene.work = async () => {
    await assert.rejects(holdLock(scene.plan()), LockHeldError);
    return runWith();
  };
  await scene.run();
  using _free = await holdLock(scene.plan());
});

Deno.test("runSession() throws before anything is done when another run holds the lock", async () => {
  using scene = new Scene();
  using _lock = await holdLock(scene.plan());
  await assert.rejects(scene.run(), LockHeldError);
  assert.deepEqual(scene.told, []);
});

Deno.test("runSession() says which signal ended a run that threw", async () => {
  using scene = new Scene();
  scene.work = (watch) => {
    watch.interrupt({ kind: "signal", signal: "SIGTERM" });
    return Promise.reject(new AppError("stopped"));
  };
  const outcome = await scene.run();
  assert.equal(outcome.state, "failed");
  assert.equal(outcome.interruptedBy, "SIGTERM");
});

Deno.test("runSession() reports a run that does not end after an internal error", async () => {
  using scene = new Scene();
  scene.work = () => {
    scene.uncaught(new TypeError("nobody caught me"));
    return new Promise<RunOutcome>(() => {});
  };
  const outcome = await scene.run();
  assert.match(outcome.problems[0]?.message ?? "", /^The run did not end after an internal error/);
  assert.equal(outcome.interruptedBy, undefined);
  assert.equal(scene.states.mail, "failed");
});

Deno.test("runSession() asks for no uncaught errors any more when it is over", async () => {
  using scene = new Scene();
  let caught = true;
  scene.catching = { [Symbol.dispose]: () => void (caught = false) };
  await scene.run();
  assert.equal(caught, false);
});

Deno.test("runSession() makes a problem of what the reporters throw at their end", async () => {
  using scene = new Scene();
  scene.fails.flush = () => {
    throw new AppError("the terminal is gone");
  };
  const outcome = await scene.run();
  assert.equal(outcome.problems[0]?.message, "the terminal is gone");
  assert.equal(scene.states.history, outcome.state);
});

Deno.test("runSession() names a state directory that was removed during the run", async () => {
  using scene = new Scene();
  scene.work = () => {
    Deno.removeSync(scene.stateDir, { recursive: true });
    Deno.mkdirSync(scene.stateDir, { mode: 0o700 });
    return Promise.resolve(runWith());
  };
  const outcome = await scene.run();
  assert.equal(outcome.state, "failed");
  assert.match(outcome.problems[0]?.message ?? "", /^The state directory was removed or replaced/);
});
