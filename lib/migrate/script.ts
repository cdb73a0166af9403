/**
 * Finds the variables of a script, and what may give one another value than its assignment at the top
 * level does. Scopes are not told apart: a name that is changed anywhere counts as changed.
 *
 * @module
 */
import { childrenOf, Python, type SyntaxNode, type Value } from "./python.ts";
import type { Settings } from "./settings.ts";

/** Something that happens to a variable, or to any of them. */
interface Event {
  readonly name: string | undefined;
  readonly at: number;
  /** Grown is also what else stands for the list, and by a part also what it is a part of. */
  readonly how: "assigned" | "set" | "grown" | "part";
  /** Of a change: why nobody knows the value. */
  readonly value: Value;
  /** Whether a later assignment does not undo it, because it may happen at any time. */
  readonly isLasting: boolean;
}

/** Methods that change a list, a set or a dict. */
const MUTATING =
  /^(?:append|extend|insert|remove|pop|clear|sort|reverse|update|setdefault|popitem|add|discard|__.*)$/;

/** What reaches all variables by their names. */
const ANY = /^(?:exec|execfile|globals|(?:vars|locals) ?\( ?\)|sys ?\. ?modules|from.*import ?\*)$/;

/** What stands before the targets of a loop, an import and so on, and what behind them. */
const [BEFORE, BEHIND] = [/^(?:for|as|import|del|def|class)$/, /^(?:in|Body|ParamList|ArgList)$/];

/** Reads the variables of a script and the keys of its dicts; `undefined` when it is too complex. */
export function readScript(source: string): Settings | undefined {
  try {
    return new Script(new Python(source.replace(/\r\n?/g, "\n"))).settings();
  } catch {
    return undefined;
  }
}

class Script {
  readonly #events: Event[] = [];
  /** What stands for the same as a variable, or with "[]" behind it for a part of that. */
  readonly #aliases = new Map<string, string[]>();

  constructor(readonly python: Python) {
    for (const one of childrenOf(python.top)) {
      for (const part of one.name === "StatementGroup" ? childrenOf(one) : [one]) {
        this.#visit(part, false, true);
      }
      // What a bracket that is never closed has swallowed.
      const lost = hasMistake(one) ? python.source(one).matchAll(/(?<=\n)(\w+)[ \t]*=(?!=)/g) : [];
      for (const { 1: name, index } of lost) {
        this.#change(name, one.from + index, "set", true, "comes after a mistake");
      }
    }
  }

  /** The variables and keys with the values that they certainly have. */
  settings(): Settings {
    const settings: Settings = new Map();
    const events = Map.groupBy(this.#events, ({ name }) => name);
    for (const name of [...events.keys(), ...this.#aliases.keys()]) {
      if (name) settings.set(name, { ...this.#valueOf(name, events), name });
    }
    for (const { name: dict, value: { data } } of this.#events) {
      for (const [name, { line }] of data instanceof Map ? data : []) {
        if (settings.has(name)) continue;
        settings.set(name, { name, line, data: undefined, reason: `is in the dict ${dict}` });
      }
    }
    return settings;
  }

  /** The value of the last assignment, unless something may change it afterwards. */
  #valueOf(name: string, events: ReadonlyMap<Event["name"], readonly Event[]>): Value {
    const own = [undefined, name].flatMap((one) => events.get(one) ?? []);
    const last = own.findLast(({ how }) => how === "assigned");
    const changes = own.filter(({ how, at, isLasting }) =>
      how !== "assigned" && (isLasting || at > (last?.at ?? -1))
    );
    // Under another name only lists and dicts can be changed.
    const names = new Set([name]);
    for (const one of typeof (last?.value.data ?? "") === "object" ? names : []) {
      const [of = "", part] = one.split("[");
      for (const alias of this.#aliases.get(of) ?? []) {
        names.add(part === undefined || alias.endsWith("]") ? alias : `${alias}[]`);
      }
      const isChange = ({ how }: Event) =>
        how === "part" || (how === "grown" && part === undefined);
      if (one !== name) changes.push(...(events.get(of) ?? []).filter(isChange));
    }
    const [first] = changes.toSorted((one, other) => one.at - other.at);
    return (first ?? last)?.value ?? this.python.unread(0, "is set in an unknown place");
  }

  #visit(node: SyntaxNode, isLater: boolean, isTop = false): void {
    if (/^(?:VariableName|(?:Member|Call)Expression|ImportStatement)$/.test(node.name)) {
      const source = this.python.source(node).replace(/\s+/g, " ");
      const reason = `may be set by "${source}"`;
      if (ANY.test(source)) this.#change(undefined, node.from, "set", isLater, reason);
    }
    // In a function it is mostly syntax that the grammar does not know.
    if (node.type.isError && !isLater) {
      const before = this.#events.findLast(({ how }) => how === "assigned");
      this.#change(before?.name, node.from, "set", false, "is followed by a mistake");
    }
    const property = node.getChild("PropertyName");
    if (property && MUTATING.test(this.python.source(property))) {
      this.#change(this.#rootOf(node), node.from, "part", isLater, "is changed");
    }
    this.#readTargets(node, isLater, isTop);
    const isWithin = isLater || /^(?:FunctionDefinition|LambdaExpression)$/.test(node.name);
    for (const one of childrenOf(node)) this.#visit(one, isWithin);
  }

  #readTargets(node: SyntaxNode, isLater: boolean, isTop: boolean): void {
    const children = childrenOf(node);
    const [, operator] = /^(Assign|Update|Named)(?:Statement|Expression)$/.exec(node.name) ?? [];
    const end = operator === undefined
      ? -1
      : children.findLastIndex(({ name }) => /^(?:Assign|Update)Op$/.test(name));
    let isTarget = false;
    const direct = children.filter(({ name }, at) => {
      isTarget = BEFORE.test(name) || (isTarget && !BEHIND.test(name));
      return at < end ? name !== "TypeDef" : isTarget && !BEFORE.test(name);
    });
    const right = children.slice(end + 1);
    const targets = direct.flatMap(partsOf);
    const isPlain = isTop && operator === "Assign" && end > 0;
    const how = isPlain ? "assigned" : operator === "Update" ? "grown" : "set";
    const isImport = node.name === "ImportStatement";
    const isSet = isImport ? "is imported" : "is set in a block, a function or a class";
    for (const one of targets) {
      const isVariable = one.name === "VariableName";
      const reason = isVariable && how === "set" ? isSet : "is changed";
      if (isVariable && isPlain) continue;
      this.#change(this.#rootOf(one), one.from, isVariable ? how : "part", isLater, reason);
    }
    if (isPlain) this.#assign(node, targets, right);

    const names = this.#namesOf(targets);
    const loop = children.findIndex(({ name }) => name === "for");
    for (const one of loop < 0 ? [] : children.slice(loop)) {
      if (one.name === "Body" || direct.includes(one)) continue;
      for (const [name] of this.python.source(one).matchAll(/\w+/g)) this.#alias(name, names, "[]");
    }
    if (end < 0 || operator === "Update") return;
    // Of several targets each one is the other; a copy is something else.
    for (const one of names) this.#alias(one, names.slice(0, 1));
    this.#alias(names[0] ?? "", names);
    for (const one of right) {
      const isCopy = one.getChild(":") || /\bcopy\s*\(\)$/.test(this.python.source(one));
      if (!isCopy) this.#alias(this.#rootOf(one), names, one.name === "VariableName" ? "" : "[]");
    }
  }

  /** Gives each target of an assignment its part of the value. */
  #assign(node: SyntaxNode, targets: readonly SyntaxNode[], right: readonly SyntaxNode[]): void {
    const items = right.filter(({ name }) => name !== ",").map((one) => this.python.value(one));
    const unread = this.python.unread(right[0]?.from ?? node.from);
    const whole = right.length === 1 ? items[0] ?? unread : { line: unread.line, data: items };
    const value = hasMistake(node) ? unread : whole;
    const lost = { ...unread, reason: "is one of several values" };
    let count = 0;
    const sides = Map.groupBy(targets, ({ name }) => name === "AssignOp" ? ++count : count);
    for (const side of sides.values()) {
      const names = this.#namesOf(side);
      const isOne = !side.some(({ name }) => /^[[,*]$/.test(name));
      const parts = isOne ? [value] : Array.isArray(value.data) ? value.data : [];
      const isFlat = parts.length === names.length && !side.some(({ name }) => name === "*");
      for (const [index, name] of names.entries()) {
        const own = isFlat ? parts[index] ?? lost : lost;
        this.#events.push({ name, at: node.to, how: "assigned", value: own, isLasting: false });
      }
    }
  }

  #change(
    name: Event["name"],
    at: number,
    how: Event["how"],
    isLasting: boolean,
    why: string,
  ): void {
    const value = this.python.unread(at, why);
    if (name !== "") this.#events.push({ name, at, how, isLasting, value });
  }

  #alias(of: string, names: readonly string[], suffix = ""): void {
    const aliases = this.#aliases.get(of) ?? [];
    this.#aliases.set(of, aliases);
    for (const one of names) aliases.push(one + suffix);
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

/** The parts of a target such as `(a, b[0])`, or the target itself. */
function partsOf(target: SyntaxNode): SyntaxNode[] {
  const isPattern = /^(?:Tuple|Array|Parenthesized)Expression$/.test(target.name);
  return isPattern ? childrenOf(target).flatMap(partsOf) : [target];
}

function hasMistake(node: SyntaxNode): boolean {
  let found = false;
  node.cursor().iterate(({ type }) => void (found ||= type.isError));
  return found;
}
