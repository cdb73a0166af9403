/**
 * Files that are no TOML.
 *
 * @module
 */
import { type Broken, end, top } from "./file.ts";

/** Files that are no TOML. */
export const SYNTAX: readonly Broken[] = [
  top("has a duplicate key", 'name = "x"', "3:1: cannot read it as TOML: trying to redefine…"),
  end("has a duplicate table", "[logs]\n[verify]\n[logs]", "9:2: cannot read it as TOML: trying…"),
  top(
    "has a value without quotes",
    "logs.level = info",
    "3:17: cannot read it as TOML: each key-value declaration must be followed by an end-of-line",
  ),
  top("has a key without a value", "name", "3:5: cannot read it as TOML: illegal character in key"),
  end("has an unfinished string", '[logs]\nlevel = "info', "8:…: cannot read it as TOML: …"),
  end(
    "has an unfinished array",
    '[zfs]\ndatasets = ["a"',
    "9:1: cannot read it as TOML: expected comma or end of structure",
  ),
  top(
    "has a number that is too large",
    "verify.files = 99999999999999999999",
    "3:16: cannot read it as TOML: integer value cannot be represented losslessly",
  ),
  top("has a control character", "\u0000", "3:1: cannot read it as TOML: illegal character in key"),
];
