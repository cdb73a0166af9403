/**
 * Brackets among tokens, and what stands outside of all of them.
 *
 * @module
 */
import type { Token } from "./tokens.ts";

/**
 * Whether a token opens a bracket.
 *
 * @param token any token
 */
export function opensBracket({ kind, text }: Token): boolean {
  return kind === "operator" && /^[([{]$/.test(text);
}

/**
 * Whether a token closes a bracket.
 *
 * @param token any token
 */
export function closesBracket({ kind, text }: Token): boolean {
  return kind === "operator" && /^[)\]}]$/.test(text);
}

/**
 * Splits tokens at an operator that stands in no bracket.
 *
 * @param tokens the tokens
 * @param operator the operator
 * @param most how many parts there are at most; the last one has the rest
 * @returns the parts, at least one; empty ones too
 */
export function split(tokens: readonly Token[], operator: string, most = Infinity): Token[][] {
  let last: Token[] = [];
  const parts = [last];
  let depth = 0;
  for (const token of tokens) {
    const isHere = depth === 0 && token.kind === "operator" && token.text === operator;
    if (isHere && parts.length < most) {
      last = [];
      parts.push(last);
      continue;
    }
    if (opensBracket(token)) depth += 1;
    else if (closesBracket(token)) depth -= 1;
    last.push(token);
  }
  return parts;
}
