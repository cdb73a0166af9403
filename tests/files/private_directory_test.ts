import assert from "node:assert/strict";
import { AppError } from "../../lib/errors.ts";
import { makePrivateDirectory } from "../../lib/files/private_directory.ts";

class Scratch implements Disposable {
  readonly path: string = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "autoborg-private-" }));

  make(name: string, link: "allowed" | "refused" = "refused"): void {
    const path = `${this.path}/${name}`;
    makePrivateDirectory({ path, key: "paths.temp_dir", mode: 0o700, link });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

Deno.test("makePrivateDirectory() makes what is missing, closed to others", () => {
  using scratch = new Scratch();
  scratch.make("a/b");
  scratch.make("a/b");
  for (const name of ["a", "a/b"]) {
    assert.equal((Deno.statSync(`${scratch.path}/${name}`).mode ?? 0) & 0o777, 0o700);
  }
});

Deno.test("makePrivateDirectory() makes nothing in a directory that others can write to", () => {
  using scratch = new Scratch();
  Deno.mkdirSync(`${scratch.path}/open`);
  Deno.chmodSync(`${scratch.path}/open`, 0o777);
  assert.throws(() => scratch.make("open/a/b"), (error) => {
    assert.ok(error instanceof AppError);
    assert.match(error.message, /open" can be written by other users \(mode 0777\)/);
    assert.match(error.hint ?? "", /^chmod go-w .*open, or set paths\.temp_dir to a directory/);
    return true;
  });
  assert.deepEqual([...Deno.readDirSync(`${scratch.path}/open`)], []);
});

Deno.test("makePrivateDirectory() refuses a link where the directory itself is expected", () => {
  using scratch = new Scratch();
  Deno.mkdirSync(`${scratch.path}/real`, { mode: 0o700 });
  Deno.symlinkSync(`${scratch.path}/real`, `${scratch.path}/link`);
  assert.throws(() => scratch.make("link"), /it is a symbolic link to ".*real", expected/);
  scratch.make("link", "allowed");
  scratch.make("link/below");
});
