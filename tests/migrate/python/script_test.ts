import assert from "node:assert/strict";
import fc from "fast-check";
import { readScript } from "../../../lib/migrate/python/script.ts";
import type { Value } from "../../../lib/migrate/python/value.ts";
import { growth } from "../../cpu_time.ts";

/** A value as JavaScript would have it; what could not be read is its source in angle brackets. */
function plain(value: Value | undefined): unknown {
  switch (value?.kind) {
    case undefined:
      return undefined;
    case "text":
      return value.text;
    case "number":
    case "boolean":
      return value.value;
    case "none":
      return null;
    case "sequence":
      return value.items.map(plain);
    case "mapping":
      return Object.fromEntries(value.entries.map(({ key, value }) => [plain(key), plain(value)]));
    case "unread":
      return `<${value.source}>`;
  }
}

function variables(source: string): Record<string, unknown> {
  const entries = [...readScript(source).variables].map((
    [name, { value }],
  ) => [name, plain(value)]);
  return Object.fromEntries(entries);
}

/** The value of one expression. */
function valueOf(expression: string): unknown {
  return variables(`X = ${expression}\n`).X;
}

Deno.test("readScript() reads literals", () => {
  const literals: readonly (readonly [string, unknown])[] = [
    ["'a'", "a"],
    ["None", null],
    ["True", true],
    ["False", false],
    ["0", 0],
    ["1_000", 1000],
    ["-5", -5],
    ["--5", 5],
    ["+5", 5],
    ["0x1F", 31],
    ["0o17", 15],
    ["0b1_01", 5],
    ["1.5", 1.5],
    ["1e3", 1000],
    [".5", 0.5],
    ["5.", 5],
    ["[]", []],
    ["()", []],
    ["{}", {}],
    ["[1, 'a', None,]", [1, "a", null]],
    ["(1,)", [1]],
    ["1, 2", [1, 2]],
    ["(1)", 1],
    ["((('a')))", "a"],
    ["{'a', 'b'}", ["a", "b"]],
    ["{'a': 1, 'b': [2, {'c': 3}],}", { a: 1, b: [2, { c: 3 }] }],
    ["'a' 'b' \"c\"", "abc"],
    ["('a'\n  'b')", "ab"],
    ["'a' + 'b'", "ab"],
    ["24 * 60", 1440],
    ["2 + 3 * 4 - 1", 13],
    ["(2 + 3) * 4", 20],
    ["7 // 2", 3],
    ["-7 // 2", -4],
    ["[1] + [2]", [1, 2]],
    ["[*['a'], 'b']", ["a", "b"]],
    ["{**{'a': 1}, 'b': 2}", { a: 1, b: 2 }],
    ["dict(a=1, b='c')", { a: 1, b: "c" }],
    ["list(('a',))", ["a"]],
    ["str('a')", "a"],
    ["Path('/a//b/') / 'c'", "/a/b/c"],
    ["os.path.join('/a', 'b', 'c/')", "/a/b/c/"],
    ["os.path.join('/a', '/b')", "/b"],
  ];
  for (const [expression, value] of literals) {
    assert.deepEqual(valueOf(expression), value, expression);
  }
});

Deno.test("readScript() names what only a run would tell, without what its strings hold", () => {
  const sources: readonly (readonly [string, string])[] = [
    ["f'{A}/b'", 'f"…"'],
    ["os.environ['HOME']", 'os.environ["…"]'],
    ["  'a'.join( [ 'b' ] )", '"…".join( [ "…" ] )'],
    ["'geheim' if A else None", '"…" if A else None'],
    ["'%s' % 'geheim'", '"…" % "…"'],
    ["1 / 2", "1 / 2"],
    ["1 + 'a'", '1 + "…"'],
    ["'a' b'b'", '"…" b"…"'],
    ["(1, 2)[0]", "(1, 2)[0]"],
    ["unknown", "unknown"],
    ["lambda a=1: a", "lambda a=1: a"],
    ["not True", "not True"],
    ["1 < 2", "1 < 2"],
    ["5j", "5j"],
    ["007", "007"],
    ["1__0", "1__0"],
    ["9007199254740993", "9007199254740993"],
    ["[1] * 3", "[1] * 3"],
    ["Path('a', b=1)", 'Path("…", b=1)'],
    ["print('geheim')", 'print("…")'],
  ];
  for (const [expression, source] of sources) {
    assert.equal(valueOf(expression), `<${source}>`, expression);
  }
  assert.deepEqual(valueOf("[a for a in B]"), ["<a for a in B>"]);
});

Deno.test("readScript() reads the parts of a list or dict around one that only a run would tell", () => {
  assert.deepEqual(valueOf("['/etc', os.environ['X'], '/home']"), [
    "/etc",
    '<os.environ["…"]>',
    "/home",
  ]);
  assert.deepEqual(valueOf("{'a': f(1, 2), 'b': 'c'}"), { a: "<f(1, 2)>", b: "c" });
});

Deno.test("readScript() follows names that were given a value before", () => {
  const source = `BASE = "/srv"
LOG = BASE + "/log"
REPO = {"url": LOG, "later": LATER}
LATER = 1
EMPTY = UNKNOWN
AGAIN = EMPTY
`;
  assert.deepEqual(variables(source), {
    BASE: "/srv",
    LOG: "/srv/log",
    REPO: { url: "/srv/log", later: "<LATER>" },
    LATER: 1,
    EMPTY: "<UNKNOWN>",
    AGAIN: "<EMPTY>",
  });
  assert.deepEqual([...readScript(source).variables.get("REPO")?.uses ?? []], ["LOG", "BASE"]);
});

Deno.test("readScript() reads f-strings of names that were given a value before", () => {
  const source = `BASE = "/srv"
DAYS = 7
A = f"{BASE}/{ DAYS }"
B = F'{BASE}' "/b" f"\\t{{x}}"
C = rf"{BASE}\\t"
D = f"""{BASE}"'"""
`;
  assert.deepEqual(variables(source), {
    BASE: "/srv",
    DAYS: 7,
    A: "/srv/7",
    B: "/srv/b\t{x}",
    C: "/srv\\t",
    D: `/srv"'`,
  });
  assert.deepEqual([...readScript(source).variables.get("A")?.uses ?? []], ["BASE", "DAYS"]);
  const unread = ["{LATER}", "{BASE!r}", "{BASE:>9}", "{BASE=}", "{BASE + BASE}", "{", "}", "{}"];
  for (const text of [...unread, "{1.5}", "\\N{DASH}", "{NOTHING}", "{LIST}"]) {
    const { A } = variables(`BASE = "/srv"\nNOTHING = None\nLIST = [1]\nA = f"a${text}"\n`);
    assert.equal(A, '<f"…">', text);
  }
});

Deno.test("readScript() leaves a home directory that the script looks up as it is written", () => {
  const directories = {
    "os.path.expanduser('~/.ssh/id')": "~/.ssh/id",
    "expanduser('/srv')": "/srv",
    "os.path.join(os.path.expanduser('~'), '.ssh')": "~/.ssh",
    "Path.home() / '.ssh'": "~/.ssh",
    "str(pathlib.Path.home())": "~",
  };
  for (const [expression, value] of Object.entries(directories)) {
    assert.equal(valueOf(expression), value, expression);
  }
});

Deno.test("readScript() does not show what is in a string that is never closed", () => {
  for (const literal of ["'geheim", '"geheim', "f'geheim", '"""geheim', "b'''geheim"]) {
    const { A } = variables(`A = ${literal}`);
    assert.match(String(A), /^<[bf]?["']+…>$/, literal);
  }
});

Deno.test("readScript() reads every way to write an assignment", () => {
  const source = `A: str = "a"
B: "Dict[str, int]" = {"b": 1}
C = D = 3; E = 4
F, (G, H) = 5, (6, 7)
I = \\
  8
(J) = 9
[K, L] = [10, 11]
M: int
N, O = compute()
P, *Q = 1, 2, 3
R = ( # a comment with ' and (
    12  # another
)
S = """
a # no comment
"""
`;
  assert.deepEqual(variables(source), {
    A: "a",
    B: { b: 1 },
    C: 3,
    D: 3,
    E: 4,
    F: 5,
    G: 6,
    H: 7,
    I: 8,
    J: 9,
    K: 10,
    L: 11,
    N: "<compute()>",
    O: "<compute()>",
    P: "<1, 2, 3>",
    R: 12,
    S: "\na # no comment\n",
  });
});

Deno.test("readScript() takes the last assignment, with its line", () => {
  const { variables } = readScript("A = 1\n\nA = [\n 2,\n]\nB = 0\n");
  assert.deepEqual(plain(variables.get("A")?.value), [2]);
  assert.equal(variables.get("A")?.line, 3);
  assert.equal(variables.get("B")?.line, 6);
});

Deno.test("readScript() passes over functions, classes and other blocks", () => {
  const source = `A = 1
def f(A=2, b: int = 3) -> dict:
    """A docstring: A = 4"""
    A = 5
    return {"A": A}
class C:
    A = 6
    D = 7
if __name__ == "__main__":
    main()
@decorator(A=8)
async def g(): A = 9
print("A = 10"); assert A == 1
x == 2
f().x = 1
`;
  const script = readScript(source);
  assert.deepEqual([...script.variables.keys()], ["A"]);
  assert.deepEqual(script.variables.get("A")?.changes, []);
  assert.equal(script.inBlocks.get("D"), 8);
  assert.deepEqual(script.flaws, []);
});

Deno.test("readScript() notes what happens to a variable in another way than by an assignment", () => {
  const changes: readonly (readonly [string, string])[] = [
    ["A += ['geheim']", 'A += ["…"]'],
    ["A.append('geheim')", 'A.append("…")'],
    ["A.update({})", "A.update({})"],
    ["A['b'] = 'geheim'", 'A["…"]'],
    ["A['b'] += 1", 'A["…"] += 1'],
    ["if B: A = 2", "A = 2"],
    ["if B:\n  A = 2", "A = 2"],
    ["try:\n  x()\nexcept E:\n  A = 2", "A = 2"],
    ["def f():\n  global A\n  A = 2", "A = 2"],
    ["def f():\n  A.append(2)", "A.append(2)"],
    ["for x in y: A.append(x)", "A.append(x)"],
  ];
  for (const [statement, what] of changes) {
    const variable = readScript(`A = []\n${statement}\nB = A\n`).variables;
    assert.deepEqual(variable.get("A")?.changes.map((change) => change.what), [what], statement);
    assert.equal(plain(variable.get("B")?.value), "<A>", "it is no longer known");
  }
  for (
    const statement of ["def f():\n  A = 2", "for x in A: pass", "A.copy()", "A == 2", "f(A=1)"]
  ) {
    assert.deepEqual(
      readScript(`A = []\n${statement}\n`).variables.get("A")?.changes,
      [],
      statement,
    );
  }
  const again = readScript("A = []\nA.append(1)\nA = [2]\n").variables.get("A");
  assert.deepEqual(again?.changes, [], "a later assignment makes it void");
});

Deno.test("readScript() names what is imported", () => {
  const script = readScript("from a.b import *\nfrom c import (\n  D,\n  e as F,\n)\nimport G\n");
  assert.deepEqual(script.overrides, [{ line: 1, what: "from a.b import *" }]);
  assert.deepEqual([...script.variables.keys()], ["D", "F"]);
  assert.equal(script.variables.get("F")?.value.kind, "unread");
});

Deno.test("readScript() reads lines that end with CR LF or CR, and tabs", () => {
  assert.deepEqual(variables("A = [\r\n\t1,\r\n]\r\nB = '''x\r\ny'''\r\n"), { A: [1], B: "x\ny" });
  assert.deepEqual(variables("A = 1\rB = 2"), { A: 1, B: 2 });
  assert.equal(readScript("A = 1\r\n\r\nB = 2\r\n").variables.get("B")?.line, 3);
});

Deno.test("readScript() says where it is no Python, and reads what is around that", () => {
  const cases: readonly (readonly [string, number, RegExp, readonly string[]])[] = [
    ["A = 1\nB = 'x\nC = 2\n", 2, /string is never closed/, ["A", "B", "C"]],
    ["A = 1\nB = '''x\nC = 2\n", 2, /string is never closed/, ["A", "B"]],
    ["A = 1\nB = [1,\nC = 2\n", 2, /bracket is never closed/, ["A"]],
    ["A = 1\n)\nC = 2\n", 2, /closes none/, ["A", "C"]],
    ["A = [1)\nC = 2\n", 1, /closes none/, ["A", "C"]],
  ];
  for (const [source, line, message, names] of cases) {
    const script = readScript(source);
    assert.equal(script.flaws[0]?.line, line, source);
    assert.match(script.flaws[0]?.message ?? "", message);
    assert.deepEqual([...script.variables.keys()], names, source);
  }
});

Deno.test("readScript() finds the end of an f-string with quotes in its braces", () => {
  for (
    const literal of [
      `f"{a['b']}"`,
      `f"{a["b"]}"`,
      `f'{{"'`,
      `f"{x:'>5}"`,
      `rf'''{"'"}'''`,
      `f"\\""`,
    ]
  ) {
    assert.equal(variables(`A = ${literal}\nB = 1\n`).B, 1, literal);
  }
});

const ENDLESS: Readonly<Record<string, (size: number) => string>> = {
  "brackets": (size) => `A = ${"[".repeat(size)}${"]".repeat(size)}\n`,
  "open brackets": (size) => `A = ${"[".repeat(size)}`,
  "signs": (size) => `A = ${"-".repeat(size)}1\n`,
  "sums": (size) => `A = ${"'a' + ".repeat(size)}'b'\n`,
  "closing brackets": (size) => ")".repeat(size),
  "assignments": (size) => `${"A = ".repeat(size)}1\n`,
  "backslashes": (size) => `A = '${"\\".repeat(size)}'\n`,
};

for (const [what, source] of Object.entries(ENDLESS)) {
  Deno.test(`readScript() works no more than its text is long when it is full of ${what}`, () => {
    assert.ok(growth(50_000, (size) => readScript(source(size))) < 32);
  });
}

Deno.test("readScript() ends when a list is doubled again and again", () => {
  readScript("A = [1]\n" + "A = A + A\n".repeat(200));
});

Deno.test("readScript() never throws, whatever the text", () => {
  const words =
    "A B 'a' \"b\" ''' \"\"\" = += ( ) [ ] { } , : ; . * ** + - / 1 0x if def class lambda " +
    "from import global None True # \\ f' b' \\N{x} dict( Path(";
  const piece = fc.oneof(fc.constantFrom(...words.split(" "), "\n", "\n  ", " "), fc.string());
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      readScript(pieces.join(" "));
    }),
    { numRuns: 1_000 },
  );
});
