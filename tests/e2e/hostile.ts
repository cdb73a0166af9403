/**
 * Archives that Borg does not make of files, but whoever has a repository's key can make.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Place } from "./place.ts";
import { runToEnd, searchPath, which } from "./program.ts";

/** Why there can be no such archive here; `undefined` when there can. */
export const NO_TARS: string | undefined = which("python3") === undefined
  ? "python3 is not installed"
  : undefined;

/** An entry: its type, its path, and where a link leads. */
export type TarEntry = readonly ["file" | "dir" | "symlink" | "hardlink" | "fifo", string, string?];

/** The name of the archive; it is the newest one of the place's series. */
export const HOSTILE = "web-2036-11-22T04:00:00Z-0123abcd";

const MAKE = `
import io, json, sys, tarfile
TYPES = {"dir": tarfile.DIRTYPE, "symlink": tarfile.SYMTYPE, "hardlink": tarfile.LNKTYPE,
         "fifo": tarfile.FIFOTYPE, "file": tarfile.REGTYPE}
with tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT) as tar:
    for kind, path, *target in json.load(sys.stdin):
        info = tarfile.TarInfo(path.encode("latin-1").decode("utf-8", "surrogateescape"))
        info.type, info.mode = TYPES[kind], 0o755 if kind == "dir" else 0o644
        info.linkname = target[0] if target else ""
        data = b"from the archive" if kind == "file" else b""
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
`;

/**
 * Makes an archive in each of the repositories that are named.
 *
 * @param place the place, whose repositories are there
 * @param entries what is in it; each character of a path is a byte
 * @param labels the repositories
 */
export async function importArchive(
  place: Place,
  entries: readonly TarEntry[],
  ...labels: readonly string[]
): Promise<void> {
  const tar = place.at("hostile.tar");
  const start = {
    env: { PATH: searchPath(), LC_ALL: "C.UTF-8" },
    stdin: JSON.stringify(entries),
  };
  const made = await runToEnd(["python3", "-c", MAKE, tar], start);
  assert.equal(made.code, 0, made.stderr);
  for (const label of labels.length === 0 ? ["first"] : labels) {
    await place.borg(label, "import-tar", `${place.at(`${label}.borg`)}::${HOSTILE}`, tar);
  }
}
