/**
 * Takes statements of Python apart: blocks, assignments and imports.
 *
 * @module
 */
import { split } from "./brackets.ts";
import type { Token } from "./tokens.ts";

/** Words that begin a statement with a block. */
const BLOCK = /^(?:if|elif|else|for|while|try|except|finally|with|def|class|async|match|case)$/;

/** Nobody writes targets with more brackets, and it would take long to look into them. */
const MOST_BRACKETS = 100;

/**
 * Whether a line begins a block, or is all of one.
 *
 * @param tokens a logical line
 */
export function beginsBlock(tokens: readonly Token[]): boolean {
  const [first, second] = tokens;
  // "match" and "case" may be names, too: match = 5.
  return first?.kind === "name" && BLOCK.test(first.text) && second?.text !== "=" &&
    split(tokens, ":", 2).length > 1;
}

/** An assignment; without a value it is none. */
export interface Assignment {
  readonly targets: readonly Token[][];
  readonly value?: readonly Token[];
}

/**
 * Finds the targets of `A = B = value` and the value.
 *
 * @param tokens a statement
 */
export function assignmentOf(tokens: readonly Token[]): Assignment {
  const parts = split(tokens, "=");
  // The "=" of "X = lambda a=1: a" is no assignment.
  const lambda = parts.findIndex((part) => part.some(({ text }) => text === "lambda"));
  const count = lambda < 0 ? parts.length - 1 : lambda;
  if (count < 1) return { targets: [] };
  const targets = parts.slice(0, count).map((part) => split(part, ":", 2)[0] ?? []);
  const length = parts.slice(0, count).reduce((sum, part) => sum + part.length + 1, 0);
  return { targets, value: tokens.slice(length) };
}

/**
 * Finds the single targets in what stands before a `=` or between `for` and `in`.
 *
 * @param target such as `(A, *B), C[0]`
 * @returns such as `A`, `B` and `C[0]`
 */
export function singleTargets(target: readonly Token[]): readonly (readonly Token[])[] {
  const found: (readonly Token[])[] = [];
  const waiting = [target];
  let brackets = 0;
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    const parts = split(part, ",");
    const isBracketed = /^[([]$/.test(part[0]?.text ?? "") &&
      /^[)\]]$/.test(part.at(-1)?.text ?? "");
    if (parts.length > 1) waiting.push(...parts.toReversed());
    else if (part[0]?.text === "*") waiting.push(part.slice(1));
    else if (isBracketed) {
      brackets += 1;
      if (brackets <= MOST_BRACKETS) waiting.push(part.slice(1, -1));
    } else if (part.length > 0) found.push(part);
  }
  return found;
}

/** What an import does. */
export interface Import {
  /** The names that it gives a value; more than these when it imports all there are. */
  readonly names: readonly Token[];
  readonly isOfAll: boolean;
  readonly module: string;
}

/**
 * Reads `import MODULE as NAME` and `from MODULE import NAME`.
 *
 * @param tokens a statement
 * @returns `undefined` when it is no import
 */
export function importOf(tokens: readonly Token[]): Import | undefined {
  const at = tokens.findIndex(({ text }) => text === "import");
  const isFrom = tokens[0]?.text === "from";
  if (isFrom ? at < 0 : at !== 0) return undefined;
  const module = tokens.slice(1, at < 1 ? undefined : at).map(({ text }) => text).join("");
  const imported = tokens.slice(at + 1).filter(({ text }) => !/^[()]$/.test(text));
  if (imported[0]?.text === "*") return { names: [], isOfAll: true, module };
  const names = split(imported, ",").flatMap((part) => {
    // Without "as" it is the first step of a path that gets a value.
    const hasAlias = part.at(-2)?.text === "as";
    const name = hasAlias ? part.at(-1) : part[0];
    return name?.kind === "name" ? [name] : [];
  });
  return { names, isOfAll: false, module };
}
