/**
 * The report can't be sent, or can't be kept.
 *
 * @module
 */
import { repository, type Table } from "../../e2e/place.ts";
import type { Fault } from "../fault.ts";
import { fail, hurry } from "../seams.ts";

/** A server that is not there: nothing listens on port 1. */
const NO_SERVER: Table = {
  server: "127.0.0.1",
  port: 1,
  security: "none",
  from_address: "backup@example.org",
  recipients: ["root@example.org"],
};
const ONE = { repositories: [repository("first")] } as const;

export const faults: readonly Fault[] = [
  {
    name: "run keeps its report when no mail server is there, and the next run sends it",
    config: { ...ONE, mail: NO_SERVER },
    inject: () => hurry(50, "mail"),
    repair: (scene) => scene.configure(ONE),
    expected: {
      state: "warning",
      code: 1,
      tells: [/1 report is waiting/],
      logs: [/1 report is waiting/],
    },
    guard: {
      file: "lib/report/mail/outbox.ts",
      find: "if (spool === undefined || !sendWaiting) return;",
      replace: "return;",
    },
  },
  {
    name: "run sends its report all the same when it can't be written down before",
    config: ONE,
    inject: () => fail("open", /\/mail\/.*\.eml/, "ENOSPC"),
    expected: {
      state: "warning",
      reported: "ok",
      code: 1,
      logs: [/Cannot write to the mail spool/],
    },
    guard: {
      file: "lib/report/mail/outbox.ts",
      find: "if (!this.#isSpoolBroken) this.#problems.push(warningOf(error));",
      replace: "throw error;",
    },
  },
  {
    name: "run says that its report is lost when it can be neither sent nor kept",
    config: { ...ONE, mail: NO_SERVER },
    inject: () => {
      hurry(50, "mail");
      fail("open", /\/mail\/.*\.eml/, "EROFS");
    },
    repair: (scene) => scene.configure(ONE),
    expected: {
      state: "warning",
      code: 1,
      unwritten: ["report"],
      named: /1 report is lost/,
      tells: [/1 report is lost/],
    },
    guard: {
      file: "lib/report/mail/outbox.ts",
      find: '...(lost === 0 ? [] : [`${counted(lost, "report is", "reports are")} lost`]),',
      replace: "",
    },
  },
  {
    name: "run sends its report again when the server says that it is busy at first",
    config: ONE,
    prepare: (scene) => scene.mailsAreBusy(1),
    inject: () => hurry(50, "mail"),
    expected: { state: "ok", code: 0 },
    guard: {
      file: "lib/report/mail/outbox.ts",
      find: "for (const [index, pause] of [0, ...pauses].entries()) {",
      replace: "for (const [index, pause] of [0].entries()) {",
    },
  },
];
