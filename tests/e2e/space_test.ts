import assert from "node:assert/strict";
import { History } from "../../lib/state/history.ts";
import { SmallDisk } from "./full_disk.ts";
import { Place, repository, type Table } from "./place.ts";
import { NO_SSHD, SshServer } from "./sshd.ts";

const DAY = 86_400_000;
const NO_CHECK = { check: { enabled: false } };

/** Writes nights into the history that nobody has to wait for: each made the repository larger. */
function pretendNights(place: Place, count: number, added: number): void {
  using history = History.open(place.at("state/history.db"));
  for (let night = count; night > 0; night--) {
    const startedAt = Date.now() - night * DAY;
    const archive = `web-${new Date(startedAt).toISOString()}-0000${1000 + night}`;
    const size = (1 + count - night) * added;
    history.record({
      run: {
        ...{ id: `0000${1000 + night}`, name: "web", hostname: "host", startedAt },
        ...{ finishedAt: startedAt + 1, state: "ok", interruptedBy: null, problems: "[]" },
      },
      repositories: [{
        repository: { label: "first", state: "ok", reason: null },
        steps: [{
          ...{ label: "first", step: "create", state: "ok", reason: null, duration: 1 },
          ...{ problems: "[]", archive, files: 1, originalSize: 1, compressedSize: 1 },
          ...{ newSize: added, repositorySize: size },
        }],
      }],
    });
  }
}

async function spaceOf(place: Place): Promise<Table> {
  const { stdout } = await place.autoborg("status", "--json");
  return JSON.parse(stdout).repositories[0].space;
}

Deno.test("run, status and metrics warn weeks before a disk is full", async () => {
  await using place = await Place.quick({ metrics: { textfile: "metrics.prom" } });
  await using disk = await SmallDisk.mount(place.at("first.borg"), "640m");
  if (disk === undefined) return;
  await place.init();
  await place.expect(0, "run");
  pretendNights(place, 20, 5_000_000);
  const { stderr } = await place.expect(1, "run");
  const said =
    /The repository "first" will be full in about \d weeks: it grows by [\d.]+ MiB a week/;
  assert.match(stderr, said);
  assert.match(
    await place.log(),
    /\[first\] space: .* MiB free, room for .*, grows by .* a week, full in about/,
  );
  const { stdout } = await place.autoborg("status");
  assert.match(
    stdout,
    /^first: 63\d\.\d MiB free, room for 1[12]\d\.\d MiB, grows by [\d.]+ MiB a week, full in about \d w/m,
  );
  assert.match(stdout, said);
  const space = await spaceOf(place);
  assert.equal(space.totalBytes, 640 * 1_048_576);
  assert.ok(Number(space.fullInWeeks) > 1);
  const metrics = await Deno.readTextFile(place.at("metrics.prom"));
  assert.match(metrics, /^autoborg_repository_full_in_weeks\{name="web",repository="first"\} \d/m);
});

Deno.test("run says that a repository is append-only instead of ok", async () => {
  await using place = await Place.make({ ...NO_CHECK, retention: { keep_last: 1 } });
  await place.init();
  await place.expect(0, "run");
  const config = place.at("first.borg/config");
  const text = await Deno.readTextFile(config);
  await Deno.writeTextFile(config, text.replace("append_only = 0", "append_only = 1"));
  const { stderr } = await place.expect(1, "run");
  assert.match(stderr, /first +compact +warning/);
  assert.match(stderr, /The repository is append-only: prune removes archives from its list/);
  assert.match(stderr, /pruned_elsewhere = true in \[\[repositories\]\] "first"/);
  assert.equal((await spaceOf(place)).appendOnly, true);
  assert.match(
    (await place.autoborg("status")).stdout,
    /^first: .* append-only: prune and compact/m,
  );

  await place.configure(NO_CHECK);
  const without = await place.expect(0, "run");
  assert.match(without.stderr, /first +compact +skipped: the repository is append-only/);
  await Deno.writeTextFile(config, text);
  await place.expect(0, "run");
  assert.equal((await spaceOf(place)).appendOnly, false);
});

for (const option of ["--append-only", "--storage-quota=40M"]) {
  Deno.test({
    name: `run learns over SSH that its server has ${option}`,
    ignore: NO_SSHD !== undefined,
    async fn() {
      await using place = await Place.make();
      await using server = await SshServer.start(place.directory);
      await place.configure({
        repositories: [repository("first", server.repository("first"))],
        ...NO_CHECK,
        retention: { keep_last: 1 },
      });
      await place.expect(0, "init");
      await place.expect(0, "run");
      const keys = place.at("authorized_keys");
      const line = await Deno.readTextFile(keys);
      await Deno.writeTextFile(keys, line.replace("borg serve", `borg serve ${option}`));
      const { stderr } = await place.expect(option === "--append-only" ? 1 : 0, "run");
      const space = await spaceOf(place);
      assert.equal(space.freeBytes, null);
      assert.equal(space.appendOnly, option === "--append-only");
      if (option === "--append-only") assert.match(stderr, /The repository is append-only/);
      else {
        assert.equal(space.quotaBytes, 40_000_000);
        assert.equal(space.roomBytes, 40_000_000 - Number(space.quotaUsedBytes));
      }
    },
  });
}

Deno.test({
  name: "run takes a server that reports warnings alone for one that compacts",
  ignore: NO_SSHD !== undefined,
  async fn() {
    await using place = await Place.make();
    await using server = await SshServer.start(place.directory);
    await place.configure({
      repositories: [repository("first", server.repository("first"))],
      ...NO_CHECK,
      retention: { keep_last: 1 },
    });
    await place.expect(0, "init");
    const keys = place.at("authorized_keys");
    const line = await Deno.readTextFile(keys);
    // So the server never learns at what level the client wants its messages.
    const deaf = line.replace('command="env ', 'command="env -u SSH_ORIGINAL_COMMAND ');
    await Deno.writeTextFile(keys, deaf);
    await place.expect(0, "run");
    const { stderr } = await place.expect(0, "run");
    assert.match(stderr, /first +compact +ok/);
    assert.equal((await spaceOf(place)).appendOnly, false);

    await Deno.writeTextFile(keys, deaf.replace("borg serve", "borg serve --append-only"));
    assert.match((await place.expect(1, "run")).stderr, /The repository is append-only/);
    assert.equal((await spaceOf(place)).appendOnly, true);
  },
});
