import assert from "node:assert/strict";
import { join } from "node:path";
import { stageSources } from "../../lib/staging/stage.ts";
import type { SnapshotHooks, StageRequest } from "../../lib/staging/staging.ts";

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
