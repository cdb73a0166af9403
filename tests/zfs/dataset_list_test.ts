import assert from "node:assert/strict";
import { parseDatasetList, usableMountpoint } from "../../lib/zfs/dataset_list.ts";

// As OpenZFS 2.3.9 prints it.
const OUTPUT = [
  "tank\tfilesystem\ton\tyes\t-\t0\t/tank",
  "tank/with space\tfilesystem\ton\tyes\t-\t0\t/tank/with space",
  "tank/secret\tfilesystem\ton\tno\tunavailable\t0\t/tank/secret",
  "tank/legacy\tfilesystem\tnoauto\tno\t-\t20971520\tlegacy",
  "tank/off\tfilesystem\toff\tno\tavailable\t0\tnone",
  "tank/line\tfilesystem\ton\tyes\t-\t0\t/srv/new",
  "line",
  "tank/tab\tfilesystem\ton\tyes\t-\t0\t/srv/t\tab",
  "tank/volume\tvolume\t-\t-\t-\t8388608\t-",
].join("\n");

Deno.test("parseDatasetList() reads names with spaces and mount points with tabs and line breaks", () => {
  const list = parseDatasetList(OUTPUT);
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
  const list = parseDatasetList(OUTPUT);
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

Deno.test("usableMountpoint() normalises and refuses ways out", () => {
  assert.equal(usableMountpoint("/srv//data/"), "/srv/data");
  assert.equal(usableMountpoint("/"), "/");
  assert.equal(usableMountpoint("/srv/./data"), "/srv/data");
  assert.equal(usableMountpoint("/srv/Bücher"), "/srv/Bücher");
  for (const property of ["none", "legacy", "-", "/srv/../etc", "/a\nb", "/a\tb", "/a\ufffd"]) {
    assert.equal(usableMountpoint(property), undefined, property);
  }
});
