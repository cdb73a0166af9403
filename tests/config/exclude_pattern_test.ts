import assert from "node:assert/strict";
import { checkPattern } from "../../lib/config/exclude_pattern.ts";

Deno.test("checkPattern() says what is wrong with a pattern that would match nothing", () => {
  const wrong = {
    "re:(": /expected a regular expression of Python after "re:", found "re:\(": nothing closes/,
    "re:*.tmp": /nothing is before the "\*" to repeat$/,
    "- home/*/.cache": /expected the pattern alone, without "- " from a patterns file/,
    "R /home": /without "R " from a patterns file/,
    "~/.cache": /expected an absolute path: the "~" in "~\/.cache" is not expanded$/,
    "sh:~/.cache": /is not expanded$/,
  };
  for (const [pattern, said] of Object.entries(wrong)) {
    assert.throws(() => checkPattern(pattern), said, pattern);
  }
});

Deno.test("checkPattern() accepts Borg's patterns of every style", () => {
  const right = [
    "*.tmp",
    "*~",
    "fm:(",
    "sh:**/[a",
    "re:\\.o$",
    "pp:/home/(x",
    "pf:/a b",
    "-x",
    "+ ",
  ];
  for (const pattern of right) assert.doesNotThrow(() => checkPattern(pattern), pattern);
});
