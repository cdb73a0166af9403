/**
 * The real Borg and its repository: full, locked, damaged, gone, killed.
 *
 * @module
 */
import { flipBit, largestSegment } from "../../e2e/damage.ts";
import { exists, passphraseOf, repository, type Table } from "../../e2e/place.ts";
import { processesWith, type Running } from "../../e2e/program.ts";
import { SshServer } from "../../e2e/sshd.ts";
import type { Fault } from "../fault.ts";
import { root, sshd, terminal } from "../needs.ts";
import type { Scene } from "../scene.ts";
import { at } from "../seams.ts";

const ONE = { repositories: [repository("first")], check: { enabled: false } } as const;
/** What can't be compressed takes this so long that everything comes in the middle of it. */
const SLOW = {
  repositories: [repository("first", { compression: "lzma,9" })],
  check: { enabled: false },
} as const;

/** The repository is on a file system of its own. */
const ON_DISK = { ...ONE, repositories: [repository("first", { url: "disk/first.borg" })] };

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let begin = 0; begin < length; begin += 65_536) {
    crypto.getRandomValues(bytes.subarray(begin, begin + 65_536));
  }
  return bytes;
}

async function muchToRead(scene: Scene): Promise<void> {
  for (let part = 0; part < 8; part += 1) {
    await scene.place.write(`source/${part}.bin`, randomBytes(1_048_576));
  }
}

/** Where the server is, and the repository on it. */
async function servedBy({ place }: Scene): Promise<readonly [string, Table]> {
  return JSON.parse(await Deno.readTextFile(place.at("served")));
}

/** The archive is half made. */
async function inMidCreate(running: Running): Promise<void> {
  await running.prints(/"originalBytes":[1-9]\d{5}/);
}

const slow: Pick<Fault, "borg" | "config" | "prepare" | "start" | "repair"> = {
  borg: "real",
  config: SLOW,
  prepare: muchToRead,
  start: (scene) => scene.start("--progress=json"),
  repair: (scene) => scene.configure(ONE),
};

export const faults: readonly Fault[] = [
  {
    ...slow,
    name: "run makes Borg write a checkpoint at SIGTERM, and the next run continues from it",
    during: async (_scene, running) => {
      await inMidCreate(running);
      running.kill("SIGTERM");
    },
    expected: { state: "failed", code: 143, says: [/interrupted by SIGTERM/] },
    guard: {
      file: "lib/borg/run_borg.ts",
      find: "stop: () => startup.isOver ? request.stop ?? STOP_BORG : STOP_POLITELY,",
      replace: 'stop: [{ signal: "SIGKILL", timeout: 5_000 }],',
    },
    more: async ({ place }) => {
      const names = (await place.borg(
        "first",
        "list",
        "--short",
        "--consider-checkpoints",
        place.at("first.borg"),
      )).trim();
      if (!names.includes(".checkpoint")) {
        throw new Error(`expected a checkpoint, found "${names}"`);
      }
    },
  },
  {
    ...slow,
    name: "run says that the connection was closed when the server dies in mid-archive",
    impossible: sshd,
    config: ONE,
    prepare: async (scene) => {
      await muchToRead(scene);
      const directory = await Deno.makeTempDir({ prefix: "autoborg-faults-server-" });
      scene.defer(() => Deno.remove(directory, { recursive: true }));
      const server = await SshServer.start(directory);
      scene.defer(() => server[Symbol.asyncDispose]());
      const there = repository("first", server.repository("first"));
      await scene.place.write("served", JSON.stringify([directory, there]));
      await scene.configure({ ...ONE, repositories: [{ ...there, compression: "lzma,9" }] });
      await scene.place.expect(0, "init");
    },
    during: async (scene, running) => {
      await inMidCreate(running);
      const [directory] = await servedBy(scene);
      const served = processesWith(`serve\0--restrict-to-path\0${directory}`);
      if (served.length === 0) throw new Error("expected a Borg on the server, found none");
      for (const { pid } of served) Deno.kill(pid, "SIGKILL");
    },
    repair: async (scene) => {
      const [, there] = await servedBy(scene);
      await scene.configure({ ...ONE, repositories: [there] });
    },
    expected: {
      state: "failed",
      code: 2,
      says: [/the connection to the server was lost while Borg was running/],
      // The Borg of the server warns of the lock that it could not give back.
      next: 1,
      nextSays: [/Killed stale lock/],
    },
    // Which of them Borg meets is chance: it may be reading or writing.
    guard: [
      {
        file: "lib/borg/known_failures.ts",
        find: '"ConnectionClosed": closed,',
        replace: "",
      },
      {
        file: "lib/borg/known_failures.ts",
        find: '"ConnectionClosedWithHint": closed,',
        replace: "",
      },
      {
        file: "lib/borg/failure.ts",
        find: "if (isBrokenPipe(everything)) return connectionClosed(repository, words);",
        replace: "",
      },
    ],
  },
  {
    ...slow,
    name: "run fails for one repository alone when the real Borg is killed in mid-archive",
    config: { ...SLOW, repositories: [...SLOW.repositories, repository("second")] },
    during: async (scene, running) => {
      await running.prints(/"repository":"first".*"originalBytes":[1-9]\d{5}/);
      const [victim] = processesWith(scene.place.at("first.borg::"));
      if (victim === undefined) throw new Error("expected a Borg at work, found none");
      Deno.kill(victim.pid, "SIGKILL");
    },
    repair: () => {},
    expected: {
      state: "failed",
      code: 2,
      says: [/Borg was killed by SIGKILL/, /second ok/],
      // Borg itself warns of the lock that it could not give back.
      next: 1,
      nextSays: [/Killed stale lock/],
    },
    guard: {
      file: "lib/borg/run_borg.ts",
      find: "other(`Borg was killed by ${end.signal}`",
      replace: 'other("Borg ended"',
    },
  },
  {
    ...slow,
    name: "run leaves a Borg that ends by itself, and a lock that opens, when it is killed",
    during: async (scene, running) => {
      await inMidCreate(running);
      running.kill("SIGKILL");
      const isAlone = () => processesWith(scene.place.at("first.borg::")).length === 0;
      await scene.waitFor("Borg to end by itself", isAlone);
    },
    expected: {
      without: "dead",
      state: "failed",
      code: 137,
      next: 1,
      nextSays: [/run of .* ended without a report/i],
    },
    more: async ({ place }) => {
      const names = (await place.borg("first", "list", "--short", place.at("first.borg"))).trim();
      if (names !== "") throw new Error(`expected no archive, found "${names}"`);
    },
    // It ends when it writes into the pipe that has broken: the list of files does so, too.
    guard: [
      {
        file: "lib/borg/commands.ts",
        find: 'const REPORTING = ["--log-json", "--progress"] as const;',
        replace: 'const REPORTING = ["--log-json"] as const;',
      },
      {
        file: "lib/borg/commands.ts",
        find: '"--json", "--list", filter',
        replace: '"--json"',
      },
    ],
  },
  {
    ...slow,
    // The faults of the kind "terminal" are errors of a call; here the kernel sends SIGHUP as well.
    name: "run continues to the end when its real terminal is closed in mid-archive",
    impossible: terminal,
    start: (scene) => {
      const words = scene.command("--progress=bar")
        .map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
      // The shell outlives the terminal, to tell how it ended.
      const line = `trap : HUP; ${words}; echo $? > ${scene.place.at("code")}`;
      return scene.startCommand(["script", "-qfec", line, "/dev/null"], {
        TERM: "xterm-256color",
        SHELL: "/bin/sh",
      });
    },
    during: async (scene, running) => {
      await running.prints(/create +\d+ files?, /);
      running.kill("SIGKILL");
      await scene.waitFor("the run to end", () => exists(scene.place.at("code")));
    },
    exitCode: async (scene) => Number(await Deno.readTextFile(scene.place.at("code"))),
    expected: { state: "warning", code: 1, says: [/continued without its terminal/] },
    guard: {
      file: "lib/cli/run_reporters.ts",
      find: "return terminal.problems;",
      replace: "return [];",
    },
  },
  {
    name: "run waits for a repository that another Borg holds, and says who holds it",
    borg: "real",
    config: { ...ONE, repositories: [repository("first", { lock_wait: "1s" })] },
    prepare: async (scene) => {
      const { place } = scene;
      await place.write("held", "");
      const url = place.at("first.borg");
      const wait = ["sh", "-c", "while test -e held; do sleep 0.05; done"];
      scene.startCommand(["borg", "with-lock", url, ...wait], {
        BORG_PASSPHRASE: passphraseOf("first"),
      });
      await scene.waitFor("the lock", () => exists(`${url}/lock.exclusive`));
    },
    repair: async (scene) => {
      await Deno.remove(scene.place.at("held"));
      await scene.waitFor("its end", () => !exists(scene.place.at("first.borg/lock.exclusive")));
    },
    expected: { state: "failed", code: 2, says: [/the repository is locked by process \d+/] },
    guard: {
      file: "lib/borg/lock_failure.ts",
      find: 'const by = holder === undefined ? ""',
      replace: 'const by = holder !== undefined ? ""',
    },
  },
  {
    name: "run fails alone for the repository whose passphrase is wrong",
    borg: "real",
    config: {
      repositories: [repository("first"), repository("second")],
      check: { enabled: false },
    },
    prepare: async (scene) => {
      await scene.configure({
        repositories: [repository("first", { passphrase: "not this one" }), repository("second")],
        check: { enabled: false },
      });
    },
    repair: (scene) => scene.configure(ONE),
    expected: {
      state: "failed",
      code: 2,
      says: [/wrong passphrase/, /second ok/],
      never: [/not this one/],
    },
    guard: {
      file: "lib/borg/known_failures.ts",
      find: '"PassphraseWrong"',
      replace: '"PassphraseWrongly"',
    },
  },
  {
    name: "run says that no space is left when the disk of the repository is full",
    borg: "real",
    impossible: root,
    config: ONE,
    prepare: async (scene) => {
      await scene.mountSmall("disk", "6m");
      await scene.configure(ON_DISK);
      await scene.place.init();
      for (let part = 0; part < 12; part += 1) {
        await scene.place.write(`source/${part}.bin`, randomBytes(1_048_576));
      }
    },
    repair: (scene) => scene.system("mount", "-o", "remount,size=64m", scene.place.at("disk")),
    expected: { state: "failed", code: 2, says: [/is full|too little space/] },
    guard: {
      file: "lib/borg/system_failure.ts",
      find: "numbers: [28], words: /No space left on device/",
      replace: "numbers: [0], words: /^none$/",
    },
  },
  {
    name: "run says that the file system of the repository is read-only",
    borg: "real",
    impossible: root,
    config: ONE,
    prepare: async (scene) => {
      await scene.mountSmall("disk", "20m");
      await scene.configure(ON_DISK);
      await scene.place.init();
      scene.system("mount", "-o", "remount,ro", scene.place.at("disk"));
    },
    repair: (scene) => scene.system("mount", "-o", "remount,rw", scene.place.at("disk")),
    expected: { state: "failed", code: 2, says: [/read-only file system/] },
    guard: {
      file: "lib/borg/system_failure.ts",
      find: "numbers: [30],\n    words: /Read-only file system/",
      replace: "numbers: [0],\n    words: /^none$/",
    },
  },
  {
    name: "run prunes nothing of a repository in which the check finds damage",
    borg: "real",
    config: { repositories: [repository("first")], retention: { keep_last: 1 } },
    prepare: async ({ place }) => {
      await place.expect(0, "run");
      const segment = largestSegment(place.at("first.borg"));
      const middle = Math.floor(Deno.statSync(segment).size / 2);
      await flipBit(segment, middle);
      await place.write("damaged", JSON.stringify([segment, middle]));
    },
    repair: async ({ place }) => {
      const [segment, middle] = JSON.parse(await Deno.readTextFile(place.at("damaged")));
      await flipBit(segment, middle);
    },
    expected: { state: "failed", code: 2, says: [/check/], never: [/\$ borg prune/] },
    guard: {
      file: "lib/backup/step_conditions.ts",
      find: "if (failed !== undefined && !makesRoom) return closed(`${failed} failed`);",
      replace: "",
    },
  },
  {
    name: "run gives nothing to a repository that is not encrypted when it should be",
    borg: "real",
    config: ONE,
    prepare: async ({ place }) => {
      await Deno.rename(place.at("first.borg"), place.at("mine.borg"));
      await place.borg("first", "init", "--encryption=none", place.at("first.borg"));
      // As on a machine that has never seen it.
      await Deno.remove(place.at("base"), { recursive: true });
    },
    repair: async ({ place }) => {
      await Deno.remove(place.at("first.borg"), { recursive: true });
      await Deno.rename(place.at("mine.borg"), place.at("first.borg"));
    },
    expected: { state: "failed", code: 2, says: [/not encrypted|unencrypted/] },
    guard: {
      file: "lib/borg/environment.ts",
      find: 'repository.encryption === "none" ? "yes" : "no"',
      replace: '"yes"',
    },
  },
  {
    name: "run creates no repository where one is missing",
    borg: "real",
    config: ONE,
    prepare: ({ place }) => Deno.rename(place.at("first.borg"), place.at("mine.borg")),
    repair: ({ place }) => Deno.rename(place.at("mine.borg"), place.at("first.borg")),
    expected: { state: "failed", code: 2, says: [/there is no repository at/] },
    guard: {
      file: "lib/borg/known_failures.ts",
      find: '"Repository.DoesNotExist"',
      replace: '"Repository.DoesNotExistAnywhere"',
    },
  },
  {
    name: "run fails when a source vanishes between the first look and Borg",
    borg: "real",
    config: {
      ...ONE,
      sources: { directories: ["source", "more"] },
      retention: { keep_last: 3 },
    },
    prepare: ({ place }) => place.write("more/file", "more").then(() => {}),
    inject: () =>
      at("spawn", /^borg create/, () => {
        const config = Deno.args.find((arg) => arg.startsWith("--config=")) ?? "";
        Deno.renameSync(
          config.replace("--config=", "").replace(/config\.toml$/, "more"),
          config.replace("--config=", "").replace(/config\.toml$/, "elsewhere"),
        );
      }),
    repair: (scene) => scene.configure(ONE),
    expected: {
      state: "failed",
      code: 2,
      says: [/1 source could not be read: ".*more"/],
      never: [/\$ borg prune/],
    },
    guard: {
      file: "lib/backup/steps/read_errors.ts",
      find: "if (this.#roots.has(path)) return this.#sources;",
      replace: "",
    },
  },
  {
    name: "run makes its backup when the state directory is full from the start",
    borg: "real",
    impossible: root,
    config: { ...ONE, paths: { temp_dir: "temp", state_dir: "small" } },
    prepare: async (scene) => {
      const path = await scene.mountSmall("small", "1m");
      scene.system("sh", "-c", `cat /dev/zero > ${path}/filling 2>/dev/null || true`);
    },
    repair: ({ place }) => Deno.remove(place.at("small/filling")),
    expected: {
      state: "warning",
      code: 1,
      unwritten: ["history"],
      named: /history/,
      logs: [/create: ok after/],
      // No history tells who made it.
      next: 1,
      nextSays: [/1 archive was not created by this machine/],
    },
    guard: {
      file: "lib/report/history/run_history.ts",
      find:
        "      this.#history = this.#copy();\n      this.#onDisk = false;\n    }\n    this.#told",
      replace: "      throw error;\n    }\n    this.#told",
    },
  },
  {
    name: "run makes its backup when the state directory becomes read-only in mid-archive",
    borg: "real",
    impossible: root,
    config: { ...SLOW, paths: { temp_dir: "temp", state_dir: "small" } },
    prepare: async (scene) => {
      await muchToRead(scene);
      await scene.mountSmall("small", "1m");
    },
    start: (scene) => scene.start("--progress=json"),
    during: async (scene, running) => {
      await inMidCreate(running);
      const path = scene.place.at("small");
      // Else nobody could remove it when the test fails.
      scene.defer(() => scene.system("chattr", "-R", "-i", path));
      scene.system("chattr", "-R", "+i", path);
    },
    repair: (scene) => scene.system("chattr", "-R", "-i", scene.place.at("small")),
    expected: {
      state: "warning",
      code: 1,
      unwritten: ["history"],
      named: /history/,
      logs: [/create: ok after/],
      next: 1,
      nextSays: [/run of .* ended without a report/i],
    },
    guard: {
      file: "lib/report/history/run_history.ts",
      find: "if (!this.#onDisk) return undefined;",
      replace: "throw error;",
    },
  },
  {
    name: "run says that its log is incomplete when the disk of the logs is full",
    borg: "real",
    impossible: root,
    config: { ...ONE, logs: { directory: "small" } },
    prepare: async (scene) => {
      const path = await scene.mountSmall("small", "64k");
      scene.system("sh", "-c", `cat /dev/zero > ${path}/filling 2>/dev/null || true`);
    },
    repair: (scene) => scene.configure(ONE),
    expected: { state: "warning", code: 1, unwritten: ["log"], named: /log.*[Nn]o space left/ },
    guard: {
      file: "lib/report/log/log_writer.ts",
      find:
        "      this.#open ??= { since: now, until: now, reason: reasonOf(error), missing: 0 };\n      this.#lose(this.#open, now);",
      replace: "",
    },
  },
  {
    // The error is what the runtime really says; in the kind "terminal" it is one that we make.
    name: "run goes on when the disk behind its standard error is full",
    borg: "real",
    config: ONE,
    start: (scene) =>
      scene.startCommand(["sh", "-c", 'exec "$@" 2>/dev/full', "sh", ...scene.command()]),
    expected: {
      state: "warning",
      code: 1,
      says: [/continued without standard error: no space left/],
      never: [/os error 28/],
    },
    guard: {
      file: "lib/cli/steady_terminal.ts",
      find: 'reasonOf(error).split(" (os error ")',
      replace: "[reasonOf(error)]",
    },
  },
];
