import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CLUSTER_MARK,
  MARIADB_MARK,
  POSTGRES_MARK,
  reasonIn,
  StreamTail,
  warningIn,
} from "../../lib/databases/dump_text.ts";

Deno.test("POSTGRES_MARK matches the end of a dump of every version, and nothing behind it", () => {
  const mark = "\n--\n-- PostgreSQL database dump complete\n--\n";
  const { pattern } = POSTGRES_MARK;
  // Before and since August 2025.
  for (const end of ["\n", "\n\\unrestrict mFbfzdsbLdjSOhcFF8Q7\n\n"]) {
    assert.match(`COPY public.t (n) FROM stdin;\n1\n\\.\n\n${mark}${end}`, pattern);
  }
  const cut = [
    "COPY public.t (n) FROM stdin;\n1\n",
    `${mark}\nCOPY public.t (n) FROM stdin;\n1\n`,
    // A row that looks like it.
    "COPY public.t (x) FROM stdin;\n-- PostgreSQL database dump complete\n",
    "\n--\n-- PostgreSQL database dump complete",
    "\n--\n-- PostgreSQL database cluster dump complete\n--\n\n",
    "",
  ];
  for (const text of cut) assert.doesNotMatch(text, pattern, text);
  const cluster = "\n--\n-- PostgreSQL database cluster dump complete\n--\n\n";
  assert.match(`\\unrestrict x\n\n${cluster}`, CLUSTER_MARK.pattern);
});

Deno.test("MARIADB_MARK matches the end of a dump with and without its time", () => {
  for (const end of ["", " on 2026-11-30  7:56:21", " on 2026-11-30 17:56:21"]) {
    assert.match(`UNLOCK TABLES;\n\n-- Dump completed${end}\n`, MARIADB_MARK.pattern);
  }
  for (const text of ["-- Dump completed", "\n-- Dump comple", "\n-- Dump completed\nUNLOCK;\n"]) {
    assert.doesNotMatch(text, MARIADB_MARK.pattern, text);
  }
});

Deno.test("StreamTail keeps the last bytes, however they come", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 6_000 }), { maxLength: 6 }), (pieces) => {
      const tail = new StreamTail();
      for (const piece of pieces) tail.push(piece);
      const all = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
      assert.equal(tail.size, all.length);
      assert.equal(tail.text, new TextDecoder().decode(all.slice(-4_096)));
    }),
  );
});

Deno.test("reasonIn() finds the line that says why", () => {
  const cases: readonly (readonly [string[], string])[] = [
    [
      ["pg_dump: error: query failed: ERROR:  permission denied", "pg_dump: detail: Query was: X"],
      "query failed: ERROR:  permission denied",
    ],
    [
      ["mariadb-dump: Got error: 1049: \"Unknown database 'x'\""],
      "Got error: 1049: \"Unknown database 'x'\"",
    ],
    [
      [
        'pg_dump: error: Dumping the contents of table "t" failed: PQgetCopyData() failed.',
        "pg_dump: detail: Error message from server: FATAL:  terminating connection due to " +
        "administrator command",
        "pg_dump: detail: Command was: COPY public.t (n) TO stdout;",
      ],
      'Dumping the contents of table "t" failed: PQgetCopyData() failed; terminating connection ' +
      "due to administrator command",
    ],
    [["", "one", "two", "three", "four"], "two; three; four"],
    [[], ""],
  ];
  for (const [lines, reason] of cases) assert.equal(reasonIn(lines), reason);
});

Deno.test("warningIn() shows some lines, and counts the others", () => {
  assert.equal(warningIn(["", "pg_dump: warning: a", "b "]), "a; b");
  assert.equal(warningIn(["1", "2", "3", "4", "5"]), "1; 2; 3; and 2 more lines");
  assert.equal(warningIn([" "]), undefined);
});
