import assert from "node:assert/strict";
import { Holder } from "./holder.ts";
import { Place, repository } from "./place.ts";
import { eventually, type Running } from "./program.ts";

Deno.test("run ends with 75 at once when another run holds the lock", async () => {
  await using place = await Place.quick();
  await place.init();
  // The first run waits for a repository that somebody else has locked.
  let first: Running;
  {
    await using _holder = await Holder.start(place);
    first = place.start("run", "--progress=none");
    const runId = (await first.prints(/run [0-9a-f]{8}/)).slice(4);
    const { stderr } = await place.expect(75, "run");
    assert.match(stderr, /Cannot take the run lock ".*run\.lock"/);
    assert.match(
      stderr,
      new RegExp(
        `run ${runId} \\(process ${first.pid}\\) has held it since ` +
          `20`,
      ),
    );
    const logs = [...Deno.readDirSync(place.at("logs"))].map(({ name }) => name);
    assert.equal(logs.filter((name) => name.endsWith(".refused.log")).length, 1, String(logs));
    assert.equal(logs.length, 2, String(logs));
  }
  assert.equal((await first.end()).code, 0);
  await place.expect(0, "run");
});

Deno.test("run takes the lock that a killed run has left", async () => {
  await using place = await Place.quick();
  await place.init();
  {
    await using _holder = await Holder.start(place);
    const first = place.start("run", "--progress=none");
    await first.prints(/run [0-9a-f]{8}/);
    first.kill("SIGKILL");
    await first.end();
  }
  const status = await place.autoborg("status");
  assert.match(status.stdout, /^last run: .* ended without a report$/m);
  const { stderr } = await place.expect(1, "run");
  assert.match(stderr, /warning: The run of .* ended without a report/);
  await place.expect(0, "run");
  assert.match((await place.expect(0, "history")).stdout, / died /);
});

Deno.test("run goes on when SIGHUP comes, and says so in its log", async () => {
  await using place = await Place.quick();
  await place.init();
  let running: Running;
  {
    await using _holder = await Holder.start(place);
    running = place.start("run", "--progress=none");
    await running.prints(/run [0-9a-f]{8}/);
    running.kill("SIGHUP");
    const isLogged = () => place.log().then((log) => log.includes("SIGHUP"));
    assert.ok(await eventually(isLogged, 20_000));
  }
  assert.equal((await running.end()).code, 0);
  assert.match(await place.log(), /WARNING SIGHUP was received; the run continues$/m);
});

Deno.test("run names who locks a repository when it has waited long enough", async () => {
  await using place = await Place.quick({
    repositories: [repository("first", { lock_wait: "1s" }), repository("second")],
  });
  await place.init();
  await using holder = await Holder.start(place);
  const { stderr } = await place.expect(2, "run");
  const by = new RegExp(
    `the repository is locked by process ${holder.borg.pid} on \\S+; gave up after waiting 1 s`,
  );
  assert.match(stderr, by);
  assert.match(stderr, new RegExp(`Look first: "ps -fp ${holder.borg.pid}" on \\S+\\.`));
  assert.match(
    stderr,
    /: "autoborg borg --config \S+ first -- break-lock"\. It also removes the lock/,
  );
  assert.match(stderr, /second ok$/m);
});

Deno.test("run stops while borg waits for a lock when SIGTERM comes", async () => {
  await using place = await Place.quick({
    repositories: [repository("first", { lock_wait: "9m" })],
  });
  await place.init();
  await using _holder = await Holder.start(place);
  const running = place.start("run");
  await eventually(
    async () => (await place.log().catch(() => "")).includes("$ borg create"),
    9_000,
  );
  running.kill("SIGTERM");
  assert.equal((await running.end()).code, 143);
});
