/** A run that could not begin leaves a log, whatever kept it from beginning. @module */
import assert from "node:assert/strict";
import { Holder } from "./holder.ts";
import { passphraseOf, Place, QUICK } from "./place.ts";
import type { Running } from "./program.ts";
import { NO_STRANGER, typeAll } from "./stranger.ts";

/** What the logs of the runs that did not begin say, the oldest first. */
function refusals(place: Place): readonly string[] {
  const form = /^web-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ-[0-9a-f]{8}\.refused\.log$/;
  const names = [...Deno.readDirSync(place.at("logs"))].map(({ name }) => name)
    .filter((name) => form.test(name)).toSorted();
  for (const name of names) {
    assert.equal((Deno.statSync(place.at("logs", name)).mode ?? 0) & 0o777, 0o640, name);
  }
  assert.equal((Deno.statSync(place.at("logs")).mode ?? 0) & 0o007, 0);
  return names.map((name) => Deno.readTextFileSync(place.at("logs", name)));
}

Deno.test("run leaves a log when another run holds the lock, and that run keeps its own", async () => {
  await using place = await Place.quick();
  await place.init();
  let first: Running;
  {
    await using _held = await Holder.start(place);
    first = place.start("run", "--progress=none");
    await first.prints(/run [0-9a-f]{8}/);
    await place.expect(75, "run");
  }
  assert.equal((await first.end()).code, 0);
  const [log = "", ...more] = refusals(place);
  assert.deepEqual(more, []);
  assert.match(log, /INFO +autoborg \S+: run [0-9a-f]{8} of "web" on \S+ did not begin\n/);
  assert.match(log, /ERROR +error: Cannot take the run lock .* has held it since/);
  const runs = JSON.parse((await place.expect(0, "history", "--json")).stdout).runs;
  const refused = runs.find((run: { refused: boolean }) => run.refused);
  assert.match(log, new RegExp(`run ${refused.runId} of`), "the history has the same run");
});

/** Configurations with which no run begins, and what the log of each must say. */
const INVALID: readonly (readonly [string, (text: string) => string, RegExp])[] = [
  ["has an unknown key", (text) => `nonsense = 1\n${text}`, /nonsense: unknown key/],
  ["is no TOML", (text) => text.replace("[sources]", "[sources"), /config\.toml:\d+:\d+: /],
  [
    "has another mistake in [logs]",
    (text) => text.replace("[logs]", '[logs]\nlevel = "loud"'),
    /logs\.level/,
  ],
];

for (const [kind, broken, says] of INVALID) {
  Deno.test(`run leaves a log when its configuration ${kind}`, async () => {
    await using place = await Place.quick();
    const config = place.at("config.toml");
    await Deno.writeTextFile(config, broken(await Deno.readTextFile(config)));
    const { stderr } = await place.expect(78, "run");
    const [log = "", ...more] = refusals(place);
    assert.deepEqual(more, []);
    assert.match(log, says);
    for (const [finding] of stderr.matchAll(/config\.toml:\d+:\d+: .*/g)) {
      assert.ok(log.includes(finding), log);
    }
    assert.ok(!log.includes(passphraseOf("first")));
    await place.expect(78, "run", "--dry-run");
    assert.equal(refusals(place).length, 1, "a dry run leaves none");
  });
}

Deno.test("run keeps the newest logs of runs that did not begin, beside those of runs", async () => {
  await using place = await Place.quick({ logs: { directory: "logs", keep: 2 } });
  await place.init();
  await place.expect(0, "run");
  const foreign = ["db-2020-01-01T00:00:00Z-0123abcd.refused.log", "web.refused.log"];
  const old = [1, 2, 3].map((day) => `web-2020-01-0${day}T00:00:00Z-0123abcd.refused.log`);
  for (const name of [...foreign, ...old]) await place.write(`logs/${name}`, "");
  await place.configure({ ...QUICK, logs: { directory: "logs", keep: 2 }, nonsense: 1 });
  await place.expect(78, "run");
  const names = [...Deno.readDirSync(place.at("logs"))].map(({ name }) => name);
  for (const name of foreign) assert.ok(names.includes(name), `${name} is gone`);
  const ours = names.filter((name) => !foreign.includes(name) && name.includes(".refused."));
  assert.equal(ours.length, 2);
  assert.ok(ours.includes(old[2] ?? ""), "the newest of the old ones stays");
  assert.equal(names.length, 2 + foreign.length + 1, "the log of the run stays");
});

Deno.test({
  name: "run leaves a log in the usual directory when the machine's configuration can't be read",
  ignore: NO_STRANGER !== undefined,
  async fn() {
    const refused = "code=0; autoborg run || code=$?; test $code = 78";
    const [none, made] = await typeAll([
      { code: `${refused}; test ! -e /var/log/autoborg` },
      {
        code:
          `install -d -m 0750 /var/log/autoborg; ${refused}; cat /var/log/autoborg/*.refused.log; ` +
          "mkdir -p /etc/autoborg; printf '\\377' >/etc/autoborg/config.toml; autoborg run || true; " +
          "ls /var/log/autoborg | wc -l",
      },
    ]);
    assert.equal(none?.code, 0, none?.output ?? "");
    assert.equal(made?.code, 0, made?.output ?? "");
    const says = /ERROR +error: Cannot read the configuration "\/etc\/.*": it does not exist$/m;
    assert.match(made?.output ?? "", says);
    assert.match(made?.output ?? "", /^2$/m);
  },
});

Deno.test("run says why it did not begin when no log of it can be written", async () => {
  await using place = await Place.quick({ logs: { directory: "config.toml/logs" } });
  await place.configure({ logs: { directory: "config.toml/logs" }, nonsense: 1 });
  const { stderr } = await place.expect(78, "run");
  assert.match(stderr, /nonsense: unknown key/);
  if (Deno.uid() === 0) assert.match(stderr, /warning: Cannot create the log file/);
});
