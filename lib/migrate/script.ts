/**
 * Reads the assignments of a Python script. Only literals have a value; nothing is worked out.
 *
 * @module
 */
import { parser } from "@lezer/python";
import { readNumber, readString } from "./literals.ts";

/** A node of the syntax tree. */
export type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

/** A value of the script and the line it begins in. */
export type Value =
  & { readonly line: number }
  & (
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "number"; readonly value: number }
    | { readonly kind: "boolean"; readonly value: boolean }
    | { readonly kind: "none" }
    | { readonly kind: "list"; readonly items: readonly Value[] }
    | { readonly kind: "dict"; readonly entries: readonly (readonly [Value, Value])[] }
    /** `open("path").read()`. */
    | { readonly kind: "file"; readonly path: string }
    /** Only a run of the script could tell; `reason` completes "NAME …". */
    | { readonly kind: "unread"; readonly reason: string }
  );

/** An assignment at the top level. */
interface Assignment {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly value: Value;
}

/** A script that was parsed. */
export interface Script {
  readonly top: SyntaxNode;
  readonly text: string;
  readonly assignments: readonly Assignment[];
  /** When to give up, as `performance.now()` tells it. */
  readonly deadline: number;
  /** The line of an offset, from 1. */
  readonly lineAt: (offset: number) => number;
}

/** How long reading may take, in milliseconds: what is no Python at all can take minutes. */
const PATIENCE = 10_000;

/** How deep values may be nested. */
const DEEPEST = 50;

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

/** Parses a script; `undefined` when the parser can't cope with it. */
export function parseScript(source: string): Script | undefined {
  const text = source.replace(/\r\n?/g, "\n");
  const deadline = performance.now() + PATIENCE;
  const top = parse(text, deadline);
  if (top === undefined) return undefined;
  const breaks = [...text.matchAll(/\n|$/g)].map(({ index }) => index);
  const lineAt = (offset: number) => breaks.findIndex((at) => at >= offset) + 1;
  const reader = new Reader(text, lineAt);
  const statements = childrenOf(top)
    .flatMap((one) => one.name === "StatementGroup" ? childrenOf(one) : [one])
    .filter(({ name }) => name === "AssignStatement");
  const assignments = statements.flatMap((one) => reader.assignments(one));
  return { top, text, deadline, lineAt, assignments };
}

function parse(text: string, deadline: number): SyntaxNode | undefined {
  try {
    for (const parse = parser.startParse(text);;) {
      const tree = parse.advance();
      if (tree !== null) return tree.topNode;
      if (performance.now() > deadline) return undefined;
    }
  } catch {
    // The parser itself fails at some texts that are no Python.
    return undefined;
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

/** The names in a target of an assignment or a loop. */
export function namesIn(target: SyntaxNode): SyntaxNode[] {
  if (target.name === "VariableName") return [target];
  const isPattern = /^(?:Tuple|Array|Parenthesized)Expression$/.test(target.name);
  return isPattern ? childrenOf(target).flatMap(namesIn) : [];
}

class Reader {
  constructor(readonly text: string, readonly lineAt: (offset: number) => number) {}

  assignments(statement: SyntaxNode): Assignment[] {
    const sides = splitBy(childrenOf(statement), "AssignOp")
      .map((side) => side.filter(({ name }) => name !== "TypeDef"));
    const [first, ...more] = sides.pop() ?? [];
    // Without "=" it only declares a type.
    if (sides.length === 0 || first === undefined) return [];
    const value = more.length === 0 ? this.#value(first) : this.#list([first, ...more], statement);
    const { from, to } = statement;
    return sides.flatMap((side) =>
      this.#unpack(side, value).map(([name, value]) => ({ name, from, to, value }))
    );
  }

  /** Which target gets which part of a value. */
  #unpack(side: readonly SyntaxNode[], value: Value): (readonly [string, Value])[] {
    const names = side.flatMap(namesIn);
    const isOne = names.length === 1 && side.length === 1 && side[0]?.name !== "TupleExpression";
    const items = isOne ? [value] : value.kind === "list" ? value.items : [];
    const isFlat = side.every(({ name }) => name !== "*") && items.length === names.length;
    const lost = { kind: "unread", line: value.line, reason: "is one of several values" } as const;
    return names.map((name, at) => [this.#source(name), isFlat ? items[at] ?? lost : lost]);
  }

  #value(node: SyntaxNode, depth = 0): Value {
    const line = this.lineAt(node.from);
    const source = this.#source(node);
    const reason = EXPRESSIONS[node.name] ?? "is worked out by the script";
    const unread: Value = { kind: "unread", line, reason };
    const children = childrenOf(node);
    if (depth > DEEPEST || hasError(node)) return unread;
    switch (node.name) {
      case "String":
      case "ContinuedString": {
        const parts = node.name === "String" ? [node] : children;
        const texts = parts.map((part) => readString(this.#source(part)));
        const isMixed = new Set(parts.map((part) => /^r?b/i.test(this.#source(part)))).size > 1;
        return isMixed || texts.includes(undefined)
          ? unread
          : { kind: "text", line, text: texts.join("") };
      }
      case "Number":
      case "UnaryExpression": {
        const value = readNumber(source);
        return value === undefined ? unread : { kind: "number", line, value };
      }
      case "Boolean":
        return { kind: "boolean", line, value: source === "True" };
      case "None":
        return { kind: "none", line };
      case "ParenthesizedExpression":
        return children[1] === undefined ? unread : this.#value(children[1], depth + 1);
      case "ArrayExpression":
      case "TupleExpression":
      case "SetExpression":
        return this.#list(children.slice(1, -1), node, depth);
      case "DictionaryExpression": {
        const parts = splitBy(children.slice(1, -1), ",");
        const entries = parts.flatMap(([key, colon, value]) =>
          key === undefined || colon?.name !== ":" || value === undefined
            ? []
            : [[this.#value(key, depth + 1), this.#value(value, depth + 1)] as const]
        );
        return entries.length < parts.length ? unread : { kind: "dict", line, entries };
      }
      case "CallExpression": {
        const path = readString(OPENED.exec(source)?.[1] ?? "");
        return path === undefined ? unread : { kind: "file", line, path };
      }
      default:
        return unread;
    }
  }

  #list(nodes: readonly SyntaxNode[], whole: SyntaxNode, depth = 0): Value {
    const line = this.lineAt(whole.from);
    const parts = splitBy(nodes, ",");
    if (hasError(whole) || parts.some((part) => part.length > 1)) {
      return { kind: "unread", line, reason: "is worked out by the script" };
    }
    return { kind: "list", line, items: parts.flat().map((node) => this.#value(node, depth + 1)) };
  }

  #source({ from, to }: SyntaxNode): string {
    return this.text.slice(from, to);
  }
}

/** What stands between separators; what follows the last one may be nothing. */
function splitBy(nodes: readonly SyntaxNode[], separator: string): SyntaxNode[][] {
  const parts: SyntaxNode[][] = [[]];
  for (const node of nodes) {
    if (node.name === separator) parts.push([]);
    else parts.at(-1)?.push(node);
  }
  return parts.filter((part) => part.length > 0);
}

function hasError(node: SyntaxNode): boolean {
  let found = false;
  node.cursor().iterate(({ type }) => {
    found ||= type.isError;
  });
  return found;
}
