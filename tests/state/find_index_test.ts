import assert from "node:assert/strict";
import { FindIndex, type Piece } from "../../lib/state/find_index.ts";

/** A piece that can't be compressed. */
function piece(key: string, size = 100): Piece {
  const paths = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(paths.subarray(at, at + 65_536));
  return { key, rest: new Uint8Array(), paths, facts: new Uint8Array([1]) };
}

function archive(name: string, startedAt = 0, repository = "one") {
  return { repository, archive: name, startedAt };
}

Deno.test("FindIndex tells archives apart by their ids and by those of their repositories", () => {
  using index = new FindIndex();
  index.keep(archive("a"), [piece("k")]);
  assert.equal(index.piecesOf(archive("a"))?.length, 1);
  assert.equal(index.piecesOf(archive("a", 0, "two")), undefined);
  assert.equal(index.piecesOf(archive("b")), undefined);
});

Deno.test("keepOnly() removes archives that are gone, with the pieces that no other one has", () => {
  using index = new FindIndex();
  index.keep(archive("a"), [piece("both"), piece("only a")]);
  index.keep(archive("b"), [piece("both")]);
  index.keep(archive("c", 0, "two"), [piece("only c")]);
  index.keepOnly("one", new Set(["b", "never seen"]));
  assert.equal(index.piecesOf(archive("a")), undefined);
  assert.equal(index.find("only a"), undefined);
  assert.ok(index.find("both") !== undefined && index.find("only c") !== undefined);
});

Deno.test("keep() makes room for a newer archive, and keeps none that finds no room", () => {
  const path = Deno.makeTempFileSync();
  const most = 1_000_000;
  using index = new FindIndex(path, most);
  for (let night = 1; night <= 6; night += 1) {
    assert.ok(index.keep(archive(`${night}`, night), [piece(`${night}`, 300_000)]));
  }
  const kept = [1, 2, 3, 4, 5, 6].filter((night) => index.piecesOf(archive(`${night}`)));
  assert.deepEqual(kept.at(-1), 6);
  assert.ok(kept.length >= 2 && !kept.includes(1), String(kept));
  assert.equal(index.keep(archive("old", 0), [piece("old", 300_000)]), false);
  assert.equal(index.keep(archive("large", 9), [piece("large", 2_000_000)]), false);
  assert.ok(Deno.statSync(path).size <= most);
  Deno.removeSync(path);
});

Deno.test("two processes may use the index at once, and one may remove what the other counts on", () => {
  const directory = Deno.makeTempDirSync();
  const path = `${directory}/find-index.db`;
  using first = new FindIndex(path);
  using second = new FindIndex(path);
  first.keep(archive("a"), [piece("shared")]);
  const known = second.find("shared");
  assert.ok(known !== undefined);
  assert.ok(second.keep(archive("a"), [known.id, piece("shared")]), "the same again");
  first.keepOnly("one", new Set());
  assert.equal(second.read(known.id), undefined);
  assert.equal(second.keep(archive("b"), [known.id]), false);
  assert.equal(second.piecesOf(archive("b")), undefined);
  Deno.removeSync(directory, { recursive: true });
});
