import assert from "node:assert/strict";
import fc from "fast-check";
import { readScript } from "../../lib/migrate/script.ts";
import { asText } from "../../lib/migrate/settings.ts";
import { readNumber, readString } from "../../lib/text/python_literal.ts";
import { which } from "../e2e/program.ts";
import { fixture } from "./migrated.ts";

/** Literals with what Python itself makes of them, written down by Python 3.11. */
const LITERALS: unknown = JSON.parse(fixture("string_literals.json"));

function valueOf(literal: string): string | undefined {
  return asText(readScript(`A = ${literal}\n`)?.get("A"));
}

Deno.test("readString() reads literals as Python does", () => {
  assert.ok(Array.isArray(LITERALS) && LITERALS.length > 300);
  for (const [literal, value] of LITERALS) {
    assert.equal(readString(literal), value, literal);
    assert.equal(valueOf(literal), value, literal);
  }
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
  for (const literal of literals) {
    assert.equal(readString(literal), undefined, literal);
    assert.equal(valueOf(literal), undefined, literal);
  }
});

Deno.test("readNumber() reads numbers that it can keep exactly, and no others", () => {
  const numbers: Readonly<Record<string, number | undefined>> = {
    "0": 0,
    "00": 0,
    "1_000": 1000,
    "-5": -5,
    "+5": 5,
    "- 5": -5,
    "0x1F": 31,
    "0o17": 15,
    "0b1_01": 5,
    "1.5": 1.5,
    ".5": 0.5,
    "5.": 5,
    "1e3": 1000,
    "--5": undefined,
    "1j": undefined,
    "9007199254740993": undefined,
    "1e999": undefined,
    "0777": undefined,
    "1_": undefined,
    "1__0": undefined,
    "0x": undefined,
    ".": undefined,
    "1.2.3": undefined,
  };
  for (const [literal, value] of Object.entries(numbers)) {
    assert.equal(readNumber(literal), value, literal);
  }
});

const python = which("python3");

Deno.test({
  name: "readString() reads what Python's repr() and ascii() write",
  ignore: python === undefined,
  async fn() {
    const texts = fc.sample(fc.string({ unit: "binary", maxLength: 30 }), 2_000);
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
      for (const literal of written[index]) assert.equal(readString(literal), text, literal);
    }
  },
});
