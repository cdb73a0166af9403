import assert from "node:assert/strict";
import { releaseRun } from "../../lib/staging/release/release_run.ts";
import { stageSources } from "../../lib/staging/stage.ts";
import { SNAPSHOT_SOURCES } from "../../lib/staging/system.ts";
import { stagingTools } from "../../lib/staging/tools.ts";
import { copiedDirectories } from "./double/copied_directories.ts";
import type { Faults } from "./double/machine.ts";
import type { FileSystem } from "./double/memory_nodes.ts";
import { plainServer, requestOn, RUN, type Server } from "./double/server.ts";
import { tryFault } from "./fault_trial.ts";

/** A server on which directories that do not lie on ZFS are copied. */
function serverWithCopies(copies: Map<string, FileSystem>): Server {
  const server = plainServer();
  server.machine.sources = [...SNAPSHOT_SOURCES, copiedDirectories(server.machine, copies)];
  const expected = server.expected.map((one) => ({
    ...one,
    frozen: !one.path.startsWith("srv/live/ram"),
  }));
  return { ...server, expected };
}

Deno.test("stageSources() stages from all sources of snapshots, and releases each in its own way", async () => {
  const copies = new Map<string, FileSystem>();
  const server = serverWithCopies(copies);
  const { machine } = server;
  const staging = await stageSources(requestOn(server, machine.process()));
  assert.deepEqual(staging.problems, []);
  const { root = "", paths = [] } = staging.sources ?? {};
  assert.deepEqual(paths, [
    "home/u",
    "etc",
    "srv/live",
    "srv/data/in",
    "srv/data",
    "other/logs",
    "zfs/tank/none",
  ]);
  assert.equal(machine.read("/etc/hosts"), "later");
  assert.equal(machine.read(`${root}/etc/hosts`), "live");
  assert.equal(machine.read(`${root}/srv/live/ram/file`), "live");
  assert.equal(copies.size, 2);
  assert.match(machine.journals.get("web") ?? "", /"source":"copies","name":"\/etc@autoborg-web-/);
  assert.deepEqual(await staging.release(), []);
  assert.equal(copies.size, 0);
});

Deno.test("recover() releases snapshots of all sources when the process dies at any command", async () => {
  const attempt = async (faults: Faults) => {
    const copies = new Map<string, FileSystem>();
    const { process } = await tryFault({ server: () => serverWithCopies(copies), faults });
    assert.deepEqual([...copies.keys()], []);
    return process.commands.length;
  };
  const count = await attempt({});
  for (let step = 0; step < count; step++) {
    await attempt({ command: (number) => number === step ? () => "death" : undefined });
  }
});

Deno.test("releaseRun() keeps snapshots of a source that it does not know, and says so", async () => {
  const server = plainServer();
  const process = server.machine.process();
  const request = { step: "recover", runId: RUN, hung: new Set<string>() } as const;
  const tools = stagingTools(requestOn(server, process), process, request);
  const snapshots = [{ source: "copies", name: "/etc@then", guid: null }];
  const run = { runId: RUN, startedAt: "", trees: [], mounts: [], snapshots };
  const outcome = await releaseRun(tools, run);
  assert.deepEqual(outcome.run.snapshots, snapshots);
  assert.match(outcome.problems[0]?.message ?? "", /cannot handle snapshots of the kind "copies"/);
});
