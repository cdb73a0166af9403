import assert from "node:assert/strict";
import { type CutOff, CutOffServer, type Session } from "./cut_off.ts";
import { Holder } from "./holder.ts";
import { copyEmptyRepository } from "./empty_repository.ts";
import { exists, lines, passphraseOf, Place, QUICK, repository } from "./place.ts";
import type { Running } from "./program.ts";
import { NO_SSHD } from "./sshd.ts";

/** Enough for every point at which a step is cut off, and for a server that is still starting. */
const WAITS = Array<string>(12).fill("400ms");

/** Where the server is killed. */
const CUTS: Readonly<Record<Session, readonly CutOff[]>> = {
  // Before it, in its midst, and when the archive is complete and nobody knows.
  create: ["start", "bytes:20000", "committed"],
  verify: ["start"],
  inspect: ["start"],
  count: ["bytes:300"],
  check: ["bytes:500"],
  // In its midst, and when it is done and nobody knows.
  prune: ["bytes:700", "committed"],
  compact: ["start"],
};

Deno.test({
  name: "run makes one archive and raises no alarm when the server is killed at ten points of it",
  ignore: NO_SSHD !== undefined,
  async fn() {
    await using place = await Place.make();
    await using server = await CutOffServer.start(place);
    await place.configure({
      repositories: [repository("first", server.repository("first"))],
      retention: { keep_last: 1 },
      verify: { files: 3 },
      retry: { waits: WAITS },
    });
    await copyEmptyRepository(place.at("first.borg"), passphraseOf("first"));
    await place.expect(0, "run", "--skip=verify,check,prune,compact");
    await place.write("source/new.bin", crypto.getRandomValues(new Uint8Array(60_000)));
    await place.settle();
    await server.plan(CUTS);
    const running = place.start("run", "--progress=json");
    const kills = await server.killUntilEnd(running);
    const { code, stdout, stderr } = await running.end();
    const log = await place.log();
    assert.equal(code, 0, `${stderr}\n${log}`);
    assert.equal(kills, Object.values(CUTS).flat().length, log);
    assert.match(
      stderr,
      /^first {2}create {3}ok at the \d(?:rd|th) attempt, after .* \(\d added, 0 mod/m,
    );
    assert.match(log, /the connection was lost when the archive was complete/);
    assert.match(
      stdout,
      /^{"type":"retry-waiting","repository":"first","step":"prune","attempt":2,/m,
    );
    const status = JSON.parse((await place.expect(0, "status", "--json")).stdout);
    const [first] = status.repositories;
    assert.deepEqual([first.alarms, first.archives, first.lastBackup.archive.files], [[], 1, 4]);
    const steps: readonly { step: string; attempts: number; retryReason: string | null }[] =
      status.lastRun.repositories[0].steps;
    const attempts = Object.fromEntries(steps.map((step) => [step.step, step.attempts]));
    // There may be more of them: the server is away for a moment each time.
    for (const [step, least] of [["create", 3], ["check", 2], ["prune", 3]] as const) {
      assert.ok((attempts[step] ?? 0) >= least, `${step}: ${attempts[step]} attempts`);
    }
    for (const { attempts, retryReason } of steps) assert.equal(attempts > 1, retryReason !== null);
    const url = place.at("first.borg");
    const there = await place.borg("first", "list", "--short", "--consider-checkpoints", url);
    assert.deepEqual(lines(there), [first.lastBackup.archive.name]);
  },
});

Deno.test("run waits for a repository that another borg has locked, and ends at once when it is stopped", async () => {
  const first = repository("first", { lock_wait: "1s", retry: { waits: ["1h"] } });
  await using place = await Place.quick({ repositories: [first, repository("second")] });
  await place.init();
  {
    await using _holder = await Holder.start(place);
    const stopped = place.start("run", "--progress=plain");
    await stopped.prints(
      /^first {3}create {3}waiting \d+ (?:h|min).* before the 2nd attempt: the repo/m,
    );
    // The other repository is finished meanwhile.
    await stopped.prints(/^second {2}compact/m);
    stopped.kill("SIGTERM");
    const { code, stderr } = await stopped.end();
    assert.equal(code, 143);
    assert.match(stderr, /interrupted by SIGTERM while waiting for the 2nd attempt/);
    assert.match(stderr, /second ok/);
  }
  assert.equal(
    exists(place.at("temp")) && [...Deno.readDirSync(place.at("temp"))].length > 0,
    false,
  );
  const patient = { ...first, retry: { waits: Array<string>(60).fill("500ms") } };
  await place.configure({ ...QUICK, repositories: [patient, repository("second")] });
  let running: Running;
  {
    await using _holder = await Holder.start(place);
    running = place.start("run");
    await running.prints(/before the 2nd attempt/);
  }
  const { code, stderr } = await running.end();
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /^first {3}create {3}ok at the \d+(?:nd|rd|th) attempt, after .*: the repo.* locked/m,
  );
  const { stdout } = await place.expect(0, "history");
  assert.match(stdout, /first ok \(create at the \d+(?:nd|rd|th) attempt: the repository is lo/);
});

Deno.test("run skips an optional repository whose server is away at the last attempt, too", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `ssh://nobody@127.0.0.1:${listener.addr.port}/first.borg`;
  listener.close();
  const waits = ["100ms", "200ms"];
  await using place = await Place.quick({
    repositories: [
      repository("first", { url, optional: true, retry: { waits } }),
      repository("second"),
    ],
  });
  await place.expect(0, "init", "--repo", "second");
  const { stderr } = await place.expect(0, "run");
  assert.match(stderr, /^first {3}skipped: it is optional, and .*refused; tried 3 times$/m);
  assert.match(stderr, /first absent, second ok$/m);
  assert.doesNotMatch(await place.log(), /ERROR/);
});
