import assert from "node:assert/strict";
import { DirectoryTrust, followTarget } from "../../lib/restore/directory_trust.ts";

const trust = new DirectoryTrust([0, 1000]);

Deno.test("whoChanges() names the owner, everybody or the group who can change a directory", () => {
  const cases = [
    [{ uid: 0, gid: 0, mode: 0o755 }, undefined],
    [{ uid: 1000, gid: 1000, mode: 0o775 }, undefined],
    // An access list that lets one user in looks like this.
    [{ uid: 0, gid: 0, mode: 0o775 }, "group 0, or users in its access list,"],
    [{ uid: 4711, gid: 0, mode: 0o700 }, "user 4711"],
    [{ uid: 0, gid: 4711, mode: 0o775 }, "group 4711, or users in its access list,"],
    [{ uid: 0, gid: 0, mode: 0o757 }, "every user"],
    [{ uid: 0, gid: 0, mode: 0o1777 }, "every user"],
  ] as const;
  for (const [info, expected] of cases) {
    assert.equal(trust.whoChanges(info, false), expected, JSON.stringify(info));
  }
  assert.equal(trust.whoChanges({ uid: 0, gid: 0, mode: 0o1777 }, true), undefined);
  assert.equal(trust.whoChanges({ uid: 4711, gid: 0, mode: 0o1777 }, true), "user 4711");
});

Deno.test("isClosed() is true when only a trusted owner can pass", () => {
  assert.ok(trust.isClosed({ uid: 0, gid: 4711, mode: 0o700 }));
  assert.ok(trust.isClosed({ uid: 0, gid: 4711, mode: 0o744 }));
  assert.ok(!trust.isClosed({ uid: 0, gid: 4711, mode: 0o710 }));
  assert.ok(!trust.isClosed({ uid: 0, gid: 4711, mode: 0o701 }));
  assert.ok(!trust.isClosed({ uid: 4711, gid: 4711, mode: 0o700 }));
});

async function withDirectory(test: (directory: string) => void): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "autoborg-test-" }));
  try {
    test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("followTarget() follows the links of the path, once", async () => {
  await withDirectory((directory) => {
    Deno.mkdirSync(`${directory}/real/inner`, { recursive: true });
    Deno.symlinkSync("real", `${directory}/relative`);
    Deno.symlinkSync(`${directory}/relative/./inner`, `${directory}/absolute`);
    const own = DirectoryTrust.ofCaller();
    const follow = (name: string) => followTarget(`${directory}/${name}`, own);
    for (
      const [name, path, exists] of [
        ["real", "real", true],
        ["relative/inner", "real/inner", true],
        ["absolute/../new/deep", "real/new/deep", false],
        ["absolute", "real/inner", true],
      ] as const
    ) {
      const found = follow(name);
      assert.deepEqual({ path: found.path, exists: found.exists, danger: found.danger }, {
        path: `${directory}/${path}`,
        exists,
        danger: undefined,
      });
      assert.ok(found.closed, "a temporary directory is closed to others");
    }
  });
});

Deno.test("followTarget() ends with an error for a file, and for links in a circle", async () => {
  await withDirectory((directory) => {
    Deno.writeTextFileSync(`${directory}/file`, "");
    Deno.symlinkSync("b", `${directory}/a`);
    Deno.symlinkSync("a", `${directory}/b`);
    const own = DirectoryTrust.ofCaller();
    assert.throws(() => followTarget(`${directory}/file`, own), /it is not a directory/);
    assert.throws(() => followTarget(`${directory}/file/x`, own), /Cannot restore to/);
    assert.throws(() => followTarget(`${directory}/a`, own), /too many symbolic links/);
  });
});

Deno.test("followTarget() names a directory on the way that every user can change", async () => {
  await withDirectory((directory) => {
    Deno.chmodSync(directory, 0o755);
    Deno.mkdirSync(`${directory}/open/inner`, { recursive: true });
    Deno.chmodSync(`${directory}/open`, 0o777);
    const own = DirectoryTrust.ofCaller();
    const danger = { path: `${directory}/open`, who: "every user" };
    for (const name of ["open", "open/new", "open/inner", "open/inner/new"]) {
      assert.deepEqual(followTarget(`${directory}/${name}`, own).danger, danger, name);
    }
    // In a directory like /tmp nobody can replace what belongs to us, and we make what is new.
    Deno.chmodSync(`${directory}/open`, 0o1777);
    for (const name of ["open/new", "open/inner", "open/inner/new"]) {
      assert.equal(followTarget(`${directory}/${name}`, own).danger, undefined, name);
    }
    assert.deepEqual(followTarget(`${directory}/open`, own).danger, danger);
  });
});
