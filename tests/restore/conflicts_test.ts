import assert from "node:assert/strict";
import { ConflictSearch } from "../../lib/restore/conflicts.ts";

async function withTarget(test: (target: string) => void): Promise<void> {
  const target = await Deno.makeTempDir({ prefix: "autoborg-test-" });
  try {
    test(target);
  } finally {
    await Deno.remove(target, { recursive: true });
  }
}

const file = (path: string) => ({ path, type: "file" }) as const;
const directory = (path: string) => ({ path, type: "directory" }) as const;

function conflicts(
  target: string,
  overwrite: boolean,
  ...entries: readonly Parameters<ConflictSearch["consider"]>[0][]
): readonly string[] {
  const search = new ConflictSearch(target, overwrite);
  for (const entry of entries) search.consider(entry);
  assert.equal(search.found.count, search.found.named.length);
  return search.found.named;
}

Deno.test("ConflictSearch finds nothing in the way in an empty target", async () => {
  await withTarget((target) => {
    assert.deepEqual(conflicts(target, false, directory("srv"), file("srv/a"), file("b")), []);
  });
});

Deno.test("ConflictSearch names a file that exists, unless it may be replaced", async () => {
  await withTarget((target) => {
    Deno.writeTextFileSync(`${target}/a`, "");
    assert.deepEqual(conflicts(target, false, file("a"), file("b")), ['"a" exists']);
    assert.deepEqual(conflicts(target, true, file("a"), file("b")), []);
  });
});

Deno.test("ConflictSearch names a dangling link, too", async () => {
  await withTarget((target) => {
    Deno.symlinkSync("nowhere", `${target}/a`);
    assert.deepEqual(conflicts(target, false, file("a")), ['"a" exists']);
  });
});

Deno.test("ConflictSearch lets a directory replace an empty one, but no other", async () => {
  await withTarget((target) => {
    Deno.mkdirSync(`${target}/empty`);
    Deno.mkdirSync(`${target}/full/sub`, { recursive: true });
    assert.deepEqual(conflicts(target, false, directory("empty"), file("empty/a")), []);
    assert.deepEqual(conflicts(target, false, directory("full")), ['"full" exists']);
    assert.deepEqual(conflicts(target, false, file("empty")), ['"empty" exists']);
  });
});

Deno.test("ConflictSearch refuses to go through a symbolic link, even to replace", async () => {
  await withTarget((target) => {
    Deno.symlinkSync("/tmp", `${target}/srv`);
    const named = [
      '"srv/a/b" is below something that is not a directory: "srv" is a symbolic link',
    ];
    assert.deepEqual(conflicts(target, false, file("srv/a/b")), named);
    assert.deepEqual(conflicts(target, true, file("srv/a/b")), named);
    // The archive has a directory there, and Borg makes one of it first.
    assert.deepEqual(conflicts(target, true, directory("srv"), file("srv/a")), []);
  });
});

Deno.test("ConflictSearch takes question marks for bytes that are not UTF-8", async () => {
  await withTarget((target) => {
    Deno.writeTextFileSync(`${target}/a\ufffd\ufffdb`, "");
    assert.deepEqual(conflicts(target, false, file("a??b")), ['"a??b" exists']);
    assert.deepEqual(conflicts(target, false, file("a?c")), []);
  });
});

Deno.test("ConflictSearch does not look at the target itself", async () => {
  await withTarget((target) => {
    Deno.writeTextFileSync(`${target}/a`, "");
    assert.deepEqual(conflicts(target, false, directory(".")), []);
  });
});

Deno.test("ConflictSearch has links and files with several names removed before Borg comes", async () => {
  await withTarget((target) => {
    Deno.mkdirSync(`${target}/srv`);
    Deno.symlinkSync("/tmp", `${target}/srv/link`);
    Deno.symlinkSync("/tmp", `${target}/srv/directory`);
    Deno.writeTextFileSync(`${target}/srv/one`, "");
    Deno.linkSync(`${target}/srv/one`, `${target}/srv/two`);
    Deno.writeTextFileSync(`${target}/srv/plain`, "");
    const search = new ConflictSearch(target, true);
    for (const name of ["srv/link", "srv/two", "srv/plain", "srv/new"]) search.consider(file(name));
    for (const name of ["srv", "srv/directory"]) search.consider(directory(name));
    search.consider(file("srv/directory/inner"));
    assert.equal(search.found.count, 0);
    const replaced = ["link", "two", "directory"].map((name) => `${target}/srv/${name}`);
    assert.deepEqual(search.found.replaced, replaced);
  });
});

Deno.test("ConflictSearch says which directories a restore has to make", async () => {
  await withTarget((target) => {
    Deno.mkdirSync(`${target}/srv`);
    Deno.symlinkSync("/tmp", `${target}/link`);
    const search = new ConflictSearch(target, false);
    search.consider(directory("other"));
    assert.ok(search.found.replaceable);
    search.consider(file("link/a"));
    assert.ok(!search.found.replaceable, "--overwrite would not help");
    assert.ok(search.isMissing("srv/a"));
    assert.ok(search.isMissing("other"));
    for (const path of ["srv", "link", "link/a"]) assert.ok(!search.isMissing(path), path);
  });
});
