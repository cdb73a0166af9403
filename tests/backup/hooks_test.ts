import assert from "node:assert/strict";
import { join } from "node:path";
import type { RunEvent } from "../../lib/backup/events.ts";
import { type HookContext, runFinishedHook, snapshotHooks } from "../../lib/backup/hooks.ts";

const LIVE = new AbortController().signal;

/** A directory for hooks that belongs to whoever runs the test. */
class HookPlace implements AsyncDisposable {
  readonly events: RunEvent[] = [];
  readonly directory: string;
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
    this.directory = join(root, "hooks");
  }

  static async make(): Promise<HookPlace> {
    const place = new HookPlace(await Deno.makeTempDir());
    await Deno.mkdir(place.directory, { mode: 0o755 });
    await Deno.chmod(place.directory, 0o755);
    return place;
  }

  get context(): HookContext {
    return {
      name: "web",
      runId: "0123abcd",
      path: "/usr/bin:/bin",
      emit: (event) => this.events.push(event),
      timeLimit: 2_000,
      directory: this.directory,
      owner: Deno.uid() ?? 0,
    };
  }

  async hook(name: string, body: string, mode = 0o755): Promise<void> {
    const path = join(this.directory, name);
    await Deno.writeTextFile(path, `#!/bin/sh\n${body}\n`);
    await Deno.chmod(path, mode);
  }

  async trace(): Promise<string> {
    return await Deno.readTextFile(join(this.#root, "trace")).catch(() => "");
  }

  /** A line of shell that leaves a trace. */
  mark(text: string): string {
    return `echo "${text}" >>"${this.#root}/trace"`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#root, { recursive: true });
  }
}

Deno.test("snapshotHooks() does nothing when there are no hooks", async () => {
  await using place = await HookPlace.make();
  const hooks = snapshotHooks(place.context);
  await hooks.before(LIVE);
  assert.deepEqual(await hooks.after(), []);
  assert.deepEqual(place.events, []);
});

Deno.test("snapshotHooks() runs both with their environment, the second one once", async () => {
  await using place = await HookPlace.make();
  const line = "$AUTOBORG_HOOK $AUTOBORG_NAME $AUTOBORG_RUN_ID ${HOME:-nohome}";
  await place.hook("before-snapshot", `${place.mark(line)}; echo said`);
  await place.hook("after-snapshot", place.mark(line));
  const hooks = snapshotHooks(place.context);
  await hooks.before(LIVE);
  await hooks.after();
  await hooks.after();
  assert.equal(
    await place.trace(),
    "before-snapshot web 0123abcd nohome\nafter-snapshot web 0123abcd nohome\n",
  );
  assert(
    place.events.some((event) => event.type === "output" && event.text === "before-snapshot: said"),
  );
});

Deno.test("snapshotHooks() still runs the second one when the first one failed", async () => {
  await using place = await HookPlace.make();
  await place.hook("before-snapshot", "exit 3");
  await place.hook("after-snapshot", place.mark("after"));
  const hooks = snapshotHooks(place.context);
  await assert.rejects(hooks.before(LIVE), /before-snapshot" failed: exit code 3$/);
  assert.deepEqual(await hooks.after(), []);
  assert.equal(await place.trace(), "after\n");
});

Deno.test("snapshotHooks() stops a first one that takes too long or whose run is stopped", async () => {
  await using place = await HookPlace.make();
  await place.hook("before-snapshot", "exec sleep 60");
  await place.hook("after-snapshot", place.mark("after"));
  const slow = snapshotHooks({ ...place.context, timeLimit: 200 });
  await assert.rejects(slow.before(LIVE), /time limit of 200 ms/);
  await slow.after();
  const stopped = snapshotHooks(place.context);
  const signal = AbortSignal.timeout(200);
  await assert.rejects(stopped.before(signal), { name: "TimeoutError" });
  await stopped.after();
  assert.equal(await place.trace(), "after\nafter\n");
});

Deno.test("hooks have to hurry when the run is being stopped", async () => {
  await using place = await HookPlace.make();
  const stop = new AbortController();
  await place.hook("before-snapshot", "exit 0");
  await place.hook("after-snapshot", `echo begun; exec sleep 60`);
  await place.hook("finished", "sleep 60 & wait");
  const hurried = { "before-snapshot": 0, "after-snapshot": 200, "finished": 100 };
  const context: HookContext = {
    ...place.context,
    timeLimit: 60_000,
    stopped: stop.signal,
    hurried,
    emit: (event) => {
      if (event.type === "output" && event.text.endsWith("begun")) stop.abort();
    },
  };
  const hooks = snapshotHooks(context);
  await hooks.before(LIVE);
  const [during] = await hooks.after();
  assert.match(
    during?.message ?? "",
    /stopped after 0.2 seconds, because the run is being stopped$/,
  );
  const [behind] = await runFinishedHook(context, "{}");
  assert.match(
    behind?.message ?? "",
    /stopped after 0.1 seconds, because the run is being stopped$/,
  );
});

Deno.test("snapshotHooks() refuses both before it runs one, when others may write either", async () => {
  await using place = await HookPlace.make();
  await place.hook("before-snapshot", place.mark("before"));
  await place.hook("after-snapshot", place.mark("after"), 0o775);
  const hooks = snapshotHooks(place.context);
  await assert.rejects(
    hooks.before(LIVE),
    /after-snapshot" can be written by users other than its owner/,
  );
  assert.deepEqual(await hooks.after(), []);
  await place.hook("after-snapshot", place.mark("after"));
  await Deno.chmod(place.directory, 0o777);
  await assert.rejects(
    snapshotHooks(place.context).before(LIVE),
    /hooks" can be written by users other than its owner/,
  );
  await Deno.chmod(place.directory, 0o755);
  const owner = (Deno.uid() ?? 0) + 1;
  await assert.rejects(snapshotHooks({ ...place.context, owner }).before(LIVE), /is owned by user/);
  assert.equal(await place.trace(), "");
});

Deno.test("snapshotHooks() refuses a link and a file that is not executable", async () => {
  await using place = await HookPlace.make();
  await place.hook("before-snapshot", "exit 0", 0o644);
  await assert.rejects(snapshotHooks(place.context).before(LIVE), /is not executable/);
  await Deno.remove(join(place.directory, "before-snapshot"));
  await Deno.symlink("/bin/true", join(place.directory, "before-snapshot"));
  await assert.rejects(snapshotHooks(place.context).before(LIVE), /is not a regular file/);
});

Deno.test("runFinishedHook() hands the outcome to standard input and reports a failure", async () => {
  await using place = await HookPlace.make();
  assert.deepEqual(await runFinishedHook(place.context, "{}"), []);
  await place.hook("finished", `${place.mark("$(cat)")}; exit 4`);
  const [problem] = await runFinishedHook(place.context, "{state:ok}");
  assert.match(problem?.message ?? "", /finished" failed: exit code 4$/);
  assert.equal(await place.trace(), "{state:ok}\n");
});
