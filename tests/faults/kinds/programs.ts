/**
 * A program does not do what it should: it dies, it hangs, it lies, it can't be started.
 *
 * @module
 */
import { repository } from "../../e2e/place.ts";
import type { Fault } from "../fault.ts";
import { fail, hurry, on, WAIT } from "../seams.ts";

/** Stays until it may go, or until the place is gone. */
const STAY = 'while [ ! -e "$place/go" ] && [ -e "$0" ]; do sleep 0.02; done';

/** To a Borg that has not said a word yet no SIGINT is sent. */
const SPEAK = `echo '{"type":"file_status","status":"A","path":"source/one.txt"}' >&2`;

const SAME_CHECK = { retention: { keep_last: 3 } } as const;

export const faults: readonly Fault[] = [
  {
    name: "run fails for one repository alone when its Borg is killed",
    prepare: (scene) =>
      scene.borgDoes("create", 'case "$*" in *first.borg*) kill -KILL $$ ;; esac'),
    repair: (scene) => scene.borgIsGood(),
    expected: {
      state: "failed",
      code: 2,
      says: [/Borg was killed by SIGKILL/, /second ok/],
      logs: [/\[first prune\] prune: skipped|first.*skipped: create failed/],
    },
    guard: {
      file: "lib/borg/run_borg.ts",
      find: 'if (end.kind === "killed") {',
      replace: 'if (end.kind === "killed" && end.signal === "") {',
    },
  },
  {
    name: "run fails for one repository alone when the kernel starts no further process",
    inject: () => fail("spawn", /^borg create .*first\.borg/, "EAGAIN"),
    expected: { state: "failed", code: 2, says: [/Cannot start "borg"/, /second ok/] },
    guard: {
      file: "lib/backup/step_failures.ts",
      find: "return await run();",
      replace: "return await run().catch(() => Deno.exit(2));",
    },
  },
  {
    name: "run accepts no archive that Borg does not report",
    prepare: (scene) => scene.borgDoes("create", "exit 0"),
    repair: (scene) => scene.borgIsGood(),
    expected: { state: "failed", code: 2, says: [/did not report what it stored in the archive/] },
    guard: {
      file: "lib/backup/steps/create.ts",
      find: "if (figures === undefined) {",
      replace: "if (figures === undefined && end.kind !== 'success') {",
    },
  },
  {
    name: "run believes no archive when Borg's account of it is cut off",
    config: SAME_CHECK,
    prepare: (scene) => scene.borgDoes("create", `printf '{"archive":{"stats":{"nfi'; exit 0`),
    repair: (scene) => scene.borgIsGood(),
    expected: {
      state: "failed",
      code: 2,
      says: [/did not report what it stored in the archive/],
      logs: [/prune.*skipped: create failed/],
    },
    guard: {
      file: "lib/borg/create_result.ts",
      find: "const root = parseJson(stdout);",
      replace:
        "const root = parseJson(stdout) ?? { archive: { stats: { nfiles: 1, original_size: 1, compressed_size: 1, deduplicated_size: 1 } }, cache: { stats: { unique_csize: 1 } } };",
    },
  },
  {
    name: "run takes a Python that can't load Borg for a failure, not for a warning",
    config: SAME_CHECK,
    // An archive that Borg says nothing of would be none anyway.
    prepare: (scene) =>
      scene.borgDoes("prune", "echo 'ImportError: libcrypto.so.3: not found' >&2; exit 1"),
    repair: (scene) => scene.borgIsGood(),
    expected: { state: "failed", code: 2, says: [/ImportError: libcrypto/] },
    guard: {
      file: "lib/borg/run_borg.ts",
      find: "if (isWarning(end.code) && listener.isBorg)",
      replace: "if (isWarning(end.code))",
    },
  },
  {
    name: "run fails and does not prune when the new archive is empty",
    config: SAME_CHECK,
    prepare: (scene) =>
      scene.borgDoes(
        "create",
        `printf '%s' '{"archive":{"stats":{"nfiles":0,"original_size":0,"compressed_size":0,'`,
        `printf '%s' '"deduplicated_size":0}},"cache":{"stats":{"unique_csize":1}}}'; exit 0`,
      ),
    repair: (scene) => scene.borgIsGood(),
    expected: {
      state: "failed",
      code: 2,
      says: [/contains no files/],
      logs: [/prune.*skipped: create failed/],
      never: [/\$ borg prune/],
    },
    guard: {
      file: "lib/backup/steps/create.ts",
      find: "if (figures.files === 0) problems.push(emptyArchive);",
      replace: "",
    },
  },
  {
    name: "run fails and does not prune when a disk dies under a source",
    config: SAME_CHECK,
    prepare: (scene) =>
      scene.borgDoes(
        "create",
        `echo '{"type":"log_message","levelname":"WARNING","name":"borg","message":` +
          `"source/one.txt: read: [Errno 5] Input/output error"}' >&2`,
        `trap 'exit 1' EXIT`,
      ),
    repair: (scene) => scene.borgIsGood(),
    expected: {
      state: "failed",
      code: 2,
      says: [/could not be read because of an I\/O error/],
      never: [/\$ borg prune/],
    },
    guard: {
      file: "lib/backup/steps/read_errors.ts",
      find: "if (MEDIUM_ERRORS.has(errno)) return this.#broken;",
      replace: "",
    },
  },
  {
    name: "run does not prune when the check found damage that Borg calls a warning",
    config: SAME_CHECK,
    prepare: (scene) =>
      scene.borgDoes(
        "check",
        `echo '{"type":"log_message","levelname":"ERROR","name":"borg","message":` +
          `"Archive consistency check complete, problems found."}' >&2; exit 1`,
      ),
    repair: (scene) => scene.borgIsGood(),
    expected: {
      state: "failed",
      code: 2,
      says: [/the check found damage/],
      never: [/\$ borg prune/],
    },
    guard: {
      file: "lib/backup/steps/check_repository.ts",
      find: 'if (end.kind === "warnings" || listener.findings.length > 0) {',
      replace: "if (listener.findings.length > 1_000) {",
    },
  },
  {
    name: "run goes on when Borg writes bytes that are no text",
    prepare: (scene) => scene.borgDoes("create", `printf '\\377\\376\\200 \\303\\n' >&2`),
    repair: (scene) => scene.borgIsGood(),
    expected: { state: "ok", code: 0, logs: [/\ufffd/] },
    guard: {
      file: "lib/process/lines.ts",
      find: "{ ignoreBOM: true });\n  let pieces",
      replace: "{ ignoreBOM: true, fatal: true });\n  let pieces",
    },
  },
  {
    name: "run ends what Borg leaves in the background",
    prepare: (scene) => scene.borgDoes("create", `(${STAY}) &`),
    more: (scene) => {
      const left = scene.processes();
      if (left.length > 0) throw new Error(`expected no process, found ${left.join(", ")}`);
    },
    repair: (scene) => scene.borgIsGood(),
    expected: { state: "ok", code: 0 },
    guard: {
      file: "lib/process/program.ts",
      find: '(end.kind === "exited" && request.background === "end")',
      replace: "false",
    },
  },
  {
    name: "run does not wait for a daemon that Borg leaves in a session of its own",
    // It is in no group that could be ended, and it keeps the pipes open.
    prepare: (scene) => scene.borgDoes("create", `place=$place setsid sh -c '${STAY}' "$0" &`),
    inject: () => hurry(20),
    more: (scene) => scene.letBorgGo(),
    repair: (scene) => scene.borgIsGood(),
    expected: { state: "ok", code: 0 },
    guard: {
      file: "lib/process/program.ts",
      find: 'await within(output, end.kind === "unkillable" ? 0 : DRAIN_TIMEOUT);',
      replace: "await output;",
    },
  },
  {
    name: "run ends a Borg that does not obey, by SIGKILL at last",
    config: { run: { timeout: "5s" } },
    prepare: (scene) => scene.borgDoes("create", "trap '' INT TERM", SPEAK, STAY),
    inject: () => hurry(30),
    repair: (scene) => scene.borgIsGood(),
    expected: { state: "failed", code: 2, says: [/limit of run\.timeout/] },
    guard: {
      file: "lib/borg/run_borg.ts",
      find: '  { signal: "SIGKILL", timeout: 5_000 },\n',
      replace: "",
    },
  },
  {
    name: "run ends when not even SIGKILL ends a Borg that hangs in the kernel",
    config: { run: { timeout: "5s" }, repositories: [repository("first")] },
    prepare: (scene) => scene.borgDoes("create", ...WAIT),
    inject: () => {
      hurry(30);
      on("spawn", /^borg create/, ({ proceed }) => {
        const child = proceed();
        if (child instanceof Deno.ChildProcess) {
          Object.defineProperty(child, "status", { value: new Promise(() => {}) });
        }
        return child;
      });
    },
    more: (scene) => scene.letBorgGo(),
    repair: (scene) => scene.borgIsGood(),
    expected: { state: "failed", code: 2, logs: [/did not exit|limit of run\.timeout/] },
    guard: {
      file: "lib/process/stopping.ts",
      find: "await within(child.status, timeout)",
      replace: "await child.status",
    },
  },
  {
    name: "run keeps no more than 64 MiB of what a program prints",
    config: { repositories: [repository("first")] },
    prepare: (scene) => scene.borgDoes("create", "head -c 70000000 /dev/zero | tr '\\0' 'x'"),
    repair: (scene) => scene.borgIsGood(),
    expected: { state: "failed", code: 2, says: [/it printed more than 64 MiB/] },
    guard: {
      file: "lib/process/output.ts",
      find: "if (this.#size <= LARGEST_STDOUT)",
      replace: "if (this.#size <= 100 * LARGEST_STDOUT)",
    },
  },
];
