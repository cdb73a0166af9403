import assert from "node:assert/strict";
import { Place, QUICK } from "./place.ts";

const FILES = 300;
const SIZE = 16_384;
const CONFIG = { ...QUICK, retention: { keep_last: 20 } };
/** So many nights are known when the attack comes, beside the first, full one. */
const NIGHTS = 7;

Deno.test("run raises an alarm in the night in which a fifth of the files were encrypted", async () => {
  await using place = await Place.make();
  await place.configure(CONFIG);
  await place.init();
  await write(place, 0, FILES);
  for (let night = 0; night <= NIGHTS; night += 1) {
    await write(place, 10 * night, 10 * night + 5);
    await place.expect(0, "run");
  }
  // All files are new to Borg, though nothing is.
  await Deno.remove(place.at("base"), { recursive: true });
  await place.expect(0, "run");

  await write(place, 100, 100 + FILES / 5);
  const { stderr } = await place.expect(1, "run");
  const said =
    /warning: far more existing files than usual were changed or replaced: (\d+) of 303 \(median (\d+)\), with (\d+\.\d) KiB of new data \(median (\d+\.\d) KiB\), most in "(.*?)" \((\d+) files, about .*?\)/
      .exec(stderr) ?? [];
  const [files, usualFiles, size, usualSize] = said.slice(1, 5).map(Number);
  const isAbout = (value: number | undefined, expected: number, most: number) =>
    assert.ok(
      value !== undefined && value >= expected && value <= most,
      `${value}, expected ${expected}\n${stderr}`,
    );
  // Borg lists the files with the newest time of the night before as well: it can't trust them.
  isAbout(files, 60, 66);
  isAbout(usualFiles, 5, 11);
  isAbout(size, 960, 970);
  isAbout(usualSize, 80, 85);
  assert.equal(said[5], place.at("source/documents/1"));
  assert.match(stderr, /prune +skipped: suspended by an alarm: unusual-change/);

  // It does not clear by itself, and is taken for usual once it was accepted.
  assert.match((await place.expect(1, "run")).stderr, /prune +skipped: suspended by an alarm/);
  await place.expect(0, "accept", "first", "--reason", "all documents were scanned again");
  assert.match((await place.expect(0, "run")).stderr, /prune +ok/);

  await write(place, 0, FILES);
  await place.configure({ ...CONFIG, change_guard: { enabled: false } });
  await place.expect(0, "run");
});

/** Writes files, from one number up to but not including another, with bytes that do not compress. */
async function write(place: Place, from: number, to: number): Promise<void> {
  for (let file = from; file < to; file += 1) {
    const bytes = crypto.getRandomValues(new Uint8Array(SIZE));
    await place.write(`source/documents/${Math.floor(file / 100)}/${file}`, bytes);
  }
}
