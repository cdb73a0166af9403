/** The dumps of databases in the history, as a run uses it. @module */
import type { DumpMemory } from "../../backup/repository_memory.ts";
import type { History } from "../../state/history.ts";

/** How a run reads and writes its history. */
interface HistoryAccess {
  readonly name: string;
  readonly label: string;
  readonly read: <T>(ask: (history: History) => T) => T | undefined;
  readonly write: (change: (history: History) => void) => void;
}

/** What is known of the dumps in a repository; nothing of what can't be read. */
export function dumpMemory({ name, label, read, write }: HistoryAccess): DumpMemory {
  return {
    write: (row) => write((history) => history.dumps(name, label).write(row)),
    noteVerified: (archive, at, verified) =>
      write((history) => history.dumps(name, label).noteVerified(archive, at, verified)),
    madeBefore: (entry, database, at) =>
      read((history) => history.dumps(name, label).madeBefore(entry, database, at)),
    since: (at) => read((history) => history.dumps(name, label).since(at)) ?? [],
    runsAfter: (at) => read((history) => history.dumps(name, label).runsAfter(at)) ?? 0,
    ofArchive: (archive) => read((history) => history.dumps(name, label).ofArchive(archive)),
    verifiedTimes: () => read((history) => history.dumps(name, label).verifiedTimes()) ?? new Map(),
    leftovers: () => read((history) => history.dumps(name, label).leftovers()) ?? [],
  };
}
