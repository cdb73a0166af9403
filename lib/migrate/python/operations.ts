/**
 * What can be done with values of Python: sums, and joining paths.
 *
 * @module
 */
import type { Content } from "./value.ts";

/** Texts and lists that grow beyond this by being added to each other are not read. */
export const LARGEST = 10_000;

/**
 * `left + right`.
 *
 * @param left a value
 * @param right another one
 * @returns the sum of numbers, texts or lists; `undefined` when it is not certain
 */
export function added(left: Content, right: Content): Content | undefined {
  if (left.kind === "text" && right.kind === "text") {
    const text = left.text + right.text;
    return text.length > LARGEST ? undefined : { kind: "text", text };
  }
  if (left.kind === "sequence" && right.kind === "sequence") {
    const items = [...left.items, ...right.items];
    const isAllowed = left.form === right.form && left.form !== "set" && items.length <= LARGEST;
    return isAllowed ? { ...left, items } : undefined;
  }
  return counted(left, right, (a, b) => a + b);
}

/**
 * Counts with whole numbers.
 *
 * @param left a value
 * @param right another one
 * @param count how
 * @returns a whole number; `undefined` when it is none, or too large to be exact
 */
export function counted(
  left: Content,
  right: Content,
  count: (left: number, right: number) => number,
): Content | undefined {
  if (left.kind !== "number" || right.kind !== "number") return undefined;
  const value = count(left.value, right.value);
  // Floating point numbers are no settings, and their arithmetic is not worth getting right.
  if (!left.isWhole || !right.isWhole || !Number.isSafeInteger(value)) return undefined;
  return { kind: "number", isWhole: true, value };
}

/**
 * `Path("/a") / "b"`: only paths can be divided by a text, so one of the two is one.
 *
 * @param left a value
 * @param right another one
 * @returns a path; `undefined` when they are no texts
 */
export function below(left: Content, right: Content): Content | undefined {
  if (left.kind !== "text" || right.kind !== "text") return undefined;
  return pathOf(joined([left.text, right.text]));
}

/**
 * Joins paths as os.path.join does: what is absolute makes everything before it void.
 *
 * @param texts at least one
 */
export function joined(texts: readonly string[]): string {
  return texts.reduce((path, text) => {
    if (text.startsWith("/") || path === "") return text;
    return path.endsWith("/") ? path + text : `${path}/${text}`;
  });
}

/**
 * Writes a path as pathlib does: no empty steps, no ".", but ".." stays.
 *
 * @param text a path
 */
export function pathOf(text: string): Content {
  const root = text.startsWith("/") ? "/" : "";
  const steps = text.split("/").filter((step) => step !== "" && step !== ".");
  const path = root + steps.join("/");
  return { kind: "text", text: path === "" ? "." : path };
}
