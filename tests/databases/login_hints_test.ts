import assert from "node:assert/strict";
import { hintForServer } from "../../lib/databases/login_hints.ts";

const ENTRY = { label: "pg", all: false, user: "low" };

Deno.test("hintForServer() says what to do about a database that is not there", () => {
  for (const words of ['database "shop" does not exist', "Unknown database 'shop'"]) {
    assert.match(hintForServer(ENTRY, words) ?? "", /^Create it, or take it out of databases/);
    assert.match(hintForServer({ ...ENTRY, all: true }, words) ?? "", /^It was dropped while/);
  }
});

Deno.test("hintForServer() tells rows that are hidden from tables that are closed", () => {
  const hidden = 'query would be affected by row-level security policy for table "s"';
  assert.match(hintForServer(ENTRY, hidden) ?? "", /ALTER ROLE "low" BYPASSRLS/);
  assert.match(hintForServer(ENTRY, "permission denied for table s") ?? "", /pg_read_all_data/);
  assert.equal(hintForServer(ENTRY, "something else"), undefined);
});
