/**
 * autoborg itself has a bug: something throws where nobody catches.
 *
 * @module
 */
import { repository } from "../../e2e/place.ts";
import type { Fault } from "../fault.ts";
import { at, fail, on, rejectUnhandled, throwUncaught, WAIT } from "../seams.ts";

const ONE = { repositories: [repository("first")] } as const;
const BUG = "the bug of the test";
/** The stack stands in the log alone. */
const FAILED = {
  state: "failed",
  code: 70,
  says: [/internal error/i],
  logs: [/Internal error: .*the bug of the test/],
} as const;

export const faults: readonly Fault[] = [
  {
    name: "run ends with 70 when something throws while Borg is running",
    config: ONE,
    prepare: (scene) => scene.borgDoes("create", ...WAIT),
    inject: () => at("spawn", /^borg create/, () => throwUncaught(BUG)),
    repair: (scene) => scene.borgIsGood(),
    expected: FAILED,
    guard: {
      file: "lib/backup/session.ts",
      find: "uncaught.problems.push(internalProblem(error, uncaught.emit));",
      replace: "",
    },
  },
  {
    name: "run ends with 70 when a rejected promise is forgotten during the check",
    config: ONE,
    inject: () => at("spawn", /^borg check/, () => rejectUnhandled(BUG)),
    expected: FAILED,
    guard: {
      file: "main.ts",
      find: 'addEventListener("unhandledrejection", (event) => onUncaught(event, event.reason));',
      replace: "",
    },
  },
  {
    name: "run ends with 70 when something throws before the first program is started",
    config: ONE,
    inject: () => at("readDir", /\/temp$/, () => throwUncaught(BUG)),
    expected: { ...FAILED, never: [/\$ borg create/] },
    guard: {
      file: "lib/backup/session.ts",
      find: 'watch.interrupt({ kind: "internal-error" });',
      replace: "",
    },
  },
  {
    name: "run ends with 70 when something throws while the report is written down",
    config: ONE,
    inject: () => at("open", /\/mail\/.*\.eml/, () => throwUncaught(BUG)),
    // It was written before.
    expected: { ...FAILED, reported: "ok", says: [] },
    // Asked after each trace, and once more when the last one is closed.
    guard: [{
      file: "lib/backup/session.ts",
      find: "[...found, ...this.#uncaught.problems]",
      replace: "found",
    }, {
      file: "lib/backup/session.ts",
      find: "[...await last(), ...this.#uncaught.problems]",
      replace: "await last()",
    }],
  },
  {
    name: "run ends with 70 when a number of the run can't be drawn",
    config: ONE,
    inject: () => fail("random", /^/, new Error(BUG), { times: 1 }),
    expected: { without: "refused", state: "failed", code: 70, says: [/the bug of the test/] },
    guard: {
      file: "lib/cli/describe_error.ts",
      find: "isInternalError(thrown) ? ExitCode.internal : ExitCode.failed",
      replace: "ExitCode.failed",
    },
  },
  {
    name: "run ends with 70 when it can't listen for signals",
    config: ONE,
    inject: () => fail("signal", /SIGTERM/, new Error(BUG), { times: 1 }),
    expected: { without: "refused", state: "failed", code: 70, says: [/the bug of the test/] },
    guard: {
      file: "lib/cli/refused_run.ts",
      find:
        "await mailRefusal(context, { mail, name, archive, stateDir: paths.stateDir, mask }, error);",
      replace: "",
    },
  },
  {
    name: "run ends with 70 when what is thrown is no error at all",
    config: ONE,
    inject: () =>
      on("spawn", /^borg create/, ({ proceed }) => {
        queueMicrotask(() => {
          throw null;
        });
        return proceed();
      }),
    expected: { state: "failed", code: 70, says: [/internal error/i] },
    guard: { file: "main.ts", find: "event.preventDefault();", replace: "" },
  },
];
