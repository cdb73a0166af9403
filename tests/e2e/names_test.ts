import assert from "node:assert/strict";
import { join } from "node:path";
import { Place } from "./place.ts";
import { runToEnd } from "./program.ts";

/** Names that a careless program breaks at, or that break what it prints. */
const NAMES = [
  "new\nline",
  "2026-11-22T04:00:00.000Z ERROR   forged",
  "\n2026-11-22T04:00:00.000Z ERROR   forged",
  "Ümläut-\u0065\u0301-漢字-🎉",
  "-leading-dash",
  "--exclude=everything",
  "\x1b]0;title\x07\x1b[31mred",
  "\x9b31m C1",
  "carriage\rreturn",
  "tab\tbell\x07",
  "line\u2028separator",
  " spaces ",
  "quote'\"`$(touch x);\\",
  "*?[a-z]{b,c}",
  "100%s%d%n",
  "{braces} {} ${x}",
  "a".repeat(255),
];

/** Bytes that are no UTF-8; a program that is not Deno has to make the file. */
const MAKE_INVALID = String.raw`printf x > "$(printf 'invalid-\377\376')"`;

const RAW_CONTROL = /[^\P{Cc}\n\t]|[\u2028\u2029]/u;

async function placeWithNames(level: string): Promise<Place> {
  const place = await Place.quick({ logs: { directory: "logs", level } });
  for (const name of NAMES) await Deno.writeTextFile(join(place.at("source"), name), name);
  const start = { env: place.env, cwd: place.at("source") };
  const { code, stderr } = await runToEnd(["sh", "-c", MAKE_INVALID], start);
  assert.equal(code, 0, stderr);
  await place.init();
  return place;
}

Deno.test("run archives files with every kind of name, and they can be restored", async () => {
  await using place = await placeWithNames("info");
  await place.expect(0, "run");
  const [archive] = await place.archives("first");
  await place.borg("first", "extract", `${place.at("first.borg")}::${archive}`);
  const same = await runToEnd([
    "diff",
    "-r",
    place.at("source"),
    place.at(place.archived("source")),
  ], {
    env: place.env,
  });
  assert.equal(same.code, 0, same.stdout);
});

Deno.test("run shows no control character of a file's name in the log or on the terminal", async () => {
  await using place = await placeWithNames("debug");
  const { stdout, stderr } = await place.expect(0, "run", "--progress=json");
  const log = await place.log();
  for (const text of [stdout, stderr, log]) {
    const found = text.split("\n").find((line) => RAW_CONTROL.test(line));
    assert.equal(found, undefined);
  }
  assert.match(log, /A .*source\/new/);
  assert.match(log, /\\x1b\]0;title\\x07/);
  assert.doesNotMatch(log, /^2026-11-22T04:00:00.000Z ERROR/m, "no file name forges a log line");
});

Deno.test("run takes patterns with a leading dash as patterns", async () => {
  await using place = await Place.quick({
    sources: { directories: ["source"], exclude: ["-*", "sh:**/--exclude*", "fm:*/leading"] },
  });
  await place.write("source/-x", "");
  await place.write("source/--exclude=a", "");
  await place.write("source/leading", "");
  await place.write("source/x-", "");
  await place.init();
  await place.expect(0, "run");
  const paths = await place.contents("first");
  assert.ok(paths.includes(place.archived("source/x-")));
  assert.ok(paths.includes(place.archived("source/-x")), "a pattern begins at the first directory");
  assert.ok(!paths.includes(place.archived("source/--exclude=a")));
  assert.ok(!paths.includes(place.archived("source/leading")));
});

Deno.test("run backs up sources whose own paths have strange names", async () => {
  const names = ["-dash", "sp ace", "new\nline", "Ümläut"];
  await using place = await Place.quick({ sources: { directories: names.map((n) => `odd/${n}`) } });
  for (const name of names) await place.write(`odd/${name}/file`, name);
  await place.init();
  await place.expect(0, "run");
  const [archive] = await place.archives("first");
  await place.borg("first", "extract", `${place.at("first.borg")}::${archive}`);
  for (const name of names) {
    const restored = place.at(place.archived("odd", name, "file"));
    assert.equal(await Deno.readTextFile(restored), name);
  }
});

Deno.test("run leaves out what the sources exclude", async () => {
  await using place = await Place.quick({
    sources: {
      directories: ["source"],
      exclude: ["*.tmp", "re:/cache-[0-9]+$"],
      exclude_if_present: [".nobackup"],
      exclude_caches: true,
    },
  });
  await place.write("source/a.tmp", "");
  await place.write("source/cache-12/file", "");
  await place.write("source/left-out/.nobackup", "");
  await place.write("source/left-out/file", "");
  await place.write("source/tagged/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55");
  await place.write("source/tagged/file", "");
  await place.init();
  await place.expect(0, "run");
  const files = (await place.contents("first"))
    .filter((path) => /file$|tmp$|txt$/.test(path))
    .map((path) => path.slice(place.archived("source").length + 1));
  assert.deepEqual(files.toSorted(), ["one.txt", "sub/two.txt"]);
});
