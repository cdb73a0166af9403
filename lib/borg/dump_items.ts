/**
 * Reads the list of an archive's files as Borg stores it. `borg list` makes a line of JSON of each
 * file, which takes Borg fifteen times as long as to read them, and every list is as long as the
 * archive. Stored it is in pieces, and archives that have files in common share them.
 *
 * @module
 */
import { type Access, type Answer, callBorg } from "./borg_queries.ts";
import type { ArchiveAt } from "./borg_queries.ts";
import { commonArguments } from "./commands.ts";
import { other } from "./failure_kinds.ts";

/** The command line that writes each piece into a file of the working directory. */
function dumpArguments({ repository, archive }: ArchiveAt): string[] {
  const common = commonArguments(repository);
  return ["debug", "dump-archive-items", ...common, "--", `${repository.url}::${archive}`];
}

/** Borg names a file before it writes it. */
const DUMPING = /^Dumping (\d+_([0-9a-f]{64})\.items)$/;

/**
 * Hears each piece in its order, with Borg's id of it: pieces of one id are alike. Each is on the disk
 * only until it was heard.
 *
 * @param directory an empty directory that nobody else can look into
 * @throws {Stopped} when it was stopped
 */
export async function dumpItems(
  access: Access,
  at: ArchiveAt,
  directory: string,
  onPiece: (id: string, read: () => Uint8Array) => void,
): Promise<Answer<void>> {
  let failure: string | undefined;
  let written: readonly [file: string, id: string] | undefined;
  const take = () => {
    if (written === undefined) return;
    const [file, id] = written;
    written = undefined;
    const path = `${directory}/${file}`;
    onPiece(id, () => Deno.readFileSync(path));
    Deno.removeSync(path);
  };
  const { end } = await callBorg(access, {
    repository: at.repository,
    args: dumpArguments(at),
    cwd: directory,
    // Otherwise Python keeps what it prints until there is a lot, and the disk holds all of it.
    variables: { PYTHONUNBUFFERED: "1" },
    onStdoutLine: (line) => {
      const [, file, id] = DUMPING.exec(line) ?? [];
      take();
      if (file !== undefined && id !== undefined) written = [file, id];
      else if (line !== "Done.") failure = `Borg printed "${line}"`;
    },
  });
  if (end.kind === "failed") return end;
  return failure === undefined
    ? { kind: "answer", value: undefined }
    : { kind: "failed", failure: other(failure) };
}
