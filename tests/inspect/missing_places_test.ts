import assert from "node:assert/strict";
import { type CoverageRequest, findUncovered } from "../../lib/inspect/missing_places.ts";
import type { MachinePlaces } from "../../lib/staging/machine_places.ts";

const MACHINE: MachinePlaces = {
  fileSystems: [
    { kind: "file-system", name: "/", target: "/", dev: 1, size: 10 },
    { kind: "file-system", name: "/boot/efi", target: "/boot/efi", dev: 2, size: 5 },
    { kind: "file-system", name: "/srv/media", target: "/srv/media", dev: 3, size: 1_000 },
    { kind: "dataset", name: "tank/db", target: "/var/lib/postgresql", dev: 4, size: 50 },
    { kind: "dataset", name: "tank/vm", size: 2_000 },
  ],
  directories: [
    { kind: "home", path: "/root", dev: 1 },
    { kind: "home", path: "/srv/media/anna", dev: 3 },
    { kind: "database", path: "/var/lib/mysql", dev: 1 },
    { kind: "database", path: "/var/lib/postgresql", dev: 4 },
    { kind: "volumes", path: "/var/lib/docker/volumes", dev: 1 },
  ],
};

/** What is missing when these directories are sources. */
function missing(directories: readonly string[], different: Partial<CoverageRequest> = {}) {
  const devices: Readonly<Record<string, number>> = { "/srv": 1, "/srv/media": 3, "/var": 1 };
  return findUncovered(MACHINE, {
    directories: directories.map((path) => ({ path, dev: devices[path] ?? 1 })),
    isChosenDataset: () => false,
    snapshotDirectories: true,
    oneFileSystem: false,
    exclude: [],
    dumped: [],
    ignore: ["/boot"],
    ...different,
  }).map(({ name, live }) => live === true ? `${name} live` : name);
}

Deno.test("findUncovered() tells what a server with databases has in no source", () => {
  assert.deepEqual(missing(["/etc"]), [
    "/srv/media",
    "tank/db",
    "tank/vm",
    "/root",
    "/var/lib/mysql",
    "/var/lib/postgresql",
    "/var/lib/docker/volumes",
  ]);
  assert.deepEqual(missing(["/etc", "/root", "/srv/media/films"], { ignore: ["/boot", "**"] }), []);
});

Deno.test("findUncovered() tells what is copied live, and not what is read from a snapshot", () => {
  const live = ["tank/vm", "/var/lib/mysql live", "/var/lib/docker/volumes live"];
  assert.deepEqual(missing(["/"]), live);
  assert.deepEqual(
    missing(["/"], { isChosenDataset: (name) => name === "tank/vm" }),
    live.slice(1),
  );
  assert.deepEqual(missing(["/"], { snapshotDirectories: false }), [
    ...live.slice(0, 2),
    "/var/lib/postgresql live",
    ...live.slice(2),
  ]);
});

Deno.test("findUncovered() does not count what is excluded or ignored on purpose", () => {
  const exclude = ["var/lib/mysql", "sh:var/lib/docker/**"];
  assert.deepEqual(missing(["/"], { exclude, ignore: ["/boot", "tank/vm"] }), []);
  const one = { ignore: ["/boot", "tank/*", "/var/lib/*", "/var/lib/docker", "/srv"] };
  assert.deepEqual(missing(["/root"], one), []);
});

Deno.test("findUncovered() knows that a source stays on its file system", () => {
  const found = missing(["/srv", "/root"], {
    oneFileSystem: true,
    ignore: ["/boot", "/var", "tank"],
  });
  assert.deepEqual(found, ["/srv/media"]);
  assert.deepEqual(missing(["/srv", "/root"], { ignore: ["/boot", "/var", "tank"] }), []);
});

Deno.test("findUncovered() takes a part of a file system or of a home for a choice", () => {
  const found = missing(["/root/work", "/srv/media/films"], { ignore: ["/boot", "/var", "tank"] });
  assert.deepEqual(found, ["/srv/media/anna"]);
});

Deno.test("findUncovered() asks nothing of databases that are dumped", () => {
  const dumped = ["/var/lib/mysql"];
  assert.ok(missing([]).includes("/var/lib/mysql"));
  const left = missing([], { dumped });
  assert.ok(!left.includes("/var/lib/mysql") && left.includes("/var/lib/postgresql"));
  assert.ok(missing(["/var"]).includes("/var/lib/mysql live"));
  assert.ok(!missing(["/var"], { dumped }).includes("/var/lib/mysql live"));
});
