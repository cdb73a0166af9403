/**
 * What a restore says of the archive that it takes, with the real Borg: a source that was missing, a
 * run that was interrupted, and two machines with the same name in one repository.
 *
 * @module
 */
import assert from "node:assert/strict";
import { exists, Place } from "./place.ts";
import { parseObject, restored } from "./restoring.ts";

const SOURCES = { sources: { directories: ["source", "home"] } };

/** A place whose newest archive lacks the source "home", and the names of both archives. */
async function placeLackingHome() {
  const place = await Place.quick(SOURCES);
  await place.write("home/anna.txt", "letter");
  await place.init();
  await place.expect(0, "run");
  await Deno.rename(place.at("home"), place.at("away"));
  await place.expect(2, "run");
  const [complete = "", lacking = ""] = await place.archives("first");
  return { place, complete, lacking };
}

Deno.test("restore says that a source is missing from the newest archive, and where it is", async () => {
  const { place: made, complete, lacking } = await placeLackingHome();
  await using place = made;
  const all = await place.expect(1, "restore", "/", "--to=out");
  assert.match(
    all.stderr,
    new RegExp(`warning: ${lacking} may lack something: a source is missing: .*"[^"]*/home"`),
  );
  assert.match(
    all.stderr,
    new RegExp(
      `newest complete archive is ${complete}, .*: autoborg restore .*${complete} --to out /$`,
      "m",
    ),
  );
  assert.ok(exists(restored(place, "source/one.txt")));
  const home = await place.expect(2, "restore", place.at("home"), "--to=out");
  const command = `autoborg restore --config ${place.at("config.toml")} --archive ${complete}`;
  assert.ok(
    home.stderr.includes(
      `"${place.at("home")}" is in ${complete}, the newest complete archive: ${command}`,
    ),
    home.stderr,
  );
  assert.match(home.stderr, /Nothing was written/);
  const { stderr } = await place.expect(
    0,
    ...["restore", "--archive", complete, "--to", "out", place.at("home")] as const,
  );
  assert.ok(!stderr.includes("may lack"), stderr);
  assert.equal(await Deno.readTextFile(restored(place, "home/anna.txt")), "letter");
});

Deno.test("list and find say that a source is missing from the newest archive", async () => {
  const { place: made, complete, lacking } = await placeLackingHome();
  await using place = made;
  const note = new RegExp(
    `note: ${lacking} may lack something: a source is missing.*\n.*${complete}`,
  );
  const table = await place.expect(0, "list");
  assert.match(
    table.stdout,
    new RegExp(`^${lacking} .* failed +NO +yes\n${complete} .* ok +yes +yes$`, "m"),
  );
  assert.match(table.stderr, note);
  const { archives } = parseObject((await place.expect(0, "list", "--json")).stdout);
  assert.ok(Array.isArray(archives));
  const [newest, oldest] = archives.map((one) => parseObject(JSON.stringify(one)));
  assert.deepEqual([newest?.complete, oldest?.complete, oldest?.reasons], [false, true, []]);
  assert.match(String(newest?.reasons), /^a source is missing: /);
  assert.match((await place.expect(0, "list", "latest")).stderr, note);
  const missing = await place.expect(2, "list", "latest", place.at("home"));
  assert.ok(
    missing.stderr.includes(`is in ${complete}, the newest complete archive: autoborg list`),
  );
  assert.match((await place.expect(0, "find", "one.txt")).stderr, note);
});

Deno.test("restore says on a machine without history that nothing is known", async () => {
  const { place: made, lacking } = await placeLackingHome();
  await using place = made;
  await Deno.remove(place.at("state"), { recursive: true });
  const { stderr } = await place.expect(0, "restore", "/", "--to=out");
  assert.match(stderr, new RegExp(`^archive ${lacking}, from`, "m"));
  assert.match(stderr, /^note: this machine has no history of "web": whether .* is not known$/m);
  const { archives } = parseObject((await place.expect(0, "list", "--json")).stdout);
  assert.ok(Array.isArray(archives));
  assert.deepEqual(archives.map(({ complete, reasons }) => [complete, reasons]), [
    [null, []],
    [null, []],
  ]);
  assert.ok(!exists(place.at("state")), "nothing is written to know nothing");
});

Deno.test("restore reads the history without writing to it, and takes no lock", async () => {
  const { place: made } = await placeLackingHome();
  await using place = made;
  const before = Deno.readFileSync(place.at("state/history.db"));
  await Deno.chmod(place.at("state"), 0o500);
  await place.expect(1, "restore", "/", "--to=out");
  await Deno.chmod(place.at("state"), 0o700);
  assert.deepEqual(Deno.readFileSync(place.at("state/history.db")), before);
  await place.write("state/history.db", "this is no database, and it is long enough to be read");
  const { stderr } = await place.expect(1, "restore", "/", "--to=again");
  assert.match(stderr, /^warning: Cannot open the history /m);
  assert.ok(exists(place.at("again")));
});
