import assert from "node:assert/strict";
import { ExitCode } from "../../lib/errors.ts";
import { outcomeText } from "../../lib/cli/setup_outcome.ts";
import { AppError } from "../../lib/errors.ts";
import { Place } from "../config/files.ts";
import { ProgramsDouble } from "../process/double.ts";
import { runWith } from "./outside.ts";
import { Person } from "./person.ts";
import { Scene } from "./scene.ts";

/** The commands of the one block with which setup ends. */
function nextSteps(err: string): readonly string[] {
  const [, block = "", more] = err.split(/^next steps.*:\n/m);
  assert.equal(more, undefined, "one block");
  return block.split("\n").map((line) => line.trim().replace(/ --config \S+/, ""))
    .filter((line) => line !== "");
}

const TIMER = "autoborg systemd --write /etc/systemd/system";
const PROBE = "autoborg check-config --probe";

/** Whatever the machine of the test has of systemd and of the program itself. */
function withoutTimer(commands: readonly string[]): readonly string[] {
  return commands.filter((one) => !/systemd|systemctl|deno task|cron/.test(one));
}

Deno.test("setup ends with what was done, and all commands that lead on, when init fails", async () => {
  using scene = new Scene();
  scene.borg.fails("init", "Connection refused", "ConnectionClosed");
  const { code, err } = await scene.run(
    "setup",
    ...["--keep", "--init", "--run", "--verify", "--no-timer"],
  );
  assert.equal(code, 2, err);
  assert.match(err, /^failed: init, for the reason above$/m);
  assert.match(err, /^to change the answers: autoborg setup --config \S+ --overwrite$/m);
  assert.deepEqual(withoutTimer(nextSteps(err)), ["autoborg init", PROBE, "autoborg run"]);
  assert.ok(!scene.borg.started.includes("borg create"));
});

Deno.test("setup ends with the steps that are left when the first backup fails", async () => {
  using scene = new Scene();
  scene.borg.fails("create", "No space left on device", "OSError");
  const person = new Person(true, true, false, true);
  scene.prompts = person;
  const { code, err } = await scene.run("setup", "--no-timer");
  assert.equal(code, 2, err);
  assert.match(err, /^done: init\nfailed: run, for the reason above\n/m);
  assert.deepEqual(withoutTimer(nextSteps(err)), [PROBE, "autoborg run"]);
  assert.equal(person.asked.length, 4, "verify is not asked for");
  assert.match(person.asked[2] ?? "", /^Export the keys to .*\/keys now, to move them away from/);
});

Deno.test("setup takes each step in its order, and lets the probe have the last word", async () => {
  using scene = new Scene();
  const { code, err } = await scene.run(
    "setup",
    ...["--keep", "--init", "--run", "--verify", "--no-timer"],
  );
  assert.equal(code, 0, err);
  assert.match(err, /^done: init, run, verify$/m);
  assert.match(
    err,
    /^Keep the passphrase of disk with its key.* It is in the configuration file$/m,
  );
  assert.deepEqual(withoutTimer(nextSteps(err)), [PROBE]);
});

Deno.test("setup keeps the exit code of a run with warnings when verify finds nothing", async () => {
  using scene = new Scene();
  Deno.chmodSync(scene.at("config.toml"), 0o644);
  const { code, err } = await scene.run(
    "setup",
    ...["--keep", "--init", "--run", "--verify", "--no-timer"],
  );
  assert.equal(code, 1, err);
  assert.match(err, /^done: init, run with warnings, verify$/m);
});

Deno.test("setup says how to go on when a question is interrupted", async () => {
  using scene = new Scene();
  const person = new Person(true, true, false);
  const interrupted = new AppError("Interrupted", { exitCode: ExitCode.interrupted });
  scene.prompts = {
    text: (...args) => person.text(...args),
    secret: (...args) => person.secret(...args),
    choose: (message) => person.choose(message),
    confirm: (message) =>
      message.startsWith("Make the first") ? Promise.reject(interrupted) : person.confirm(message),
  };
  const { code, err } = await scene.run("setup");
  assert.equal(code, 130, err);
  assert.match(err, /^error: Interrupted\n\ndone: init\nnext steps/m);
  assert.deepEqual(withoutTimer(nextSteps(err)), [PROBE, "autoborg run"]);
});

Deno.test("setup asks nothing about a backup when there is no repository", async () => {
  using scene = new Scene();
  const person = new Person(true, false);
  scene.prompts = person;
  const { code, err } = await scene.run("setup", "--no-timer");
  assert.equal(code, 0, err);
  assert.deepEqual(withoutTimer(nextSteps(err)), ["autoborg init", PROBE, "autoborg run"]);
});

Deno.test("setup replaces no configuration unless it is told to, and says what else it can do", async () => {
  using scene = new Scene();
  const before = Deno.readTextFileSync(scene.at("config.toml"));
  const steps = ["--no-init", "--no-run", "--no-verify", "--no-timer"];
  const refused = await scene.run("setup", ...steps);
  assert.equal(refused.code, 2);
  assert.match(
    refused.err,
    /^error: Refusing to replace ".*": it already exists\nhint: Go on with/,
  );
  assert.match(refused.err, /autoborg setup --config \S+ --keep; --overwrite replaces it/);
  scene.prompts = new Person(false, false);
  assert.match((await scene.run("setup", ...steps)).err, /^error: Refusing to replace/);
  assert.equal(Deno.readTextFileSync(scene.at("config.toml")), before);
});

Deno.test("setup says that Borg is not installed, and writes the configuration nevertheless", async () => {
  using place = new Place();
  const words = `--name web --directory /etc --repo ${place.directory}/borg --same-disk ` +
    "--generate-passphrase --no-init --no-run --no-verify --no-timer";
  const { code, err } = await runWith(
    ["setup", "--config", place.file, ...words.split(" ")],
    new ProgramsDouble({ mount: { stdout: "" } }),
  );
  assert.equal(code, 0, err);
  assert.match(err, /^warning: Cannot start "borg": it is not installed$/m);
  assert.match(err, /^done: .*\/config\.toml$/m);
  assert.equal(((await Deno.stat(place.file)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("outcomeText() shows one block of commands for each way to a timer", () => {
  const codes = new Map([["init", 0], ["run", 0]] as const);
  const after = (kind: "packaged" | "written" | "none", instance?: string) => {
    const timer = instance === undefined ? "autoborg.timer" : `autoborg@${instance}.timer`;
    const text = outcomeText({
      path: "/etc/autoborg/config.toml",
      written: true,
      codes,
      timer: { kind, timer, instance },
    });
    assert.match(text, /^done: \/etc\/autoborg\/config\.toml, init, run$/m);
    // From source the program has to be installed before anything else.
    assert.ok(nextSteps(text).findIndex((one) => one.includes("deno task compile")) <= 0);
    return nextSteps(text).filter((one) => !one.includes("deno task"));
  };
  const enable = "systemctl enable --now autoborg.timer";
  assert.deepEqual(after("packaged"), [enable, PROBE]);
  assert.deepEqual(after("written"), [TIMER, "systemctl daemon-reload", enable, PROBE]);
  assert.deepEqual(after("written", "db"), [
    "autoborg systemd --name db --write /etc/systemd/system",
    "systemctl daemon-reload",
    "systemctl enable --now autoborg@db.timer",
    PROBE,
  ]);
  const [cron = "", ...rest] = after("none");
  assert.match(
    cron,
    /^echo '30 3 \* \* \* root \/\S+ run --progress none' >\/etc\/cron\.d\/autoborg$/,
  );
  assert.deepEqual(rest, [PROBE]);
});
