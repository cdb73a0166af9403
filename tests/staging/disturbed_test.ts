import assert from "node:assert/strict";
import type { Staging } from "../../lib/staging/staging.ts";
import { recover } from "../../lib/staging/recover.ts";
import { stageSources } from "../../lib/staging/stage.ts";
import type { ZfsCommandResult } from "../../lib/zfs/command.ts";
import type { Machine } from "./double/machine.ts";
import { newFileSystem, newNode } from "./double/memory_nodes.ts";
import { leftovers, plainServer, requestOn, RUN } from "./double/server.ts";

const HANGS: ZfsCommandResult = {
  succeeded: false,
  end: { kind: "unkillable", reason: "timed-out" },
  stdout: "",
  stderr: "",
};

function said({ problems }: Pick<Staging, "problems">): string {
  return problems.map(({ message }) => message).join("\n");
}

/** Stages; something happens to the machine right behind the snapshots. */
async function stageWhile(happens: (machine: Machine) => void) {
  const server = plainServer();
  const { machine } = server;
  let done = false;
  const hooks = {
    before: () => Promise.resolve(),
    after: () => {
      if (!done) happens(machine);
      done = true;
      return Promise.resolve([]);
    },
  };
  const staging = await stageSources(requestOn(server, machine.process(), { hooks }));
  return { server, machine, staging };
}

function fill(machine: Machine, directory: string): void {
  machine.mounts.find(directory).node.entries.set("foreign", newNode("file", "mine"));
}

function makeDirectory(machine: Machine, path: string): void {
  const names = path.split("/").filter((name) => name !== "");
  let { node } = machine.mounts.find("/run");
  for (const name of names.slice(1)) {
    const next = node.entries.get(name) ?? newNode("directory");
    node.entries.set(name, next);
    node = next;
  }
}

Deno.test("stageSources() makes temp_dir again when it was removed in the middle", async () => {
  const { machine, staging } = await stageWhile(({ mounts }) =>
    mounts.find("/run").node.entries.delete("autoborg")
  );
  assert.equal(said(staging), "");
  assert.deepEqual(await staging.release(), []);
  assert.deepEqual(leftovers(machine, [RUN]), []);
});

Deno.test(
  "stageSources() reads directories live when another process has filled its " +
    "tree",
  async () => {
    const { machine, staging } = await stageWhile((machine) => {
      makeDirectory(machine, "/run/autoborg/web");
      fill(machine, "/run/autoborg/web");
    });
    assert.match(
      said(staging),
      /Cannot snapshot the dataset "tank\/data": Cannot create the directory/,
    );
    assert.deepEqual(staging.sources, { root: "/", paths: ["etc", "srv/live", "home/u"] });
    assert.deepEqual(await staging.release(), []);
    assert.deepEqual(leftovers(machine, [RUN]), []);
    assert.equal(machine.read("/run/autoborg/web/foreign"), "mine");
  },
);

Deno.test("stageSources() works in what was mounted over temp_dir, and leaves it there", async () => {
  const { machine, staging } = await stageWhile(({ mounts }) =>
    mounts.mount(newFileSystem("tmpfs", "theirs", { foreign: "mine" }), "/run/autoborg")
  );
  assert.equal(said(staging), "");
  assert.deepEqual(await staging.release(), []);
  assert.deepEqual(leftovers(machine, [RUN]), ["/run/autoborg"]);
  assert.equal(machine.read("/run/autoborg/foreign"), "mine");
});

for (const target of ["/run/autoborg/web/srv/data", "/run/autoborg/web/etc", "/run/autoborg"]) {
  Deno.test(`release() does not touch what was mounted over "${target}"`, async () => {
    const { server, machine, staging } = await stageWhile(() => {});
    const theirs = machine.mounts.mount(
      newFileSystem("tmpfs", "theirs", { foreign: "mine" }),
      target,
    );
    const problems = await staging.release();
    assert(machine.mounts.all.includes(theirs), "it is gone");
    assert(problems.length > 0 && problems.every(({ severity }) => severity === "warning"));
    // When it is gone again the next run cleans up.
    machine.mounts.unmount(theirs);
    assert.deepEqual(await recover(requestOn(server, machine.process())), []);
    assert.deepEqual(leftovers(machine, [RUN]), []);
  });
}

Deno.test("release() leaves foreign files and directories in its tree, and says so", async () => {
  const { machine, staging } = await stageWhile(() => {});
  makeDirectory(machine, "/run/autoborg/web/theirs");
  fill(machine, "/run/autoborg/web");
  const problems = await staging.release();
  assert.match(
    said({ problems }),
    /Cannot remove the directory "\/run\/autoborg\/web": it contains/,
  );
  assert.deepEqual(leftovers(machine, [RUN]), []);
  const { node } = machine.mounts.find("/run/autoborg/web");
  assert.deepEqual([...node.entries.keys()].toSorted(), ["foreign", "theirs"]);
});

Deno.test("release() and recover() start few commands when every command hangs", async () => {
  const server = plainServer();
  const { machine } = server;
  for (let number = 0; number < 200; number++) {
    machine.zfs.create(`tank/data/many${number}`, "none", { file: "" });
  }
  let hangs = false;
  const process = machine.process({ command: () => hangs ? () => HANGS : undefined });
  const staging = await stageSources(requestOn(server, process));
  assert.equal(said(staging), "");
  hangs = true;
  const before = process.commands.length;
  const problems = await staging.release();
  assert(process.commands.length - before <= 4, process.commands.slice(before).join("\n"));
  assert(problems.length > 0);
  // Another process, in which everything but the mount table hangs.
  const other = machine.process({
    command: () => ({ args }, work) => args.length === 0 ? work() : HANGS,
  });
  assert((await recover(requestOn(server, other))).length > 0);
  const slow = other.commands.filter((command) => command !== "mount");
  assert(slow.length <= 10, `${slow.length} commands hung`);
  assert.deepEqual(await recover(requestOn(server, machine.process())), []);
  assert.deepEqual(leftovers(machine, [RUN]), []);
});

Deno.test("stageSources() refuses the datasets one by one when the journal can't be written", async () => {
  const server = plainServer();
  const fails = { kind: "fails", text: "No space left on device (os error 28)" } as const;
  const process = server.machine.process({ journal: (number) => number > 0 ? fails : undefined });
  const staging = await stageSources(requestOn(server, process));
  const problems = staging.problems.map(({ severity, message }) => `${severity}: ${message}`);
  const because = "Cannot write the journal: No space left on device (os error 28)";
  assert.deepEqual(problems, [
    ...["tank/data", "tank/data/in", "tank/none", "other/logs"].map((name) =>
      `error: Cannot snapshot the dataset "${name}": ${because}`
    ),
    `warning: The directory "/home/u" is read live: autoborg cannot snapshot the ` +
    `dataset "other/home": ${because}`,
  ]);
  assert.deepEqual(staging.sources, { root: "/", paths: ["etc", "srv/live", "home/u"] });
  assert(process.commands.every((command) => !/snapshot -o|destroy|hold/.test(command)));
});
