/**
 * The state directory is full, read-only or failing; a backup must be made all the same.
 *
 * @module
 */
import { repository } from "../../e2e/place.ts";
import type { Fault } from "../fault.ts";
import { fail } from "../seams.ts";

const ONE = { repositories: [repository("first")] } as const;

export const faults: readonly Fault[] = [
  {
    name: "run makes its backup when the state directory can't be made",
    config: { ...ONE, paths: { temp_dir: "temp", state_dir: "other-state" } },
    inject: () => fail("mkdir", /\/other-state/, "EROFS"),
    expected: {
      state: "warning",
      code: 1,
      unwritten: ["history"],
      named: /history/,
      logs: [/create: ok after/],
      // Nobody knows any more who made that archive.
      next: 1,
      nextSays: [/1 archive was not created by this machine/],
    },
    guard: {
      file: "lib/backup/held_lock.ts",
      find: "    } catch {\n      // Who needs it",
      replace: "    } catch (error) {\n      throw error;\n      // Who needs it",
    },
  },
  {
    name: "run takes its lock when the disk is too full to write down who holds it",
    config: ONE,
    inject: () => fail("write", /\/run\.lock/, "ENOSPC"),
    expected: { state: "ok", code: 0 },
    guard: {
      file: "lib/state/run_lock.ts",
      find: "tryTo(() => replaceDurably(this.#path, `${JSON.stringify(holder)}\\n`, 0o644))",
      replace:
        "(() => { replaceDurably(this.#path, `${JSON.stringify(holder)}\\n`, 0o644); return true; })()",
    },
  },
  {
    name: "run ends as it should when the name in its lock can't be removed",
    config: ONE,
    inject: () => fail("remove", /\/run\.lock$/, "EIO"),
    expected: { state: "ok", code: 0 },
    guard: {
      file: "lib/state/run_lock.ts",
      find: "if (!this.isLost) tryTo(() => Deno.removeSync(this.#path));",
      replace: "if (!this.isLost) Deno.removeSync(this.#path);",
    },
  },
  {
    name: "run moves a journal aside that is damaged",
    config: ONE,
    prepare: ({ place }) =>
      place.write("state/journal-web.json", '{"version":1,"na').then(() => {}),
    repair: ({ place }) => Deno.remove(place.at("state/journal-web.json.damaged")),
    expected: { state: "failed", code: 2, says: [/journal .*is damaged; it is kept as/] },
    guard: {
      file: "lib/state/journal.ts",
      find: "const value = parseJson(text);",
      replace:
        'const value = parseJson(text) ?? { version: 1, name: "web", hostname: Deno.hostname(), runs: [] };',
    },
  },
  {
    name: "run makes its backup when the disk of the journal gives an I/O error",
    config: ONE,
    prepare: ({ place }) =>
      place.write(
        "state/journal-web.json",
        `{"version":1,"name":"web","hostname":"${Deno.hostname()}","runs":[]}`,
      ).then(() => {}),
    inject: () => fail("open", /\/journal-web\.json$/, "EIO"),
    repair: ({ place }) =>
      Deno.remove(place.at("state/journal-web.json.damaged")).catch(() =>
        Deno.remove(place.at("state/journal-web.json"))
      ),
    expected: {
      state: "failed",
      code: 2,
      says: [/journal .*[Ii]nput\/output error/],
      logs: [/create: ok after/],
    },
    guard: {
      file: "lib/staging/recover.ts",
      find: "return [await unusable(system.journals, name, error)];",
      replace: "throw error;",
    },
  },
  {
    name: "run touches nothing of another host whose journal was copied",
    config: ONE,
    prepare: ({ place }) =>
      place.write(
        "state/journal-web.json",
        '{"version":1,"name":"web","hostname":"elsewhere","runs":[{"runId":"0123abcd",' +
          '"startedAt":"2026-01-01T00:00:00Z","trees":[],"mounts":[],"snapshots":' +
          '[{"source":"zfs","name":"tank@autoborg","guid":"1"}]}]}',
      ).then(() => {}),
    repair: ({ place }) => Deno.remove(place.at("state/journal-web.json")),
    expected: {
      state: "warning",
      code: 1,
      says: [/written on the host "elsewhere"/],
      never: [/\$ zfs/],
    },
    guard: {
      file: "lib/staging/recover.ts",
      find: "if (journal.hostname !== hostname) {",
      replace: "if (journal.hostname === '') {",
    },
  },
];
