/**
 * The page about the backups can't be written.
 *
 * @module
 */
import type { Fault } from "../fault.ts";
import { fail } from "../seams.ts";

const NEW = /backup\.html\..*\.new$/;
const CONFIG = { page: { file: "page/backup.html" } } as const;
const OLD = "<p>the page of yesterday</p>\n";

const PLACE = {
  config: CONFIG,
  prepare: ({ place }) => void place.write("page/backup.html", OLD, 0o644),
  more: ({ place }) => {
    if (Deno.readTextFileSync(place.at("page/backup.html")) !== OLD) {
      throw new Error("expected the old page, found another one");
    }
    const names = [...Deno.readDirSync(place.at("page"))].map(({ name }) => name);
    if (names.length > 1) throw new Error(`expected the page alone, found ${names}`);
  },
} satisfies Partial<Fault>;

export const faults: readonly Fault[] = [
  {
    ...PLACE,
    name: "run leaves the old page, and no half a one, when its disk is full",
    inject: () => fail("write", NEW, "ENOSPC"),
    expected: {
      state: "warning",
      code: 1,
      says: [/Cannot write the page ".*backup\.html": .*[Nn]o space left/],
    },
    guard: {
      file: "lib/files/durable_file.ts",
      find: "    removeIfThere(temporary);\n    throw error;",
      replace: "    throw error;",
    },
  },
  {
    ...PLACE,
    name: "run says so when the page can't be put in its place",
    inject: () => fail("rename", NEW, "EIO"),
    expected: {
      state: "warning",
      code: 1,
      says: [/Cannot write the page ".*backup\.html": .*[Ii]nput\/output error/],
    },
    guard: {
      file: "lib/cli/run_page.ts",
      find: "  } catch (error) {",
      replace: "  } catch (error) {\n    if (error !== null) return [];",
    },
  },
  {
    name: "run says so when there is no directory for the page",
    config: { page: { file: "nowhere/backup.html" } },
    repair: ({ place }) => Deno.mkdir(place.at("nowhere")),
    expected: {
      state: "warning",
      code: 1,
      says: [/Cannot write the page ".*nowhere\/backup\.html"/],
    },
    guard: {
      file: "lib/cli/run_page.ts",
      find: '  return [{ name: "page", write: () => writePage(config, file, runId) }];',
      replace: "  return [];",
    },
  },
];
