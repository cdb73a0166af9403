import assert from "node:assert/strict";
import { missingFromDump, seesAllDatabases } from "../../lib/databases/mariadb_rights.ts";

const USAGE = "GRANT USAGE ON *.* TO `low`@`localhost`";
const ON_APP = "GRANT SELECT, SHOW VIEW, EVENT, TRIGGER ON `app`.* TO `low`@`localhost`";

Deno.test("missingFromDump() knows what is granted on all, on some, and on a pattern", () => {
  const cases: readonly (readonly [string[], string, string[]])[] = [
    [["GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION"], "app", []],
    [[USAGE], "app", ["tables", "views", "triggers", "events", "routines"]],
    [[USAGE, ON_APP], "app", ["routines"]],
    [[USAGE, ON_APP, "GRANT SELECT ON `mysql`.`proc` TO `low`@`localhost`"], "app", []],
    [[USAGE, ON_APP], "apps", ["tables", "views", "triggers", "events", "routines"]],
    [["GRANT SELECT, SHOW VIEW, EVENT ON *.* TO `low`@`%`"], "app", ["triggers"]],
    [["GRANT ALL PRIVILEGES ON `app\\_%`.* TO `low`@`%`"], "app_one", ["routines"].slice(1)],
    [["GRANT ALL PRIVILEGES ON `app\\_%`.* TO `low`@`%`"], "appXone", [
      "tables",
      "views",
      "triggers",
      "events",
      "routines",
    ]],
    [["GRANT SELECT (`a`, `b`), SHOW VIEW, EVENT, TRIGGER ON `app`.* TO `low`@`%`"], "app", [
      "tables",
      "routines",
    ]],
    [["GRANT ALL PRIVILEGES ON `a``b`.* TO `low`@`%`"], "a`b", []],
    [["GRANT `reader`@`%` TO `low`@`%`"], "app", [
      "tables",
      "views",
      "triggers",
      "events",
      "routines",
    ]],
  ];
  for (const [grants, database, missing] of cases) {
    assert.deepEqual(missingFromDump(grants, database), missing, `${grants} ${database}`);
  }
});

Deno.test("seesAllDatabases() takes rights on all databases, and nothing less", () => {
  assert.equal(seesAllDatabases([USAGE, ON_APP]), false);
  assert.equal(seesAllDatabases(["GRANT SHOW DATABASES ON *.* TO `low`@`%`"]), true);
  assert.equal(seesAllDatabases(["GRANT SELECT, RELOAD ON *.* TO `low`@`%`"]), true);
});
