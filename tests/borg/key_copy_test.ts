import assert from "node:assert/strict";
import fc from "fast-check";
import {
  isCopyOf,
  keyFileText,
  keyFingerprint,
  paperKeyText,
  parseKeyCopy,
} from "../../lib/borg/key_copy.ts";
import { openKey } from "../../lib/borg/key_opening.ts";
import { readPacked } from "../../lib/borg/message_pack.ts";
import { Secret } from "../../lib/text/secret.ts";
import { ID, KEY_FILE } from "./sample_key.ts";

/** What \`borg key export --paper\` of Borg 1.2.4 printed of the sample key. */
const PAPER_KEY = `To restore key use borg key import --paper /path/to/repo

BORG PAPER KEY v1
id: 20 / 6ed3f3 4e16c8 288bae / 0db004 dc5256 - 20
 1: 86a961 6c676f 726974 686da6 736861 323536 - 14
 2: a46461 7461da 00dea2 7dbb66 7e2abb 7b0751 - ef
 3: 97dff8 e69696 e6db75 762881 9355fa f57697 - 7a
 4: 1f682f 2f14de 07a38c f69a96 c269d0 1ac952 - 37
 5: c60b1a 6bb525 3a8078 06b839 7df6ba 5f0a8b - b6
 6: e9c7b5 c63fcf e6a631 45f902 36ef00 161590 - 53
 7: f86a44 e72d04 4766db c2726f f652c0 ed5282 - 0d
 8: fc3201 ae6992 dff18f ce4de8 ceb1b2 a0c91d - d8
 9: e18e3a 3be53f cceb57 6db2c5 04c534 d3d2dd - b9
10: 9a3220 8f4146 daa499 519aa4 ecdf7d 6568cd - f8
11: b174ed b410d0 6b6d1e dcdeb8 451fe5 16275b - 1d
12: 2ac2e6 6921d7 fc2d6b 3ccf3f 03d2d6 dba59e - a2
13: c59a1c ded8ba 925bfd 26fb22 a1e632 3cabe8 - 14
14: aba026 30ff39 f7e5a2 c1a9f3 f78da4 686173 - 51
15: 68da00 20f71d 44cf3d 4c2c76 4e99dd c6fbe5 - dc
16: bd63f3 ec36d2 6bba43 6b5288 4e55fd 4756b5 - b1
17: aa6974 657261 74696f 6e73ce 000186 a0a473 - 15
18: 616c74 da0020 b570f4 575027 90d1cb 7b29f5 - 27
19: 2a1463 d73b0b 20ac7e 79dce0 e9fd97 2d6a2c - 98
20: b814a7 766572 73696f 6e01 - de
`;

function copyIn(text: string) {
  const parsed = parseKeyCopy(text);
  assert.ok(parsed.kind === "copy", JSON.stringify(parsed));
  return parsed.copy;
}

function faultOf(text: string): string {
  const parsed = parseKeyCopy(text);
  assert.ok(parsed.kind === "broken");
  return parsed.reason;
}

Deno.test("parseKeyCopy() reads a key file and a paper key of Borg, which hold the same key", () => {
  const file = copyIn(KEY_FILE);
  const paper = copyIn(PAPER_KEY);
  assert.deepEqual([file.form, paper.form], ["key file", "paper key"]);
  assert.equal(file.repositoryId, ID);
  assert.equal(keyFingerprint(file.blob), keyFingerprint(paper.blob));
  assert.ok(isCopyOf(paper, ID) && isCopyOf(file, ID));
  assert.ok(!isCopyOf(paper, ID.replace("6ed3", "6ed4")));
});

Deno.test("keyFileText() and paperKeyText() write what Borg writes", () => {
  const { blob } = copyIn(KEY_FILE);
  assert.equal(keyFileText(ID, blob), KEY_FILE);
  assert.equal(`${PAPER_KEY.slice(0, 58)}${paperKeyText(ID, blob)}`, PAPER_KEY);
});

Deno.test("parseKeyCopy() reads a paper key as a person types it", () => {
  const typed = PAPER_KEY.replace(/^[^]*?(?=id:)/, "").replaceAll("\n", "\r\n").toUpperCase()
    .replaceAll(/(?<=[0-9A-F]{6}) (?=[0-9A-F]{6})/g, "");
  assert.deepEqual(copyIn(typed), copyIn(PAPER_KEY));
});

Deno.test("parseKeyCopy() names the line of a paper key that is torn or typed wrongly", () => {
  assert.equal(
    faultOf(PAPER_KEY.replace("97dff8", "97dff9")),
    "line 3 of 20 does not match its checksum",
  );
  assert.equal(faultOf(PAPER_KEY.replace(/^12:.*\n/m, "")), "line 12 of 20 is missing");
  assert.equal(
    faultOf(PAPER_KEY.replace("id: 20", "id: 19")),
    'the line that begins with "id:" does not match its checksum',
  );
  assert.equal(
    faultOf(PAPER_KEY.replace(/^id:.*\n/m, "")),
    'the line of the paper key that begins with "id:" is missing',
  );
});

Deno.test("parseKeyCopy() finds that a key file is torn, or none", () => {
  assert.match(faultOf(KEY_FILE.slice(0, 300)), /torn or damaged/);
  assert.match(faultOf(KEY_FILE.slice(0, 74)), /the key itself is missing/);
  assert.match(faultOf(KEY_FILE.slice(0, 40)), /its first line is damaged/);
  assert.match(faultOf("ssh-rsa AAAA"), /this is not a key of Borg/);
  assert.match(faultOf(""), /this is not a key of Borg/);
});

Deno.test("parseKeyCopy() takes no paper key with a changed digit for the same key", () => {
  const digits = [...PAPER_KEY.matchAll(/[0-9a-f]{6}/g)].map(({ index }) => index);
  fc.assert(fc.property(
    fc.constantFrom(...digits),
    fc.nat(5),
    fc.constantFrom(..."0123456789abcdef"),
    (start, offset, digit) => {
      const at = start + offset;
      fc.pre(PAPER_KEY[at] !== digit);
      const parsed = parseKeyCopy(PAPER_KEY.slice(0, at) + digit + PAPER_KEY.slice(at + 1));
      assert.equal(parsed.kind, "broken");
    },
  ));
});

Deno.test("openKey() opens a key of Borg with its passphrase, and with no other", async () => {
  const { blob } = copyIn(KEY_FILE);
  const opened = await openKey(blob, new Secret("x"));
  assert.ok(opened.kind === "opened");
  assert.equal(opened.repositoryId, ID);
  assert.match(opened.contentHash, /^[0-9a-f]{64}$/);
  assert.deepEqual(await openKey(blob, new Secret("y")), { kind: "wrong-passphrase" });
  assert.deepEqual(await openKey(blob.slice(0, -3), new Secret("x")), { kind: "unreadable" });
  assert.deepEqual(await openKey(new Uint8Array(), new Secret("x")), { kind: "unreadable" });
});

Deno.test("readPacked() throws at nothing that it is given", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
    readPacked(bytes);
  }));
  assert.deepEqual(
    readPacked(new Uint8Array([0x82, 0xa1, 0x61, 0xcd, 1, 2, 0xa1, 0x62, 0xd0, 0xff])),
    {
      a: 258,
      b: -1,
    },
  );
  assert.equal(readPacked(new Uint8Array([0x01, 0x02])), undefined, "something follows");
});
