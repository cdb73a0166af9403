/**
 * Says what is wrong with a configuration: every problem once, in one line, at its place.
 * @module
 */
import type { z } from "zod";
import { createMasker, MASK, type Masker, Secret } from "../text/secret.ts";
import { ConfigError, type Finding } from "./config_error.ts";
import { findPositions } from "./positions.ts";
import {
  asTable,
  formatPath,
  type KeyPath,
  type Problem,
  unfilled,
  valueAt,
} from "./config_problem.ts";
import { suggest, type Suggestion } from "./suggest.ts";

/** Keys with a secret in them, also when they are mistyped or in the wrong place. */
const SECRET_KEY = /pas|phrase|pwd|secret|token|ping/i;

/** How many findings are worked out and shown: nobody reads more, and each takes its time. */
const MOST = 100;

/** The longest value that is shown whole. */
const LONGEST = 80;

/** An invalid file. */
interface Invalid {
  /** The path as it was given. */
  readonly file: string;
  readonly text: string;
  /** What the text says. */
  readonly document: unknown;
  /** What the schema finds wrong with it. */
  readonly issues: readonly z.core.$ZodIssue[];
  /** What else is wrong with it. */
  readonly problems: readonly Problem[];
}

/** Makes the error of an invalid file. */
export function explain(invalid: Invalid): ConfigError {
  const { file, text, document, issues } = invalid;
  const positions = findPositions(text);
  const mask = createMasker(secretsIn(document));
  const told = issues.slice(0, MOST).flatMap((issue) => problemsOf(issue, document, mask));
  // First, as the kind of a value that is still to be filled in does not matter.
  const all = [...unfilled(document), ...told, ...invalid.problems];
  const meant = new Set(all.map(({ meant }) => meant && JSON.stringify(meant)));
  const findings = new Map<string, Finding>();
  for (const { path, message, absent = [], isKey } of all) {
    if (absent.some((key) => meant.has(JSON.stringify(key)))) continue;
    const key = formatPath(path);
    const position = isKey ? positions.ofKey(path) : positions.ofValue(path);
    // The first one is the most basic one: a wrong type, not what follows from it.
    if (!findings.has(key)) findings.set(key, { ...position, key: mask(key), message });
  }
  const options = all.some(({ isDenied }) => isDenied === true)
    ? { cause: new Deno.errors.PermissionDenied() }
    : {};
  return ConfigError.of(file, [...findings.values()], options, MOST);
}

function problemsOf(issue: z.core.$ZodIssue, document: unknown, mask: Masker): Problem[] {
  const path = issue.path.map((step) => typeof step === "number" ? step : String(step));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.slice(0, MOST).map((key) => unknownKey([...path, key], document));
  }
  const value = valueAt(document, path);
  if (value === undefined) {
    return [{ path, message: `missing, expected ${issue.message}`, absent: [path] }];
  }
  if (issue.code === "custom" && issue.params?.statement === true) {
    return [{ path, message: mask(issue.message) }];
  }
  const found = describe(value, issue, isSecret(path) ? () => MASK : mask);
  const wanted = mask(issue.message);
  const isText = issue.code === "invalid_type" && issue.expected === "string";
  if (!isText || wanted.startsWith("a string")) {
    const advice = isQuoted(value, issue) ? "; leave out the quotes" : "";
    return [{ path, message: `expected ${wanted}, found ${found}${advice}` }];
  }
  return [{ path, message: `expected a string, found ${found}; write ${wanted}` }];
}

/** Whether a number, or true or false, stands in quotes. */
function isQuoted(value: unknown, issue: z.core.$ZodIssue): boolean {
  if (typeof value !== "string" || issue.code !== "invalid_type") return false;
  return issue.expected === "boolean" ? /^(?:true|false)$/.test(value) : /^-?\d+$/.test(value);
}

function unknownKey(path: KeyPath, document: unknown): Problem {
  const { text, meant } = misplacedName(path, document) ?? suggest(path);
  const message = `unknown key, ${text}`;
  return meant === undefined
    ? { path, message, isKey: true }
    : { path, message, meant, isKey: true };
}

/** In TOML a key below a table belongs to that table, which nobody expects who writes it first. */
function misplacedName(path: KeyPath, document: unknown): Suggestion | undefined {
  const isFree = asTable(document)?.name === undefined;
  const isLabel = path[0] === "repositories" && path.length === 3 &&
    valueAt(document, [...path.slice(0, -1), "label"]) === undefined;
  if (path.length < 2 || path.at(-1) !== "name" || !isFree || isLabel) return undefined;
  const text = "it belongs at the top of the file, above the first table: what stands below a " +
    "[table] is part of it";
  return { text, meant: ["name"] };
}

function isSecret(path: KeyPath): boolean {
  return path.some((step) => typeof step === "string" && isSecretKey(step));
}

function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key) && !key.endsWith("_file");
}

/** What was found: its type; its value only when the type is right and it is no secret. */
function describe(value: unknown, issue: z.core.$ZodIssue, mask: Masker): string {
  const isWrongType = issue.code === "invalid_type" &&
    !(typeof value === "number" && /int|number/.test(issue.expected));
  if (typeof value === "string") {
    if (value === "") return "an empty string";
    const shown = mask(value);
    if (shown === MASK) return "a string";
    return isWrongType ? `a string, ${quote(shown)}` : quote(shown);
  }
  if (typeof value === "number") return isWrongType ? "a number" : String(value);
  if (typeof value === "boolean") return String(value);
  if (value instanceof Date) return "a date";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return asTable(value) === undefined ? typeof value : "a table";
}

/** Quotes the first line: a quote that is never closed swallows others, with the secrets in them. */
function quote(text: string): string {
  const [shown = ""] = text.slice(0, LONGEST).split(/[\r\n]/, 1);
  return JSON.stringify(shown === text ? text : `${shown}…`)
    .replace(/[\x7f-\x9f]/g, "\u00b7");
}

/** The secrets that stand in the document itself, should one be repeated in another value. */
function secretsIn(document: unknown): Secret[] {
  const secrets: Secret[] = [];
  const walk = (value: unknown, inSecret: boolean): void => {
    // A shorter one is no secret worth its name, and would hide much of what helps.
    if (typeof value === "string" && inSecret && value.length >= 4) secrets.push(new Secret(value));
    if (Array.isArray(value)) { for (const item of value) walk(item, inSecret); }
    for (const [key, item] of Object.entries(asTable(value) ?? {})) {
      walk(item, inSecret || isSecretKey(key));
    }
  };
  walk(document, false);
  return secrets;
}
