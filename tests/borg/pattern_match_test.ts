import assert from "node:assert/strict";
import fc from "fast-check";
import { matcherOf } from "../../lib/borg/pattern_match.ts";
import { runToEnd, which } from "../e2e/program.ts";

function matches(pattern: string, path: string): boolean | undefined {
  return matcherOf(pattern)?.(path);
}

Deno.test("matcherOf() reads each of Borg's styles", () => {
  const cases: readonly (readonly [pattern: string, path: string, matched: boolean])[] = [
    ["*.pyc", "srv/a/b.pyc", true],
    ["/home/*/.cache", "home/anna/.cache", true],
    ["home/anna", "home/anna/letter", true],
    ["home/anna/", "home/anna", false],
    ["home/anna/", "home/anna/letter", true],
    ["sh:home/*/.cache", "home/anna/x/.cache", false],
    ["sh:**/.cache", "home/anna/x/.cache", true],
    ["sh:home/?nna", "home/anna", true],
    ["pp:/home/anna", "home/anna/letter", true],
    ["pp:home/an", "home/anna", false],
    ["pf:home/anna", "home/anna", true],
    ["pf:home/anna", "home/anna/letter", false],
    ["re:\\.o$", "srv/main.o", true],
    ["re:^home/[^/]+/tmp", "home/anna/tmp/x", true],
    ["re:^home/\\w+$", "home/änne", true],
    ["fm:[!a]*", "b", true],
    ["[]x]y", "]y", true],
    ["?[!]", "bä", false],
    ["?[!]", "b[!]", true],
    ["[!]]x", "ax", true],
  ];
  for (const [pattern, path, matched] of cases) {
    assert.equal(matches(pattern, path), matched, `${pattern} ${path}`);
  }
});

Deno.test("matcherOf() does not judge what Python may read in another way", () => {
  for (const text of ["(?i)x", "(?P<a>x)", "\\bx", "x{,3}", "a\\Wb", "x++", "[", "(", "(?#x)y"]) {
    assert.equal(matcherOf(`re:${text}`), undefined, text);
  }
});

const SCRIPT = `
import json, sys
from borg.patterns import parse_exclude_pattern
for pattern, path in json.load(sys.stdin):
    try:
        print(int(parse_exclude_pattern(pattern).val.match(path)))
    except Exception:
        print("error")
`;

/** The Python that Borg runs on; `undefined` when Borg is no program of Python's here. */
async function pythonOfBorg(): Promise<string | undefined> {
  const borg = ["/usr/bin/borg", which("borg") ?? ""].find((path) => path.startsWith("/usr"));
  if (borg === undefined) return undefined;
  const [, python] = /^#!(\S+)/.exec(await Deno.readTextFile(borg).catch(() => "")) ?? [];
  if (python === undefined) return undefined;
  const { code } = await runToEnd([python, "-c", "import borg.patterns"], { env: {} });
  return code === 0 ? python : undefined;
}

const PYTHON = await pythonOfBorg();

Deno.test({
  name: "matcherOf() agrees with Borg's own code, whatever pattern and path are",
  ignore: PYTHON === undefined,
  fn: async () => {
    const part = fc.constantFrom(..."ab.*?[]!^-/\\$+(){}|", "**", "**/", "ä", "[ab]", "\\d", "\\.");
    const style = fc.constantFrom("", "fm:", "sh:", "pp:", "pf:", "re:");
    const pattern = fc.tuple(style, fc.array(part, { minLength: 1, maxLength: 7 }))
      .map(([prefix, parts]) => prefix + parts.join(""));
    const name = fc.array(fc.constantFrom(..."ab.[]^-ä1"), { minLength: 1, maxLength: 3 })
      .map((all) => all.join(""));
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((all) => all.join("/"));
    const pairs = fc.sample(fc.tuple(pattern, path), 20_000)
      .filter(([one]) => !/^[A-Za-z0-9]{2}:/.test(one) || /^(?:fm|sh|re|pp|pf):/.test(one));
    const { stdout, stderr } = await runToEnd([PYTHON ?? "", "-c", SCRIPT], {
      env: { PYTHONIOENCODING: "utf-8", PYTHONWARNINGS: "ignore" },
      stdin: JSON.stringify(pairs),
    });
    const said = stdout.trim().split("\n");
    assert.equal(said.length, pairs.length, stderr);
    let judged = 0;
    for (const [index, [one, other]] of pairs.entries()) {
      const ours = matches(one, other);
      if (ours === undefined || said[index] === "error") continue;
      judged += 1;
      assert.equal(ours, said[index] === "1", `${JSON.stringify(one)} ${JSON.stringify(other)}`);
    }
    assert.ok(judged > pairs.length / 2, `only ${judged} of ${pairs.length} were judged`);
  },
});
