import assert from "node:assert/strict";
import { Place } from "./place.ts";
import { autoborgCommand, type Ended, runToEnd } from "./program.ts";

/**
 * Runs a command that sees another /etc/autoborg than everybody else: hooks lie at fixed paths, and
 * a test must not put any where a real run would find them.
 */
function withHooks(place: Place, command: readonly string[]): Promise<Ended> {
  const over = `lowerdir=/etc,upperdir=${place.at("etc")},workdir=${place.at("work")}`;
  const script = `mount -t overlay overlay -o "$0" /etc && exec "$@"`;
  return runToEnd(["unshare", "--mount", "sh", "-c", script, over, ...command], {
    env: place.env,
    cwd: place.directory,
  });
}

async function makePlace(hook: string): Promise<Place> {
  const place = await Place.make();
  for (const name of ["etc", "etc/autoborg", "etc/autoborg/hooks", "work"]) {
    await Deno.mkdir(place.at(name));
    await Deno.chmod(place.at(name), 0o755);
  }
  await place.write("etc/autoborg/hooks/finished", `#!/bin/sh\n${hook}\n`, 0o755);
  return place;
}

async function whyNot(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "it needs root";
  try {
    await using place = await makePlace("true");
    const { code } = await withHooks(place, ["test", "-x", "/etc/autoborg/hooks/finished"]);
    return code === 0 ? undefined : "no file system can be mounted here";
  } catch {
    return "unshare is not installed";
  }
}

const IGNORED = await whyNot();

Deno.test({
  name: `the hook "finished" reads what became of the run${
    IGNORED === undefined ? "" : ` (not run: ${IGNORED})`
  }`,
  ignore: IGNORED !== undefined,
  fn: async () => {
    await using place = await makePlace("exit 1");
    await place.init();
    const run = [...autoborgCommand(), "run", `--config=${place.at("config.toml")}`];
    const failed = await withHooks(place, run);
    assert.equal(failed.code, 1, failed.stderr);
    assert.match(failed.stderr, /warning: The hook ".*finished" failed: exit code 1/);
    await place.write(
      "etc/autoborg/hooks/finished",
      `#!/bin/sh\ncat > ${place.at("outcome")}; echo "$AUTOBORG_HOOK of $AUTOBORG_NAME"\n`,
      0o755,
    );
    const good = await withHooks(place, run);
    assert.equal(good.code, 0, good.stderr);
    assert.match(await place.log(), /finished: finished of web/);
    const outcome = JSON.parse(await Deno.readTextFile(place.at("outcome")));
    const { lastRun } = JSON.parse((await place.expect(0, "status", "--json")).stdout);
    // The run is not quite over when the hook reads of it.
    assert.deepEqual(outcome, lastRun);
  },
});
