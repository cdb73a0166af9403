/** Reads literals of Python; nothing is worked out. @module */
import { parser } from "@lezer/python";
import { readNumber, readString } from "../text/python_literal.ts";

/** A node of the syntax tree. */
export type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

/** A value of the script. */
export interface Value {
  /** The line that tells it, or that nobody can read. */
  readonly line: number;
  /**
   * `undefined`: only a run of the script could tell. A list is known whole or not at all; the key of
   * a dict that nobody knows is "".
   */
  readonly data: string | number | boolean | null | undefined | Value[] | Map<string, Value>;
  /** Why there is no data; completes "NAME …". */
  readonly reason?: string | undefined;
  /** The file of `open("path").read()`. */
  readonly file?: string;
}

/** Parsing ends after this many milliseconds: what is no Python at all can take minutes. */
const TIMEOUT = 10_000;

/** `open("path").read()`, also with an encoding, and stripped. */
const OPENED = new RegExp(
  String.raw`^open\(\s*(r?(?:"[^"]*"|'[^']*'))\s*(?:,[^()]*)?\)[\s\\]*\.read(?:line)?\(\)` +
    String.raw`[\s\\]*(?:\.r?strip\([^()]*\))?$`,
);

/** What a value is that is no literal. */
const EXPRESSIONS: Readonly<Record<string, string>> = {
  FormatString: "is an f-string",
  CallExpression: "is the result of a function",
  VariableName: "is the value of another variable",
  ArrayComprehensionExpression: "is made by a loop",
};

/** How literals are read that have no parts. */
const SCALARS: Readonly<Record<string, (source: string) => Value["data"]>> = {
  None: () => null,
  Boolean: (source) => source === "True",
  Number: readNumber,
  UnaryExpression: readNumber,
  String: readString,
};

/** The literals that have parts. */
const WHOLES = /^(?:(?:Parenthesized|Array|Tuple|Set|Dictionary)Expression|ContinuedString)$/;

/** A script that was parsed. */
export class Python {
  readonly top: SyntaxNode;
  readonly #lines: Uint32Array;

  /** @throws {Error} when the parser takes too long or fails at a text that is no Python */
  constructor(readonly text: string) {
    const deadline = performance.now() + TIMEOUT;
    const parse = parser.startParse(text);
    let tree = parse.advance();
    for (; tree === null; tree = parse.advance()) {
      if (performance.now() > deadline) throw new RangeError("too long");
    }
    this.top = tree.topNode;
    let line = 1;
    const lineAt = (_: unknown, at: number) => text[at - 1] === "\n" ? ++line : line;
    this.#lines = Uint32Array.from({ length: text.length + 1 }, lineAt);
  }

  /** The text of a node. */
  source({ from, to }: SyntaxNode): string {
    return this.text.slice(from, to);
  }

  /** A value that can't be told. */
  unread(at: number, reason: string = "is computed by the script"): Value {
    return { line: this.#lines[at] ?? 1, data: undefined, reason };
  }

  /** Reads the value of an expression in which there is no mistake. */
  value(node: SyntaxNode): Value {
    const source = this.source(node);
    const unread = this.unread(node.from, EXPRESSIONS[node.name]);
    const { line } = unread;
    const file = readString(OPENED.exec(source)?.[1] ?? "");
    if (file !== undefined) return { ...unread, reason: "is read from a file", file };
    const scalar = SCALARS[node.name]?.(source);
    if (scalar !== undefined) return { line, data: scalar };
    if (!WHOLES.test(node.name)) return unread;

    const items = childrenOf(node).filter(({ name }) => !/^[[\](){},:]$/.test(name));
    const parts = items.map((one) => this.value(one));
    if (node.name === "ParenthesizedExpression") return parts[0] ?? unread;
    if (items.some(({ name }) => name === "**")) return unread;
    if (node.name === "DictionaryExpression") {
      const entries = parts.flatMap(({ data: key }, at): [string, Value][] =>
        at % 2 === 0 ? [[typeof key === "string" ? key : "", parts[at + 1] ?? unread]] : []
      );
      return { line, data: new Map(entries) };
    }
    const whole = listOf(line, parts);
    if (node.name !== "ContinuedString" || whole.data === undefined) return whole;
    const isBytes = items.some((one) => /^r?b/i.test(this.source(one)));
    return isBytes ? unread : { line, data: parts.map(({ data }) => data).join("") };
  }
}

/** The children of a node, without comments. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== "Comment") children.push(child);
  }
  return children;
}

/** A list of values: no list when one of them can't be told. */
export function listOf(line: number, data: Value[]): Value {
  const lost = data.find((one) => one.data === undefined);
  return lost ? { line: lost.line, data: undefined, reason: lost.reason } : { line, data };
}

/** Where the first mistake in a node is. */
export function mistakeIn(node: SyntaxNode): number | undefined {
  let first: number | undefined;
  node.cursor().iterate(({ type, from }) => void (first ??= type.isError ? from : undefined));
  return first;
}
