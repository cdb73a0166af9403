import assert from "node:assert/strict";
import { exists, Place, repository } from "./place.ts";

function logNames(place: Place): string[] {
  return [...Deno.readDirSync(place.at("logs"))].map(({ name }) => name).toSorted();
}

Deno.test("run writes one log with mode 0640 that tells every command and what it said", async () => {
  await using place = await Place.make({ retention: { keep_daily: 7 } });
  await place.init();
  await place.expect(0, "run");
  const [name = "", ...others] = logNames(place);
  assert.deepEqual(others, []);
  const [archive] = await place.archives("first");
  assert.equal(name, `${archive}.log`);
  assert.equal((Deno.statSync(place.at("logs", name)).mode ?? 0) & 0o777, 0o640);
  const log = await place.log();
  for (const step of ["create", "check", "prune", "compact"]) {
    const part = new RegExp(
      `\\n\\n\\d\\S+ INFO +\\[first ${step}\\] ${step} begins\\n` +
        `\\d\\S+ INFO +\\[first ${step}\\] \\$ borg ${step} .*\\n` +
        `(.*\\n)*?\\d\\S+ INFO +\\[first ${step}\\] borg ended: exit code 0, after \\d.*\\n` +
        `\\d\\S+ INFO +\\[first ${step}\\] ${step}: ok after `,
    );
    assert.match(log, part);
  }
  assert.match(log, /\[first prune\] Keeping archive/, "Borg's own lines are in it");
  const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d (DEBUG|INFO|WARNING|ERROR) +/;
  for (const line of log.split("\n").filter((line) => line !== "")) assert.match(line, stamp);
});

Deno.test("run lists changed files in the log when logs.level is debug", async () => {
  await using place = await Place.quick({ logs: { directory: "logs", level: "debug" } });
  await place.init();
  await place.expect(0, "run");
  assert.match(await place.log(), /DEBUG +\[first create\] A .*source\/one\.txt/);
});

Deno.test("run keeps the newest logs and never touches foreign files", async () => {
  await using place = await Place.quick({ logs: { directory: "logs", keep: 2 } });
  const foreign = [
    "notes.txt",
    "web.log",
    "web-2026-01-01.log",
    "web-2020-01-01T00:00:00Z-0123abcd.log.gz",
    "web-db-2020-01-01T00:00:00Z-0123abcd.log",
    "web-2020-13-01T00:00:00Z-0123abcd.log",
  ];
  const old = [1, 2, 3].map((day) => `web-2020-01-0${day}T00:00:00Z-0123abcd.log`);
  for (const name of [...foreign, ...old]) await place.write(`logs/${name}`, "");
  await place.init();
  await place.expect(0, "run");
  const names = logNames(place);
  for (const name of foreign) assert.ok(names.includes(name), `${name} is gone`);
  const ours = names.filter((name) => !foreign.includes(name));
  assert.equal(ours.length, 2);
  assert.ok(ours.includes(old[2] ?? ""), "the newest of the old ones stays");
});

Deno.test("run makes the backup and warns when no log can be written", async () => {
  await using place = await Place.quick({ logs: { directory: "config.toml/logs" } });
  await place.init();
  const { stderr } = await place.expect(1, "run");
  assert.match(stderr, /warning: Cannot create the log file/);
  assert.equal((await place.archives("first")).length, 1);
});

Deno.test("run makes the backup and warns when the history is damaged", async () => {
  await using place = await Place.quick();
  await place.init();
  await place.write("state/history.db", "this is no database, and it is long enough to be read");
  const { stderr } = await place.expect(1, "run");
  assert.match(stderr, /The history ".*history\.db" was damaged; it is moved aside/);
  assert.ok(exists(place.at("state/history.db.damaged")));
  await place.expect(0, "run");
});

Deno.test("run makes the backup and says what is wrong when the state directory is unusable", async () => {
  await using place = await Place.quick({
    paths: { temp_dir: "temp", state_dir: "config.toml/x" },
  });
  await place.init();
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /first +create +ok/);
  assert.match(stderr, /warning: Cannot open the history/);
  assert.match(
    stderr,
    /error: Cannot read the journal .*; nothing that a crashed run may have left/,
  );
  assert.match(await place.log(), / FAILED after .*: Cannot read the journal/);
});

Deno.test("run says the same on the terminal as in the log, in short", async () => {
  await using place = await Place.quick({
    repositories: [repository("first"), repository("a-long-label")],
  });
  await place.init();
  const { stdout, stderr } = await place.expect(0, "run");
  assert.equal(stdout, "", "messages go to standard error");
  assert.match(stderr, /^autoborg \d+\.\d+\.\d+: web on \S+, run [0-9a-f]{8}\n/);
  assert.match(stderr, /^first {9}create {3}ok after /m);
  assert.match(stderr, /^a-long-label {2}create {3}ok after /m);
  const [state = "nothing"] = /^ok after .*$/m.exec(stderr) ?? [];
  assert.ok((await place.log()).includes(state), "the state is the same");
});

Deno.test("run keeps its own log when others are dated in the future", async () => {
  await using place = await Place.quick({ logs: { directory: "logs", keep: 2 } });
  await place.init();
  await place.expect(0, "run");
  const [before = ""] = logNames(place);
  for (const day of [1, 2, 3]) {
    await place.write(`logs/web-2036-01-0${day}T00:00:00Z-0123abcd.log`, "");
  }
  await place.expect(0, "run");
  const names = logNames(place);
  assert.equal(names.length, 2);
  assert.ok(names.includes(before));
  assert.ok(names.every((name) => !name.startsWith("web-2036")), names.join(" "));
});

Deno.test("run warns, once, when the history is emptied or gone, and status says it before", async () => {
  await using place = await Place.quick();
  await place.init();
  await place.expect(0, "run");
  await place.write("state/history.db", "");
  assert.match((await place.autoborg("status")).stderr, /Cannot open the history .*was emptied/);
  const emptied = await place.expect(1, "run");
  assert.match(emptied.stderr, /history\.db" was emptied; it is moved aside .*a new one/);
  await Deno.remove(place.at("state/history.db"));
  assert.match((await place.autoborg("status")).stderr, /Cannot open the history .*is missing/);
  assert.match(
    (await place.expect(1, "run")).stderr,
    /history\.db" is missing; the run .*is started/,
  );
  // The archives that were made before are asked about once.
  const asks = await place.expect(1, "run");
  assert.match(asks.stderr, /2 archives were not created by this machine/);
  await place.expect(0, "accept", "first");
  await place.expect(0, "run");
});
