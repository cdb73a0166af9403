import assert from "node:assert/strict";
import { exists, lines, Place, repository } from "./place.ts";

/** A `systemctl` that keeps the states of units in files. */
const SYSTEMCTL = `#!/bin/sh
place=\${0%/bin/systemctl}
verb=$1
while [ "$1" != -- ]; do shift; done
shift
for name; do
  state=$place/units/$name
  if [ "$verb" = show ]; then
    [ -f "$state" ] && loaded=loaded || loaded=not-found
    printf 'Id=%s\\nLoadState=%s\\nActiveState=%s\\nCanStart=yes\\nCanStop=yes\\n\\n' \\
      "$name" "$loaded" "$(cat "$state" 2>/dev/null)"
  elif [ "$verb" = stop ]; then echo inactive >"$state"
  else echo active >"$state"
  fi
done
`;

async function make(quiesce: Readonly<Record<string, unknown>>): Promise<Place> {
  const place = await Place.make({ repositories: [repository("first")], quiesce });
  await place.write("bin/systemctl", SYSTEMCTL, 0o700);
  await place.write("units/app.service", "active\n");
  await place.write("units/idle.service", "inactive\n");
  place.env.PATH = `${place.at("bin")}:${place.env.PATH}`;
  return place;
}

Deno.test("run --dry-run shows which services would be stopped and started again", async () => {
  await using place = await make({
    units: ["app.service", "idle.service"],
    allow_long_pause: true,
  });
  await place.init();
  const { stdout } = await place.expect(0, "run", "--dry-run");
  const said = lines(stdout).filter((line) =>
    /systemctl (?:stop|start)|does not run|^borg create/.test(line)
  );
  assert.deepEqual(said.map((line) => line.replace(/^(borg create).*/, "$1")), [
    '# the unit "idle.service" does not run',
    "systemctl stop --no-ask-password -- app.service",
    "borg create",
    "systemctl start --no-ask-password -- app.service",
  ]);
  assert.equal(await Deno.readTextFile(place.at("units/app.service")), "active\n");
});

Deno.test("run refuses to stop services for the whole backup, and a dry run says so", async () => {
  await using place = await make({ units: ["app.service"] });
  await place.init();
  for (const options of [[], ["--dry-run"]]) {
    const { stderr } = await place.expect(2, "run", ...options);
    assert.match(
      stderr,
      /Cannot stop the services of \[quiesce\] for a moment only: nothing is read/,
    );
    assert.match(stderr, /hint: .*allow_long_pause = true/);
  }
  assert.equal((await place.archives("first")).length, 0);
});

Deno.test("run says how long services were stopped in terminal, log, history and metrics", async () => {
  await using place = await make({ units: ["app.service"], allow_long_pause: true });
  await place.init();
  const { stderr } = await place.expect(0, "run");
  assert.match(stderr, /1 service was stopped for [\d.]+ s: app.service/);
  const history: unknown = JSON.parse((await place.expect(0, "history", "--json")).stdout);
  assert.match(
    JSON.stringify(history),
    /"pause":\{"services":\["app.service"\],"durationSeconds":[\d.]+\}/,
  );
  assert.equal(await Deno.readTextFile(place.at("units/app.service")), "active\n");
});

/** Leaves behind what a run does that was killed while the unit was stopped. */
async function leaveStopped(place: Place, hostname = Deno.hostname()): Promise<void> {
  await place.write("units/app.service", "inactive\n");
  const run = { runId: "0badf00d", startedAt: "2026-11-30T02:00:00Z", mounts: [], snapshots: [] };
  const services = [{ manager: "systemd", name: "app.service", action: "stop" }];
  const runs = [{ ...run, trees: [], services }];
  const text = JSON.stringify({ version: 1, name: "web", hostname, runs });
  await place.write("state/journal-web.json", text, 0o600);
}

Deno.test("status and probe tell of services that a killed run has left stopped", async () => {
  await using place = await make({ units: ["app.service"], allow_long_pause: true });
  await place.init();
  await place.expect(0, "run");
  await leaveStopped(place);
  const { stdout } = await place.expect(1, "status");
  assert.match(
    stdout,
    /error: The run 0badf00d of 2026-11-30 .* ended without starting again .*: the unit "app.service"/,
  );
  assert.match(stdout, /hint: .* sudo autoborg recover --config \S+ --services/);
  const probed = await place.autoborg("check-config", "--probe");
  assert.match(probed.stdout, /left 0 snapshots and 0 mounts, and stopped: the unit "app.service"/);
  // A copy of another machine has that one's journal.
  await leaveStopped(place, "other");
  assert.doesNotMatch((await place.expect(0, "status")).stdout, /app.service/);
});

Deno.test("recover --services starts what a killed run had stopped, and nothing else", async () => {
  await using place = await make({ units: ["app.service"], allow_long_pause: true });
  await place.init();
  assert.equal(
    (await place.expect(0, "recover", "--services")).stdout,
    "No service was left stopped\n",
  );
  await leaveStopped(place);
  const journal = place.at("state/journal-web.json");
  const { stdout } = await place.expect(0, "recover", "--services");
  assert.match(stdout, /"app.service" had been left stopped by the run 0badf00d of 2026-11-30/);
  assert.equal(await Deno.readTextFile(place.at("units/app.service")), "active\n");
  assert.ok(!exists(journal));
});

Deno.test("recover ends with 2 when a service does not start", async () => {
  await using place = await make({ units: ["app.service"], allow_long_pause: true });
  await place.write(
    "bin/systemctl",
    SYSTEMCTL.replace("else echo active", "else exit 1; echo"),
    0o700,
  );
  await leaveStopped(place);
  const { stderr } = await place.expect(2, "recover", "--services");
  assert.match(stderr, /did not start again: exit code 1/);
  assert.match(stderr, /sudo systemctl start app.service/);
  assert.ok(exists(place.at("state/journal-web.json")), "the next run tries again");
});
