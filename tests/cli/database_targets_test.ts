import assert from "node:assert/strict";
import { type DatabaseRestoreFlags, requireDatabaseFlags } from "../../lib/cli/database_targets.ts";
import { UsageError } from "../../lib/errors.ts";

const FLAGS: DatabaseRestoreFlags = {
  database: "pg/shop",
  into: "new",
  archive: "latest",
  overwrite: false,
  yes: false,
  allowShared: false,
  numericIds: false,
  dryRun: false,
  progress: "auto",
  color: false,
};

Deno.test("requireDatabaseFlags() accepts one place, and refuses what means nothing", () => {
  requireDatabaseFlags(FLAGS, []);
  const { into: _, ...nowhere } = FLAGS;
  requireDatabaseFlags({ ...nowhere, to: "/root/shop.sql" }, []);
  const refused: readonly (readonly [RegExp, DatabaseRestoreFlags, readonly string[]])[] = [
    [/restore "\/etc" beside the database "pg\/shop"/, FLAGS, ["/etc"]],
    [/combine --allow-shared with --database/, { ...FLAGS, allowShared: true }, []],
    [/combine --numeric-ids with --database/, { ...FLAGS, numericIds: true }, []],
    [/both --into and --to/, { ...FLAGS, to: "/root/shop.sql" }, []],
    [/expected --into NEWNAME, or --to FILE/, nowhere, []],
  ];
  for (const [message, flags, paths] of refused) {
    assert.throws(() => requireDatabaseFlags(flags, paths), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  }
});
