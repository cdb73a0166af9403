/**
 * The directory for mounts is not what it should be.
 *
 * @module
 */
import { repository } from "../../e2e/place.ts";
import type { Fault } from "../fault.ts";
import { fail } from "../seams.ts";

const ONE = { repositories: [repository("first")] } as const;
const NO_ARCHIVE = { state: "failed", code: 2, never: [/\$ borg create/] } as const;

export const faults: readonly Fault[] = [
  {
    name: "run refuses a temp_dir that is not empty, and leaves its content there",
    config: ONE,
    prepare: ({ place }) => place.write("temp/precious.txt", "mine").then(() => {}),
    repair: ({ place }) => Deno.remove(place.at("temp/precious.txt")),
    expected: { ...NO_ARCHIVE, says: [/it must be empty .*"precious\.txt"/] },
    guard: {
      file: "lib/staging/temp_dir.ts",
      find: "if (foreign.length > 0) throw foreignContent(tempDir, foreign);",
      replace: "",
    },
  },
  {
    name: "run says so when temp_dir can't be made",
    config: ONE,
    inject: () => fail("mkdir", /\/temp$/, "EROFS"),
    expected: {
      ...NO_ARCHIVE,
      says: [/Cannot (create|use) the directory ".*\/temp": .*[Rr]ead-only/],
    },
    guard: {
      file: "lib/files/private_directory.ts",
      find: "if (isDirectory(here)) continue;",
      replace: "continue;",
    },
  },
  {
    name: "run says so when temp_dir can't be read",
    config: ONE,
    inject: () => fail("readDir", /\/temp$/, "EIO"),
    expected: { ...NO_ARCHIVE, says: [/Cannot use the directory ".*\/temp": .*[Ii]nput\/output/] },
    guard: {
      file: "lib/staging/temp_dir.ts",
      find: "const names = await Array.fromAsync(files.readDir(real), ({ name }) => name);",
      replace:
        "const names = await Array.fromAsync(files.readDir(real), ({ name }) => name).catch(() => []);",
    },
  },
];
