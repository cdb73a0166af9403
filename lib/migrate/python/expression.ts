/**
 * Reads expressions of Python as far as their value is certain: literals, what is made of them by
 * `+`, names that were assigned before, and a few calls that do nothing but join texts.
 *
 * @module
 */
import { closesBracket, opensBracket, split } from "./brackets.ts";
import { readFormatted } from "./formatted.ts";
import { readNumber, readString } from "./literal.ts";
import { added, below, counted, joined, LARGEST, pathOf } from "./operations.ts";
import type { Token } from "./tokens.ts";
import { type Content, type Entry, shownSource, type Value } from "./value.ts";

/** Says what a name stands for; `undefined` when that is not certain. */
export type Scope = (name: string) => Content | undefined;

/** Deeper expressions are not read: nobody writes settings like that. */
const DEEPEST = 20;

/**
 * Reads an expression.
 *
 * @param tokens the whole expression
 * @param scope the names that it may refer to
 * @param depth how many expressions are around it
 * @returns its value; lists and dicts may have values in them that could not be read
 */
export function readExpression(tokens: readonly Token[], scope: Scope, depth = 0): Value {
  const [first] = tokens;
  const line = first?.line ?? 0;
  const unread: Value = { kind: "unread", source: shownSource(tokens), line };
  if (first === undefined || depth > DEEPEST) return unread;
  const parts = split(tokens, ",");
  if (parts.length > 1) {
    const items = readItems(parts, scope, depth);
    return items === undefined ? unread : { kind: "sequence", form: "tuple", items, line };
  }
  const reader = new Reader(tokens, scope, depth);
  const content = reader.sum();
  return content === undefined || !reader.isAtEnd ? unread : { ...content, line };
}

/** The items between commas, the last of which may be followed by one. */
function readItems(
  parts: readonly Token[][],
  scope: Scope,
  depth: number,
): readonly Value[] | undefined {
  const filled = parts.at(-1)?.length === 0 ? parts.slice(0, -1) : parts;
  if (filled.some((part) => part.length === 0)) return undefined;
  const items = filled.flatMap((part) => {
    if (part[0]?.text !== "*") return [readExpression(part, scope, depth + 1)];
    const spread = readExpression(part.slice(1), scope, depth + 1);
    if (spread.kind === "sequence") return spread.items;
    const unread: Value = { kind: "unread", source: shownSource(part), line: spread.line };
    return [unread];
  });
  return items.length > LARGEST ? undefined : items;
}

function readEntries(
  parts: readonly Token[][],
  scope: Scope,
  depth: number,
): readonly Entry[] | undefined {
  const filled = parts.at(-1)?.length === 0 ? parts.slice(0, -1) : parts;
  const entries: Entry[] = [];
  for (const part of filled) {
    const [key = [], value] = split(part, ":", 2);
    if (key[0]?.text === "**") {
      const spread = readExpression(key.slice(1), scope, depth + 1);
      if (value !== undefined || spread.kind !== "mapping") return undefined;
      entries.push(...spread.entries);
    } else if (value === undefined) return undefined;
    else {
      entries.push({
        key: readExpression(key, scope, depth + 1),
        value: readExpression(value, scope, depth + 1),
      });
    }
    if (entries.length > LARGEST) return undefined;
  }
  return entries;
}

/** One way through the tokens of an expression. A method that returns nothing could not read. */
class Reader {
  #at = 0;

  constructor(
    readonly tokens: readonly Token[],
    readonly scope: Scope,
    readonly depth: number,
  ) {}

  get isAtEnd(): boolean {
    return this.#at >= this.tokens.length;
  }

  sum(): Content | undefined {
    let left = this.#product();
    for (let sign = this.#take("+", "-"); sign !== undefined; sign = this.#take("+", "-")) {
      const right = this.#product();
      if (left === undefined || right === undefined) return undefined;
      left = sign === "+" ? added(left, right) : counted(left, right, (a, b) => a - b);
    }
    return left;
  }

  #product(): Content | undefined {
    let left = this.#signed();
    for (;;) {
      const operator = this.#take("*", "//", "/");
      if (operator === undefined) return left;
      const right = this.#signed();
      if (left === undefined || right === undefined) return undefined;
      if (operator === "/") left = below(left, right);
      else {left = counted(
          left,
          right,
          operator === "*" ? (a, b) => a * b : (a, b) => Math.floor(a / b),
        );}
    }
  }

  #signed(): Content | undefined {
    let isNegative = false;
    let isSigned = false;
    for (let sign = this.#take("+", "-"); sign !== undefined; sign = this.#take("+", "-")) {
      isSigned = true;
      if (sign === "-") isNegative = !isNegative;
    }
    const content = this.#primary();
    if (!isSigned || content === undefined) return content;
    if (content.kind !== "number") return undefined;
    return {
      ...content,
      value: isNegative && content.value !== 0 ? -content.value : content.value,
    };
  }

  #primary(): Content | undefined {
    const token = this.tokens[this.#at];
    if (token === undefined) return undefined;
    const content = this.#atom(token);
    // An attribute, a call or an index of it: whoever does not run it does not know.
    return /^[.([]$/.test(this.tokens[this.#at]?.text ?? "") ? undefined : content;
  }

  #atom(token: Token): Content | undefined {
    switch (token.kind) {
      case "string":
        return this.#strings();
      case "number": {
        this.#at += 1;
        const number = readNumber(token.text);
        return number === undefined ? undefined : { kind: "number", ...number };
      }
      case "name":
        return this.#name();
      case "operator":
        return opensBracket(token) ? this.#bracket(token.text) : undefined;
    }
  }

  /** Literals that follow each other are one string. */
  #strings(): Content | undefined {
    let text = "";
    const kinds = new Set<string>();
    for (let token = this.tokens[this.#at]; token?.kind === "string";) {
      const formatted = readFormatted(token.text, this.scope);
      const literal = formatted === undefined ? readString(token.text) : undefined;
      kinds.add(literal?.kind ?? "text");
      if (literal?.kind !== "unreadable") text += formatted ?? literal?.text ?? "";
      this.#at += 1;
      token = this.tokens[this.#at];
    }
    return kinds.size === 1 && !kinds.has("unreadable") ? { kind: "text", text } : undefined;
  }

  #name(): Content | undefined {
    let name = "";
    for (;;) {
      name += this.tokens[this.#at]?.text ?? "";
      this.#at += 1;
      const [dot, next] = this.tokens.slice(this.#at, this.#at + 2);
      if (dot?.text !== "." || next?.kind !== "name") break;
      name += ".";
      this.#at += 1;
    }
    if (name === "True" || name === "False") return { kind: "boolean", value: name === "True" };
    if (name === "None") return { kind: "none" };
    if (this.tokens[this.#at]?.text !== "(") return this.scope(name);
    const args = this.#inner();
    return args === undefined ? undefined : this.#call(name, args);
  }

  #call(name: string, args: readonly Token[]): Content | undefined {
    if (name === "dict") return this.#dict(args);
    // Which directory it is depends on who runs the script.
    if (/^(?:pathlib\.)?Path\.home$/.test(name) && args.length === 0) return pathOf("~");
    const values = args.length === 0 ? [] : readItems(split(args, ","), this.scope, this.depth);
    if (values === undefined) return undefined;
    const texts = values.flatMap((value) => value.kind === "text" ? [value.text] : []);
    const [first] = values;
    if (/^(?:list|tuple|set)$/.test(name)) {
      const form = name === "list" ? "list" : name === "tuple" ? "tuple" : "set";
      if (first === undefined) return { kind: "sequence", form, items: [] };
      // It is a new object: what happens to it does not happen to the one that it was made from.
      return values.length === 1 && first.kind === "sequence"
        ? { ...first, form, items: [...first.items] }
        : undefined;
    }
    if (texts.length === 0 || texts.length !== values.length) return undefined;
    if (/^(?:pathlib\.)?(?:Pure)?(?:Posix)?Path$/.test(name)) return pathOf(joined(texts));
    if (/^(?:os\.)?path\.join$/.test(name)) return { kind: "text", text: joined(texts) };
    const isItself = /^(?:str|(?:(?:os\.)?path\.)?expanduser)$/.test(name);
    return isItself && texts.length === 1 ? first : undefined;
  }

  /** `dict(key=value, …)`. */
  #dict(args: readonly Token[]): Content | undefined {
    const parts = split(args, ",").filter((part) => part.length > 0);
    const entries: Entry[] = [];
    for (const part of parts) {
      const [[key, more] = [], value] = split(part, "=", 2);
      if (key?.kind !== "name" || more !== undefined || value === undefined) return undefined;
      entries.push({
        key: { kind: "text", text: key.text, line: key.line },
        value: readExpression(value, this.scope, this.depth + 1),
      });
    }
    return { kind: "mapping", entries };
  }

  #bracket(opener: string): Content | undefined {
    const inner = this.#inner();
    if (inner === undefined) return undefined;
    const parts = split(inner, ",");
    if (opener === "(") {
      if (inner.length === 0) return { kind: "sequence", form: "tuple", items: [] };
      // Without a comma the brackets only hold a value together.
      if (parts.length === 1) return readExpression(inner, this.scope, this.depth + 1);
    }
    const isMapping = opener === "{" &&
      (inner.length === 0 || inner[0]?.text === "**" || split(parts[0] ?? [], ":").length > 1);
    if (isMapping) {
      const entries = inner.length === 0 ? [] : readEntries(parts, this.scope, this.depth);
      return entries === undefined ? undefined : { kind: "mapping", entries };
    }
    const items = inner.length === 0 ? [] : readItems(parts, this.scope, this.depth);
    const form = opener === "[" ? "list" : opener === "{" ? "set" : "tuple";
    return items === undefined ? undefined : { kind: "sequence", form, items };
  }

  /** What is between the bracket here and the one that closes it. */
  #inner(): readonly Token[] | undefined {
    const begin = this.#at + 1;
    let depth = 0;
    for (; this.#at < this.tokens.length; this.#at++) {
      const token = this.tokens[this.#at];
      if (token?.kind !== "operator") continue;
      if (opensBracket(token)) depth += 1;
      else if (closesBracket(token)) depth -= 1;
      if (depth === 0) {
        this.#at += 1;
        return this.tokens.slice(begin, this.#at - 1);
      }
    }
    return undefined;
  }

  #take(...operators: readonly string[]): string | undefined {
    const token = this.tokens[this.#at];
    if (token?.kind !== "operator" || !operators.includes(token.text)) return undefined;
    this.#at += 1;
    return token.text;
  }
}
