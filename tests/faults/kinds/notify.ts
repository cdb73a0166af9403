/**
 * A channel can't be told of the run, or what is known of it can't be written down.
 *
 * @module
 */
import { repository } from "../../e2e/place.ts";
import type { Fault } from "../fault.ts";
import { fail, hurry, on } from "../seams.ts";

const SECRET = /secret-topic/;
const CHANNEL = { kind: "ntfy", url: "http://127.0.0.1:1/secret-topic", when: "always" } as const;
const CONFIG = { repositories: [repository("first")], notify: [CHANNEL] } as const;
const GOOD = { repositories: CONFIG.repositories } as const;

/** What the service got. */
const heard: string[] = [];

/** Lets the service take every message; each is a line on standard error. */
function takeAll(): void {
  on("fetch", /./, ({ args: [, init] }) => {
    const body = typeof init === "object" && init !== null && "body" in init ? init.body : "";
    heard.push(String(body));
    const line = `the service got ${heard.length}: ${JSON.parse(String(body)).title}\n`;
    Deno.stderr.writeSync(new TextEncoder().encode(line));
    return new Response(JSON.stringify({ id: "x" }));
  });
}

export const faults: readonly Fault[] = [
  {
    name: "run says in the words of the service why a message was refused",
    config: CONFIG,
    inject: () =>
      on("fetch", /./, () => new Response('{"error":"no secret-topic here"}', { status: 403 })),
    repair: (scene) => scene.configure(GOOD),
    expected: {
      state: "warning",
      code: 1,
      says: [
        /Cannot notify "ntfy" \(ntfy\): it answered 403 "no \*\*\* here"; 1 message is waiting/,
      ],
      never: [SECRET],
    },
    guard: {
      file: "lib/cli/run_notify.ts",
      find: "      problems.push(...found);\n",
      replace: "",
    },
  },
  {
    name: "run says so, without the address, when a channel breaks off",
    config: CONFIG,
    inject: () => {
      hurry(20);
      fail("fetch", /./, new TypeError(`broken ${CHANNEL.url} at once`));
    },
    repair: (scene) => scene.configure(GOOD),
    expected: {
      state: "warning",
      code: 1,
      says: [/Cannot notify "ntfy" \(ntfy\): the connection was lost/],
      never: [SECRET, /at once/],
    },
    guard: {
      file: "lib/report/fetch_failure.ts",
      find: 'return "the connection was lost";',
      replace: "return message;",
    },
  },
  {
    name: "run notifies a channel although it can't be remembered what it was told",
    config: CONFIG,
    prepare: async ({ place }) => {
      const told = JSON.stringify({ state: "failed", bad: ["run failed"], since: 1, at: 1 });
      await place.write("state/notify/ntfy/web.told.json", told);
    },
    inject: () => {
      takeAll();
      fail("write", /notify\/ntfy\/web\.told\.json\./, "ENOSPC");
    },
    repair: (scene) => scene.configure(GOOD),
    expected: {
      state: "warning",
      code: 1,
      tells: [/the service got 1: \[ok\] web on /],
      says: [/Cannot remember what "ntfy" was told: .*[Nn]o space left/],
    },
    guard: {
      file: "lib/report/told_memory.ts",
      find: "  } catch (error) {\n",
      replace: "  } catch (error) {\n    if (error !== null) throw error;\n",
    },
  },
  {
    name: "run notifies a channel although the message can't be written down",
    config: CONFIG,
    inject: () => {
      takeAll();
      fail("write", /notify\/ntfy\/web-.*\.json\./, "ENOSPC");
    },
    repair: (scene) => scene.configure(GOOD),
    expected: {
      state: "warning",
      code: 1,
      tells: [/the service got 1: \[ok\] web on /],
      says: [/Cannot write to the message spool .*[Nn]o space left/],
    },
    guard: {
      file: "lib/report/notify/channel_outbox.ts",
      find: "      const problem = warningOf(error);\n",
      replace: "      throw error;\n      const problem = warningOf(error);\n",
    },
  },
];
