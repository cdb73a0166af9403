import assert from "node:assert/strict";
import { join } from "node:path";
import { stageSources } from "../../lib/staging/stage.ts";
import type { SnapshotHooks, StageRequest } from "../../lib/staging/staging.ts";
import { realSystem } from "../../lib/staging/system.ts";

/** A directory of its own, and what the hooks did. */
class Place implements Disposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "autoborg-stage-" });
  readonly trace: string[] = [];

  at(name: string): string {
    return join(this.directory, name);
  }

  /** Hooks that leave a trace; the first one does something, too. */
  hooks(before: () => Promise<unknown>): SnapshotHooks {
    return {
      before: async () => {
        this.trace.push("before");
        await before();
      },
      after: () => {
        if (!this.trace.includes("after")) this.trace.push("after");
        return Promise.resolve([]);
      },
    };
  }

  request(wishes: Partial<StageRequest>): StageRequest {
    return {
      name: "web",
      runId: "0123abcd",
      startedAt: new Date(),
      hostname: "host",
      directories: [],
      optional: [],
      oneFileSystem: false,
      zfs: { datasets: [], recursive: false, exclude: [], snapshotDirectories: true },
      tempDir: this.at("temp"),
      stateDir: this.at("state"),
      signal: new AbortController().signal,
      emit: () => {},
      environment: { PATH: Deno.env.get("PATH") ?? "" },
      hooks: this.hooks(() => Promise.resolve()),
      ...wishes,
    };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

const WITH_DATASET = {
  datasets: ["no-such-pool/data"],
  recursive: false,
  exclude: [],
  snapshotDirectories: true,
};

Deno.test("stageSources() takes what before-snapshot makes", async () => {
  using place = new Place();
  Deno.mkdirSync(place.at("there"));
  const directories = [place.at("dump"), place.at("there"), place.at("file.sql")];
  const hooks = place.hooks(async () => {
    await Deno.mkdir(place.at("dump"));
    await Deno.writeTextFile(place.at("file.sql"), "dump");
  });
  const staging = await stageSources(place.request({ directories, hooks }));
  assert.deepEqual(staging.problems, []);
  assert.deepEqual(staging.sources?.paths, directories.map((path) => path.slice(1)));
  assert.deepEqual(place.trace, ["before", "after"]);
});

Deno.test("stageSources() takes what before-snapshot makes beside datasets", async () => {
  using place = new Place();
  const directories = [place.at("dump"), place.at("missing")];
  const hooks = place.hooks(() => Deno.mkdir(place.at("dump")));
  await using staging = releasing(
    await stageSources(place.request({ directories, hooks, zfs: WITH_DATASET })),
  );
  const { problems, sources } = staging;
  assert.deepEqual(sources?.paths, [place.at("dump").slice(1)]);
  assert.match(problems[0]?.message ?? "", /missing": it does not exist$/);
  assert.match(problems[1]?.message ?? "", /Cannot back up the dataset "no-such-pool\/data": /);
  assert.deepEqual(problems.map(({ severity }) => severity), ["error", "error"]);
  assert.deepEqual(place.trace, ["before", "after"]);
});

Deno.test("stageSources() tells of a directory that before-snapshot does not make", async () => {
  using place = new Place();
  Deno.mkdirSync(place.at("there"));
  const directories = [place.at("there"), place.at("missing")];
  const { sources, problems } = await stageSources(place.request({ directories }));
  assert.deepEqual(sources?.paths, [place.at("there").slice(1)]);
  assert.deepEqual(problems.map(({ severity }) => severity), ["error"]);
  assert.match(problems[0]?.message ?? "", /missing": it does not exist$/);
});

Deno.test("stageSources() skips an optional directory that is missing or empty", async () => {
  using place = new Place();
  Deno.mkdirSync(place.at("there/file"), { recursive: true });
  Deno.mkdirSync(place.at("plugged/file"), { recursive: true });
  Deno.mkdirSync(place.at("empty"));
  const optional = ["missing", "empty", "plugged", "late"].map((name) => place.at(name));
  const directories = [place.at("there"), place.at("empty")];
  const hooks = place.hooks(() => Deno.mkdir(place.at("late/file"), { recursive: true }));
  const staging = await stageSources(place.request({ directories, optional, hooks }));
  assert.deepEqual(staging.problems, []);
  assert.deepEqual(
    staging.sources?.paths,
    ["there", "plugged", "late"].map((name) => place.at(name).slice(1)),
  );
  assert.deepEqual(staging.absent, [
    { path: place.at("missing"), reason: "it does not exist" },
    { path: place.at("empty"), reason: "it is empty" },
  ]);
});

Deno.test("stageSources() takes nothing but absence for the absence of an optional directory", async () => {
  using place = new Place();
  Deno.mkdirSync(place.at("there"));
  Deno.symlinkSync(place.at("there"), place.at("link"));
  Deno.writeTextFileSync(place.at("empty file"), "");
  const optional = [place.at("link"), place.at("empty file")];
  const staging = await stageSources(place.request({ optional }));
  assert.deepEqual(staging.absent, []);
  assert.deepEqual(staging.sources?.paths, [place.at("empty file").slice(1)]);
  assert.deepEqual(staging.problems.map(({ severity }) => severity), ["error"]);
  assert.match(staging.problems[0]?.hint ?? "", /in sources\.optional: ".*\/there"$/);
});

Deno.test("stageSources() says that a source is a link when its target is missing", async () => {
  using place = new Place();
  Deno.symlinkSync(place.at("moved"), place.at("link"));
  const directories = [place.at("link")];
  const { problems } = await stageSources(place.request({ directories }));
  assert.deepEqual(problems, [{
    severity: "error",
    message: `Cannot back up "${place.at("link")}": it is a symbolic link to ` +
      `"${place.at("moved")}", and its target is missing`,
    hint: "Create or mount the target, and name it in sources.directories instead of the link",
    sources: directories,
  }]);
});

Deno.test("stageSources() takes an automount without its device for absent", async () => {
  using place = new Place();
  const system = { ...realSystem(place.at("state")), files: { ...Deno, readDir: noDevice } };
  Deno.mkdirSync(place.at("disk"));
  const request = place.request({ optional: [place.at("disk")], system });
  const { absent, problems } = await stageSources(request);
  assert.deepEqual(absent, [{ path: place.at("disk"), reason: "its device is missing" }]);
  assert.deepEqual(problems, []);
});

/** What an automount does when its disk is not plugged in. */
function noDevice(): AsyncIterable<Deno.DirEntry> {
  const next = () => Promise.reject(new Error("No such device (os error 19), readdir '/disk'"));
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

Deno.test("stageSources() runs after-snapshot when before-snapshot fails", async () => {
  using place = new Place();
  Deno.mkdirSync(place.at("there"));
  for (const zfs of [WITH_DATASET, { ...WITH_DATASET, datasets: [] }]) {
    place.trace.length = 0;
    const hooks = place.hooks(() => Promise.reject(new Error("exit code 3")));
    const request = place.request({ directories: [place.at("there")], hooks, zfs });
    await assert.rejects(stageSources(request), /^Error: exit code 3$/);
    assert.deepEqual(place.trace, ["before", "after"]);
  }
});

Deno.test("stageSources() reads directories without a usable state directory", async () => {
  using place = new Place();
  Deno.writeTextFileSync(place.at("state"), "no directory");
  Deno.mkdirSync(place.at("there"));
  const request = place.request({ directories: [place.at("there")], zfs: WITH_DATASET });
  const staging = await stageSources(request);
  assert.deepEqual(staging.sources?.paths, [place.at("there").slice(1)]);
  assert.match(staging.problems[0]?.message ?? "", /"no-such-pool\/data": /);
  assert.deepEqual(place.trace, ["before", "after"]);
});

Deno.test("stageSources() runs no hook when the run is being stopped", async () => {
  using place = new Place();
  const signal = AbortSignal.abort(new Error("stopped"));
  await assert.rejects(stageSources(place.request({ signal })), /stopped/);
  assert.deepEqual(place.trace, []);
});

/** A staging that is released at the end of its block. */
function releasing<T extends { release(): Promise<unknown> }>(staging: T): T & AsyncDisposable {
  return { ...staging, [Symbol.asyncDispose]: async () => void await staging.release() };
}

/** Services that say what is done to them. */
function services(place: Place, allowLongPause: boolean) {
  return {
    allowLongPause,
    stop: () => {
      place.trace.push("stop");
      return Promise.resolve(undefined);
    },
    start: () => {
      if (!place.trace.includes("start")) place.trace.push("start");
      return Promise.resolve();
    },
  };
}

Deno.test("stageSources() refuses to stop services for what no snapshot holds", async () => {
  using place = new Place();
  Deno.writeTextFileSync(place.at("file"), "");
  const request = place.request({
    directories: [place.at("file")],
    services: services(place, false),
  });
  await assert.rejects(stageSources(request), /for a moment only: nothing is read from a snapshot/);
  assert.deepEqual(place.trace, ["before", "start", "after"]);
});

Deno.test("stageSources() stops services until the sources are released, where that is allowed", async () => {
  using place = new Place();
  Deno.writeTextFileSync(place.at("file"), "");
  const request = place.request({
    directories: [place.at("file")],
    services: services(place, true),
  });
  const staging = await stageSources(request);
  assert.deepEqual(place.trace, ["before", "stop", "after"]);
  assert.deepEqual(await staging.release(), []);
  assert.deepEqual(place.trace, ["before", "stop", "after", "start"]);
});

Deno.test("stageSources() stops no service when all datasets fail", async () => {
  using place = new Place();
  Deno.writeTextFileSync(place.at("file"), "");
  const staging = await stageSources(place.request({
    directories: [place.at("file")],
    zfs: WITH_DATASET,
    services: services(place, false),
  }));
  assert.deepEqual(place.trace.filter((word) => word === "stop"), []);
  await staging.release();
});
