/**
 * Reads what a Python script assigns at its top level, without running it.
 *
 * Functions, classes and other blocks are passed over. What happens to a variable in them, or in
 * any other way than by an assignment, is only noted, because nobody knows whether it comes to it.
 *
 * @module
 */
import { split } from "./brackets.ts";
import { ALL, type Effect, effectsOf, loopsOf, sharedBy } from "./changes.ts";
import { readExpression } from "./expression.ts";
import { hasParts, isChangeable, partsOf } from "./objects.ts";
import { Scope } from "./scope.ts";
import { assignmentOf, beginsBlock, type Import, importOf, singleTargets } from "./statements.ts";
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
  /** What may give any variable another value, such as `from MODULE import *`. */
  readonly overrides: readonly Change[];
  readonly flaws: readonly Flaw[];
}

/** Modules of Python itself, none of whose names is a setting. */
const STANDARD =
  /^(?:os|sys|re|json|math|time|typing|types|pathlib|datetime|subprocess|shutil|socket|logging|ctypes|tkinter|collections|itertools|functools)(?:\.|$)/;

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
  const { variables, inBlocks, overrides } = reader;
  return { variables, inBlocks, overrides, flaws };
}

class ScriptReader {
  readonly variables = new Map<string, Variable>();
  readonly inBlocks = new Map<string, number>();
  readonly overrides: Change[] = [];
  /** What functions do to variables, whenever they are called. */
  readonly #later = new Map<string, readonly Change[]>();
  readonly #scope = new Scope();
  /** What `#sharing` has found since the last assignment: lists may be long and changed often. */
  readonly #shared = new Map<string, readonly string[]>();

  read({ indented, tokens }: LogicalLine): void {
    const isBlock = beginsBlock(tokens);
    if (!indented && !isBlock) {
      this.#scope.leave();
      for (const statement of split(tokens, ";")) this.#statement(statement);
      return;
    }
    const [header, body = []] = isBlock ? split(tokens, ":", 2) : [undefined, tokens];
    if (header !== undefined) {
      this.#scope.enter(header, indented);
      this.#effects(header, true);
    }
    for (const statement of split(body, ";")) this.#inBlock(statement);
  }

  #statement(tokens: readonly Token[]): void {
    const [first] = tokens;
    if (first === undefined) return;
    const imported = importOf(tokens);
    if (imported !== undefined) return this.#import(imported, tokens, false);
    this.#effects(tokens, false);
    if (first.text === "del") {
      for (const [name, more] of split(tokens.slice(1), ",")) {
        if (more === undefined) this.variables.delete(name?.text ?? "");
      }
      this.#shared.clear();
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
      const changes = this.#later.get(name) ?? [];
      this.variables.set(name, { name, line, value, uses, changes });
      this.#shared.clear();
      this.#scope.share(name, value.kind === "unread" ? sharedBy(tokens) : []);
    } else if (first.kind !== "name" || !/^[[.]$/.test(second?.text ?? "")) {
      this.#unpack(target, value, tokens, uses);
    }
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

  /** `from MODULE import NAME, …`: the names have values that nobody reads here. */
  #import({ names, isOfAll, module }: Import, tokens: readonly Token[], inBlock: boolean): void {
    const what = shownSource(tokens);
    if (isOfAll && !STANDARD.test(module)) {
      this.overrides.push({ line: tokens[0]?.line ?? 0, what });
    }
    for (const name of names) {
      const { text, line } = name;
      if (inBlock) this.#assignedInBlock(text, { line, what });
      else if (tokens[0]?.text === "from") {
        this.#assign([name], { kind: "unread", source: what, line }, tokens, new Set());
      } else this.#change(text, { line, what });
    }
  }

  #inBlock(tokens: readonly Token[]): void {
    const imported = importOf(tokens);
    if (imported !== undefined) return this.#import(imported, tokens, true);
    if (tokens[0]?.text === "global") {
      for (const { text } of tokens.slice(1)) this.#scope.declareGlobal(text);
    }
    this.#effects(tokens, true);
    const { targets, value } = assignmentOf(tokens);
    const what = shownSource(tokens);
    for (const [name, more] of targets.flatMap(singleTargets)) {
      if (name?.kind !== "name" || more !== undefined) continue;
      this.#assignedInBlock(name.text, { line: name.line, what });
      this.#scope.share(name.text, sharedBy(value ?? []));
    }
  }

  #effects(tokens: readonly Token[], inBlock: boolean): void {
    for (const { names, whole } of loopsOf(tokens)) {
      // Of a list of texts a loop has nothing that it could change.
      const shared = whole.filter((name) => hasParts(this.variables.get(name)?.value));
      for (const name of names) this.#scope.share(name, shared);
    }
    for (const effect of effectsOf(tokens)) this.#effect(effect, inBlock);
  }

  #effect({ name, how, line, what }: Effect, inBlock: boolean): void {
    const change = { line, what };
    if (how === "rebound at the top") this.#rebound(name, change);
    else if (how !== "altered" && inBlock) this.#assignedInBlock(name, change);
    else if (how !== "altered") this.#rebound(name, change);
    if (how === "altered" || how === "augmented") this.#altered(name, change);
  }

  /** A variable of the top level gets a value that is not read. */
  #rebound(name: string, change: Change): void {
    if (this.variables.has(name)) return this.#change(name, change);
    const { line, what: source } = change;
    const value: Value = { kind: "unread", source, line };
    this.variables.set(name, { name, line, value, uses: new Set(), changes: [] });
  }

  #assignedInBlock(name: string, change: Change): void {
    if (!this.inBlocks.has(name)) this.inBlocks.set(name, change.line);
    if (this.#scope.assign(name)) this.#change(name, change);
  }

  /** An object changes, and with it the value of every variable that it is a part of. */
  #altered(first: string, change: Change): void {
    const names = new Set([first]);
    for (const name of names) {
      for (const other of this.#scope.aliasesOf(name)) names.add(other);
    }
    for (const name of [...names]) {
      for (const other of this.#scope.isLocal(name) ? [] : this.#sharing(name)) names.add(other);
    }
    if (names.has(ALL)) this.overrides.push(change);
    for (const name of names) {
      if (this.#scope.isLocal(name)) continue;
      const value = this.variables.get(name)?.value;
      if (name === first || value === undefined || isChangeable(value)) this.#change(name, change);
    }
  }

  /** The variables that have an object in common with another one. */
  #sharing(name: string): readonly string[] {
    const known = this.#shared.get(name);
    if (known !== undefined) return known;
    const parts = partsOf(this.variables.get(name)?.value);
    const found = parts.size === 0 ? [] : [...this.variables.values()]
      .filter(({ value }) => !parts.isDisjointFrom(partsOf(value)))
      .map(({ name }) => name);
    this.#shared.set(name, found);
    return found;
  }

  #change(name: string, change: Change): void {
    const isSame = ({ line, what }: Change) => line === change.line && what === change.what;
    if (this.#scope.isDefinition) {
      const later = this.#later.get(name) ?? [];
      if (!later.some(isSame)) this.#later.set(name, [...later, change]);
    }
    const variable = this.variables.get(name);
    if (variable === undefined || variable.changes.some(isSame)) return;
    this.variables.set(name, { ...variable, changes: [...variable.changes, change] });
  }
}
