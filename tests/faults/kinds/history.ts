/**
 * The history can't be written.
 *
 * @module
 */
import type { Fault } from "../fault.ts";
import { fail } from "../seams.ts";

/** What SQLite says. */
const full = new Error("database or disk is full");
const NO_HISTORY = { state: "warning", code: 1, unwritten: ["history"] } as const;

/** Its start stands in the history, and no end: the next run takes it for dead. */
const UNREPORTED = { next: 1, nextSays: [/run of .* ended without a report/i] } as const;

/** The archive of a run that is in no history: somebody has to accept it. */
const UNKNOWN_MAKER = {
  next: 1,
  nextSays: [/1 archive was not created by this machine/],
} as const;

export const faults: readonly Fault[] = [
  {
    name: "run says so when its row can't be written",
    inject: () => fail("sql", /^INSERT INTO steps/, full, { times: 1 }),
    expected: { ...NO_HISTORY, named: /history.*disk is full/, ...UNREPORTED },
    guard: {
      file: "lib/report/history/run_history.ts",
      find: "this.#problems.push({ ...problem, message: `${problem.message}${lost}` });",
      replace: "",
    },
  },
  {
    name: "run gives the first reason when its row can't be rolled back either",
    inject: () => {
      // The first one makes the tables, the second one records the start.
      fail("sql", /^COMMIT/, full, { from: 3, times: 1 });
      fail("sql", /^ROLLBACK/, new Error("cannot rollback - no transaction is active"));
    },
    expected: { ...NO_HISTORY, named: /history.*disk is full/, ...UNREPORTED },
    guard: {
      file: "lib/state/history_schema.ts",
      find:
        '    try {\n      database.exec("ROLLBACK");\n    } catch {\n      // The error that led here is the one to tell.\n    }',
      replace: '    database.exec("ROLLBACK");',
    },
  },
  {
    name: "run goes on without a history when it can't be opened",
    inject: () =>
      fail("sql", /^PRAGMA busy_timeout/, new Error("unable to open database file"), { times: 1 }),
    expected: {
      ...NO_HISTORY,
      named: /Cannot open the history .*unable to open/,
      ...UNKNOWN_MAKER,
    },
    guard: {
      file: "lib/report/history/run_history.ts",
      find: "      this.#problems.push(warningOf(error));\n",
      replace: "",
    },
  },
  {
    name: "run moves a history aside whose pages are damaged, and starts a new one",
    prepare: async (scene) => {
      await scene.place.expect(0, "run");
      const path = scene.place.at("state/history.db");
      const bytes = await Deno.readFile(path);
      await Deno.writeFile(path, bytes.fill(0x5a, 4_096));
    },
    expected: {
      state: "warning",
      code: 1,
      says: [/history .* was damaged; it is moved aside/],
      ...UNKNOWN_MAKER,
    },
    guard: {
      file: "lib/state/history_opening.ts",
      find: "if (onDamage === undefined || !isDamage(error)) throw",
      replace: "throw",
    },
  },
  {
    name: "run says that its history is gone when the file is empty",
    prepare: async (scene) => {
      await scene.place.expect(0, "run");
      await scene.place.write("state/history.db", "");
    },
    expected: { state: "warning", code: 1, says: [/history .*(empty|damaged)/], ...UNKNOWN_MAKER },
    guard: {
      file: "lib/state/history_opening.ts",
      find: 'if (info.size === 0) throw new DamageError("was emptied");',
      replace: "",
    },
  },
];
