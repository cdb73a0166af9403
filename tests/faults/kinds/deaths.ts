/**
 * The program is killed, or the power fails: it can't say a word, so the next run does.
 *
 * @module
 */
import { repository } from "../../e2e/place.ts";
import type { Fault } from "../fault.ts";
import { at, WAIT } from "../seams.ts";

const ONE = { repositories: [repository("first")] } as const;
const DEAD = {
  without: "dead",
  state: "failed",
  code: 137,
  next: 1,
  nextSays: [/run of .* ended without a report/i],
} as const;

function mailTo(port: number) {
  const address = { from_address: "backup@example.org", recipients: ["root@example.org"] };
  return { server: "127.0.0.1", port, security: "none", ...address };
}

/** Stops for ever, so that whoever drives the test can kill it at this very moment. */
function standStill(): void {
  const config = Deno.args.find((arg) => arg.startsWith("--config=")) ?? "";
  Deno.openSync(config.replace("--config=", "").replace(/config\.toml$/, "waits"), {
    write: true,
    create: true,
  }).close();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const killed: Pick<Fault, "during"> = {
  during: async (scene, running) => {
    await scene.borgWaits();
    running.kill("SIGKILL");
    await scene.letBorgGo();
  },
};

export const faults: readonly Fault[] = [
  {
    name: "run reports the run before it that was killed while Borg was running",
    config: ONE,
    prepare: (scene) => scene.borgDoes("create", ...WAIT),
    ...killed,
    repair: (scene) => scene.borgIsGood(),
    expected: DEAD,
    guard: {
      file: "lib/report/history/run_history.ts",
      find: "const dead = history.dead(name, id);",
      replace: "const dead: RunRow[] = [];",
    },
  },
  {
    name: "run tells of the run before it that was killed before its first step",
    config: ONE,
    inject: () => at("readDir", /\/temp$/, standStill),
    ...killed,
    expected: DEAD,
    guard: {
      file: "lib/report/history/run_history.ts",
      find: 'ending: "running" } as const;',
      replace: 'ending: "reported" } as const;',
    },
  },
  {
    name: "run removes the half of a report that a power cut left",
    config: ONE,
    prepare: async ({ place }) => {
      await place.write("state/mail/web-2026-01-01T00:00:00Z-0123abcd.eml.0123abcd.new", "Subj");
    },
    repair: (scene) => scene.letHoursPass(),
    expected: { state: "ok", code: 0 },
    guard: {
      file: "lib/state/spool.ts",
      find: "removeAbandoned(this.directory, (other) => this.#timeOf(other) !== undefined);",
      replace: "",
    },
  },
  {
    name: "run sends the report of the run before it that was killed while it was mailed",
    config: ONE,
    prepare: async (scene) => {
      const server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      scene.defer(() => server.close());
      // It accepts and is silent.
      server.accept().then((connection) => {
        scene.defer(() => connection.close());
        return scene.place.write("waits", "");
      }, () => {});
      await scene.configure({ ...ONE, mail: mailTo(server.addr.port) });
    },
    during: async (scene, running) => {
      await scene.borgWaits();
      running.kill("SIGKILL");
    },
    more: ({ place }) => {
      const waits = [...Deno.readDirSync(place.at("state/mail"))]
        .some(({ name }) => name.startsWith("web-") && name.endsWith(".eml"));
      if (!waits) throw new Error("expected a report that waits, found none");
    },
    repair: (scene) => scene.configure(ONE),
    expected: DEAD,
    guard: {
      file: "lib/report/mail/outbox.ts",
      find:
        "await this.#trySpool(async () => own.spooled = spool?.add(report.run, await own.read()));",
      replace: "",
    },
  },
];
