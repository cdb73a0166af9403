import assert from "node:assert/strict";
import { lines, Place, QUICK } from "./place.ts";

const METRICS = { metrics: { textfile: "web.prom" } };

/** A repository that an older script has used for three days. */
async function moved(): Promise<Place> {
  const place = await Place.quick({ ...METRICS, retention: { keep_daily: 1 } });
  await place.init();
  for (const day of ["01", "02", "03"]) {
    const path = `${place.at("first.borg")}::old2026-01-${day}_04-00-00`;
    const time = `--timestamp=2026-01-${day}T04:00:00`;
    await place.borgIn(place.directory, "first", "create", time, path, "source");
  }
  return place;
}

Deno.test("run says what stands outside retention, and prunes it when it is told to", async () => {
  await using place = await moved();
  assert.match((await place.expect(0, "init")).stdout, /hint: 3 archives of other names, such as/);
  const { stderr } = await place.expect(0, "run");
  assert.match(
    stderr,
    /note: first: 3 archives of other names, such as "old2026-01-03_04-00-00", stand outside/,
  );
  const status = await place.expect(0, "status");
  assert.match(status.stdout, /^first: 3 archives of other names stand outside retention: set/m);
  const json = JSON.parse((await place.expect(0, "status", "--json")).stdout);
  assert.equal(json.repositories[0].outsideRetention, 3);
  await place.expect(0, "history", "--html", place.at("page.html"));
  assert.match(await Deno.readTextFile(place.at("page.html")), /3 archives of other names stand/);
  const metrics = await Deno.readTextFile(place.at("web.prom"));
  assert.match(metrics, /^autoborg_repository_archives_outside_retention\{.*\} 3$/m);
  const also = /also = "(old\S+)"/.exec(stderr)?.[1];
  assert.equal(also, "old????-??-??_??-??-??");

  await place.configure({ ...QUICK, ...METRICS, retention: { keep_daily: 1, also } });
  const preview = await place.expect(0, "list", "--retention");
  assert.match(preview.stdout, /^first +remove +old2026-01-02_04-00-00$/m);
  const checked = (await place.expect(0, "check-config")).stdout;
  assert.match(checked, /prune \(keep 1 daily, and of old\?{4}-\S+ as many\)/);
  const dry = (await place.expect(0, "run", "--dry-run")).stdout;
  assert.match(dry, /^borg prune .*'--glob-archives=old\?{4}-\S+' --keep-daily=1 /m);
  assert.match(preview.stdout, /^first +keep +old2026-01-03_04-00-00 +daily #1$/m);
  assert.doesNotMatch((await place.expect(0, "run")).stderr, /outside retention/);
  const left = await place.archives("first");
  assert.deepEqual(left.filter((name) => name.startsWith("old")), ["old2026-01-03_04-00-00"]);
  assert.equal(left.length, 2);
  assert.doesNotMatch((await place.expect(0, "status")).stdout, /outside retention/);
  const after = await Deno.readTextFile(place.at("web.prom"));
  assert.match(after, /^autoborg_repository_archives_outside_retention\{.*\} 0$/m);
});

Deno.test('run lets other archives stay, and says nothing, with also = "keep"', async () => {
  await using place = await moved();
  await place.configure({ ...QUICK, retention: { keep_daily: 1, also: "keep" } });
  assert.doesNotMatch((await place.expect(0, "run")).stderr, /outside retention/);
  assert.equal((await place.archives("first")).length, 4);
});

Deno.test("check-config refuses a glob that matches the archives of the configuration", async () => {
  await using place = await Place.make({ retention: { keep_daily: 1, also: "web-*" } });
  const { stderr } = await place.expect(78, "check-config");
  assert.match(stderr, /expected a glob that matches no archive of "web" itself/);
});

Deno.test("run refuses rules that this Borg does not have, and a glob of another series", async () => {
  await using place = await Place.quick({ retention: { keep_daily: 1, also: "db-*" } });
  await place.init();
  const other = `${place.at("first.borg")}::db-2026-01-01T04:00:00Z-0123abcd`;
  await place.borgIn(place.directory, "first", "create", other, "source");
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /also = "db-\*": expected no archive of autoborg among them/);
  assert.equal((await place.archives("first")).length, 2);

  const version = lines((await place.tryBorg("first", "--version")).stdout)[0] ?? "";
  if (!/1\.2|1\.4\.0/.test(version)) return;
  await place.configure({ ...QUICK, retention: { keep_daily: 1, keep_13weekly: 4 } });
  const refused = await place.expect(2, "run");
  const message = /Borg 1\.\S+ has no keep_13weekly: expected 1\.4\.1 or newer/;
  assert.match(refused.stderr, message);
  const preview = await place.expect(1, "list", "--retention");
  assert.match(preview.stderr, message);
  assert.match(preview.stderr, /hint: Set keep_monthly instead, three for each quarter/);
  assert.equal(preview.stdout, "");
  const { stdout } = await place.autoborg("check-config", "--probe");
  assert.match(stdout, message);
});
