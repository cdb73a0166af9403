/**
 * Finds what may give a variable another value than its assignment at the top level does. Scopes are
 * not told apart: a name that is changed anywhere counts as changed.
 *
 * @module
 */
import { childrenOf, namesIn, type Script, type SyntaxNode } from "./script.ts";

/** Something that may change a variable. */
export interface Change {
  /** The variable; `undefined`: any of them. */
  readonly name: string | undefined;
  readonly at: number;
  /** Completes "NAME …". */
  readonly reason: string;
  /** Whether a later assignment does not undo it, because it may happen at any time. */
  readonly isLasting: boolean;
  /** Whether it happens under another name, which changes lists and dicts only. */
  readonly isIndirect: boolean;
}

/** Methods that change a list, a set or a dict. */
const MUTATING =
  /^(?:append|extend|insert|remove|pop|clear|sort|reverse|update|setdefault|popitem|add|discard|__.*)$/;

/** What reaches all variables by their names. */
const ANY_NAME = /^(?:exec|execfile|globals|(?:vars|locals)\s*\(\s*\)|sys\s*\.\s*modules)$/;

/** Deeper syntax trees belong to no script that people write. */
const DEEPEST = 1_000;

/** Finds all changes; `undefined` when the script is nested too deeply, or there is no end of it. */
export function findChanges(script: Script): readonly Change[] | undefined {
  const { top, text, deadline, assignments } = script;
  const source = ({ from, to }: SyntaxNode) => text.slice(from, to);
  const plain = new Set(assignments.map(({ name, from }) => `${name}@${from}`));
  const names: SyntaxNode[] = [];
  const changes: Change[] = [];
  const add = (name: string | undefined, node: SyntaxNode, reason: string, isIndirect = false) => {
    const isLasting = isIndirect || isInFunction(node);
    changes.push({ name, at: node.from, reason, isLasting, isIndirect });
  };
  const broken = new Map<number, SyntaxNode>();
  let depth = 0;
  let deepest = 0;
  top.cursor().iterate((ref) => {
    deepest = Math.max(deepest, ++depth);
    if (deepest > DEEPEST) return false;
    const { parent } = ref.node;
    if (ref.type.isError) {
      const whole = topLevelOf(ref.node);
      broken.set(whole.from, whole);
      // In a function it is mostly syntax that the grammar does not know.
      const before = assignments.findLast(({ from }) => from <= ref.from);
      if (!isInFunction(ref.node)) add(before?.name, ref.node, "is followed by a mistake");
    } else if (ref.name === "VariableName") {
      names.push(ref.node);
      const isAny = ANY_NAME.test(source(ref.node)) || ANY_NAME.test(source(parent ?? ref.node));
      if (isAny) add(undefined, ref.node, `may be set by "${source(ref.node)}"`);
    } else if (ref.name === "*" && parent?.name === "ImportStatement") {
      add(undefined, ref.node, `may be set by "${source(parent).replace(/\s+/g, " ")}"`);
    }
    return undefined;
  }, () => void depth--);
  if (deepest > DEEPEST) return undefined;

  // What a bracket that is never closed has swallowed.
  for (const { from, to } of broken.values()) {
    for (const { 1: name, index } of text.slice(from, to).matchAll(/^(\w+)[ \t]*=(?!=)/gm)) {
      const reason = "stands behind a mistake";
      const at = from + index;
      if (index > 0) changes.push({ name, at, reason, isLasting: true, isIndirect: false });
    }
  }
  const aliases = new Map<string, Set<string>>();
  for (const node of names) {
    if (performance.now() > deadline) return undefined;
    for (const alias of aliasesOf(node, source)) {
      aliases.set(alias, (aliases.get(alias) ?? new Set()).add(source(node)));
    }
  }
  for (const node of names) {
    if (performance.now() > deadline) return undefined;
    const name = source(node);
    const how = changeAt(node, source);
    if (how === undefined) continue;
    const statement = statementOf(node);
    if (how === "set" && plain.has(`${name}@${statement.from}`)) continue;
    const isImport = statement.name === "ImportStatement";
    const isSet = isImport ? "is imported" : "is set in a block, a function or a class";
    const reason = how === "set" ? isSet : "is changed";
    add(name, node, reason);
    // What a name stands for may itself stand for something else.
    const originals = new Set(how === "set" ? [] : [name]);
    for (const one of originals) {
      for (const original of aliases.get(`=${one}`) ?? []) originals.add(original);
      for (const original of how === "part" ? aliases.get(one) ?? [] : []) originals.add(original);
    }
    originals.delete(name);
    for (const original of originals) add(original, node, reason, true);
  }
  return changes.sort((one, other) => one.at - other.at);
}

/** How a name is changed where it stands: set, in parts, or by `+=`; `undefined`: it is read. */
function changeAt(
  node: SyntaxNode,
  source: (node: SyntaxNode) => string,
): "set" | "part" | "grow" | undefined {
  let at = node;
  for (; isChained(at); at = at.parent ?? at) {
    const property = at.parent?.getChild("PropertyName");
    if (property && MUTATING.test(source(property))) return "part";
  }
  const change = at === node ? "set" : "part";
  for (let { parent } = at; parent !== null; at = parent, { parent } = parent) {
    const operator = [...parent.getChildren("AssignOp"), ...parent.getChildren("UpdateOp")].at(-1);
    switch (parent.name) {
      case "AssignStatement":
      case "NamedExpression":
        return at.from < (operator?.from ?? 0) ? change : undefined;
      case "UpdateStatement":
        return at.from < (operator?.from ?? 0) ? change === "part" ? change : "grow" : undefined;
      case "DeleteStatement":
        return change;
      case "WithStatement":
      case "TryStatement":
        return at.prevSibling?.name === "as" ? change : undefined;
      case "ImportStatement":
        return at.from > (parent.getChild("import")?.from ?? 0) ? change : undefined;
      case "FunctionDefinition":
      case "ClassDefinition":
        return at.name === "VariableName" ? change : undefined;
      case "ArgList":
      case "MemberExpression":
        return undefined;
    }
    if (isLoopTarget(at, parent)) return change;
    if (/Statement$/.test(parent.name)) return undefined;
  }
  return undefined;
}

/** The names that stand for a part of what a name stands for, or with "=" before them for all of it. */
function aliasesOf(node: SyntaxNode, source: (node: SyntaxNode) => string): readonly string[] {
  let at = node;
  while (isChained(at) && at.parent !== null) {
    // A copy is something else.
    if (/\bcopy$/.test(source(at.parent)) || at.parent.getChild(":") !== null) return [];
    at = at.parent;
  }
  if (at.parent?.name === "AssignStatement") {
    // Of several targets each one is the other.
    const isTarget = at === node && at.nextSibling?.name === "AssignOp";
    if (!isTarget && at.nextSibling !== null) return [];
    const targets = childrenOf(at.parent).filter(({ to }) => to <= at.from || isTarget);
    return targets.flatMap(namesIn).map((name) => (at === node ? "=" : "") + source(name));
  }
  for (let { parent } = at; parent !== null; at = parent, { parent } = parent) {
    if (!isLoop(parent)) continue;
    const targets = childrenOf(parent).filter((one) => isLoopTarget(one, parent));
    if (at.name !== "Body" && targets.some(({ to }) => to <= at.from)) {
      return targets.flatMap(namesIn).map(source);
    }
  }
  return [];
}

/** Whether something is done with a part of a node: `node.x`, `node[x]`, `node(x)`. */
function isChained({ parent, from }: SyntaxNode): boolean {
  return parent !== null && /^(?:Member|Call)Expression$/.test(parent.name) &&
    parent.firstChild?.from === from;
}

function isLoop({ name }: SyntaxNode): boolean {
  return name === "ForStatement" || name.includes("Comprehension");
}

function isLoopTarget(node: SyntaxNode, parent: SyntaxNode): boolean {
  if (!isLoop(parent)) return false;
  const [start, end] = [parent.getChild("for"), parent.getChild("in")];
  return start !== null && end !== null && node.from > start.from && node.to <= end.from;
}

function isInFunction(node: SyntaxNode): boolean {
  for (let at = node.parent; at !== null; at = at.parent) {
    if (/^(?:FunctionDefinition|LambdaExpression)$/.test(at.name)) return true;
  }
  return false;
}

function topLevelOf(node: SyntaxNode): SyntaxNode {
  let at = node;
  while (at.parent !== null && at.parent.parent !== null) at = at.parent;
  return at;
}

function statementOf(node: SyntaxNode): SyntaxNode {
  let at = node;
  while (at.parent !== null && !/Statement$/.test(at.name)) at = at.parent;
  return at;
}
