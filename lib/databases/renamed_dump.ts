/**
 * The only place in a dump of MariaDB or MySQL that names the database: where its character set was
 * changed since a routine, a trigger or an event was made, the dump changes it for a moment, by name
 * (`switch_db_collation` in the source of `mariadb-dump`). Under another name that would fail, or change
 * the database that was dumped.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { quotedName } from "./sql_quoting.ts";

/** What follows the name; data has no line breaks, they are escaped. */
const REST = /^ CHARACTER SET \w+ COLLATE \w+ ;;?\r?\n/;

/** No such rest of a line is longer, in bytes. */
const LONGEST_REST = 200;

/**
 * Puts another name where a dump changes its database.
 *
 * @param from the name of the database that was dumped
 * @param to the name of the one that it is restored into
 */
export async function* renamedDump(
  bytes: AsyncIterable<Uint8Array>,
  from: string,
  to: string,
): AsyncGenerator<Uint8Array> {
  const before = Buffer.from(`\nALTER DATABASE ${quotedName(from, "`")}`);
  const after = Buffer.from(`\nALTER DATABASE ${quotedName(to, "`")}`);
  let kept: Buffer = Buffer.alloc(0);
  for await (const piece of bytes) {
    const whole = Buffer.concat([kept, piece]);
    let done = 0;
    for (;;) {
      const at = whole.indexOf(before, done);
      // It may go on in the next piece: the name itself, or what tells that it is such a line.
      const safe = at === -1 ? whole.length - before.length + 1 : at;
      if (at === -1 || at + before.length + LONGEST_REST > whole.length) {
        if (safe > done) yield whole.subarray(done, safe);
        kept = whole.subarray(Math.max(done, safe));
        break;
      }
      yield whole.subarray(done, at);
      yield isChange(whole, at + before.length) ? after : before;
      done = at + before.length;
    }
  }
  for (let at = kept.indexOf(before); at !== -1; at = kept.indexOf(before)) {
    yield kept.subarray(0, at);
    yield isChange(kept, at + before.length) ? after : before;
    kept = kept.subarray(at + before.length);
  }
  if (kept.length > 0) yield kept;
}

function isChange(whole: Buffer, at: number): boolean {
  return REST.test(whole.subarray(at, at + LONGEST_REST).toString("latin1"));
}
