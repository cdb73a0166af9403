import assert from "node:assert/strict";
import { AppError } from "../../lib/errors.ts";
import { recover } from "../../lib/staging/recover.ts";
import { stageSources } from "../../lib/staging/stage.ts";
import { StagingRefused, StagingStopped } from "../../lib/staging/staging.ts";
import type { JournalService, ServiceJournal } from "../../lib/state/journal.ts";
import { leftovers, plainServer, requestOn, RUN } from "./double/server.ts";

const SERVICE: JournalService = { manager: "systemd", name: "app.service", action: "stop" };

/** Services that leave traces between the commands; `stop` may do something else. */
function trial(stop: (journal: ServiceJournal) => Promise<AppError | undefined> = intend) {
  const server = plainServer();
  const process = server.machine.process();
  const trace: string[] = [];
  const note = (text: string) => {
    const commands = process.commands.filter((line) =>
      /^zfs (?:snapshot|hold)|^mount -i/.test(line)
    );
    trace.push(`${text} after ${commands.length}`);
  };
  const services = {
    allowLongPause: false,
    stop: (journal: ServiceJournal) => {
      note("stop");
      return stop(journal);
    },
    start: () => {
      if (!trace.some((line) => line.startsWith("start"))) note("start");
      return Promise.resolve();
    },
  };
  const hooks = {
    before: () => Promise.resolve(note("before")),
    after: () => {
      if (!trace.some((line) => line.startsWith("after"))) note("after");
      return Promise.resolve([]);
    },
  };
  return { server, process, trace, request: requestOn(server, process, { services, hooks }) };
}

async function intend(journal: ServiceJournal): Promise<undefined> {
  await journal.intend([SERVICE]);
  await journal.record([]);
}

Deno.test("stageSources() stops services for the snapshot alone, within the hooks", async () => {
  const { server, trace, request } = trial();
  const staging = await stageSources(request);
  const [, , started = ""] = trace;
  const snapshots = Number(started.split(" ").at(-1));
  assert.ok(snapshots > 0, trace.join());
  assert.deepEqual(trace, [
    "before after 0",
    "stop after 0",
    `start after ${snapshots}`,
    `after after ${snapshots}`,
  ]);
  await staging.release();
  assert.deepEqual(leftovers(server.machine, [RUN]), []);
});

Deno.test("stageSources() takes no snapshot when services must be quiet and are not", async () => {
  const reason = new AppError("it does not stop", { hint: "see why" });
  const { server, process, trace, request } = trial(async (journal) => {
    await journal.intend([SERVICE]);
    return reason;
  });
  await assert.rejects(stageSources(request), (error: unknown) => {
    assert.ok(error instanceof StagingRefused);
    assert.deepEqual([error.message, error.hint], ["it does not stop", "see why"]);
    return true;
  });
  assert.deepEqual(trace.map((line) => line.split(" ")[0]), ["before", "stop", "start", "after"]);
  assert.deepEqual(process.commands.filter((line) => line.startsWith("zfs snapshot")), []);
  assert.deepEqual(leftovers(server.machine, []), []);
});

Deno.test("stageSources() starts services again when the run is stopped meanwhile", async () => {
  const stopping = new AbortController();
  const { trace, request } = trial(() => {
    stopping.abort(new Error("SIGTERM"));
    return Promise.reject(stopping.signal.reason);
  });
  const signal = stopping.signal;
  await assert.rejects(stageSources({ ...request, signal }), StagingStopped);
  assert.deepEqual(trace.map((line) => line.split(" ")[0]), ["before", "stop", "start", "after"]);
});

Deno.test("recover() leaves the services of a run in the journal, which are not its business", async () => {
  const { server, request } = trial();
  const process = server.machine.process();
  const run = {
    runId: RUN,
    startedAt: "2026-11-30T02:00:00Z",
    trees: [],
    mounts: [],
    snapshots: [],
  };
  const { name, hostname } = request;
  const runs = [{ ...run, services: [SERVICE] }];
  await process.journals.write({ version: 1, name, hostname, runs });
  assert.deepEqual(await recover({ ...request, system: process }), []);
  assert.deepEqual((await process.journals.read(name))?.runs, runs);
  assert.deepEqual(process.commands, []);
});
