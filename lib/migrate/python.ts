/** Reads literals of Python; nothing is worked out. @module */
import { parser } from "@lezer/python";
import { readNumber, readString } from "../text/python_literal.ts";

/** A node of the syntax tree. */
export type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

/** A value of the script. */
export interface Value {
  /** The line it begins in. */
  readonly line: number;
  /** `undefined`: only a run of the script could tell. The key of a dict that nobody knows is "". */
  readonly data: string | number | boolean | null | undefined | Value[] | Map<string, Value>;
  /** Why there is no data; completes "NAME …". */
  readonly reason?: string;
  /** The file of `open("path").read()`. */
  readonly file?: string | undefined;
}

/** Parsing ends after this many milliseconds: what is no Python at all can take minutes. */
const TIMEOUT = 10_000;

/** A deeper syntax tree belongs to no script that people write. */
const DEEPEST = 1_000;

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

type ReadLiteral = (source: string, items: Value[]) => Value["data"];

const readItems: ReadLiteral = (_, items) => items;

/** How the literals are read, by their text or by what they are made of. */
const LITERALS: Readonly<Record<string, ReadLiteral>> = {
  None: () => null,
  Boolean: (source) => source === "True",
  Number: readNumber,
  UnaryExpression: readNumber,
  String: readString,
  ContinuedString: (_, parts) => {
    const texts = parts.map(({ data }) => data);
    return texts.includes(undefined) ? undefined : texts.join("");
  },
  ArrayExpression: readItems,
  TupleExpression: readItems,
  SetExpression: readItems,
  DictionaryExpression: (_, parts) =>
    new Map(parts.flatMap(({ data }, at): [string, Value][] => {
      const value = at % 2 === 0 ? parts[at + 1] : undefined;
      return value === undefined ? [] : [[typeof data === "string" ? data : "", value]];
    })),
};

/** A script that was parsed. */
export class Python {
  readonly top: SyntaxNode;
  readonly #lines: Uint32Array;

  /** @throws {Error} when it is too complex, or the parser fails at a text that is no Python */
  constructor(readonly text: string) {
    const deadline = performance.now() + TIMEOUT;
    const parse = parser.startParse(text);
    let tree = parse.advance();
    for (; tree === null; tree = parse.advance()) {
      if (performance.now() > deadline) throw new RangeError("too long");
    }
    let depth = 0;
    const enter = () => {
      if (++depth > DEEPEST) throw new RangeError("too deep");
    };
    tree.iterate({ enter, leave: () => void depth-- });
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
    const [source, children] = [this.source(node), childrenOf(node)];
    const unread = this.unread(node.from, EXPRESSIONS[node.name]);
    const items = children.filter(({ name }) => !/^[[\](){},:]$/.test(name));
    if (node.name === "ParenthesizedExpression" && items[0]) return this.value(items[0]);
    const file = readString(OPENED.exec(source)?.[1] ?? "");
    if (file !== undefined) return { ...unread, reason: "is read from a file", file };
    const isUnclear = items.some((one) =>
      /^\*+$/.test(one.name) ||
      (node.name === "ContinuedString" && /^r?b/i.test(this.source(one)))
    );
    const read = isUnclear ? undefined : LITERALS[node.name];
    const data = read?.(source, items.map((one) => this.value(one)));
    return data === undefined ? unread : { line: unread.line, data };
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
