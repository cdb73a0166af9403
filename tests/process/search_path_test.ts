import assert from "node:assert/strict";
import { AppError } from "../../lib/errors.ts";
import { safeSearchPath } from "../../lib/process/search_path.ts";

const ROOT = 0;

/** Directories for programs, in one of our own. */
class Programs implements Disposable {
  readonly path: string = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "autoborg-path-" }));

  /** Makes a directory, with a program in it unless it shall be empty. */
  directory(name: string, mode: number, program?: string): string {
    const path = `${this.path}/${name}`;
    Deno.mkdirSync(path);
    if (program !== undefined) Deno.writeTextFileSync(`${path}/${program}`, "", { mode: 0o755 });
    Deno.chmodSync(path, mode);
    return path;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

Deno.test("safeSearchPath() hands on a PATH of safe directories as it is", () => {
  using programs = new Programs();
  const path = [programs.directory("a", 0o755), programs.directory("b", 0o755, "borg")].join(":");
  assert.equal(safeSearchPath("borg", path, ROOT), path);
  assert.equal(safeSearchPath("borg", undefined, ROOT), undefined);
});

Deno.test("safeSearchPath() refuses a program in or behind a directory that others can write to", () => {
  using programs = new Programs();
  const safe = programs.directory("safe", 0o755, "borg");
  const open = programs.directory("open", 0o777, "borg");
  const empty = programs.directory("empty", 0o777);
  for (const path of [open, `${open}:${safe}`, `${empty}:${safe}`]) {
    assert.throws(() => safeSearchPath("borg", path, ROOT), (error) => {
      assert.ok(error instanceof AppError);
      assert.match(
        error.message,
        /^Refusing to start "borg" as root: PATH leads to ".*(open|empty)"/,
      );
      assert.match(
        error.hint ?? "",
        /^Take that directory out of PATH, or close it: chmod go-w \//,
      );
      return true;
    });
  }
  // Anybody could make this one.
  assert.throws(() => safeSearchPath("borg", `/tmp/autoborg-missing:${safe}`, ROOT), AppError);
});

Deno.test("safeSearchPath() leaves unsafe directories out behind the one that has the program", () => {
  using programs = new Programs();
  const safe = programs.directory("safe", 0o755, "borg");
  const open = programs.directory("open", 0o777, "ssh");
  assert.equal(safeSearchPath("borg", `${safe}:${open}:/usr/bin:`, ROOT), `${safe}:/usr/bin`);
  assert.equal(safeSearchPath("/etc/autoborg/hooks/finished", `${open}:${safe}`, ROOT), safe);
});

Deno.test("safeSearchPath() refuses directories that depend on the working directory", () => {
  using programs = new Programs();
  const safe = programs.directory("safe", 0o755, "borg");
  for (const first of ["", ".", "bin"]) {
    assert.throws(
      () => safeSearchPath("borg", `${first}:${safe}`, ROOT),
      /PATH leads to ".*", .*: it is relative to the working directory/,
    );
  }
});

Deno.test("safeSearchPath() refuses a program that others can write to", () => {
  using programs = new Programs();
  const path = programs.directory("safe", 0o755, "borg");
  Deno.chmodSync(`${path}/borg`, 0o777);
  assert.throws(() => safeSearchPath("borg", path, ROOT), /borg" can be written by other users/);
});

Deno.test("safeSearchPath() leaves everybody but root alone", () => {
  using programs = new Programs();
  const open = programs.directory("open", 0o777, "borg");
  assert.equal(safeSearchPath("borg", `.:${open}`, 1_000), `.:${open}`);
});
