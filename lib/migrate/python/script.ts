/**
 * Reads what a Python script assigns at its top level, without running it.
 *
 * Functions, classes and other blocks are passed over. What happens to a variable in them, or in
 * any other way than by an assignment, is only noted, because nobody knows whether it comes to it.
 *
 * @module
 */
import { split } from "./brackets.ts";
import { readExpression } from "./expression.ts";
import { type Flaw, type LogicalLine, type Token, tokenize } from "./tokens.ts";
import { type Content, shownSource, type Value } from "./value.ts";

/** A variable and the last value that it was given at the top level. */
export interface Variable {
  readonly name: string;
  /** Where it was given the value; from 1. */
  readonly line: number;
  readonly value: Value;
  /** The variables that the value refers to. */
  readonly uses: ReadonlySet<string>;
  /** What happens to it later and was not read. */
  readonly changes: readonly Change[];
}

/** Something that happens to a variable and was not read. */
export interface Change {
  readonly line: number;
  /** What stands there, such as `LIST.append(…)`. */
  readonly what: string;
}

/** A script, as far as it can be known without running it. */
export interface Script {
  readonly variables: ReadonlyMap<string, Variable>;
  /** Names that are only given a value inside of a block, with the first line of that. */
  readonly inBlocks: ReadonlyMap<string, number>;
  /** Modules all of whose names are imported. */
  readonly modules: readonly { readonly name: string; readonly line: number }[];
  readonly flaws: readonly Flaw[];
}

/** Words that begin a statement with a block. */
const BLOCK = /^(?:if|elif|else|for|while|try|except|finally|with|def|class|async|match|case)$/;

const AUGMENTED = /^(?:[-+*/%@&|^]|\*\*|\/\/|<<|>>)=$/;

const MUTATOR =
  /^(?:append|extend|insert|remove|pop|clear|sort|reverse|update|setdefault|popitem|add|discard)$/;

/**
 * Reads a script.
 *
 * @param source the script
 * @returns its variables
 */
export function readScript(source: string): Script {
  const { lines, flaws } = tokenize(source.replaceAll(/\r\n?/g, "\n"));
  const reader = new ScriptReader();
  for (const line of lines) reader.read(line);
  return {
    variables: reader.variables,
    inBlocks: reader.inBlocks,
    modules: reader.modules,
    flaws,
  };
}

class ScriptReader {
  readonly variables = new Map<string, Variable>();
  readonly inBlocks = new Map<string, number>();
  readonly modules: { readonly name: string; readonly line: number }[] = [];
  /** Whether the block that is being read is the body of a function or a class. */
  #isDefinition = false;
  /** The names that this function may assign at the top level. */
  #globals = new Set<string>();

  read({ indented, tokens }: LogicalLine): void {
    const isBlock = beginsBlock(tokens);
    if (!indented && !isBlock) {
      for (const statement of split(tokens, ";")) this.#statement(statement);
      return;
    }
    if (!indented) {
      // A decorator is a statement of its own for this reader.
      this.#isDefinition = /^(?:def|class|async)$/.test(tokens[0]?.text ?? "");
      this.#globals = new Set();
    }
    const [, body = []] = isBlock ? split(tokens, ":", 2) : [[], tokens];
    for (const statement of split(body, ";")) this.#inBlock(statement);
  }

  #statement(tokens: readonly Token[]): void {
    const [first] = tokens;
    if (first === undefined) return;
    if (first.text === "from") return this.#import(tokens);
    const change = changeOf(tokens);
    if (change !== undefined) return this.#change(change.name, change);
    if (first.text === "del") {
      for (const [name] of split(tokens.slice(1), ",")) this.variables.delete(name?.text ?? "");
      return;
    }
    const { targets, value } = assignmentOf(tokens);
    if (value === undefined) return;
    const uses = new Set<string>();
    const content = readExpression(value, (name) => this.#lookUp(name, uses));
    for (const target of targets) this.#assign(target, content, value, uses);
  }

  #lookUp(name: string, uses: Set<string>): Content | undefined {
    const variable = this.variables.get(name);
    if (variable === undefined) return undefined;
    uses.add(name);
    for (const used of variable.uses) uses.add(used);
    const isCertain = variable.changes.length === 0 && variable.value.kind !== "unread";
    return isCertain ? variable.value : undefined;
  }

  #assign(
    target: readonly Token[],
    value: Value,
    tokens: readonly Token[],
    uses: ReadonlySet<string>,
  ): void {
    const [first, second] = target;
    if (first === undefined) return;
    if (first.kind === "name" && second === undefined) {
      const { text: name, line } = first;
      this.variables.set(name, { name, line, value, uses, changes: [] });
    } else if (first.kind === "name" && /^[[.]$/.test(second?.text ?? "")) {
      this.#change(first.text, { line: first.line, what: shownSource([...target]) });
    } else this.#unpack(target, value, tokens, uses);
  }

  /** `A, B = 1, 2`. */
  #unpack(
    target: readonly Token[],
    value: Value,
    tokens: readonly Token[],
    uses: ReadonlySet<string>,
  ): void {
    const isBracketed = /^[([]$/.test(target[0]?.text ?? "") &&
      /^[)\]]$/.test(target.at(-1)?.text ?? "");
    const inner = isBracketed ? target.slice(1, -1) : target;
    const parts = split(inner, ",");
    if (parts.length === 1) {
      // `(A) = 1`; anything else without a comma is no name: `f().x = 1`.
      if (isBracketed && target[0]?.text === "(") this.#assign(inner, value, tokens, uses);
      return;
    }
    const names = parts.filter((part) => part.length > 0);
    const items = value.kind === "sequence" && value.form !== "set" ? value.items : [];
    const isPlain = names.length === items.length && names.every(([first]) => first?.text !== "*");
    const source = shownSource(tokens);
    for (const [index, part] of names.entries()) {
      const unread: Value = { kind: "unread", source, line: value.line };
      this.#assign(part, (isPlain ? items[index] : undefined) ?? unread, tokens, uses);
    }
  }

  #change(name: string, change: Change): void {
    const variable = this.variables.get(name);
    if (variable === undefined) return;
    const { line, what } = change;
    const changes = [...variable.changes, { line, what }];
    this.variables.set(name, { ...variable, changes });
  }

  #inBlock(tokens: readonly Token[]): void {
    const [first] = tokens;
    if (first?.text === "global") {
      for (const token of tokens) if (token.kind === "name") this.#globals.add(token.text);
    }
    const change = changeOf(tokens);
    // What a method does to a list it does to the variable of the top level.
    if (change?.isMethod) return this.#change(change.name, change);
    const { targets } = assignmentOf(tokens);
    const assigned = targets.flatMap((target) => split(target, ",")).flatMap(([name]) => {
      return name?.kind === "name" ? [name] : [];
    });
    for (const { text: name, line } of change === undefined ? assigned : []) {
      this.#assignedInBlock(name, { line, what: shownSource(tokens) });
    }
    if (change !== undefined) this.#assignedInBlock(change.name, change);
  }

  #assignedInBlock(name: string, change: Change): void {
    if (!this.inBlocks.has(name)) this.inBlocks.set(name, change.line);
    if (!this.#isDefinition || this.#globals.has(name)) this.#change(name, change);
  }

  /** `from MODULE import NAME, …`: the names have values that nobody reads here. */
  #import(tokens: readonly Token[]): void {
    const at = tokens.findIndex(({ text }) => text === "import");
    const source = shownSource(tokens);
    const names = tokens.slice(at + 1).filter(({ text }) => !/^[()]$/.test(text));
    if (at < 0) return;
    if (names[0]?.text === "*") {
      const name = tokens.slice(1, at).map(({ text }) => text).join("");
      this.modules.push({ name, line: names[0].line });
      return;
    }
    for (const part of split(names, ",")) {
      const name = part.at(-1);
      if (name?.kind !== "name") continue;
      const value: Value = { kind: "unread", source, line: name.line };
      this.#assign([name], value, tokens, new Set());
    }
  }
}

function beginsBlock(tokens: readonly Token[]): boolean {
  const [first, second] = tokens;
  // "match" and "case" may be names, too: match = 5.
  return first?.kind === "name" && BLOCK.test(first.text) && second?.text !== "=" &&
    split(tokens, ":", 2).length > 1;
}

/** A change that is no assignment to the name itself: `NAME += …`, `NAME.append(…)`. */
function changeOf(
  tokens: readonly Token[],
): Change & { readonly name: string; readonly isMethod: boolean } | undefined {
  const [first, second, third, fourth] = tokens;
  if (first?.kind !== "name" || second === undefined) return undefined;
  const change = { name: first.text, line: first.line, what: shownSource(tokens) };
  if (second.text === "." && MUTATOR.test(third?.text ?? "") && fourth?.text === "(") {
    return { ...change, isMethod: true };
  }
  const isAugmented = tokens.some(({ kind, text }) => kind === "operator" && AUGMENTED.test(text));
  return isAugmented ? { ...change, isMethod: second.text === "[" } : undefined;
}

/** The targets of `A = B = value` and the value; no value: it is no assignment. */
function assignmentOf(
  tokens: readonly Token[],
): { readonly targets: readonly Token[][]; readonly value?: readonly Token[] } {
  const parts = split(tokens, "=");
  // The "=" of "X = lambda a=1: a" is no assignment.
  const lambda = parts.findIndex((part) => part.some(({ text }) => text === "lambda"));
  const count = lambda < 0 ? parts.length - 1 : lambda;
  if (count < 1) return { targets: [] };
  const targets = parts.slice(0, count).map((part) => split(part, ":", 2)[0] ?? []);
  const length = parts.slice(0, count).reduce((sum, part) => sum + part.length + 1, 0);
  return { targets, value: tokens.slice(length) };
}
