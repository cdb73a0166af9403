/**
 * Says what is wrong with a configuration: every problem once, in one line, at its place.
 * @module
 */
import { TomlDate } from "smol-toml";
import type { z } from "zod";
import { adviceFor } from "./value_advice.ts";
import { isKnown } from "./code_frame.ts";
import { createMasker, MASK, type Masker, Secret } from "../text/secret.ts";
import { ConfigError, type Finding } from "./config_error.ts";
import { findPositions } from "./positions.ts";
import {
  asArray,
  asTable,
  formatPath,
  type KeyPath,
  placeName,
  type Problem,
  unfilled,
  valueAt,
} from "./config_problem.ts";
import { suggest, type Suggestion } from "./suggest.ts";

/** Keys with a secret in them, also when they are mistyped or in the wrong place. */
const SECRET_KEY = /pas|phrase|pwd|secret|token|ping/i;

/** The same of a channel, where they have the names of what is harmless elsewhere. */
const SECRET_OF_CHANNEL = /^(?:url|headers?|body)$/;

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
  for (const { path, message: text, absent = [], isKey, sameAs } of all) {
    if (absent.some((key) => meant.has(JSON.stringify(key)))) continue;
    const key = formatPath(path);
    // The first one is the most basic one: a wrong type, not what follows from it.
    if (findings.has(key)) continue;
    const position = isKey ? positions.ofKey(path) : positions.ofValue(path);
    const message = sameAs === undefined ? text : text +
      alreadyAt(valueAt(document, sameAs), position, positions.ofValue(sameAs), mask);
    // A key that is known is no secret, also when one is called like it.
    const shown = path.map((step) =>
      typeof step === "string" && !isKnown(step) ? mask(step) : step
    );
    const place = placeName(shown, document);
    findings.set(key, { ...position, key: formatPath(shown), place, message });
  }
  const options = all.some(({ isDenied }) => isDenied === true)
    ? { cause: new Deno.errors.PermissionDenied() }
    : {};
  return ConfigError.of(file, [...findings.values()], options, MOST);
}

/** Where a value stands that another one repeats. */
function alreadyAt(
  value: unknown,
  here: { readonly line: number },
  there: { readonly line: number },
  mask: Masker,
): string {
  const shown = quote(mask(String(value)));
  return `, found ${shown} ${
    here.line === there.line ? "twice in this line" : `in line ${there.line} already`
  }`;
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
  // Nothing but the value can bring a secret into our own words.
  const isHarmless = typeof value !== "string" || !isSecret(path) && mask(value) === value;
  const said = isHarmless ? issue.message : mask(issue.message);
  if (issue.code === "custom" && issue.params?.statement === true) return [{ path, message: said }];
  const found = describe(value, issue, isSecret(path) ? () => MASK : mask);
  const wanted = said;
  const isText = issue.code === "invalid_type" && issue.expected === "string";
  if (!isText || wanted.startsWith("a string")) {
    // Of a string that a quote has left open only the first line is shown, and nothing is advised.
    const isShown = isHarmless && (typeof value !== "string" || !quote(value).endsWith('…"'));
    const advice = isShown ? adviceFor(value, issue, path) : "";
    return [{ path, message: `expected ${wanted}, found ${found}${advice}` }];
  }
  return [{ path, message: `expected a string, found ${found}; write ${wanted}` }];
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
  const text = "it belongs at the top of the file, above the first table: what comes below a " +
    "[table] is part of it";
  return { text, meant: ["name"] };
}

function isSecret(path: KeyPath): boolean {
  const [table, , key = ""] = path;
  return table === "notify" && SECRET_OF_CHANNEL.test(String(key)) ||
    path.some((step) => typeof step === "string" && isSecretKey(step));
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
  if (value instanceof Date) {
    return value instanceof TomlDate && value.isTime() ? "a time" : "a date";
  }
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
  for (const channel of asArray(valueAt(document, ["notify"]))) {
    for (const [key, value] of Object.entries(asTable(channel) ?? {})) {
      walk(value, SECRET_OF_CHANNEL.test(key));
    }
  }
  return secrets;
}
