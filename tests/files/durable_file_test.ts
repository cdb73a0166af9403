import assert from "node:assert/strict";
import { removeDurably, replaceDurably } from "../../lib/files/durable_file.ts";

class Directory implements Disposable {
  readonly path = Deno.makeTempDirSync();

  names(): string[] {
    return [...Deno.readDirSync(this.path)].map(({ name }) => name).toSorted();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Says what was flushed while an action ran: "file" or "directory" for each. */
function flushedBy(action: () => void): string[] {
  const flushed: string[] = [];
  const original = Deno.FsFile.prototype.syncSync;
  Deno.FsFile.prototype.syncSync = function (this: Deno.FsFile) {
    flushed.push(this.statSync().isDirectory ? "directory" : "file");
    original.call(this);
  };
  try {
    action();
  } finally {
    Deno.FsFile.prototype.syncSync = original;
  }
  return flushed;
}

Deno.test("replaceDurably() flushes the file before it gets its name, and then the directory", () => {
  using directory = new Directory();
  const path = `${directory.path}/a`;
  Deno.writeTextFileSync(path, "old");
  assert.deepEqual(flushedBy(() => replaceDurably(path, "new", 0o600)), ["file", "directory"]);
  assert.equal(Deno.readTextFileSync(path), "new");
  assert.deepEqual(directory.names(), ["a"]);
});

Deno.test("replaceDurably() sets the mode whatever the umask says", () => {
  using directory = new Directory();
  const umask = Deno.umask(0o077);
  replaceDurably(`${directory.path}/a`, new Uint8Array([1]), 0o644);
  Deno.umask(umask);
  assert.equal((Deno.statSync(`${directory.path}/a`).mode ?? 0) & 0o777, 0o644);
});

Deno.test("replaceDurably() leaves the old file and nothing else when it can't write", () => {
  using directory = new Directory();
  const path = `${directory.path}/a`;
  Deno.mkdirSync(path);
  assert.throws(() => replaceDurably(path, "new", 0o600));
  assert.deepEqual(directory.names(), ["a"]);
});

Deno.test("replaceDurably() removes what killed processes left behind, and nothing else", () => {
  using directory = new Directory();
  const old = new Date(Date.now() - 7_200_000);
  const write = (name: string, time: Date) => {
    Deno.writeTextFileSync(`${directory.path}/${name}`, "half");
    Deno.utimeSync(`${directory.path}/${name}`, time, time);
  };
  for (const name of ["a.0123abcd.new", "a.new", "b.0123abcd.new", "a.txt"]) write(name, old);
  write("a.89abcdef.new", new Date());
  replaceDurably(`${directory.path}/a`, "new", 0o600);
  assert.deepEqual(directory.names(), ["a", "a.89abcdef.new", "a.txt", "b.0123abcd.new"]);
});

Deno.test("removeDurably() flushes the directory, and says whether there was a file", () => {
  using directory = new Directory();
  const path = `${directory.path}/a`;
  Deno.writeTextFileSync(path, "");
  assert.deepEqual(flushedBy(() => assert.equal(removeDurably(path), true)), ["directory"]);
  assert.deepEqual(flushedBy(() => assert.equal(removeDurably(path), false)), []);
});
