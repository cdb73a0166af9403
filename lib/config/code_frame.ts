/**
 * Shows the lines around a syntax error, without the secrets that may stand in them.
 *
 * The file can't be parsed, so nobody knows for certain what is a secret. Hence the other way
 * round: a value is shown only behind a key of the schema that never holds a secret.
 * @module
 */
import { MASK } from "../text/secret.ts";
import { asTable } from "./config_problem.ts";
import { jsonSchema } from "./config_schema.ts";

/** What the schema says of its keys. */
interface Keys {
  /** Tables, and keys whose values may be shown. */
  readonly harmless: ReadonlySet<string>;
  /** Those, and keys whose values may not. */
  readonly known: ReadonlySet<string>;
  /** Keys that hold a secret in this table only, such as `ping.url`. */
  readonly secretIn: ReadonlySet<string>;
}

/** Options, among which a password may stand. */
const DOUBTFUL = "ssh_options";

let read: Keys | undefined;

/** The keys, by the schema; a file with a syntax error needs them for each of its lines. */
function keys(): Keys {
  return read ??= readKeys();
}

function readKeys(): Keys {
  const plain = new Set<string>();
  const secret: { readonly table: string; readonly key: string }[] = [];
  const walk = (schema: unknown, table: string): void => {
    for (const [key, value] of Object.entries(asTable(asTable(schema)?.properties) ?? {})) {
      if (asTable(value)?.writeOnly === true || key === DOUBTFUL) secret.push({ table, key });
      else plain.add(key);
      walk(value, key);
      walk(asTable(value)?.items, key);
    }
  };
  walk(jsonSchema(), "");
  // A table in one line, such as ping = { url = … }, does not say whose key it is.
  const doubtful = secret.filter(({ key }) => plain.has(key)).map(({ table }) => table);
  return {
    harmless: new Set([...plain].filter((key) => !doubtful.includes(key))),
    known: new Set([...plain, ...secret.map(({ key }) => key)]),
    secretIn: new Set(secret.map(({ table, key }) => `${table}.${key}`)),
  };
}

/** What a line inherits from the lines before it. */
interface State {
  /** Whether this may be the inside of an array that may be shown. */
  readonly harmless: boolean;
  /** The table that began last. */
  readonly table: string;
  /** The quote that would end a secret that began before and is still open. */
  readonly quote: string | undefined;
}

/**
 * Shows up to three numbered lines around a place, and a mark below it; `line` and `column` count
 * from 1. What may be a secret is masked.
 */
export function maskedFrame(text: string, line: number, column: number): string {
  const lines = text.split(/\r?\n/).slice(0, line + 1);
  // With strings of several lines about, a line may be the inside of one, and the mistake may be
  // in their quotes: then only known words are shown.
  const strict = /""|''/.test(text);
  let state: State = { harmless: false, table: "", quote: undefined };
  const width = String(line + 1).length;
  const frame: string[] = [];
  for (const [index, source] of lines.entries()) {
    const [shown, next] = strict ? [knownWords(source), state] : maskLine(source, state);
    state = next;
    if (index + 1 < line - 1) continue;
    frame.push(`${String(index + 1).padStart(width)} | ${shown}`.trimEnd());
    if (index + 1 === line) frame.push(`${" ".repeat(width + 2 + column)}^`);
  }
  return frame.join("\n");
}

/** Shows of a line nothing but a key or a header, and these only when they are known. */
function knownWords(line: string): string {
  if (line.trim() === "") return "";
  const [shown = "", key] = /^\s*([\w.-]+)\s*=/.exec(line) ?? [];
  if (key !== undefined) return key.split(".").every(isKnown) ? `${shown} ${MASK}` : MASK;
  const [header, table = ""] = /^\s*\[\[?([\w.-]+)\]\]?\s*$/.exec(line) ?? [];
  return header !== undefined && table.split(".").every(isKnown) ? header : MASK;
}

/** Says whether the schema has a key or table of this name anywhere. */
export function isKnown(word: string): boolean {
  return keys().known.has(word);
}

function maskLine(line: string, state: State): [shown: string, next: State] {
  if (state.quote !== undefined) {
    return [MASK, line.includes(state.quote) ? { ...state, quote: undefined } : state];
  }
  // A comment explains no syntax error, but it may hold the passphrase of last year.
  if (/^\s*#/.test(line)) return [line.replace(/#.*/, `# ${MASK}`), state];
  if (line.trim() === "") return ["", state];
  const header = /^\s*\[\[?\s*(\w+)(?:\.\w+)*\s*(?:\]\]?|$)/.exec(line);
  const [shown, table = ""] = header ?? [];
  if (shown !== undefined && isKnown(table)) {
    const rest = line.slice(shown.length).trim() === "" ? "" : ` ${MASK}`;
    return [shown + rest, { harmless: false, table, quote: undefined }];
  }
  return maskAssignments(line, state);
}

/** What people write instead of "=" between a key and its value. */
const OTHER_DIVIDER = /^(\s*[\w.-]+\s*)(:=|==|=>|->|<-|:)(?=[\s"'\d[]|$)/;

/** Shows a line up to the first key that is not known to be harmless. */
function maskAssignments(line: string, state: State): [shown: string, next: State] {
  const [before, key = "", divider = ""] = OTHER_DIVIDER.exec(line) ?? [];
  if (before === undefined || state.harmless) return maskPlain(line, state);
  // As if "=" stood there: what follows a key is judged by it, whatever is between them.
  const plain = key + "=".padEnd(divider.length) + line.slice(before.length);
  const [shown, next] = maskPlain(plain, state);
  const isShown = shown.startsWith(plain.slice(0, before.length));
  return [isShown ? before + shown.slice(before.length) : shown, next];
}

function maskPlain(line: string, state: State): [shown: string, next: State] {
  // A "=" without a key hides what follows, too. Looking back keeps long lines from being searched
  // again from each of their characters.
  const keys = [...line.matchAll(/(?:((?<![\w.-])[\w.-]+|"[^"]*"|'[^']*')|(?<!\s))\s*=/g)];
  const [first] = keys;
  const before = first === undefined ? line : line.slice(0, first.index);
  // What stands before the first key belongs to the value above, if it is more than punctuation.
  const goesOn = /[^\s{},[\]]/.test(before);
  if (goesOn && !(state.harmless && /^\s*["'\d]/.test(before))) {
    const word = /^\s*[\w-]+/.exec(before)?.[0] ?? "";
    return [isKnown(word.trim()) ? `${word} ${MASK}` : MASK, hidden(line, state)];
  }
  for (const match of keys) {
    const [whole, key = ""] = match;
    if (isHarmless(key, state.table)) continue;
    return [`${visible(line.slice(0, match.index))}${whole} ${MASK}`, hidden(line, state)];
  }
  const depth = bracketsOf(line);
  return [visible(line), { ...state, harmless: depth > 0 || (state.harmless && depth === 0) }];
}

/** How many more brackets a line opens than it closes. */
function bracketsOf(line: string): number {
  const bare = line.replace(/"(?:\\.|[^"\\])*"|'[^']*'|#.*/g, "");
  return bare.split("[").length - bare.split("]").length;
}

function isHarmless(key: string, table: string): boolean {
  const steps = key.replace(/^["']|["']$/g, "").split(".");
  const { harmless, secretIn } = keys();
  return steps.every((step) => harmless.has(step) && !secretIn.has(`${table}.${step}`));
}

function hidden(line: string, state: State): State {
  return { ...state, harmless: false, quote: openQuote(line) };
}

/** The quote of a string that this line begins and does not end. */
function openQuote(line: string): string | undefined {
  const tokens = /"(?:\\.|[^"\\])*"|'[^']*'|(["'])|#.*/g;
  for (const [, open] of line.matchAll(tokens)) if (open !== undefined) return open;
  return undefined;
}

/**
 * Whether the quotes of a line are not just those around its strings: then nobody can tell where a
 * string ends, and a secret may have slipped into the line from the next one.
 */
function hasOddQuotes(text: string): boolean {
  const bare = text.replace(/"(?:\\.|[^"'\\])*"|'[^'"]*'/g, "\ufffc");
  return /["']|\ufffc\w|\w\ufffc/.test(bare);
}

/** Hides what may be a secret even behind a harmless key, and what steers a terminal. */
function visible(text: string): string {
  return (hasOddQuotes(text) ? text.replace(/["'].*/s, MASK) : text)
    .replace(/\b(?:pass(?!phrase_file|word_file)|pwd|secret|token).*/i, MASK)
    .replace(/(https?:\/\/)[^\s"']*/gi, `$1${MASK}`)
    .replace(/(:\/\/)[^"'\s]*@/g, `$1${MASK}@`)
    .replace(/\p{Cc}/gu, "\u00b7");
}
