/**
 * Files that are no TOML.
 *
 * @module
 */
import { type Broken, end, top } from "./file.ts";

/** Files that are no TOML. */
export const SYNTAX: readonly Broken[] = [
  top(
    "has a duplicate key",
    'name = "x"',
    "3:1: cannot read it as TOML: this key is set above already, in line 1: expected it only once",
  ),
  end(
    "has a duplicate table",
    "[logs]\n[verify]\n[logs]",
    "9:2: cannot read it as TOML: this table is already above, in line 7: expected it only once; write all…",
  ),
  top(
    "has a value without quotes",
    "logs.level = info",
    "3:17: cannot read it as TOML: expected quotes around the value",
  ),
  top(
    "has a key without a value",
    "name",
    '3:5: cannot read it as TOML: expected "=" and a value after the key',
  ),
  end(
    "has an unfinished string",
    '[logs]\nlevel = "info',
    "8:9: cannot read it as TOML: a string begins here, and no quote ends it on its line",
  ),
  end(
    "has an unfinished array",
    '[zfs]\ndatasets = ["a"',
    '8:12: cannot read it as TOML: a list begins here, and no "]" ends it',
  ),
  top(
    "has a number that is too large",
    "verify.files = 99999999999999999999",
    "3:16: cannot read it as TOML: expected a smaller number",
  ),
  top(
    "has a control character",
    "\u0000",
    "3:1: cannot read it as TOML: expected text, found a control character, U+0000",
  ),
  top(
    "has a colon instead of an equals sign",
    'verify.files: "3"',
    '3:13: cannot read it as TOML: expected "=" between the key and its value, found ":"',
  ),
  top(
    "has typographic quotes",
    "logs.level = “info”",
    "3:14: cannot read it as TOML: expected a straight quote (\" or '), found a typographic one",
  ),
];
