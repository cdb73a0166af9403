import assert from "node:assert/strict";
import { OddServer } from "../report/mail/mail_server.ts";
import type { RunReport } from "../../lib/report/run_report.ts";
import { Place, repository } from "./place.ts";
import { eventually, pause, processesWith, type Running } from "./program.ts";

/** Work for so long that every signal comes in the middle of it. */
const SLOW = { compression: "lzma,9" };
const FAST = { compression: "none" };

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  }
  return bytes;
}

/** A place with initialised repositories and too much to compress in a moment. */
async function slowPlace(tables = {}): Promise<Place> {
  const place = await Place.make({
    repositories: [repository("first", SLOW), repository("second", SLOW)],
    ...tables,
  });
  for (let part = 0; part < 24; part++) {
    const name = `source/${String(part).padStart(2, "0")}.bin`;
    await place.write(name, randomBytes(1_048_576));
  }
  await place.init();
  return place;
}

/** Waits until both borgs have read some of the sources. */
async function inMidCreate(running: Running): Promise<void> {
  for (const label of ["first", "second"]) {
    const pattern = new RegExp(`"repository":"${label}".*"originalBytes":[1-9]\\d{5}`);
    await running.prints(pattern);
  }
}

/** Nothing of a run is left, and the next one does its whole job; it names a run that died. */
async function requireRecovery(place: Place, died = false): Promise<void> {
  await place.configure({ repositories: [repository("first", FAST), repository("second", FAST)] });
  const { stderr } = await place.expect(died ? 1 : 0, "run");
  assert.match(stderr, /^(ok|warning) after .*: first ok, second ok$/m);
  assert.equal(stderr.includes("ended without a report"), died);
}

for (
  const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130], ["SIGQUIT", 131]] as const
) {
  Deno.test(`run stops borg, reports and ends with ${code} when ${signal} comes`, async () => {
    await using place = await slowPlace();
    const running = place.start("run", "--progress=json");
    await inMidCreate(running);
    running.kill(signal);
    const { code: ended, stderr } = await running.end();
    assert.equal(ended, code, stderr);
    assert.deepEqual(processesWith(place.directory), [], "nothing is left running");
    assert.match(stderr, new RegExp(`first +create +failed.*\\n.*interrupted by ${signal}`));
    assert.match(stderr, /first +prune +skipped: the run was stopped/);
    assert.match(stderr, new RegExp(`^FAILED after .*: interrupted by ${signal}`, "m"));
    assert.match(await place.log(), new RegExp(`interrupted by ${signal}`));
    for (const label of ["first", "second"]) {
      await place.borg(label, "list", "--lock-wait=0", place.at(`${label}.borg`));
    }
    await requireRecovery(place);
  });
}

Deno.test("run counts what it left in a checkpoint when it is stopped in mid-create", async () => {
  await using place = await Place.make({
    repositories: [repository("first", FAST)],
    retention: { keep_last: 1 },
  });
  for (let part = 0; part < 24; part++) {
    await place.write(`source/${part}.bin`, randomBytes(8 * 1_048_576));
  }
  await place.init();
  const running = place.start("run", "--progress=json");
  await running.prints(/"originalBytes":[1-9]\d{7}/);
  running.kill("SIGTERM");
  const { stderr } = await running.end();
  assert.match(stderr, /first +create +failed after \S+ \S+: \d+\.\d MiB in a checkpoint/);
  await place.expect(0, "run");
  const stepsOf = async () => {
    const { runs } = JSON.parse((await place.expect(0, "history", "--json")).stdout);
    return runs.toReversed().map((run: RunReport) =>
      run.repositories[0]?.steps.find(({ step }) => step === "create")
    );
  };
  const [stopped, good] = await stepsOf();
  assert.equal(stopped?.archive, null);
  const left = stopped?.checkpoint?.newBytes ?? 0;
  const { newBytes, repositoryBytes } = good.archive;
  assert.ok(left > 10_000_000, `${left} bytes are in the checkpoint`);
  // Each chunk of the source is in exactly one of the two. What Borg does not count as new is what
  // an archive says about itself: the lists of its 24 files and their chunks, some KiB.
  const uncounted = repositoryBytes - left - newBytes;
  assert.ok(uncounted >= 0 && uncounted < 65_536, `${uncounted} bytes have no owner`);
  assert.equal(stopped?.checkpoint?.repositoryBytes, left);
  const { stdout: history } = await place.expect(0, "history");
  assert.match(history, new RegExp(`failed +${(left / 1_048_576).toFixed(1)} MiB +interrupted by`));
});

Deno.test("run counts what a run that was killed has left, before it adds more", async () => {
  await using place = await Place.make({ repositories: [repository("first", FAST)] });
  for (let part = 0; part < 24; part++) {
    await place.write(`source/${part}.bin`, randomBytes(8 * 1_048_576));
  }
  await place.init();
  const running = place.start("run", "--progress=json");
  await running.prints(/"originalBytes":[1-9]\d{7}/);
  running.kill("SIGKILL");
  await running.end();
  assert.ok(await eventually(() => processesWith(place.directory).length === 0, 60_000));
  // Borg makes a checkpoint each half an hour, which no test waits for: one is made in its name.
  const { runs } = JSON.parse((await place.expect(0, "history", "--json")).stdout);
  const time = runs[0].startedAt.replace(/\.\d+Z$/, "Z");
  const name = `web-${time}-${runs[0].runId}.checkpoint`;
  await place.write("left.bin", randomBytes(8 * 1_048_576));
  await place.borg("first", "break-lock", place.at("first.borg"));
  await place.borg("first", "create", `${place.at("first.borg")}::${name}`, "left.bin");
  await Deno.rename(place.at("left.bin"), place.at("source/left.bin"));
  await place.expect(1, "run");
  const after = JSON.parse((await place.expect(0, "history", "--json")).stdout);
  const [good, killed] = after.runs.map((run: RunReport) =>
    run.repositories[0]?.steps.find(({ step }) => step === "create")
  );
  assert.ok(killed.checkpoint.newBytes > 8_000_000, JSON.stringify(killed));
  const uncounted = good.archive.repositoryBytes - killed.checkpoint.newBytes -
    good.archive.newBytes;
  assert.ok(uncounted >= 0 && uncounted < 65_536, `${uncounted} bytes have no owner`);
});

Deno.test("run cleans up all the same when a second signal comes at once", async () => {
  await using place = await slowPlace();
  const running = place.start("run", "--progress=json");
  await inMidCreate(running);
  running.kill("SIGTERM");
  // Of two signals that wait at the same moment the kernel delivers the lower number first.
  await pause(200);
  try {
    running.kill("SIGINT");
    running.kill("SIGTERM");
  } catch {
    // It was quick and has ended already.
  }
  const { code } = await running.end();
  assert.equal(code, 143);
  assert.deepEqual(processesWith(place.directory), []);
});

Deno.test("borg ends by itself within 5 seconds when run is killed by SIGKILL", async () => {
  await using place = await slowPlace();
  const running = place.start("run", "--progress=json");
  await inMidCreate(running);
  running.kill("SIGKILL");
  await running.end();
  const alone = await eventually(() => processesWith(place.directory).length === 0, 5_000);
  assert.ok(alone, JSON.stringify(processesWith(place.directory)));
  await requireRecovery(place, true);
});

Deno.test("run continues when another process kills one borg", async () => {
  await using place = await slowPlace({
    repositories: [repository("first", SLOW), repository("second", FAST)],
  });
  const running = place.start("run", "--progress=json");
  await running.prints(/"repository":"first".*"originalBytes":[1-9]\d{5}/);
  const [victim] = processesWith(place.at("first.borg::"));
  assert.ok(victim !== undefined);
  Deno.kill(victim.pid, "SIGKILL");
  const { code, stderr } = await running.end();
  assert.equal(code, 2);
  assert.match(stderr, /Borg was killed by SIGKILL/);
  assert.match(stderr, /second ok$/m);
});

Deno.test("run ends soon when run.timeout is over, whatever hangs then", async () => {
  await using mails = new OddServer("silent");
  await using pings = new OddServer("silent");
  await using place = await slowPlace({
    run: { timeout: "3s" },
    mail: {
      server: "127.0.0.1",
      port: mails.port,
      security: "none",
      from_address: "backup@example.org",
      recipients: ["root@example.org"],
    },
    ping: { url: `http://127.0.0.1:${pings.port}/uuid` },
  });
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /stopped after 3 s, the limit of run\.timeout/);
  assert.match(stderr, /\(Healthchecks\): it did not answer at once, and the run is being stopped/);
  assert.match(stderr, /1 report is waiting in ".*" for the next run/);
  assert.deepEqual(processesWith(place.directory), []);
});

Deno.test("run stops when run.timeout is over and ends with 2", async () => {
  await using place = await slowPlace({
    repositories: [repository("first", SLOW)],
    run: { timeout: "3s" },
  });
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /stopped after 3 s, the limit of run\.timeout/);
  assert.deepEqual(processesWith(place.directory), []);
  await place.borg("first", "list", "--lock-wait=0", place.at("first.borg"));
});
