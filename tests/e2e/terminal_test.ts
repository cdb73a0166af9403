import assert from "node:assert/strict";
import { Place, repository } from "./place.ts";
import { autoborgCommand, type Ended, eventually, Running, runToEnd, which } from "./program.ts";

const NO_SCRIPT = which("script") === undefined ? "script is not installed" : undefined;
const ESCAPE = "\x1b[";

/** Runs autoborg on a terminal of its own; everything it says is on `stdout`. */
async function onTerminal(
  place: Place,
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Ended> {
  const words = [...autoborgCommand(), "run", `--config=${place.at("config.toml")}`, ...args];
  const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  return await runToEnd(["script", "-qec", line, "/dev/null"], {
    env: { ...place.env, TERM: "xterm-256color", SHELL: "/bin/sh", ...env },
    cwd: place.directory,
    stdin: "",
  });
}

function terminalTest(name: string, fn: () => Promise<void>): void {
  const ignore = NO_SCRIPT !== undefined;
  Deno.test({ name: ignore ? `${name} (not run: ${NO_SCRIPT})` : name, ignore, fn });
}

terminalTest(
  "run paints colours and a progress line on a terminal, and takes it away",
  async () => {
    // What can't be compressed takes so long that the line is painted a few times.
    await using place = await Place.quick({
      repositories: [repository("first", { compression: "lzma,9" })],
    });
    for (let part = 0; part < 8; part++) {
      await place.write(`source/${part}`, crypto.getRandomValues(new Uint8Array(65_536)));
    }
    await place.init();
    const { code, stdout } = await onTerminal(place, {});
    assert.equal(code, 0, stdout);
    assert.ok(stdout.includes(`${ESCAPE}32mok`), "a good result is green");
    assert.match(stdout, /first {2}create {3}(…|\d+ files?, .* new, .*\/s)/);
    assert.ok(stdout.includes(`${ESCAPE}1A${ESCAPE}0J`), "the progress line is taken away");
    assert.match(stdout.replaceAll("\r", ""), /ok\S* after .*: first ok$/m);
  },
);

terminalTest("run shows no colour on a terminal when it is not wanted", async () => {
  await using place = await Place.quick();
  await place.init();
  const wishes: readonly (readonly [Record<string, string>, ...string[]])[] = [
    [{ NO_COLOR: "1" }],
    [{ TERM: "dumb" }],
    [{}, "--no-color"],
  ];
  for (const [env, ...args] of wishes) {
    const { code, stdout } = await onTerminal(place, env, "--progress=none", ...args);
    assert.equal(code, 0, stdout);
    assert.ok(!stdout.includes("\x1b"), JSON.stringify(stdout));
  }
});

terminalTest("run paints no progress on a dumb terminal", async () => {
  await using place = await Place.quick();
  await place.init();
  const { stdout } = await onTerminal(place, { TERM: "dumb" });
  assert.ok(!stdout.includes("\x1b"), JSON.stringify(stdout));
});

Deno.test("run writes no escape codes when there is no terminal", async () => {
  await using place = await Place.quick();
  await place.init();
  const { stdout, stderr } = await place.expect(0, "run");
  assert.ok(!`${stdout}${stderr}${await place.log()}`.includes("\x1b"));
});

Deno.test("run --progress json writes one object a line to standard output", async () => {
  await using place = await Place.make({ retention: { keep_last: 3 } });
  await place.init();
  const { stdout } = await place.expect(0, "run", "--progress", "json");
  const objects = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(objects[0].type, "run-started");
  const started = objects.filter(({ type }) => type === "step-started").map(({ step }) => step);
  const finished = objects.filter(({ type }) => type === "step-finished")
    .filter(({ step }) => step.state !== "skipped").map(({ step }) => step.step);
  assert.deepEqual(started, finished);
  assert.ok(started.includes("create") && started.includes("prune"));
  assert.equal(objects.at(-1).type, "run-finished");
  assert.equal(objects.at(-1).run.state, "ok");
});

Deno.test("run goes on when the disk behind standard error is full, and says so in its log", async () => {
  await using place = await Place.quick();
  await place.init();
  const command = [...autoborgCommand(), "run", `--config=${place.at("config.toml")}`];
  const { code } = await runToEnd(["sh", "-c", 'exec 2>/dev/full; exec "$@"', "sh", ...command], {
    env: place.env,
    cwd: place.directory,
  });
  assert.equal(code, 1);
  assert.match(await place.log(), LOST("standard error: no space left on device"));
  assert.match(await place.log(), /^\S+ WARNING warning after .*: first ok$/m);
});

terminalTest("run goes on when its terminal is closed, and says so in its log", async () => {
  await using place = await Place.quick({
    repositories: [repository("first", { compression: "lzma,9" })],
  });
  for (let part = 0; part < 64; part++) {
    await place.write(`source/${part}`, crypto.getRandomValues(new Uint8Array(65_536)));
  }
  await place.init();
  const words = [...autoborgCommand(), "run", `--config=${place.at("config.toml")}`];
  const terminal = new Running(["script", "-qec", words.join(" "), "/dev/null"], {
    env: { ...place.env, TERM: "xterm-256color", SHELL: "/bin/sh" },
    cwd: place.directory,
  });
  await terminal.prints(/create/);
  // The terminal goes away with it.
  terminal.kill("SIGKILL");
  await terminal.end();
  const saysHowItWent = async () => / after .*: first /m.test(await place.log());
  assert.ok(await eventually(saysHowItWent, 120_000));
  // The history says that the run is over once its report is out.
  const isOver = async () =>
    /^last run: .*, warning after /m.test((await place.autoborg("status")).stdout);
  assert.ok(await eventually(isOver, 120_000));
  const log = await place.log();
  assert.match(log, LOST("its terminal"));
  const outcomes = log.match(/^\S+ \S+ +\w+ after .*$/gm) ?? [];
  assert.match(outcomes.join("\n"), /^\S+ WARNING warning after .*: first ok$/);
});

const LOST = (what: string) => new RegExp(`WARNING .*The run continued without ${what}`);
