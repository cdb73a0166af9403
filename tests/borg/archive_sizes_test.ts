import assert from "node:assert/strict";
import fc from "fast-check";
import { listSizesArguments, parseSizedEntry } from "../../lib/borg/archive_sizes.ts";
import { repositoryWith } from "./repositories.ts";

const MARK = "4f3a9b";

Deno.test("listSizesArguments() asks for what parseSizedEntry() reads", () => {
  const args = listSizesArguments(repositoryWith({ url: "/r" }), "web-1", MARK);
  assert.equal(args[0], "list");
  assert.ok(args.includes(`--format=${MARK} {mode} {size} {path}{NL}`));
  assert.deepEqual(args.slice(-2), ["--", "/r::web-1"]);
});

Deno.test("parseSizedEntry() returns any path and size", () => {
  fc.assert(fc.property(fc.string(), fc.nat(), (path, size) => {
    const entry = parseSizedEntry(`${MARK} -rw-r--r-- ${size} ${path}`, MARK);
    assert.deepEqual(entry, { path, isFile: true, size });
  }));
});

Deno.test("parseSizedEntry() counts what Borg counts as a file, and no further name of one", () => {
  const isFile = (mode: string) => parseSizedEntry(`${MARK} ${mode} 7 a b`, MARK)?.isFile;
  assert.equal(isFile("-rwxr-xr-x"), true);
  for (const mode of ["drwxr-xr-x", "lrwxrwxrwx", "hrw-r--r--", "prw-r--r--", "crw-r--r--"]) {
    assert.equal(isFile(mode), false);
    assert.equal(parseSizedEntry(`${MARK} ${mode} 7 a b`, MARK)?.size, 0);
  }
});

Deno.test("parseSizedEntry() takes no rest of a name with a line break for an entry", () => {
  for (const line of ["- 0 srv/file", "-rw-r--r-- 1 srv/file", "4f3a9c -rw-r--r-- 1 x", "", MARK]) {
    assert.equal(parseSizedEntry(line, MARK), undefined);
  }
});
