import assert from "node:assert/strict";
import { describeUnsafe, findUnsafePlace } from "../../lib/files/path_safety.ts";

/** Some user who is not root, and a group that is nobody's own. */
const STRANGER = 65_534;
const isRoot = Deno.uid() === 0;
const asRoot = (title: string) =>
  isRoot ? title : `${title} (not run: it needs root to give files away)`;

/** An empty directory that nobody else can write to, in one that everybody can: `/tmp`. */
class Scratch implements Disposable {
  readonly path: string = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "autoborg-safety-" }));

  at(...parts: string[]): string {
    return [this.path, ...parts].join("/");
  }

  directory(name: string, mode = 0o755): string {
    Deno.mkdirSync(this.at(name), { recursive: true });
    Deno.chmodSync(this.at(name), mode);
    return this.at(name);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** The place that is found, without the directory of the test. */
function found(scratch: Scratch, path: string): string | undefined {
  const unsafe = findUnsafePlace(path, { missing: "will-be-made" });
  return unsafe && `${unsafe.kind} ${unsafe.path.slice(scratch.path.length)}`;
}

Deno.test("findUnsafePlace() finds nothing in directories of our own, whether or not they exist", () => {
  using scratch = new Scratch();
  scratch.directory("a/b");
  for (const path of ["", "a", "a/b", "a/b/c/d", "a/../a/./b"]) {
    assert.equal(found(scratch, scratch.at(path)), undefined, path);
  }
  assert.equal(findUnsafePlace("/"), undefined);
  assert.equal(findUnsafePlace("/run/autoborg", { missing: "will-be-made" }), undefined);
});

Deno.test("findUnsafePlace() finds a directory that others can write to, wherever it is on the way", () => {
  using scratch = new Scratch();
  scratch.directory("a/b/c");
  for (const mode of [0o777, 0o757]) {
    scratch.directory("a", mode);
    assert.equal(found(scratch, scratch.at("a/b/c")), "writable /a");
    assert.equal(found(scratch, scratch.at("a")), "writable /a");
    assert.equal(found(scratch, scratch.at("a/new")), "writable /a");
  }
});

Deno.test("findUnsafePlace() lets a sticky directory be passed, but not be used", () => {
  using scratch = new Scratch();
  scratch.directory("open/ours");
  scratch.directory("open", 0o1777);
  assert.equal(found(scratch, scratch.at("open/ours")), undefined);
  assert.equal(found(scratch, scratch.at("open/new")), undefined);
  assert.equal(found(scratch, scratch.at("open")), "writable /open");
  // What is only looked up could be put there by anybody until then.
  assert.equal(findUnsafePlace(scratch.at("open/new"))?.path, scratch.at("open"));
});

Deno.test("findUnsafePlace() follows links, and looks at the way behind them", () => {
  using scratch = new Scratch();
  scratch.directory("safe");
  scratch.directory("open/inside");
  scratch.directory("open", 0o777);
  Deno.symlinkSync("safe", scratch.at("relative"));
  Deno.symlinkSync(scratch.at("open/inside"), scratch.at("absolute"));
  Deno.symlinkSync("../relative/../open", scratch.at("safe/winding"));
  Deno.symlinkSync("circle", scratch.at("circle"));
  assert.equal(found(scratch, scratch.at("relative/new")), undefined);
  assert.equal(found(scratch, scratch.at("absolute/new")), "writable /open");
  assert.equal(found(scratch, scratch.at("safe/winding")), "writable /open");
  assert.equal(found(scratch, scratch.at("circle/new")), "loop /circle");
});

Deno.test({
  name: asRoot("findUnsafePlace() finds what belongs to another user, and the group of another"),
  ignore: !isRoot,
  fn() {
    using scratch = new Scratch();
    scratch.directory("a/b");
    Deno.chownSync(scratch.at("a"), STRANGER, STRANGER);
    assert.equal(found(scratch, scratch.at("a/b")), "owner /a");
    Deno.chownSync(scratch.at("a"), 0, STRANGER);
    assert.equal(found(scratch, scratch.at("a/b")), undefined);
    Deno.chmodSync(scratch.at("a"), 0o775);
    assert.equal(found(scratch, scratch.at("a/b")), "writable /a");
    // An access list for one user looks like this.
    Deno.chownSync(scratch.at("a"), 0, 0);
    assert.equal(found(scratch, scratch.at("a/b")), "writable /a");
    assert.equal(findUnsafePlace(scratch.at("a/b"), { rootsGroup: "trusted" }), undefined);
  },
});

Deno.test({
  name: asRoot("findUnsafePlace() finds what another user planted in a sticky directory"),
  ignore: !isRoot,
  fn() {
    using scratch = new Scratch();
    scratch.directory("safe");
    scratch.directory("open/theirs");
    scratch.directory("open", 0o1777);
    Deno.chownSync(scratch.at("open/theirs"), STRANGER, STRANGER);
    Deno.symlinkSync(scratch.at("safe"), scratch.at("open/link"));
    assert.equal(found(scratch, scratch.at("open/link")), undefined);
    const chown = new Deno.Command("chown", { args: ["-h", "65534", scratch.at("open/link")] });
    assert.equal(chown.outputSync().code, 0);
    assert.equal(found(scratch, scratch.at("open/link")), "owner /open/link");
    assert.equal(found(scratch, scratch.at("open/theirs/new")), "owner /open/theirs");
  },
});

Deno.test("describeUnsafe() names the place, the user and the mode", () => {
  const place = { path: "/srv/x", uid: 1_000, mode: 0o40777 };
  assert.equal(describeUnsafe({ ...place, kind: "owner" }), '"/srv/x" is owned by user 1000');
  assert.equal(
    describeUnsafe({ ...place, kind: "writable" }),
    '"/srv/x" can be written by other users (mode 0777)',
  );
});
