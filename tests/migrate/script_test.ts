import assert from "node:assert/strict";
import fc from "fast-check";
import type { Value } from "../../lib/migrate/python.ts";
import { readScript } from "../../lib/migrate/script.ts";

/** A value as JavaScript would have it; what could not be read is its reason in angle brackets. */
function plain({ data, reason, file }: Value): unknown {
  if (file !== undefined) return { open: file };
  if (data === undefined) return `<${reason}>`;
  if (data instanceof Map) {
    return Object.fromEntries([...data].map(([key, value]) => [key, plain(value)]));
  }
  return Array.isArray(data) ? data.map(plain) : data;
}

function assigned(source: string): Record<string, unknown> {
  const settings = [...readScript(source)?.values() ?? []];
  return Object.fromEntries(settings.map((setting) => [setting.name, plain(setting)]));
}

Deno.test("readScript() reads literals", () => {
  const literals: readonly (readonly [string, unknown])[] = [
    ["'a'", "a"],
    ["None", null],
    ["True", true],
    ["False", false],
    ["1_000", 1000],
    ["-5", -5],
    ["[]", []],
    ["()", []],
    ["{}", {}],
    ["[1, 'a', None,]", [1, "a", null]],
    ["(1,)", [1]],
    ["1, 2", [1, 2]],
    ["[1],", [[1]]],
    ["((('a')))", "a"],
    ["{'a', 'b'}", ["a", "b"]],
    ["{'a': 1, 'b': [2, {'c': 3}],}", { a: 1, b: [2, { c: 3 }] }],
    ["'a' \"b\" '''c'''", "abc"],
    ["('a'\n  'b')", "ab"],
    ["[ # one\n 'a', # two\n # three\n]", ["a"]],
    ["'a' \\\n 'b'", "ab"],
    ['"""\na # no comment\n"""', "\na # no comment\n"],
  ];
  for (const [expression, value] of literals) {
    assert.deepEqual(assigned(`X = ${expression}\n`).X, value, expression);
  }
});

Deno.test("readScript() works nothing out", () => {
  for (
    const expression of [
      "f'a'",
      "f'{a}'",
      "'a' f'b'",
      "'a' b'b'",
      "'a' + 'b'",
      "24 * 60",
      "os.environ['HOME']",
      "os.path.join('/a', 'b')",
      "Path('/a')",
      "OTHER",
      "'a' if x else 'b'",
      "not True",
      "~1",
      "[x for x in y]",
      "{x: 1 for x in y}",
      "{x for x in y}",
      "[*a]",
      "{**a}",
      "dict(a=1)",
      "lambda: 1",
      "1 < 2",
      "...",
      "open(x).read()",
      "open('a').read().split()",
      "open('a').readlines()",
      "(yield)",
    ]
  ) {
    assert.match(String(assigned(`X = ${expression}\n`).X), /^<is [a-z -]+>$/, expression);
  }
});

Deno.test("readScript() names the file that a value is read from", () => {
  for (
    const expression of [
      "open('/a').read()",
      "open('/a').read().strip()",
      "open( r'/a', 'r', encoding='utf-8' ).read().rstrip('\\n')",
      "(open('/a').readline().strip())",
      "open('/a', encoding='latin-1')\\\n  .read()",
    ]
  ) {
    assert.deepEqual(assigned(`X = ${expression}\n`).X, { open: "/a" }, expression);
  }
});

Deno.test("readScript() reads every way to write an assignment", () => {
  const source = `A: str = "a"
C = D = 3; E = 4
F, G = 5, 6
I = \\
  8
(J) = 9
[K, L] = [10, 11]
M: int
N, O = compute()
P, *Q = 1, 2, 3
S, (T, U) = 1, (2, 3)
V.a = 1
W[0] = 1
X += 1
`;
  const lost = "<is one of several values>";
  assert.deepEqual(assigned(source), {
    A: "a",
    C: 3,
    D: 3,
    E: 4,
    F: 5,
    G: 6,
    I: 8,
    J: 9,
    K: 10,
    L: 11,
    N: lost,
    O: lost,
    P: lost,
    Q: lost,
    S: lost,
    T: lost,
    U: lost,
    V: "<is changed>",
    W: "<is changed>",
    X: "<is changed>",
    compute: "<is set in an unknown place>",
  });
});

Deno.test("readScript() makes no setting of the key of a dict that nobody knows", () => {
  assert.deepEqual(assigned("A = {f(): 1, 'B': 2}\n"), {
    A: { "": 1, B: 2 },
    B: "<is in the dict A>",
  });
});

Deno.test("readScript() reads assignments of the top level alone", () => {
  const source = `A = 1
def f(A=2):
    A = 5
class C:
    A = 6
if x:
    A = 7
`;
  const set = "<is set in a block, a function or a class>";
  assert.deepEqual(assigned(source), { A: set, f: set, C: set });
  assert.deepEqual(assigned(source.replaceAll(/^(.*)\bA\b/gm, "$1B").replace("B", "A")), {
    A: 1,
    B: set,
    f: set,
    C: set,
  });
});

Deno.test("readScript() reads lines that end with CR LF or CR, and tabs", () => {
  assert.deepEqual(assigned("A = [\r\n\t1,\r\n]\r\nB = '''x\r\ny'''\r\n"), { A: [1], B: "x\ny" });
  assert.deepEqual(assigned("A = 1\rB = 2"), { A: 1, B: 2 });
  const lines = [...readScript("A = 1\r\n\r\nB = 2\r\n")?.values() ?? []].map(({ line }) => line);
  assert.deepEqual(lines, [1, 3]);
});

Deno.test("readScript() reads no value with a mistake in it", () => {
  for (const value of ["'a", "'''a", "['a', 'b'", "{'a': 1", "{'a' 1}", "['a' 1]"]) {
    assert.match(String(assigned(`X = ${value}\nY = 1\n`).X), /^<.*>$/, value);
  }
});

const HOSTILE: Readonly<Record<string, (size: number) => string>> = {
  "brackets": (size) => `A = ${"[".repeat(size)}${"]".repeat(size)}\n`,
  "open brackets": (size) => `A = ${"[".repeat(size)}`,
  "signs": (size) => `A = ${"-".repeat(size)}1\n`,
  "sums": (size) => `A = ${"'a' + ".repeat(size)}'b'\n`,
  "closing brackets": (size) => ")".repeat(size),
  "brackets of all kinds": (size) => ")(]}{[".repeat(size),
  "assignments": (size) => `${"A = ".repeat(size)}1\n`,
  "backslashes": (size) => `A = '${"\\".repeat(size)}'\n`,
  "items": (size) => `A = [${"'a',".repeat(size)}]\n`,
  "names": (size) => "A.append(B)\n".repeat(size),
};

for (const [what, source] of Object.entries(HOSTILE)) {
  Deno.test(`readScript() end when a script is full of ${what}`, () => {
    readScript(source(2_000));
  });
}

Deno.test("readScript() refuses what is nested too deeply", () => {
  assert.equal(readScript(`A = ${"[".repeat(2_000)}${"]".repeat(2_000)}\n`), undefined);
});

Deno.test("readScript() never throw, whatever the text", () => {
  const words =
    "A B 'a' \"b\" ''' \"\"\" = += ( ) [ ] { } , : ; . * ** + - / 1 0x if def class lambda " +
    "from import global None True # \\ f' b' \\N{x} dict( Path( for in while with as del try";
  const piece = fc.oneof(fc.constantFrom(...words.split(" "), "\n", "\n  ", " "), fc.string());
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      readScript(pieces.join(" "));
    }),
    { numRuns: 1_000 },
  );
});
