import assert from "node:assert/strict";
import { Place } from "./place.ts";
import { autoborgCommand, type Ended, runToEnd, which } from "./program.ts";

/**
 * Runs autoborg so that file modes count, even for root: a root without CAP_DAC_OVERRIDE may read
 * no more than any other owner.
 */
async function runUnprivileged(place: Place): Promise<Ended> {
  const drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
  const command = [...autoborgCommand(), "run", `--config=${place.at("config.toml")}`];
  return await runToEnd([...(Deno.uid() === 0 ? drop : []), ...command], {
    env: place.env,
    cwd: place.directory,
  });
}

const NO_SETPRIV = Deno.uid() === 0 && which("setpriv") === undefined
  ? "setpriv is not installed"
  : undefined;

function readingTest(name: string, fn: () => Promise<void>): void {
  const ignore = NO_SETPRIV !== undefined;
  Deno.test({ name: ignore ? `${name} (not run: ${NO_SETPRIV})` : name, ignore, fn });
}

readingTest("run ends with 1 and goes on when a single file can't be read", async () => {
  await using place = await Place.quick({ retention: { keep_last: 1 } });
  await place.write("source/locked\n.txt", "", 0o000);
  await place.init();
  const { code, stderr } = await runUnprivileged(place);
  assert.equal(code, 1, stderr);
  assert.match(stderr, /create +warning/);
  assert.match(stderr, /warning: 1 file could not be read: ".*locked\\n\.txt"/);
  assert.match(stderr, /hint: Exclude it/);
  assert.match(stderr, /prune +ok/);
  assert.match(await place.log(), /\[first create\] E .*source\/locked/);
  assert.ok((await place.contents("first")).includes(place.archived("source/one.txt")));
});

readingTest("run fails and does not prune when a directory can't be read", async () => {
  await using place = await Place.quick({ retention: { keep_last: 1 } });
  await place.write("source/closed/file", "");
  await Deno.chmod(place.at("source/closed"), 0o000);
  await place.init();
  const { code, stderr } = await runUnprivileged(place);
  await Deno.chmod(place.at("source/closed"), 0o700);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /error: 1 directory could not be read: ".*\/closed"/);
  assert.match(stderr, /prune +skipped: create failed/);
});

readingTest("run fails and does not prune when many files can't be read", async () => {
  await using place = await Place.quick({ retention: { keep_last: 1 } });
  for (let file = 0; file < 11; file++) await place.write(`source/${file}`, "", 0o000);
  await place.init();
  const { code, stderr } = await runUnprivileged(place);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /error: 11 files could not be read/);
  assert.match(stderr, /prune +skipped: create failed/);
});
