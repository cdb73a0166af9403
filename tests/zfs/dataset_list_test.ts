import assert from "node:assert/strict";
import { parseDatasetList, usableMountpoint } from "../../lib/zfs/dataset_list.ts";

// As OpenZFS 2.3.9 prints it.
const OUTPUT = [
  "tank\tfilesystem\ton\tyes\t-\t0\t/tank\ttank",
  "tank/with space\tfilesystem\ton\tyes\t-\t0\t/tank/with space\ttank/with space",
  "tank/secret\tfilesystem\ton\tno\tunavailable\t0\t/tank/secret\ttank/secret",
  "tank/legacy\tfilesystem\tnoauto\tno\t-\t20971520\tlegacy\ttank/legacy",
  "tank/off\tfilesystem\toff\tno\tavailable\t0\tnone\ttank/off",
  "tank/line\tfilesystem\ton\tyes\t-\t0\t/srv/new",
  "line\ttank/line",
  "tank/tab\tfilesystem\ton\tyes\t-\t0\t/srv/t\tab\ttank/tab",
  "tank/volume\tvolume\t-\t-\t-\t8388608\t-\ttank/volume",
].join("\n");

Deno.test("parseDatasetList() reads names with spaces and mount points with tabs and line breaks", () => {
  const list = parseDatasetList(OUTPUT) ?? [];
  assert.deepEqual(list.map(({ name, mountpoint }) => [name, mountpoint]), [
    ["tank", "/tank"],
    ["tank/with space", "/tank/with space"],
    ["tank/secret", "/tank/secret"],
    ["tank/legacy", undefined],
    ["tank/off", undefined],
    ["tank/line", undefined],
    ["tank/tab", undefined],
    ["tank/volume", undefined],
  ]);
});

Deno.test("parseDatasetList() tells locked, reserved and unmountable datasets", () => {
  const list = parseDatasetList(OUTPUT) ?? [];
  assert.deepEqual(list.filter(({ locked }) => locked).map(({ name }) => name), ["tank/secret"]);
  assert.deepEqual(list.filter(({ reserved }) => reserved).map(({ name }) => name), [
    "tank/legacy",
    "tank/volume",
  ]);
  assert.deepEqual(list.map(({ canmount }) => canmount).slice(2, 5), ["on", "noauto", "off"]);
  assert.equal(list.at(-1)?.type, "volume");
});

Deno.test("parseDatasetList() is empty when nothing is printed", () => {
  assert.deepEqual(parseDatasetList(""), []);
});

Deno.test("parseDatasetList() takes no output for a list that is cut off in any place", () => {
  const lines = OUTPUT.split("\n").slice(0, 2);
  const whole = lines.join("\n");
  for (let length = 1; length < whole.length; length++) {
    const cut = whole.slice(0, length);
    const expected = cut.trimEnd() === lines[0] ? 1 : undefined;
    assert.equal(parseDatasetList(cut)?.length, expected, JSON.stringify(cut));
  }
});

Deno.test("usableMountpoint() normalises and refuses ways out", () => {
  assert.equal(usableMountpoint("/srv//data/"), "/srv/data");
  assert.equal(usableMountpoint("/"), "/");
  assert.equal(usableMountpoint("/srv/./data"), "/srv/data");
  assert.equal(usableMountpoint("/srv/Bücher"), "/srv/Bücher");
  for (const property of ["none", "legacy", "-", "/srv/../etc", "/a\nb", "/a\tb", "/a\ufffd"]) {
    assert.equal(usableMountpoint(property), undefined, property);
  }
});
