import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { DumpScene, entryWith } from "./dump_scene.ts";

/** About so many bytes that Borg can't shorten much, the same each time. */
function noise(bytes: number): string {
  return `openssl enc -aes-128-ctr -K 00112233445566778899aabbccddeeff -iv 0 ` +
    `-in /dev/zero 2>/dev/null | head -c ${bytes}`;
}

function messages(step: { readonly problems: readonly { readonly message: string }[] }) {
  return step.problems.map(({ message }) => message);
}

Deno.test("a dump is made once and is the same in every repository, proved by reading it back", async () => {
  await using scene = await DumpScene.make("one", "two");
  const script = `echo x >>"$SCENE/starts"; ${noise(20_000_000)}; echo -- end`;
  scene.dumps = { "a.b/ü": { script, endMark: "-- end" }, plain: { script: "echo hello" } };
  const run = await scene.run();
  assert.equal(await Deno.readTextFile(scene.at("starts")), "x\n");
  for (const label of ["one", "two"]) {
    const dump = run.step(label, "dump");
    assert.equal(dump.state, "ok", JSON.stringify(dump.problems));
    assert.deepEqual(await scene.archives(label), [
      "web.db.main.a%2Eb%2F%C3%BC",
      "web.db.main.plain",
    ]);
    const [name = ""] = await scene.names(label);
    const content = await scene.borg("extract", "--stdout", `${scene.at(label)}::${name}`);
    const sha256 = createHash("sha256").update(content).digest("hex");
    assert.deepEqual(
      dump.dumps?.map(({ database, size, sha256 }) => ({ database, size, sha256 }))[0],
      { database: "a.b/ü", size: content.length, sha256 },
    );
    assert.deepEqual(run.step(label, "verify-dumps").readBack, {
      dumps: 2,
      size: content.length + 6,
      later: 0,
    });
  }
});

Deno.test("a database whose files are on a dataset of the run is noted once", async () => {
  await using scene = await DumpScene.make("one", "two");
  scene.dumps = { app: { script: "echo hello" } };
  scene.files = ["/srv/pg/15/main"];
  scene.roots = [{ kind: "dataset", path: "tank/pg", at: "srv/pg" }];
  await scene.run();
  const notes = scene.events.flatMap((event) => event.type === "note" ? [event.text] : []);
  assert.deepEqual(notes.filter((text) => text.includes("snapshot")), [
    'the files of "main" are in a snapshot of this run as well, as after a power failure: ' +
    "/srv/pg/15/main (tank/pg)",
  ]);
});

Deno.test("a dump that fails in the middle leaves no archive anywhere, and others are made", async () => {
  await using scene = await DumpScene.make("one", "two");
  scene.dumps = {
    broken: { script: `${noise(30_000_000)}; echo oh no >&2; exit 1` },
    cut: { script: noise(1_000_000), endMark: "-- end" },
    empty: { script: "true" },
    good: { script: "echo fine" },
  };
  const run = await scene.run();
  for (const label of ["one", "two"]) {
    assert.deepEqual(await scene.archives(label), ["web.db.main.good"]);
    const dump = run.step(label, "dump");
    assert.equal(dump.state, "failed");
    assert.deepEqual(messages(dump), [
      "Cannot dump broken: oh no",
      "Cannot dump cut: it has no end mark",
      'Cannot dump "main/empty": the dump is empty',
    ]);
    assert.equal(run.step(label, "inspect").state, "ok");
  }
});

Deno.test("a database that failed is not pruned, others are; archives that vanish are an alarm", async () => {
  await using scene = await DumpScene.make("one");
  scene.entries = [entryWith({ repositories: ["one"], retention: { keepLast: 1 } })];
  scene.dumps = { sound: { script: "echo 1" }, weak: { script: "echo 1" } };
  await scene.run();
  scene.dumps = { sound: { script: "echo 2" }, weak: { script: "exit 1" } };
  await scene.run();
  assert.deepEqual(await scene.archives("one"), ["web.db.main.weak", "web.db.main.sound"]);
  await scene.borg("delete", "--glob-archives=web.db.main.weak-*", scene.at("one"));
  const run = await scene.run();
  const inspect = run.step("one", "inspect");
  assert.match(
    messages(inspect).join(),
    /is gone, and autoborg did not remove it: "web\.db\.main\.weak-/,
  );
});

Deno.test("dumps of a pinned night stay, whatever retention says", async () => {
  await using scene = await DumpScene.make("one");
  scene.entries = [entryWith({ repositories: ["one"], retention: { keepLast: 1 } })];
  scene.dumps = { app: { script: "echo 1" } };
  await scene.run();
  const [first = ""] = await scene.names("one");
  await scene.borg("create", "--paths-from-stdin", `${scene.at("one")}::autoborg.${first}.pin`);
  await scene.run();
  await scene.run();
  const left = await scene.names("one");
  assert.ok(left.includes(first));
  assert.equal(left.filter((name) => name.startsWith("web.db")).length, 2);
});

Deno.test("a repository whose Borg is killed drops out of the dump, and the others go on", async () => {
  await using scene = await DumpScene.make("one", "two");
  // The dump itself waits until Borg has got some of it, and ends Borg then.
  const kill = `pid=$(pgrep -f "[b]org create.*$SCENE/two::web.db" | head -1); kill -9 "$pid"`;
  scene.dumps = {
    app: { script: `${noise(10_000_000)}; ${kill}; ${noise(10_000_000)}` },
    next: { script: "echo next" },
  };
  const run = await scene.run();
  assert.equal(run.step("one", "dump").state, "ok");
  assert.deepEqual(await scene.archives("one"), ["web.db.main.app", "web.db.main.next"]);
  assert.deepEqual(messages(run.step("two", "dump")), [
    'Cannot store the dump of "main/app": Borg was killed by SIGKILL',
  ]);
  assert.deepEqual(await scene.archives("two"), ["web.db.main.next"]);
});

Deno.test("a dump that never ends is stopped at its timeout, and leaves nothing", async () => {
  await using scene = await DumpScene.make("one", "two");
  scene.entries = [entryWith({ timeout: 3_000 })];
  scene.dumps = { slow: { script: `${noise(1_000_000)}; sleep 1000` } };
  const run = await scene.run();
  assert.deepEqual(messages(run.step("one", "dump")), [
    'Cannot dump "main/slow": it took longer than 3 s, the timeout of [[databases]] "main"',
  ]);
  assert.deepEqual([await scene.archives("one"), await scene.archives("two")], [[], []]);
});

Deno.test("a run that is stopped in the middle of a dump leaves no archive and no checkpoint", async () => {
  await using scene = await DumpScene.make("one", "two");
  scene.dumps = {
    app: { script: `${noise(5_000_000)}; echo >"$SCENE/midway"; sleep 1000` },
    more: { script: "echo more" },
  };
  const running = scene.run();
  while (!await isThere(scene.at("midway"))) await new Promise((done) => setTimeout(done, 20));
  scene.stop.abort({ kind: "signal", signal: "SIGTERM" });
  const { outcomes, step } = await running;
  for (const outcome of outcomes) {
    assert.equal(outcome.state, "failed");
    const said = messages(step(outcome.label, "dump"));
    assert.deepEqual(said, ['Cannot dump "main/app": interrupted by SIGTERM']);
    const failed = { run: "00000001", state: "failed", reason: "interrupted by SIGTERM" };
    assert.deepEqual(
      scene.recorded(outcome.label),
      [{ ...failed, database: "app" }, { ...failed, database: "more" }],
      "what is no longer dumped has not vanished",
    );
    assert.deepEqual(await scene.archives(outcome.label), []);
  }
});

Deno.test("a table whose databases can't be listed fails, with all others going on", async () => {
  await using scene = await DumpScene.make("one");
  scene.entries = [entryWith({ repositories: ["one"] })];
  scene.problems = [{ database: "gone", message: "there is no such database" }];
  scene.dumps = { app: { script: "echo 1" } };
  const run = await scene.run();
  assert.deepEqual(messages(run.step("one", "dump")), [
    '"main/gone": there is no such database',
  ]);
  assert.deepEqual(await scene.archives("one"), ["web.db.main.app"]);
  // Without it a database that the server hides would count as gone.
  assert.deepEqual(scene.recorded("one").map(({ database, state }) => [database, state]), [
    ["app", "made"],
    ["gone", "failed"],
  ]);
});

Deno.test("an optional repository that is absent takes no dumps, and that is no failure", async () => {
  await using scene = await DumpScene.make("one", "two");
  scene.set("two", { optional: true });
  await Deno.remove(scene.at("two"), { recursive: true });
  scene.dumps = { app: { script: "echo 1" } };
  const { outcomes } = await scene.run();
  assert.deepEqual(outcomes.map(({ state }) => state), ["ok", "absent"]);
});

Deno.test("--skip leaves dumps out, or reading them back", async () => {
  await using scene = await DumpScene.make("one");
  scene.entries = [entryWith({ repositories: ["one"] })];
  scene.dumps = { app: { script: "echo 1" } };
  scene.skip = ["dump"];
  await scene.run();
  assert.deepEqual(await scene.archives("one"), []);
  scene.skip = ["verify"];
  const { outcomes: [outcome] } = await scene.run();
  assert.deepEqual(await scene.archives("one"), ["web.db.main.app"]);
  assert.ok(outcome !== undefined && outcome.state !== "absent");
  assert.equal(outcome.steps.find(({ step }) => step === "verify-dumps")?.state, "skipped");
});

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
