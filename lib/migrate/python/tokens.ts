/**
 * Cuts a Python script into tokens and logical lines. It knows strings, brackets, comments and
 * continued lines, which is all that it takes to find assignments without running anything.
 *
 * @module
 */

/** The smallest part of a script. */
export interface Token {
  readonly kind: "name" | "number" | "string" | "operator";
  /** As it stands in the script; a string with its prefix and quotes. */
  readonly text: string;
  /** Where it begins; from 1. */
  readonly line: number;
  /** Whether something stands between it and the token before: white space or a comment. */
  readonly apart: boolean;
}

/** What Python takes for one line: brackets and backslashes hold several together. */
export interface LogicalLine {
  /** Whether it belongs to a block: a function, a class, an `if`. */
  readonly indented: boolean;
  /** At least one. */
  readonly tokens: readonly Token[];
}

/** Something that no valid script has. */
export interface Flaw {
  readonly line: number;
  /** A statement without a full stop. */
  readonly message: string;
}

/** A script in parts. */
export interface Tokens {
  readonly lines: readonly LogicalLine[];
  readonly flaws: readonly Flaw[];
}

const BLANK = /[ \t\f]+/y;
const COMMENT = /#[^\n]*/y;
const CONTINUATION = /\\\n/y;
const QUOTE = /([A-Za-z]{0,2})("""|'''|"|')/y;
const NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const NUMBER =
  /(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJ]?)/y;
const OPERATOR =
  /\*\*=|\/\/=|>>=|<<=|\.\.\.|[-+*/%@&|^]=|:=|==|!=|<=|>=|->|\*\*|\/\/|<<|>>|[^\s]/uy;

/** One flaw makes more of them; the first ones tell enough. */
const MOST_FLAWS = 5;

const CLOSERS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/**
 * Cuts a script into tokens.
 *
 * @param source the script; its lines end with a line feed alone
 * @returns its logical lines; what is no Python is named, and what can be read around it is read
 */
export function tokenize(source: string): Tokens {
  return new Tokenizer(source).run();
}

class Tokenizer {
  readonly #source: string;
  readonly #lines: LogicalLine[] = [];
  readonly #flaws: Flaw[] = [];
  /** The brackets that are open, with the lines of their beginning. */
  readonly #open: { readonly closer: string; readonly line: number }[] = [];
  #at = 0;
  #line = 1;
  #tokens: Token[] = [];
  #indented = false;
  #apart = false;

  constructor(source: string) {
    this.#source = source;
  }

  run(): Tokens {
    while (this.#at < this.#source.length) this.#step();
    const [first] = this.#open;
    if (first !== undefined) {
      this.#flaw("a bracket is never closed, so nothing behind it was read", first.line);
      // What it has swallowed is no statement of the script.
      this.#tokens = [];
    }
    this.#endLine();
    return { lines: this.#lines, flaws: this.#flaws };
  }

  #step(): void {
    if (this.#source[this.#at] === "\n") {
      this.#at += 1;
      if (this.#open.length === 0) this.#endLine();
      this.#line += 1;
      this.#apart = true;
      return;
    }
    if (this.#skip(BLANK) || this.#skip(COMMENT)) return;
    if (this.#skip(CONTINUATION)) {
      this.#line += 1;
      return;
    }
    const quote = this.#match(QUOTE);
    if (quote !== undefined) return this.#string(quote[0].length, quote[2] ?? "", quote[1] ?? "");
    for (const [kind, form] of [["name", NAME], ["number", NUMBER]] as const) {
      const text = this.#match(form)?.[0];
      if (text !== undefined) return this.#add(kind, text);
    }
    const text = this.#match(OPERATOR)?.[0] ?? this.#source.charAt(this.#at);
    this.#bracket(text);
    this.#add("operator", text);
  }

  #string(opening: number, quote: string, prefix: string): void {
    const isF = /[ft]/i.test(prefix);
    const begin = this.#at + opening;
    const end = (isF ? endOfFormatted(this.#source, begin, quote) : undefined) ??
      endOfString(this.#source, begin, quote);
    if (end !== undefined) {
      const text = this.#source.slice(this.#at, end);
      if (text.includes("\uFFFD")) this.#flaw("a string has bytes in it that are no text");
      return this.#add("string", text);
    }
    this.#flaw("a string is never closed");
    const lineEnd = this.#source.indexOf("\n", this.#at);
    const rest = quote.length === 3 || lineEnd < 0 ? this.#source.length : lineEnd;
    // No value is read from it: an operator that nobody knows stands in its place.
    this.#add("operator", this.#source.slice(this.#at, rest));
  }

  #bracket(text: string): void {
    const closer = CLOSERS[text];
    if (closer !== undefined) this.#open.push({ closer, line: this.#line });
    if (!")]}".includes(text)) return;
    const opened = this.#open.pop();
    if (opened?.closer !== text) this.#flaw(`the bracket "${text}" closes none`);
  }

  #add(kind: Token["kind"], text: string): void {
    if (this.#tokens.length === 0) {
      const lineStart = this.#source.lastIndexOf("\n", this.#at - 1) + 1;
      this.#indented = this.#at > lineStart;
    }
    this.#tokens.push({ kind, text, line: this.#line, apart: this.#apart });
    this.#apart = false;
    this.#at += text.length;
    for (const character of text) if (character === "\n") this.#line += 1;
  }

  #endLine(): void {
    if (this.#tokens.length > 0) {
      this.#lines.push({ indented: this.#indented, tokens: this.#tokens });
    }
    this.#tokens = [];
  }

  #skip(form: RegExp): boolean {
    const text = this.#match(form)?.[0];
    if (text === undefined) return false;
    this.#at += text.length;
    this.#apart = true;
    return true;
  }

  #match(form: RegExp): RegExpExecArray | undefined {
    form.lastIndex = this.#at;
    return form.exec(this.#source) ?? undefined;
  }

  #flaw(message: string, line = this.#line): void {
    if (this.#flaws.length < MOST_FLAWS) this.#flaws.push({ line, message });
  }
}

/** Where a string ends, behind its closing quotes; `undefined` when it never does. */
function endOfString(source: string, begin: number, quote: string): number | undefined {
  const isShort = quote.length === 1;
  for (let at = begin; at < source.length; at++) {
    // Also in a raw string a backslash keeps the quote behind it from closing the string.
    if (source[at] === "\\") at += 1;
    else if (source.startsWith(quote, at)) return at + quote.length;
    else if (isShort && source[at] === "\n") return undefined;
  }
  return undefined;
}

/**
 * The same for an f-string in single quotes: since Python 3.12 the expressions between its braces
 * may have strings in the same quotes.
 */
function endOfFormatted(source: string, begin: number, quote: string): number | undefined {
  if (quote.length > 1) return undefined;
  let depth = 0;
  let inner = false;
  for (let at = begin; at < source.length; at++) {
    const character = source[at];
    if (character === "\n") return undefined;
    if (character === "\\") at += 1;
    else if (character === quote && depth === 0) return at + 1;
    else if (character === quote) inner = !inner;
    else if (inner) continue;
    else if (depth === 0 && (source.startsWith("{{", at) || source.startsWith("}}", at))) at += 1;
    else if (character === "{") depth += 1;
    else if (character === "}" && depth > 0) depth -= 1;
  }
  return undefined;
}
