import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { renamedDump } from "../../lib/databases/renamed_dump.ts";

async function* inPieces(text: string, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield await Promise.resolve(bytes.subarray(at, at + size));
    at += size;
  }
}

async function renamed(
  text: string,
  sizes: readonly number[],
  from = "shop",
  to = "n`ü",
): Promise<string> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of renamedDump(inPieces(text, sizes), from, to)) {
    pieces.push(new Uint8Array(piece));
  }
  return Buffer.concat(pieces).toString();
}

const CHANGE = "\nALTER DATABASE `shop` CHARACTER SET latin1 COLLATE latin1_swedish_ci ;";
const CHANGED = "\nALTER DATABASE `n``ü` CHARACTER SET latin1 COLLATE latin1_swedish_ci ;";

Deno.test("renamedDump() renames what a dump changes, however it comes in pieces", async () => {
  const part = fc.constantFrom(
    `${CHANGE}\n`,
    `${CHANGE};\n`,
    "\nALTER DATABASE `shop` UPGRADE;\n",
    "INSERT INTO t VALUES ('\\nALTER DATABASE `shop` CHARACTER SET latin1 COLLATE a ;\\n');",
    "\nALTER DATABASE `shopping` CHARACTER SET latin1 COLLATE latin1_swedish_ci ;\n",
    "ß\n",
    "\nALTER DATABASE ",
    "x".repeat(300),
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 12 }), sizes, async (parts, lengths) => {
      const text = parts.join("");
      const expected = text.replaceAll(`${CHANGE}\n`, `${CHANGED}\n`)
        .replaceAll(`${CHANGE};\n`, `${CHANGED};\n`);
      assert.equal(await renamed(text, lengths), expected);
    }),
  );
});
