/**
 * The monitoring service that is told of the run can't be reached.
 *
 * @module
 */
import { repository } from "../../e2e/place.ts";
import type { Fault } from "../fault.ts";
import { fail, hurry, on } from "../seams.ts";

const CONFIG = {
  repositories: [repository("first")],
  ping: { url: "http://127.0.0.1:1/secret-of-the-ping" },
} as const;
const SECRET = /secret-of-the-ping/;
const GOOD = { repositories: CONFIG.repositories } as const;

export const faults: readonly Fault[] = [
  {
    name: "run says so, without the address, when its ping fails",
    config: CONFIG,
    inject: () => {
      hurry(20);
      const said = `error sending request for url (${CONFIG.ping.url}): Connection refused`;
      fail("fetch", /./, new TypeError(said));
    },
    repair: (scene) => scene.configure(GOOD),
    expected: {
      state: "warning",
      code: 1,
      says: [/Cannot notify "ping" \(Healthchecks\): the connection was refused/],
      never: [SECRET],
    },
    guard: {
      file: "lib/report/fetch_failure.ts",
      find: 'if (/refused/i.test(message)) return "the connection was refused";',
      replace: "if (/refused/i.test(message)) return message;",
    },
  },
  {
    name: "run does not wait for a service that accepts its ping and is silent",
    config: CONFIG,
    inject: () => {
      hurry(50);
      on("fetch", /./, ({ args: [, init] }) =>
        new Promise((_, reject) => {
          const signal = typeof init === "object" && init !== null && "signal" in init
            ? init.signal
            : undefined;
          if (!(signal instanceof AbortSignal)) return;
          signal.addEventListener("abort", () => reject(signal.reason));
        }));
    },
    repair: (scene) => scene.configure(GOOD),
    expected: {
      state: "warning",
      code: 1,
      says: [/Cannot notify "ping" \(Healthchecks\): it did not answer within/],
      never: [SECRET],
    },
    guard: {
      file: "lib/report/notify/channel_request.ts",
      find: "AbortSignal.any([AbortSignal.timeout(timeLimit), signal])",
      replace: "signal",
    },
  },
  {
    name: "run says so when the service of its ping is broken",
    config: CONFIG,
    inject: () => {
      hurry(20);
      on("fetch", /./, () => new Response("oh", { status: 503 }));
    },
    repair: (scene) => scene.configure(GOOD),
    expected: {
      state: "warning",
      code: 1,
      says: [/Cannot notify "ping" \(Healthchecks\): it answered 503/],
      never: [SECRET],
    },
    guard: {
      file: "lib/report/notify/channel_request.ts",
      find: "if (response.ok && serviceOf(channel.kind).isTaken(body)) return answer;",
      replace: "return answer;",
    },
  },
];
