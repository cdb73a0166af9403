/**
 * Compares the dump of each database with the one before it: a database that lost its tables is dumped
 * without an error. Pure.
 *
 * @module
 */
import type { Alarm } from "../alarm.ts";
import { humanSize } from "../text/units.ts";
import { dropPercent, FEW_BYTES, isTooMuch } from "./source_alarms.ts";

interface DumpTonight {
  /** As people read it, such as "pg/shop". */
  readonly database: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes of the last dump that nothing looked wrong with; `undefined`: there is none. */
  readonly before: number | undefined;
  /** Bytes that it must have at least; `undefined`: nobody has said. */
  readonly least: number | undefined;
}

/** A dump that is that many times larger than the last one is worth a word, */
const GROWN = 2;
/** when it has grown by as much, in bytes. */
const MUCH = 100 * 1_048_576;

/**
 * Judges the dumps of a run.
 *
 * @param limit by how many percent one may be smaller than the one before; 100: it never alarms
 */
export function databaseAlarms(dumps: readonly DumpTonight[], limit: number): readonly Alarm[] {
  return dumps.flatMap(({ database, size, before, least }): Alarm[] => {
    if (least !== undefined && size < least) {
      return [{
        kind: "database-small",
        subject: database,
        severity: "error",
        message:
          `the dump of ${JSON.stringify(database)} has ${humanSize(size)}, expected at least ` +
          humanSize(least),
        hint: "Check what is missing from the database; min_size of [[databases]] sets the limit",
      }];
    }
    if (before === undefined || !isTooMuch(dropPercent(size, before, FEW_BYTES), limit)) return [];
    return [{
      kind: "database-small",
      subject: database,
      severity: "warning",
      message: `the dump of ${JSON.stringify(database)} is much smaller than the last one: ` +
        `${humanSize(size)} instead of ${humanSize(before)}`,
      hint: "Check what is missing from the database; size_guard.size sets the limit",
    }];
  });
}

/** Says which dumps have grown unusually much: nothing is wrong, but the space will not last as long. */
export function grownDumps(dumps: readonly DumpTonight[]): readonly string[] {
  return dumps.flatMap(({ database, size, before }) => {
    if (before === undefined || size < GROWN * before || size - before < MUCH) return [];
    return [
      `the dump of ${JSON.stringify(database)} has grown from ${humanSize(before)} to ` +
      `${humanSize(size)} since the last one: look what fills the database`,
    ];
  });
}
