import assert from "node:assert/strict";
import { parseReadBack } from "../../lib/borg/read_back.ts";

const HASH = "0123456789abcdef".repeat(4);

Deno.test("parseReadBack() reads paths with spaces, line breaks and leading dashes", () => {
  const stdout = `3 ${HASH} srv/a b\0` + `4 ${HASH} srv/new\nline\0` + `5 ${HASH} -x\0`;
  assert.deepEqual(parseReadBack(stdout), [
    { path: "srv/a b", size: 3, sha256: HASH },
    { path: "srv/new\nline", size: 4, sha256: HASH },
    { path: "-x", size: 5, sha256: HASH },
  ]);
});

Deno.test("parseReadBack() knows no hash of a further hard link", () => {
  assert.deepEqual(parseReadBack("0  srv/link\0"), [
    { path: "srv/link", size: 0, sha256: undefined },
  ]);
});

Deno.test("parseReadBack() leaves out what it does not understand", () => {
  assert.deepEqual(parseReadBack("\0no size\0"), []);
});
