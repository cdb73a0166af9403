import assert from "node:assert/strict";
import fc from "fast-check";
import { readNumber, readString } from "../../../lib/migrate/python/literal.ts";
import { readScript } from "../../../lib/migrate/python/script.ts";
import { ANY_CHARACTER } from "../../characters.ts";
import { which } from "../../e2e/program.ts";

/** Literals with what Python itself makes of them, written down by Python 3.11. */
const LITERALS: unknown = JSON.parse(
  Deno.readTextFileSync(new URL("../fixtures/string_literals.json", import.meta.url)),
);

function valueOf(literal: string): string | undefined {
  const value = readScript(`A = ${literal}\n`).variables.get("A")?.value;
  return value?.kind === "text" ? value.text : undefined;
}

Deno.test("readString() reads literals as Python does", () => {
  assert.ok(Array.isArray(LITERALS) && LITERALS.length > 300);
  for (const [literal, value] of LITERALS) assert.equal(valueOf(literal), value, literal);
});

Deno.test("readString() reads no literal whose value it can't know", () => {
  const literals = [
    'f"a"',
    'rf"a"',
    'Fr"a"',
    't"a"',
    String.raw`"\N{BULLET}"`,
    String.raw`"\x4"`,
    String.raw`"\u12"`,
    String.raw`"\ud83d\ude00"`,
    String.raw`"\udcff"`,
    String.raw`"\U00110000"`,
    String.raw`b"\xff"`,
    'b"ä"',
    '"a\uFFFDb"',
    'ub"a"',
    '"a',
  ];
  for (const literal of literals) assert.equal(readString(literal).kind, "unreadable", literal);
});

Deno.test("readNumber() reads no number that it can't keep exactly", () => {
  for (const literal of ["1j", "9007199254740993", "1e999", "0777", "1_", "0x"]) {
    assert.equal(readNumber(literal), undefined, literal);
  }
  assert.deepEqual(readNumber("00"), { isWhole: true, value: 0 });
  assert.deepEqual(readNumber("1e2"), { isWhole: false, value: 100 });
});

const python = which("python3");

Deno.test({
  name: "readString() reads what Python's repr() and ascii() write",
  ignore: python === undefined,
  async fn() {
    const texts = fc.sample(fc.string({ unit: ANY_CHARACTER, maxLength: 30 }), 2_000);
    const program = "import json,sys\n" +
      "print(json.dumps([[repr(t), ascii(t), repr(t.encode())] for t in json.load(sys.stdin)]))";
    const child = new Deno.Command(python ?? "", {
      args: ["-c", program],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(JSON.stringify(texts)));
    await writer.close();
    const { stdout } = await child.output();
    const written: unknown = JSON.parse(new TextDecoder().decode(stdout));
    assert.ok(Array.isArray(written));
    assert.equal(written.length, texts.length);
    for (const [index, text] of texts.entries()) {
      for (const literal of written[index]) assert.equal(valueOf(literal), text, literal);
    }
  },
});
