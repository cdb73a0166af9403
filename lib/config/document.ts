/** Reads the configuration file and parses it as TOML. @module */
import { parse, TomlError } from "smol-toml";
import { reasonOf } from "../errors.ts";
import { readSmallFile } from "../files/small_file.ts";
import { ConfigError } from "./config_error.ts";
import { excessOf } from "./extent.ts";
import { maskedFrame } from "./code_frame.ts";

/** Reads the file, without a byte order mark; throws a ConfigError when that is not possible. */
export async function readText(path: string): Promise<string> {
  try {
    return decode(path, await readSmallFile(path));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      `Cannot read the configuration ${JSON.stringify(path)}: ${reasonOf(error)}`,
      [],
      { cause: error, ...hintFor(error) },
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
  const excess = excessOf(document);
  if (excess === undefined) return document;
  throw ConfigError.of(path, [{ line: 1, column: 1, key: "", message: excess }]);
}

function parseText(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof RangeError) {
      const message = "too many tables and arrays are nested in each other";
      throw ConfigError.of(path, [{ line: 1, column: 1, key: "", message }]);
    }
    if (!(error instanceof TomlError)) throw error;
    const { line, column } = error;
    // Only the first line of the parser's message: what follows shows the file as it is.
    const [first = ""] = error.message.split("\n");
    const reason = first.replace(/^Invalid TOML document: /, "");
    const finding = { line, column, key: "", message: `cannot read it as TOML: ${reason}` };
    // The parser's error is no cause here: its code frame may show a secret.
    throw new ConfigError(
      `${path}:${line}:${column}: ${finding.message}\n\n${maskedFrame(text, line, column)}`,
      [finding],
      hintForLine(text.split("\n")[line - 1] ?? ""),
    );
  }
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const valid = new TextDecoder().decode(bytes);
    const before = valid.slice(0, valid.indexOf("\uFFFD")).split("\n");
    const [line, column] = [before.length, (before.at(-1) ?? "").length + 1];
    const message = "expected UTF-8 text, found a byte that is none";
    throw ConfigError.of(path, [{ line, column, key: "", message }], "Save the file as UTF-8");
  }
}

/** The commonest mistake, for which the parser has no words. */
function hintForLine(line: string): { readonly hint?: string } {
  const isBare = /=[\s[]*(?!true\b|false\b|inf\b|nan\b)[A-Za-z~/.$@*]/.test(line);
  return isBare ? { hint: 'Strings are written in quotes: key = "value"' } : {};
}

function hintFor(error: unknown): { readonly hint?: string } {
  if (!(error instanceof Deno.errors.NotFound)) return {};
  return {
    hint:
      "The configuration is looked for where --config says, else where $AUTOBORG_CONFIG says, " +
      "else in /etc/autoborg/config.toml; config.example.toml is one to start from",
  };
}
