import assert from "node:assert/strict";
import { isGenerated, isReserved } from "../../lib/databases/reserved_databases.ts";

Deno.test("isReserved() protects what a server needs for itself, however it is written", () => {
  const kinds = ["mariadb", "mysql"] as const;
  for (const kind of kinds) {
    for (const name of ["mysql", "MySQL", "sys", "Information_Schema", "performance_schema"]) {
      assert.equal(isReserved({ kind }, name), true, `${kind} ${name}`);
    }
    assert.equal(isReserved({ kind }, "template1"), false);
  }
  assert.equal(isReserved({ kind: "postgresql" }, "template1"), true);
  assert.equal(isReserved({ kind: "postgresql" }, "mysql"), false);
});

Deno.test("isGenerated() does not mean the database with the users and their rights", () => {
  assert.deepEqual(["mysql", "sys", "INFORMATION_SCHEMA"].map(isGenerated), [false, true, true]);
});
