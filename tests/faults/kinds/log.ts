/**
 * The log can't be written, or is not what one expects.
 *
 * @module
 */
import type { Fault } from "../fault.ts";
import { logNames } from "../log_names.ts";
import { fail, systemError } from "../seams.ts";

const OWN_LOG = /\/logs\/web-[^/]*\.log$/;
const NO_LOG = { state: "warning", code: 1, unwritten: ["log"] } as const;

export const faults: readonly Fault[] = [
  {
    name: "run goes on without a log when its directory can't be made",
    config: { logs: { directory: "other-logs" } },
    inject: () => fail("mkdir", /\/other-logs$/, "EROFS"),
    expected: { ...NO_LOG, named: /Cannot create the log file .*[Rr]ead-only file system/ },
    guard: {
      file: "lib/report/log/log_writer.ts",
      find: "if (known.length === 0) return undefined;",
      replace: "return undefined;",
    },
  },
  {
    name: "run says that its log is incomplete when the disk fills up in the middle",
    inject: () => fail("write", OWN_LOG, "ENOSPC", { from: 8 }),
    expected: { ...NO_LOG, named: /log .* is incomplete: .*[Nn]o space left on device/ },
    guard: {
      file: "lib/report/log/log_file.ts",
      find: "return writer.problem;",
      replace: "return undefined;",
    },
  },
  {
    name: "run says so when the disk of its log gives an I/O error at the very first line",
    inject: () => fail("write", OWN_LOG, "EIO"),
    expected: { ...NO_LOG, named: /log .*[Ii]nput\/output error/ },
    guard: {
      file: "lib/report/log/outcome_log.ts",
      find:
        'this.emit({ type: "outcome-recorded", outcome, added });\n    return this.#reporters.problems;',
      replace: 'this.emit({ type: "outcome-recorded", outcome, added });\n    return [];',
    },
  },
  {
    name: "run says so when old logs can't be looked for",
    inject: () => fail("readDir", /\/logs$/, "EIO"),
    expected: { state: "warning", code: 1, says: [/Cannot remove old logs/] },
    guard: {
      file: "lib/cli/run_reporters.ts",
      find: "return [warningOf(error)];",
      replace: "return [];",
    },
  },
  {
    name: "run says so when an old log can't be removed",
    config: { logs: { directory: "logs", keep: 1 } },
    prepare: (scene) =>
      scene.place.write("logs/web-2020-01-01T00:00:00Z-0123abcd.log", "").then(() => {}),
    inject: () => fail("remove", /\/logs\/web-2020/, systemError("EPERM")),
    expected: { state: "warning", code: 1, says: [/Cannot remove old logs/] },
    guard: {
      file: "lib/report/log/log_retention.ts",
      find: "if (failed !== undefined) throw failed.reason;",
      replace: "",
    },
  },
  {
    name: "run cuts in the log a line that Borg writes without end",
    prepare: (scene) =>
      scene.borgDoes("create", "head -c 3000000 /dev/zero | tr '\\0' 'y' >&2; echo >&2"),
    more: ({ place }) => {
      const name = logNames(place).at(-1) ?? "";
      const lines = Deno.readTextFileSync(place.at("logs", name)).split("\n");
      const longest = Math.max(...lines.map((line) => line.length));
      if (longest > 70_000) throw new Error(`expected at most 64 KiB a line, found ${longest}`);
    },
    repair: (scene) => scene.borgIsGood(),
    expected: { state: "ok", code: 0 },
    guard: {
      file: "lib/report/log/log_file.ts",
      find: "cutLines(printable(mask(entry.text)), LONGEST_LOG_LINE)",
      replace: "printable(mask(entry.text))",
    },
  },
];
