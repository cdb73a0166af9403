import assert from "node:assert/strict";
import { withoutPins } from "../../lib/borg/archive_pins.ts";
import { deleteArchivesArguments } from "../../lib/borg/commands.ts";
import { changeReasonArguments, parsePins, pinArguments } from "../../lib/borg/pins.ts";
import { pinName, pinnedArchive } from "../../lib/text/pin_name.ts";
import { mayMatchSeries, parseArchiveName } from "../../lib/text/archive_name.ts";
import { globRegExp } from "../../lib/text/glob.ts";
import { repositoryWith } from "./repositories.ts";

const ARCHIVE = "web-2026-11-22T04:00:00Z-0123abcd";
const REPOSITORY = repositoryWith({ url: "/srv/borg" });

Deno.test("pinName() makes a name that is no archive of a series, and matches no usual glob", () => {
  const name = pinName(ARCHIVE);
  assert.equal(name, `autoborg.${ARCHIVE}.pin`);
  assert.equal(parseArchiveName(name), undefined);
  for (const glob of ["web-*", "web*", ARCHIVE, "web-????-??-??T*"]) {
    assert.ok(!globRegExp(glob, false).test(name), glob);
    assert.ok(mayMatchSeries(glob, "web"), glob);
  }
});

Deno.test("pinnedArchive() reads which archive a pin is for", () => {
  for (const archive of [ARCHIVE, "by hand", "a.pin", "autoborg.a.pin", "{now}", "a\nb"]) {
    assert.equal(pinnedArchive(pinName(archive)), archive);
    assert.equal(pinnedArchive(`${pinName(archive)}.recreate`), archive);
  }
  for (const name of [ARCHIVE, "autoborg.pin", "autoborg..pin", `${ARCHIVE}.pin`]) {
    assert.equal(pinnedArchive(name), undefined, name);
  }
});

Deno.test("withoutPins() parts pins from archives, in their order", () => {
  const listed = ["a", pinName("a"), "b"].map((name) => ({ name, id: `id of ${name}` }));
  const { archives, pins } = withoutPins(listed);
  assert.deepEqual(archives.map(({ name }) => name), ["a", "b"]);
  assert.deepEqual(pins, [{ archive: "a", name: pinName("a"), id: `id of ${pinName("a")}` }]);
});

Deno.test("pinArguments() lets Borg fill in no placeholder, and forget no file", () => {
  const args = pinArguments(REPOSITORY, "of {now}", "before {hostname}");
  assert.ok(args.includes("--comment=autoborg pin 1: before {{hostname}}"), String(args));
  assert.ok(args.includes("--files-cache=disabled"));
  assert.equal(args.at(-1), "/srv/borg::autoborg.of {{now}}.pin");
  const changed = changeReasonArguments(REPOSITORY, "a", "");
  assert.deepEqual(changed.slice(-3), [
    "--comment=autoborg pin 1",
    "--",
    "/srv/borg::autoborg.a.pin",
  ]);
});

Deno.test("parsePins() reads pins and their reasons, whatever else wrote the comment", () => {
  const list = (...comments: readonly unknown[]) =>
    JSON.stringify({
      archives: comments.map((comment, at) => ({ name: pinName(`a${at}`), id: `${at}`, comment })),
    });
  const reasons = parsePins(
    list("autoborg pin 1: why: it is", "autoborg pin 1", "autoborg pin 2: later", "", 7),
  )?.map(({ archive, reason }) => [archive, reason]);
  assert.deepEqual(reasons, [
    ["a0", "why: it is"],
    ["a1", ""],
    ["a2", "later"],
    ["a3", ""],
    ["a4", ""],
  ]);
  assert.deepEqual(parsePins('{"archives": [{"name": "a", "id": "1"}, 3]}'), []);
  assert.equal(parsePins("Borg is busy"), undefined);
});

Deno.test("deleteArchivesArguments() names archives as they are, each a word of its own", () => {
  const args = deleteArchivesArguments(REPOSITORY, "a b", "-c {d}");
  assert.deepEqual(args.slice(-4), ["--", "/srv/borg", "a b", "-c {d}"]);
});
