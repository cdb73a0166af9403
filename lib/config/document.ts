/** Reads the configuration file and parses it as TOML. @module */
import { parse, TomlError } from "smol-toml";
import { reasonOf } from "../errors.ts";
import { readSmallFile } from "../files/small_file.ts";
import { ownCommand } from "../text/own_command.ts";
import { ConfigError } from "./config_error.ts";
import { asTable } from "./config_problem.ts";
import { excessOf } from "./extent.ts";
import { maskedFrame } from "./code_frame.ts";
import { mistakeOf, plainMistake } from "./toml_mistakes.ts";

/** The longest line in which a mistake is looked for. */
const LONGEST_LINE = 4_096;

/** Reads the file, without a byte order mark; throws a ConfigError when that is not possible. */
export async function readText(path: string): Promise<string> {
  try {
    return decode(path, await readSmallFile(path));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      `Cannot read the configuration ${JSON.stringify(path)}: ${reasonOf(error)}`,
      [],
      { cause: error, ...hintFor(error, path) },
    );
  }
}

/**
 * Parses the text of the file.
 *
 * @throws {ConfigError} when it is not TOML, with line, column and a frame that hides secrets
 */
export function parseDocument(path: string, text: string): unknown {
  const document = parseText(path, text);
  if (asTable(document) !== undefined && Object.keys(asTable(document) ?? {}).length === 0) {
    const message = "expected a configuration, found no key in it";
    throw ConfigError.of(path, [{ line: 1, column: 1, key: "", message }], {
      hint: `An example with every key: ${ownCommand("setup", "--example")}`,
    });
  }
  const excess = excessOf(document);
  if (excess === undefined) return document;
  throw ConfigError.of(path, [{ line: 1, column: 1, key: "", message: excess }]);
}

function parseText(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof RangeError) {
      const message = "tables and lists are nested too deeply";
      throw ConfigError.of(path, [{ line: 1, column: 1, key: "", message }]);
    }
    if (!(error instanceof TomlError)) throw error;
    // Only the first line of the parser's message: what follows shows the file as it is.
    const [first = ""] = error.message.split("\n");
    const reason = first.replace(/^Invalid TOML document: /, "");
    throw syntaxError(path, text, { line: error.line, column: error.column, reason });
  }
}

/** The parser's error is no cause of it: its code frame may show a secret. */
function syntaxError(
  path: string,
  text: string,
  at: { readonly line: number; readonly column: number; readonly reason: string },
): ConfigError {
  const lines = text.split(/\r?\n/);
  const found = {
    ...at,
    line: lines[at.line - 1] ?? "",
    above: lines.slice(0, at.line - 1),
    below: lines[at.line] ?? "",
  };
  // Between the quotes of a string of several lines a line tells nothing; nobody writes a longer one.
  const isPlain = !/"""|'''/.test(text) && found.line.length <= LONGEST_LINE;
  const { above = 0, column, message, hint } = isPlain ? mistakeOf(found) : plainMistake(found);
  const line = at.line - above;
  const finding = { line, column, key: "", message: `cannot read it as TOML: ${message}` };
  return new ConfigError(
    `${path}:${line}:${column}: ${finding.message}\n\n${maskedFrame(text, line, column)}`,
    [finding],
    hint === undefined ? {} : { hint },
  );
}

/** What an editor of Windows calls Unicode. */
function isUtf16([first, second]: Uint8Array): boolean {
  return first === 0xff && second === 0xfe || first === 0xfe && second === 0xff;
}

function decode(path: string, bytes: Uint8Array): string {
  if (isUtf16(bytes)) {
    const message = "expected UTF-8 text, found UTF-16";
    throw ConfigError.of(path, [{ line: 1, column: 1, key: "", message }], {
      hint: 'Save the file as UTF-8: editors of Windows have it under "Save as", Encoding',
    });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const valid = new TextDecoder().decode(bytes);
    const before = valid.slice(0, valid.indexOf("\uFFFD")).split("\n");
    const [line, column] = [before.length, (before.at(-1) ?? "").length + 1];
    const message = "expected UTF-8 text, found an invalid byte";
    throw ConfigError.of(path, [{ line, column, key: "", message }], {
      hint: "Save the file as UTF-8",
    });
  }
}

function hintFor(error: unknown, path: string): { readonly hint?: string } {
  if (!(error instanceof Deno.errors.NotFound)) return {};
  if (path.startsWith("~/")) {
    return {
      hint: `The shell has not replaced the "~", as it does at the beginning of a word without ` +
        `quotes: --config ${path}`,
    };
  }
  return {
    hint: `To create it: ${ownCommand("setup")}. To use another one: --config FILE, or ` +
      "$AUTOBORG_CONFIG",
  };
}
