import assert from "node:assert/strict";
import { regexFault } from "../../lib/config/python_regex.ts";

Deno.test("regexFault() says what Python can't read", () => {
  const faults = {
    "(": 'nothing closes the "("',
    "a)": 'nothing opens the ")"',
    "[a-z": 'nothing closes the "["',
    "[]": 'nothing closes the "["',
    "*.tmp": 'nothing is before the "*" to repeat',
    "(a|+b)": 'nothing is before the "+" to repeat',
    "a**": 'nothing is before the "*" to repeat',
    "a\\": 'nothing follows the last "\\"',
    "\\p{L}": 'Python does not know "\\p"',
    "(?<year>a)": 'Python does not know "(?<y"',
    "(?#a": 'nothing closes the "("',
  };
  for (const [source, fault] of Object.entries(faults)) assert.equal(regexFault(source), fault);
});

Deno.test("regexFault() accepts what Python can read, also where JavaScript can't", () => {
  const right = [
    ...["", "^home/[^/]+/\\.cache/", "\\.o$", "(?P<n>a)(?P=n)", "(?i)tmp", "(?i:a)b", "(?s-i:a)"],
    ...[
      "a{2}",
      "a{,3}b",
      "{",
      "}",
      "]",
      "[]a]",
      "[^]]",
      "a*?",
      "a++",
      "(?>a)",
      "(?<!a)b",
      "\\Aa\\Z",
    ],
    ...["(a)?(?(1)b|c)", "(?#comment)a", "|", "()", "(?x) ( # never closed", "\\udc80"],
  ];
  for (const source of right) assert.equal(regexFault(source), undefined, source);
});
