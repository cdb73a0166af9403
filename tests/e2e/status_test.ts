import assert from "node:assert/strict";
import { Holder } from "./holder.ts";
import { Place, repository } from "./place.ts";
import { autoborgCommand, BINARY, ROOT, type Running, runToEnd, which } from "./program.ts";

async function status(place: Place, code: number) {
  const { stdout } = await place.expect(code, "status", "--json");
  return JSON.parse(stdout);
}

Deno.test("status follows a row of good, bad and missing runs", async () => {
  await using place = await Place.quick({ status: { max_age: "1h" } });
  assert.equal((await status(place, 1)).repositories[0].state, "never");
  const none = await place.expect(1, "status");
  assert.match(none.stdout, /web is stale: first has no good backup\nthere has been no run yet/);
  await place.init();
  await place.expect(0, "run");
  const good = await status(place, 0);
  assert.equal(good.state, "fresh");
  assert.equal(good.lastRun.state, "ok");
  assert.equal(good.repositories[0].lastBackup.archive.files, 3);
  assert.equal(good.running, null);
  await place.configure({ repositories: [repository("first", { passphrase: "not this one" })] });
  await place.expect(2, "run");
  const bad = await status(place, 0);
  assert.equal(bad.state, "fresh", "the last good backup is still young");
  assert.equal(bad.lastRun.state, "failed");
  assert.equal(bad.repositories[0].lastBackup.runId, good.lastRun.runId);
  assert.match((await place.expect(0, "history")).stdout, /failed .* first failed \(create: wrong/);
  await place.configure({ status: { max_age: "1s" } });
  assert.equal((await status(place, 1)).repositories[0].state, "too-old");
  await place.configure({ repositories: [repository("another")] });
  const other = await status(place, 1);
  assert.deepEqual(other.repositories.map(({ label }: { label: string }) => label), ["another"]);
});

Deno.test("status names the run in progress, and history the one that was refused", async () => {
  // The run waits for the lock until everything has been asked, on a busy machine, too.
  await using place = await Place.quick({
    repositories: [repository("first", { lock_wait: "5m" })],
  });
  await place.init();
  await place.write("state/run.lock", '{"process":1,"runId":"ffffffff","startedAt":"x"}\n');
  assert.equal((await status(place, 1)).running, null, "a killed run left its name");
  let running: Running;
  {
    await using _holder = await Holder.start(place);
    running = place.start("run", "--progress=none");
    const runId = (await running.prints(/run [0-9a-f]{8}/)).slice(4);
    const there = await status(place, 1);
    assert.equal(there.running.runId, runId);
    assert.equal(there.running.process, running.pid);
    await place.expect(75, "run");
    const refused = JSON.parse((await place.expect(0, "history", "--json")).stdout);
    assert.equal(refused.runs[0].refused, true);
    assert.match(refused.runs[0].problems[0].message, /Cannot take the run lock/);
  }
  assert.equal((await running.end()).code, 0);
  assert.equal((await status(place, 0)).running, null);
});

Deno.test("status disturbs no run that begins in the same moment", async () => {
  await using place = await Place.quick({ sources: { directories: ["source/sub"] } });
  await place.init();
  await place.expect(0, "run");
  let done = false;
  const asking = (async () => {
    while (!done) await Promise.all([place.autoborg("status"), place.autoborg("status")]);
  })();
  for (let count = 0; count < 2; count++) await place.expect(0, "run", "--skip=check");
  done = true;
  await asking;
});

Deno.test("status never starts a program", async () => {
  await using place = await Place.quick();
  await place.init();
  await place.expect(0, "run");
  await Deno.remove(place.at("first.borg"), { recursive: true });
  const command = [...autoborgCommand(), "status", `--config=${place.at("config.toml")}`];
  const env = { ...place.env, PATH: "/nonexistent" };
  const ended = await runToEnd(command, { env, cwd: place.directory });
  assert.equal(ended.code, 0, ended.stderr);
});

const NO_USER = Deno.uid() !== 0 || which("setpriv") === undefined;

Deno.test({
  name: `status works without root where the files can be read${
    NO_USER ? " (not run: it needs root and setpriv)" : ""
  }`,
  ignore: NO_USER,
  fn: async () => {
    await using place = await Place.quick();
    await place.init();
    await place.expect(0, "run");
    const cache = await Deno.makeTempDir({ prefix: "autoborg-cache-" });
    // A binary and a cache that everybody can read, whatever the home of root allows.
    const copy = place.at("tree");
    for (
      const command of [["cp", "-rL", place.env.DENO_DIR ?? "", `${cache}/d`], ["mkdir", copy]]
    ) {
      await runToEnd(command, { env: place.env });
    }
    const files = ["main.ts", "deno.json", "deno.lock", "lib"].map((name) => `${ROOT}${name}`);
    await runToEnd(["cp", "-r", ...files, copy], { env: place.env });
    await runToEnd(["cp", Deno.execPath(), place.at("deno")], { env: place.env });
    const widened = [place.directory, cache, place.at("state")];
    for (const path of widened) await Deno.chmod(path, 0o755);
    await Deno.chmod(place.at("config.toml"), 0o644);
    await runToEnd(["chmod", "-R", "a+rwX", cache, copy], { env: place.env });
    const program = BINARY !== undefined ? [BINARY] : [
      place.at("deno"),
      ...["run", "-q", "--no-prompt", "-P", `--config=${copy}/deno.json`, `${copy}/main.ts`],
    ];
    const ended = await runToEnd([
      ...["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
      ...program,
      ...["status", `--config=${place.at("config.toml")}`],
    ], { env: { ...place.env, DENO_DIR: `${cache}/d` }, cwd: "/" });
    await Deno.remove(cache, { recursive: true });
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    assert.match(ended.stdout, /first +fresh/);
  },
});

Deno.test("history --html writes a page, --last and --repo choose runs", async () => {
  await using place = await Place.quick();
  await place.init();
  for (let count = 0; count < 2; count++) await place.expect(0, "run");
  const { stdout } = await place.expect(0, "history", "--html", place.at("page.html"));
  assert.equal(stdout, "");
  const page = await Deno.readTextFile(place.at("page.html"));
  assert.match(page, /^<!DOCTYPE html>\n<html lang="en">.*<h1>Backups of web<\/h1>/s);
  const last = JSON.parse((await place.expect(0, "history", "--last=1", "--json")).stdout);
  assert.equal(last.runs.length, 1);
  assert.match((await place.expect(64, "history", "--repo=other")).stderr, /"other"/);
  assert.match((await place.expect(64, "history", "--last=none")).stderr, /whole number/);
});

Deno.test("status of a machine that only prunes takes another machine's archive for the last backup", async () => {
  await using place = await Place.quick();
  await place.init();
  await place.expect(0, "run");
  const tables = { retention: { keep_last: 1 }, metrics: { textfile: "autoborg.prom" } };
  await place.configure({ ...tables, paths: { temp_dir: "temp", state_dir: "pruner" } });
  assert.equal((await status(place, 1)).repositories[0].state, "never");
  await place.expect(0, "run", "--skip=create,verify");
  const { stdout } = await place.expect(0, "status");
  assert.match(stdout, /^web is fresh: /);
  assert.match(stdout, /^first +fresh +\d+ s ago, by another machine /m);
  const metrics = await Deno.readTextFile(place.at("autoborg.prom"));
  assert.match(metrics, /^autoborg_last_success_timestamp_seconds\{.*\} [1-9]\d+$/m);
});

Deno.test("run writes metrics, and pings a service", async () => {
  const heard: string[] = [];
  const stop = new AbortController();
  const options = { port: 0, hostname: "127.0.0.1", signal: stop.signal, onListen() {} };
  const server = Deno.serve(options, async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    heard.push(`${pathname} ${searchParams.get("rid")} ${await request.text()}`);
    return new Response("OK");
  });
  const url = `http://127.0.0.1:${server.addr.port}/uuid-geheim`;
  const tables = { metrics: { textfile: "autoborg.prom" }, ping: { url } };
  await using place = await Place.quick(tables);
  await place.init();
  await place.expect(0, "run");
  await place.expect(0, "run", "--skip=create,check");
  assert.match(await place.log(), /"ping" gets no message about this run: create was skipped/);
  await place.configure({ ...tables, sources: { directories: ["nowhere"] } });
  await place.expect(2, "run");
  stop.abort();
  await server.finished;
  assert.deepEqual(heard.map((line) => line.split(" ")[0]), [
    "/uuid-geheim/start",
    "/uuid-geheim/0",
    "/uuid-geheim/start",
    "/uuid-geheim/2",
  ]);
  const metrics = await Deno.readTextFile(place.at("autoborg.prom"));
  assert.match(metrics, /^autoborg_last_run_state\{name="web",state="failed"\} 1$/m);
  assert.match(metrics, /^autoborg_last_success_timestamp_seconds\{.*repository="first"\} 1\d{9}/m);
  const gone = await place.autoborg("run", "--skip=check");
  assert.match(
    gone.stderr,
    /warning: Cannot notify "ping" \(Healthchecks\): the connection was refused/,
  );
  assert.ok(!`${gone.stderr}${await place.log()}${metrics}`.includes("uuid-geheim"));
});

Deno.test("run warns, and ends with 1, when the metrics can't be written", async () => {
  await using place = await Place.quick({ metrics: { textfile: "nowhere/autoborg.prom" } });
  await place.init();
  const { stderr } = await place.expect(1, "run");
  assert.match(stderr, /^ {2}warning: The writing of the metrics failed: Cannot write/m);
});

Deno.test("run writes a priority before each line when the journal listens", async () => {
  await using place = await Place.quick({
    repositories: [repository("first", { passphrase: "x" })],
  });
  const command = [...autoborgCommand(), "run", `--config=${place.at("config.toml")}`];
  const script = 'exec 2>"$0"; JOURNAL_STREAM=$(stat -Lc %d:%i "$0") exec "$@"';
  const journal = await place.write("journal", "");
  const start = { env: place.env, cwd: place.directory };
  await runToEnd(["sh", "-c", script, journal, ...command], start);
  const written = await Deno.readTextFile(journal);
  for (const line of written.trimEnd().split("\n")) assert.match(line, /^<[346]>/);
  assert.match(written, /^<6>autoborg /);
  assert.match(written, /^<3>first .* failed/m);
  assert.match(written, /^<3> {2}error: /m);
  await Deno.writeTextFile(place.at("config.toml"), "no toml");
  await runToEnd(["sh", "-c", script, journal, ...command], start);
  assert.match(await Deno.readTextFile(journal), /^<3>error: /);
});
