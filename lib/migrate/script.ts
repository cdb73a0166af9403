/**
 * Finds the variables of a script, and what may give one another value than its assignment at the top
 * level does. Scopes are not told apart: a name that is changed anywhere counts as changed.
 *
 * @module
 */
import { childrenOf, listOf, mistakeIn, Python, type SyntaxNode, type Value } from "./python.ts";
import type { Settings } from "./settings.ts";

/** What may give a variable another value; without a name: any of them. */
interface Change {
  readonly name: string | undefined;
  /** Only an assignment behind it undoes it. */
  readonly at: number;
  /** Why nobody knows the value. */
  readonly value: Value;
  /** Whether a list or dict itself is changed, whatever name stands for it. */
  readonly isInside: boolean;
}

/** A deeper syntax tree belongs to no script that people write. */
const DEEPEST = 1_000;

/** Methods that change a list, a set or a dict. */
const MUTATING =
  /^(?:append|extend|insert|remove|pop|clear|sort|reverse|update|setdefault|popitem|add|discard|__.*)$/;

/** What reaches all variables by their names. */
const ANY = /^(?:exec|execfile|globals|(?:vars|locals) ?\( ?\)|sys ?\. ?modules|from.*import ?\*)$/;

/** What stands before the targets of a loop, an import and so on, and what behind them. */
const [BEFORE, BEHIND] = [/^(?:for|as|import|del|def|class)$/, /^(?:Body|ParamList|ArgList)$/];

/** Reads the variables of a script and the keys of its dicts; `undefined` when it is too complex. */
export function readScript(source: string): Settings | undefined {
  try {
    return new Script(new Python(source.replace(/\r\n?/g, "\n"))).settings();
  } catch {
    return undefined;
  }
}

class Script {
  /** The last assignments at the top level. */
  readonly #assigned = new Map<string, { readonly at: number; readonly value: Value }>();
  readonly #changes = new Map<Change["name"], Change[]>();
  /** The names that stand for the same as a variable, or for a part of it. */
  readonly #aliases = new Map<string, Set<string>>();

  constructor(readonly python: Python) {
    for (const one of childrenOf(python.top)) {
      const parts = one.name === "StatementGroup" ? childrenOf(one) : [one];
      for (const part of parts) this.#visit(part, false);
      const mistake = mistakeIn(one);
      if (mistake === undefined) continue;
      // In a function it is mostly syntax that the grammar does not know.
      if (!/^(?:Function|Class|Decorated)/.test(one.name)) {
        const last = [...this.#assigned].findLast(([, { at }]) => at < mistake);
        this.#change(last?.[0], mistake, false, "is followed by a mistake");
      }
      // What a bracket that is never closed has swallowed.
      for (const { 1: name, index } of python.source(one).matchAll(/(?<=\n)(\w+)[ \t]*=(?!=)/g)) {
        this.#change(name, one.from + index, true, "comes after a mistake");
      }
    }
  }

  /** The variables and keys with the values that they certainly have. */
  settings(): Settings {
    const names = [...this.#changes.keys(), ...this.#assigned.keys()];
    const settings: Settings = new Map();
    for (const name of new Set([...names, ...this.#aliases.keys()])) {
      if (name) settings.set(name, { ...this.#valueOf(name), name });
    }
    for (const [dict, { value: { data } }] of this.#assigned) {
      for (const [name, { line }] of data instanceof Map ? data : []) {
        if (name === "" || settings.has(name)) continue;
        settings.set(name, { name, line, data: undefined, reason: `is in the dict ${dict}` });
      }
    }
    return settings;
  }

  /** The value of the last assignment, unless something may change it afterwards. */
  #valueOf(name: string): Value {
    const last = this.#assigned.get(name);
    // Under another name only lists and dicts can be changed.
    const names = new Set([name]);
    for (const one of typeof (last?.value.data ?? "") === "object" ? names : []) {
      for (const alias of this.#aliases.get(one) ?? []) names.add(alias);
    }
    const changes = [...names, undefined].flatMap((one) => this.#changes.get(one) ?? []);
    const change = changes.find(({ name: one = name, at, isInside }) =>
      one === name ? at > (last?.at ?? -1) : isInside
    );
    // Of a value that nobody can read the line says more than that of a change.
    const isUnread = last?.value.data === undefined && last?.value.file === undefined;
    return (isUnread ? last ?? change : change ?? last)?.value ??
      this.python.unread(0, "is set in an unknown place");
  }

  #visit(node: SyntaxNode, isLater: boolean, depth = 0): void {
    if (depth > DEEPEST) throw new RangeError("too deep");
    const { name, from } = node;
    if (/^(?:VariableName|(?:Member|Call)Expression|ImportStatement)$/.test(name)) {
      const source = this.python.source(node).replace(/\s+/g, " ");
      if (ANY.test(source)) this.#change(undefined, from, isLater, `may be set by "${source}"`);
    }
    const property = node.getChild("PropertyName");
    if (property && MUTATING.test(this.python.source(property))) {
      this.#change(this.#rootOf(node), from, isLater, "is changed", true);
    }
    this.#bind(node, isLater, depth === 0);
    const isWithin = isLater || /^(?:FunctionDefinition|LambdaExpression)$/.test(name);
    for (const one of childrenOf(node)) this.#visit(one, isWithin, depth + 1);
  }

  /** Sees what an assignment, a loop, an import and so on set, and what that stands for then. */
  #bind(node: SyntaxNode, isLater: boolean, isTop: boolean): void {
    const { targets, operator, source } = sidesOf(node);
    const isPlain = isTop && operator === "AssignOp";
    if (isPlain) this.#assign(node, targets, source);

    const isUpdate = operator === "UpdateOp";
    // Neither a string nor a number changes the list that it is added to.
    const isGrown = isUpdate && !/String$|^Number$/.test(source[0]?.name ?? "");
    const isImport = node.name === "ImportStatement";
    const isSet = isImport ? "is imported" : "is set in a block, a function or a class";
    for (const one of targets) {
      const isPart = one.name !== "VariableName";
      if (isPlain && !isPart) continue;
      const why = isPart || isUpdate ? "is changed" : isSet;
      this.#change(this.#rootOf(one), one.from, isLater, why, isPart || isGrown);
    }
    const names = this.#namesOf(targets);
    if (isUpdate) return;
    const others = source.flatMap((one) => {
      const text = this.python.source(one);
      if (operator === undefined) return text.match(/\w+/g) ?? [];
      return one.getChild(":") || /\bcopy\s*\(\)$/.test(text) ? [] : [this.#rootOf(one)];
    });
    for (const one of [...names, ...others]) {
      this.#aliases.set(one, new Set([...this.#aliases.get(one) ?? [], ...names]));
    }
  }

  /** Gives each target of an assignment its part of the value. */
  #assign(node: SyntaxNode, targets: readonly SyntaxNode[], source: readonly SyntaxNode[]): void {
    const unread = this.python.unread(source[0]?.from ?? node.from);
    const items = source.filter(({ name }) => name !== ",").map((one) => this.python.value(one));
    const isWrong = mistakeIn(node) !== undefined || items.length === 0;
    const isList = items.length < source.length;
    const whole = isWrong ? unread : isList ? listOf(unread.line, items) : items[0] ?? unread;
    const parts = isList ? items : whole.data;
    const lost = { ...unread, reason: "is one of several values" };
    let count = 0;
    const sides = Map.groupBy(targets, ({ name }) => name === "AssignOp" ? ++count : count);
    for (const side of sides.values()) {
      const names = this.#namesOf(side);
      const isOne = !side.some(({ name }) => /^[[,*]$/.test(name));
      const values = isOne ? [whole] : Array.isArray(parts) ? parts : [];
      const isFlat = !side.some(({ name }) => name === "*" || name === "MemberExpression");
      for (const [index, name] of names.entries()) {
        const value = isFlat && values.length === names.length ? values[index] : lost;
        this.#assigned.delete(name);
        this.#assigned.set(name, { at: node.from, value: value ?? lost });
      }
    }
  }

  #change(name: Change["name"], from: number, isLater: boolean, why: string, isInside = false) {
    const at = isLater ? Infinity : from;
    const value = this.python.unread(from, why);
    const changes = this.#changes.get(name) ?? [];
    changes.push({ name, at, value, isInside });
    if (name !== "") this.#changes.set(name, changes);
  }

  #namesOf(targets: readonly SyntaxNode[]): string[] {
    return targets.filter(({ name }) => name === "VariableName").map((one) => this.#rootOf(one));
  }

  /** The variable that `x`, `x[0].y` or `x(z)` is about; empty when it is about none. */
  #rootOf(node: SyntaxNode): string {
    let at = node;
    while (/^(?:Member|Call)Expression$/.test(at.name) && at.firstChild) at = at.firstChild;
    return at.name === "VariableName" ? this.python.source(at) : "";
  }
}

/** What an assignment, a loop, an import and so on set, and from what. */
function sidesOf(node: SyntaxNode) {
  const children = childrenOf(node);
  const operator = /^(?:Assign|Update|Named)/.test(node.name)
    ? children.findLast(({ name }) => /^(?:Assign|Update)Op$/.test(name))
    : undefined;
  const targets: SyntaxNode[] = [];
  const source: SyntaxNode[] = [];
  let side = operator ? targets : [];
  for (const one of children) {
    if (BEFORE.test(one.name)) side = targets;
    else if (one === operator || one.name === "in") side = source;
    else if (BEHIND.test(one.name)) side = [];
    else side.push(...side === targets ? partsOf(one) : [one]);
  }
  return { targets, operator: operator?.name, source };
}

/** The parts of a target such as `(a, b[0])`, or the target itself. */
function partsOf(target: SyntaxNode): SyntaxNode[] {
  const isPattern = /^(?:Tuple|Array|Parenthesized)Expression$/.test(target.name);
  return isPattern ? childrenOf(target).flatMap(partsOf) : [target];
}
