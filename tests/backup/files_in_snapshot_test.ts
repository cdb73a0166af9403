import assert from "node:assert/strict";
import { filesInSnapshot, type SnapshotRoot } from "../../lib/backup/files_in_snapshot.ts";

const ROOTS: readonly SnapshotRoot[] = [
  { kind: "dataset", path: "rpool/root", at: "" },
  { kind: "dataset", path: "tank/pg", at: "srv/pg" },
  { kind: "directory", path: "/var", at: "var" },
];

Deno.test("filesInSnapshot() names the innermost dataset of each place", () => {
  assert.equal(
    filesInSnapshot("pg", ["/srv/pg/15/main", "/srv/pgother/x"], ROOTS),
    'the files of "pg" are in a snapshot of this run as well, as after a power failure: ' +
      "/srv/pg/15/main (tank/pg), /srv/pgother/x (rpool/root)",
  );
});

Deno.test("filesInSnapshot() says nothing of directories and of what is elsewhere", () => {
  assert.equal(filesInSnapshot("pg", ["/var/lib/mysql/"], ROOTS.slice(1)), undefined);
  assert.equal(filesInSnapshot("pg", [], ROOTS), undefined);
});
