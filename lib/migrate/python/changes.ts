/**
 * Recognizes what a statement does to variables in another way than by a plain assignment.
 *
 * @module
 */
import { closesBracket, opensBracket, split } from "./brackets.ts";
import { readString } from "./literal.ts";
import { assignmentOf, singleTargets } from "./statements.ts";
import type { Token } from "./tokens.ts";
import { shownSource } from "./value.ts";

/** What `globals()` and `sys.modules` are called, as if they were a variable: what
 * happens to it may happen to any. */
export const ALL = "globals()";

/** Something that happens to a variable. */
export interface Effect {
  readonly name: string;
  /**
   * How: by a new value, by a change to the object that is its value, by `+=`, which may be either,
   * or by a new value for the variable of the top level wherever it happens.
   */
  readonly how: "rebound" | "altered" | "augmented" | "rebound at the top";
  readonly line: number;
  /** What stands there, such as `LIST.append(…)`. */
  readonly what: string;
}

/** Names that may stand for a part of what other names stand for: `for PART in WHOLE`. */
export interface Sharing {
  readonly names: readonly string[];
  readonly whole: readonly string[];
}

const AUGMENTED = /^(?:[-+*/%@&|^]|\*\*|\/\/|<<|>>)=$/;

const MUTATOR = new RegExp(
  "^(?:append|extend|insert|remove|pop|clear|sort|reverse|update|setdefault|popitem|add|discard|" +
    "(?:symmetric_)?difference_update|intersection_update|__(?:set|del)item__|__i(?:add|or|and|sub|xor|mul)__|__setattr__)$",
);

/**
 * Finds what a statement, or what begins a block, does to variables.
 *
 * @param tokens the statement; of a block what stands before the colon
 * @returns what it does, but for plain assignments and imports
 */
export function effectsOf(tokens: readonly Token[]): readonly Effect[] {
  const source = shownSource(tokens);
  const ends = bracketEnds(tokens);
  return [
    ...targetsOf(tokens).flatMap((target) => ofTarget(target)),
    ...ofWord(tokens, source),
    ...tokens.flatMap((_, at) => insideOf(tokens, at, ends, source)),
  ];
}

/** `NAME[…] = …`; a name alone is a plain assignment. */
function targetsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const { targets } = assignmentOf(tokens);
  return targets.flatMap(singleTargets);
}

function ofTarget(target: readonly Token[]): readonly Effect[] {
  const place = wholePlace(target);
  if (place === undefined || !place.isPart) return [];
  const { name, line } = place;
  const what = shownSource(target);
  const key = target[4]?.kind === "string" ? readString(target[4].text) : undefined;
  // globals()["NAME"]
  if (name === ALL && target.length === 6 && key?.kind === "text") {
    return [{ name: key.text, how: "rebound at the top", line, what }];
  }
  return [{ name, how: "altered", line, what }];
}

/** Statements that a word or an operator makes: `del`, `for`, `with`, `except`, `+=`. */
function ofWord(tokens: readonly Token[], what: string): readonly Effect[] {
  const [first] = tokens;
  const bound = (targets: readonly Token[]): readonly Effect[] =>
    singleTargets(targets).flatMap((target) => {
      const place = wholePlace(target);
      if (place === undefined) return [];
      const { name, line, isPart } = place;
      return [{ name, how: isPart ? "altered" : "rebound", line, what }];
    });
  const rest = first?.text === "async" ? tokens.slice(1) : tokens;
  switch (rest[0]?.text) {
    case "del":
      return bound(rest.slice(1));
    case "for":
      return bound(rest.slice(1, rest.findIndex(({ text }) => text === "in")));
    case "with":
    case "except":
      return rest.flatMap(({ text }, at) => text === "as" ? bound(rest.slice(at + 1, at + 2)) : []);
  }
  const at = tokens.findIndex(({ kind, text }) => kind === "operator" && AUGMENTED.test(text));
  const place = at < 1 ? undefined : wholePlace(tokens.slice(0, at));
  if (place === undefined) return [];
  const { name, line, isPart } = place;
  return [{ name, how: isPart ? "altered" : "augmented", line, what }];
}

/** What an expression does: `NAME := …`, `NAME[…].append(…)`, `exec(…)`. */
function insideOf(
  tokens: readonly Token[],
  at: number,
  ends: ReadonlyMap<number, number>,
  what: string,
): readonly Effect[] {
  const token = tokens[at];
  const before = tokens[at - 1]?.text ?? "";
  if (token?.kind !== "name" || /^(?:\.|def|class)$/.test(before)) return [];
  const { text, line } = token;
  const next = tokens[at + 1]?.text;
  if (next === ":=") return [{ name: text, how: "rebound", line, what }];
  if (/^exec(?:file)?$/.test(text) && next === "(") {
    return [{ name: ALL, how: "altered", line, what }];
  }
  if (/^(?:set|del)attr$/.test(text) && next === "(" && at + 2 < tokens.length) {
    return [{ name: placeAt(tokens, at + 2, ends).name, how: "altered", line, what }];
  }
  const { name, end } = placeAt(tokens, at, ends);
  const [dot, method] = tokens.slice(end, end + 2);
  const isChange = dot?.text === "." && MUTATOR.test(method?.text ?? "");
  return isChange ? [{ name, how: "altered", line, what }] : [];
}

/**
 * Finds the loops of a statement, those inside of its brackets too.
 *
 * @param tokens the statement; of a block what stands before the colon
 */
export function loopsOf(tokens: readonly Token[]): readonly Sharing[] {
  return splitAt(tokens, "for").slice(1).flatMap((loop) => {
    const [targets = [], ...rest] = splitAt(loop, "in");
    const names = singleTargets(targets).flatMap((target) => {
      const [name] = target;
      return name?.kind === "name" && target.length === 1 ? [name.text] : [];
    });
    return [{ names, whole: namesIn(rest.flat()) }];
  });
}

/**
 * Finds the names whose value, or a part of it, an expression may be.
 *
 * @param tokens an expression: `NAME`, `NAME[…].get(…)`, `next(… in NAME)`; of others it is a copy
 */
export function sharedBy(tokens: readonly Token[]): readonly string[] {
  const place = wholePlace(tokens);
  if (place !== undefined) return [place.name];
  return tokens[0]?.text === "next" && tokens[1]?.text === "(" ? namesIn(tokens) : [];
}

/** A variable, or something in it. */
interface Place {
  readonly name: string;
  readonly line: number;
  readonly isPart: boolean;
  /** The token behind it. */
  readonly end: number;
}

function wholePlace(tokens: readonly Token[]): Place | undefined {
  if (tokens[0]?.kind !== "name") return undefined;
  const place = placeAt(tokens, 0, bracketEnds(tokens));
  return place.end === tokens.length ? place : undefined;
}

/** The longest place that begins here, without the name of a method that changes it. */
function placeAt(tokens: readonly Token[], at: number, ends: ReadonlyMap<number, number>): Place {
  const { text = "", line = 0 } = tokens[at] ?? {};
  const three = tokens.slice(at, at + 3).map(({ text }) => text).join("");
  const isAll = /^(?:(?:globals|locals|vars)\(\)|sys\.modules)$/.test(three);
  const begin = at + (isAll ? 3 : 1);
  let end = begin;
  for (;;) {
    const [sign, attribute, bracket] = tokens.slice(end, end + 3);
    if (sign?.kind !== "operator") break;
    if (sign.text === "[") end = (ends.get(end) ?? tokens.length) + 1;
    else if (sign.text !== "." || attribute?.kind !== "name") break;
    else if (MUTATOR.test(attribute.text)) break;
    else if (bracket?.text !== "(") end += 2;
    else if (attribute.text === "get") end = (ends.get(end + 2) ?? tokens.length) + 1;
    else break;
  }
  return { name: isAll ? ALL : text, line, isPart: end > begin, end };
}

/** Where each bracket is closed. */
function bracketEnds(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (const [at, token] of tokens.entries()) {
    if (opensBracket(token)) open.push(at);
    const opened = closesBracket(token) ? open.pop() : undefined;
    if (opened !== undefined) ends.set(opened, at);
  }
  return ends;
}

function splitAt(tokens: readonly Token[], word: string): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "name" && token.text === word) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

function namesIn(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap(({ kind, text }, at) => {
    return kind === "name" && tokens[at - 1]?.text !== "." ? [text] : [];
  });
}

/**
 * Finds the parameters of a function.
 *
 * @param header what stands before its colon
 */
export function parametersOf(header: readonly Token[]): readonly string[] {
  const begin = header.findIndex(({ text }) => text === "(");
  const end = bracketEnds(header).get(begin);
  return split(header.slice(begin + 1, end), ",").flatMap((part) => {
    const name = part.find(({ kind }) => kind === "name");
    return name === undefined ? [] : [name.text];
  });
}
