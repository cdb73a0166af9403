import assert from "node:assert/strict";
import { Place, QUICK } from "./place.ts";

const DAY = 86_400_000;

Deno.test("run fails, and does not prune, when the new archive is not as expected", async () => {
  await using place = await Place.make();
  const dump = place.archived("source/dumps/db.sql");
  const expect = [
    { path: dump, newer_than: "2d", min_size: "1KiB" },
    { path: place.archived("source/dumps/*.sql"), min_files: 2 },
    { path: place.archived("source/dumps") },
  ];
  await place.configure({ ...QUICK, retention: { keep_last: 1 }, expect });
  await place.init();
  const { stdout: planned } = await place.expect(0, "run", "--dry-run");
  assert.match(
    planned,
    /^# the new archive is searched for what \[\[expect\]\] names: .*db\.sql, /m,
  );
  assert.match((await place.expect(0, "check-config")).stdout, /^expected: \S+\/\*\.sql$/m);
  await place.write("source/dumps/db.sql", "x".repeat(2_000));
  await place.write("source/dumps/sub/more.sql", "not matched by the glob");
  await place.write("source/dumps/mail.sql", "");
  const good = await place.expect(0, "run");
  assert.match(good.stderr, /first +inspect +ok/);
  assert.match(good.stderr, /first +prune +ok/);

  await place.write("source/dumps/db.sql", "too small");
  const old = new Date(Date.now() - 3 * DAY);
  await Deno.utime(place.at("source/dumps/db.sql"), old, old);
  await Deno.remove(place.at("source/dumps/mail.sql"));
  const { stderr } = await place.expect(2, "run");
  assert.match(
    stderr,
    /error: ".*db\.sql" was last modified 3 d( \d+ h)? before the backup, expected less than 2 d$/m,
  );
  assert.match(stderr, /error: ".*db\.sql" contains 9 B, expected at least 1\.0 KiB$/m);
  assert.match(stderr, /error: ".*\*\.sql" contains 1 file, expected at least 2/);
  assert.match(stderr, /first +prune +skipped: suspended by 3 alarms: expectation-unmet/);
  assert.equal((await place.archives("first")).length, 2);

  await place.expect(0, "accept", "first");
  const accepted = await place.expect(1, "run");
  assert.match(accepted.stderr, /warning: ".*db\.sql" was last modified .* \(accepted\)/);
  assert.match(accepted.stderr, /first +prune +ok/);
  // That it is old and small was accepted, not that it is gone.
  await Deno.remove(place.at("source/dumps/db.sql"));
  const gone = await place.expect(2, "run");
  assert.match(gone.stderr, /error: ".*db\.sql" is not in the new archive$/m);
  assert.match(gone.stderr, /first +prune +skipped: suspended by/);

  await place.write("source/dumps/db.sql", "x".repeat(2_000));
  await place.write("source/dumps/mail.sql", "");
  await place.expect(0, "run");
});

Deno.test("run says that an expected path is not in the new archive", async () => {
  await using place = await Place.make();
  const path = place.archived("source/config.php");
  await place.configure({ ...QUICK, expect: [{ path }] });
  await place.init();
  const { stderr } = await place.expect(2, "run");
  assert.match(
    stderr,
    /error: first inspect: ".*\/config\.php" is not in the new archive\n +hint: Compare/,
  );
  // The command of the hint works as it stands.
  const [, command = ""] = /"autoborg (list .*?)"\./.exec(stderr) ?? [];
  assert.match(command, /^list --config \S+ --repo first \S+ \S+config\.php$/);
});
