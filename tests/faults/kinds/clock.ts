/**
 * The clock is wrong, or somebody sets it in the middle of a run.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { repository } from "../../e2e/place.ts";
import type { Fault } from "../fault.ts";
import { adjustableClock, at, hurry, WAIT } from "../seams.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const faults: readonly Fault[] = [
  {
    name: "run ends at its time limit although the clock is set back by an hour",
    config: { run: { timeout: "10s" }, repositories: [repository("first")] },
    prepare: (scene) => scene.borgDoes("create", ...WAIT),
    inject: () => {
      hurry(10);
      const clock = adjustableClock();
      at("spawn", /^borg create/, () => clock.step(-HOUR));
    },
    repair: (scene) => scene.borgIsGood(),
    expected: { state: "failed", code: 2, says: [/stopped after 10 s, the limit of run\.timeout/] },
    guard: {
      file: "lib/async/deadline.ts",
      find: "clock: MonotonicClock = performance,",
      replace: "clock: MonotonicClock = Date,",
    },
  },
  {
    name: "run tells of no negative time when the clock is set back by a day",
    config: { repositories: [repository("first")] },
    inject: () => {
      const clock = adjustableClock();
      at("spawn", /^borg create/, () => clock.step(-DAY));
    },
    expected: {
      state: "warning",
      code: 1,
      says: [/The clock was set back by 1 d during the run/],
      never: [/after -|[^\w]-\d+(\.\d)?s/],
    },
    guard: [
      { file: "lib/backup/run_clock.ts", find: "Math.max(0, step())", replace: "step()" },
      { file: "lib/text/units.ts", find: "Math.max(0, duration)", replace: "duration" },
    ],
  },
  {
    name: "run checks when the last complete check lies in the future",
    config: { check: { repository_every: "30d" }, repositories: [repository("first")] },
    prepare: async (scene) => {
      await scene.place.expect(0, "run");
      const history = new DatabaseSync(scene.place.at("state/history.db"));
      history.exec(`UPDATE check_repositories SET completed_at = completed_at + ${10 * DAY}`);
      history.close();
    },
    expected: { state: "ok", code: 0, logs: [/check: ok after/] },
    guard: {
      file: "lib/state/check_coverage.ts",
      find: "if (since === null || since > now) return true",
      replace: "if (since === null) return true",
    },
  },
  {
    name: "run keeps its own log when older ones bear dates in the future",
    config: { logs: { directory: "logs", keep: 2 }, repositories: [repository("first")] },
    prepare: async (scene) => {
      for (const day of [1, 2, 3]) {
        await scene.place.write(`logs/web-2036-01-0${day}T00:00:00Z-0123abcd.log`, "");
      }
    },
    expected: { state: "ok", code: 0 },
    guard: {
      file: "lib/report/log/log_retention.ts",
      find:
        "  ours.sort((a, b) => a.group - b.group || a.place - b.place || (a.name < b.name ? 1 : -1));\n  return ours.slice(keep).map(({ name }) => name).filter((name) => name !== order?.running);",
      replace:
        "  ours.sort((a, b) => a.name < b.name ? 1 : -1);\n  return ours.slice(keep).map(({ name }) => name);",
    },
  },
  {
    name: "run is told as the last one when the clock was years ahead in the run before",
    config: { repositories: [repository("first")] },
    prepare: async (scene) => {
      await scene.place.expect(0, "run");
      const history = new DatabaseSync(scene.place.at("state/history.db"));
      history.exec(`UPDATE runs SET started_at = started_at + ${3650 * DAY}`);
      history.exec(`UPDATE runs SET finished_at = finished_at + ${3650 * DAY}`);
      history.close();
      await scene.borgDoes("create", "exit 2");
    },
    repair: (scene) => scene.borgIsGood(),
    expected: { state: "failed", code: 2 },
    guard: {
      file: "lib/state/history_queries.ts",
      find: "FROM runs NOT INDEXED WHERE name = ? ${only} ORDER BY rowid DESC",
      replace: "FROM runs NOT INDEXED WHERE name = ? ${only} ORDER BY started_at DESC",
    },
  },
];
