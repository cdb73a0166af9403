import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { lutimesSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { type Access, queryArchives, queryEntries } from "../../lib/borg/borg_queries.ts";
import type { Entry } from "../../lib/borg/entries.ts";
import { runProgram } from "../../lib/process/program.ts";
import { ArchiveSearch } from "../../lib/restore/archive_search.ts";
import { withFindIndex } from "../../lib/cli/kept_index.ts";
import { FindIndex, findIndexPath, type IndexedArchive } from "../../lib/state/find_index.ts";
import { repositoryWith } from "../borg/repositories.ts";
import { copyEmptyRepository } from "../e2e/empty_repository.ts";
import { searchPath } from "../e2e/program.ts";
import { Secret } from "../../lib/text/secret.ts";

/** A repository with hostile names in its archives. */
class Place implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync();
  readonly repository = repositoryWith({
    url: `${this.path}/repository`,
    key: { kind: "passphrase", passphrase: new Secret("only a test") },
  });
  /** How many times Borg was started. */
  started = 0;
  readonly access: Access = {
    inherited: { PATH: searchPath(), BORG_BASE_DIR: `${this.path}/borg` },
    signal: new AbortController().signal,
    start: (request) => {
      this.started += 1;
      return runProgram(request);
    },
  };

  static async make(): Promise<Place> {
    const place = new Place();
    for (const directory of ["source", "state"]) Deno.mkdirSync(`${place.path}/${directory}`);
    await copyEmptyRepository(place.repository.url, "only a test");
    return place;
  }

  async borg(...args: readonly string[]): Promise<void> {
    const { success, stderr } = await new Deno.Command("borg", {
      args: [...args],
      cwd: this.path,
      env: {
        PATH: searchPath(),
        BORG_BASE_DIR: `${this.path}/borg`,
        BORG_PASSPHRASE: "only a test",
      },
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  }

  async archive(name: string): Promise<void> {
    await this.borg("create", `${this.repository.url}::${name}`, "source");
  }

  /** What an archive is known by. */
  async key(name: string): Promise<IndexedArchive> {
    const answer = await queryArchives(this.access, this.repository);
    assert.ok(answer.kind === "answer");
    const found = answer.value.archives.find((archive) => archive.name === name);
    const startedAt = found?.startedAt.getTime() ?? 0;
    return { repository: answer.value.repositoryId, archive: found?.id ?? "", startedAt };
  }

  /** What `borg list` says of all entries. */
  async listed(archive: string): Promise<readonly Entry[]> {
    const entries: Entry[] = [];
    const query = { repository: this.repository, archive, includes: [] };
    const onEntry = (entry: Entry) => void entries.push(entry);
    const answer = await queryEntries(this.access, { ...query, onEntry });
    assert.equal(answer.kind, "answer");
    return entries;
  }

  /** Searches an archive for everything; without Borg when it is known. */
  async search(name: string, matches = (_: string) => true): Promise<readonly Entry[]> {
    const key = await this.key(name);
    return await withFindIndex(`${this.path}/state`, async (index, scratch) => {
      const search = new ArchiveSearch(index, scratch, matches);
      const known = search.recall(key);
      if (known !== undefined) return known;
      const answer = await search.read(this.access, this.repository, { name }, key);
      assert.ok(answer.kind === "answer", JSON.stringify(answer));
      return answer.value;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** Entries in an order that is the same for all. */
function sorted(entries: readonly Entry[]): readonly Entry[] {
  return entries.toSorted((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}

/** Writes files with names that a line, a shell, a terminal or a decoder may not take. */
function writeHostile(source: string): void {
  const names = [
    ...["a\nb", "Käse und Öl", "e\u0301", "語", "👩\u200d👧", 'quo"te', "back\\slash", "a\rb"],
    ...["-rf", " ", "\u202egpj", "\x1b[31m", "#", "%s", "'", "\ufeffbom", "*?[a]"],
  ];
  for (const name of names) Deno.writeTextFileSync(`${source}/${name}`, name);
  const bytes = [[0xff], [0x61, 0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x41]];
  for (const name of bytes) {
    writeFileSync(Buffer.from([...new TextEncoder().encode(`${source}/`), ...name]), "x");
  }
  mkdirSync(`${source}/deep/${"d".repeat(200)}/${"e".repeat(200)}`, { recursive: true });
  symlinkSync("a\nb ü", `${source}/link`);
  Deno.linkSync(`${source}/語`, `${source}/hardlink`);
  new Deno.Command("mkfifo", { args: [`${source}/pipe`] }).outputSync();
  lutimesSync(`${source}/link`, 0, -1.5);
  Deno.chmodSync(`${source}/#`, 0o6755);
  Deno.chmodSync(`${source}/deep`, 0o1770);
  Deno.utimeSync(`${source}/%s`, 0, 1_700_000_000.999_9);
}

Deno.test("ArchiveSearch.read() finds what borg list finds, whatever the names are", async () => {
  await using place = await Place.make();
  writeHostile(`${place.path}/source`);
  await place.archive("a");
  const read = sorted(await place.search("a"));
  assert.deepEqual(read, sorted(await place.listed("a")));
  assert.ok(read.length > 25);
  const { started } = place;
  assert.deepEqual(sorted(await place.search("a")), read, "as it was kept");
  assert.equal(place.started, started + 1, "Borg lists the archives, and reads none");
  const mode = Deno.statSync(findIndexPath(`${place.path}/state`)).mode ?? 0;
  assert.equal(mode & 0o777, 0o600);
  assert.deepEqual([...Deno.readDirSync(`${place.path}/state`)].map(({ name }) => name), [
    "find-index.db",
  ]);
});

Deno.test("ArchiveSearch.read() keeps once what many archives have in common", async () => {
  await using place = await Place.make();
  // More than one piece: Borg cuts the list of files at about every 128 KiB.
  const directory = `${place.path}/source/${"long ".repeat(30)}`;
  Deno.mkdirSync(directory);
  for (let file = 0; file < 1_000; file += 1) {
    Deno.writeTextFileSync(`${directory}/${file}`, `${file}`);
  }
  for (const name of ["a", "b", "c"]) {
    Deno.writeTextFileSync(`${directory}/only-${name}`, name);
    await place.archive(name);
  }
  const size = () => Deno.statSync(findIndexPath(`${place.path}/state`)).size;
  assert.deepEqual(sorted(await place.search("a")), sorted(await place.listed("a")));
  const first = size();
  for (const name of ["b", "c"]) {
    assert.deepEqual(sorted(await place.search(name)), sorted(await place.listed(name)));
  }
  assert.ok(size() < 2 * first, `${first} and then ${size()} bytes`);
  const paths = (await place.search("c", (path) => path.includes("only-"))).map(({ path }) =>
    path.slice(-6)
  );
  assert.deepEqual(paths.toSorted(), ["only-a", "only-b", "only-c"]);
});

Deno.test("withFindIndex() reads a damaged index again, and goes without one it can't write", async () => {
  await using place = await Place.make();
  Deno.writeTextFileSync(`${place.path}/source/a`, "a");
  await place.archive("a");
  const whole = await place.search("a");
  const file = findIndexPath(`${place.path}/state`);
  const bytes = Deno.readFileSync(file);
  const torn: readonly [string, () => void][] = [
    ["cut", () => Deno.truncateSync(file, 5_000)],
    ["no database", () => Deno.writeTextFileSync(file, "x".repeat(9_000))],
    ["empty", () => Deno.truncateSync(file, 0)],
    ["another database", () => Deno.writeFileSync(file, anotherDatabase(place.path))],
    ["a link that leads nowhere", () => {
      Deno.removeSync(file);
      Deno.symlinkSync("nowhere/at/all", file);
    }],
  ];
  for (const [name, damage] of torn) {
    Deno.removeSync(file);
    Deno.writeFileSync(file, bytes, { mode: 0o600 });
    damage();
    assert.deepEqual(await place.search("a"), whole, name);
  }
  Deno.removeSync(file);
  Deno.writeFileSync(file, changedPiece(bytes), { mode: 0o600 });
  assert.deepEqual(await place.search("a"), whole, "a piece that was changed");
  Deno.removeSync(`${place.path}/state`, { recursive: true });
  assert.deepEqual(await place.search("a"), whole, "no state directory");
});

Deno.test("ArchiveSearch.read() leaves to borg list what it can't read, or Borg can't write", async () => {
  await using place = await Place.make();
  await place.archive("a");
  const key = await place.key("a");
  using index = new FindIndex();
  const scratch = `${place.path}/state`;
  const search = new ArchiveSearch(index, scratch, () => true);
  const gone = await search.read(place.access, place.repository, { name: "gone" }, key);
  assert.equal(gone.kind, "failed");
  assert.equal(index.piecesOf(key), undefined);
});

function anotherDatabase(directory: string): Uint8Array {
  const path = `${directory}/another.db`;
  new FindIndex(path)[Symbol.dispose]();
  const bytes = Deno.readFileSync(path);
  // The version of the tables.
  bytes[63] = 99;
  return bytes;
}

/** Changes a byte of what is compressed, which SQLite does not notice. */
function changedPiece(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  const path = new TextEncoder().encode("source");
  const at = Buffer.from(changed).lastIndexOf(path);
  assert.ok(at > 0, "the shortest list of paths is not compressed");
  changed[at] = 0x53;
  return changed;
}
