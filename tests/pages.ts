/**
 * The documents, taken apart for the tests.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the source tree. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));

/** A document. */
export interface Page {
  /** Relative to the root of the source tree. */
  readonly path: string;
  readonly text: string;
  readonly fences: readonly Fence[];
  /** What stands between backquotes in the running text. */
  readonly spans: readonly string[];
}

/** A block of code. */
export interface Fence {
  /** Such as `sh`; empty when there is none. */
  readonly language: string;
  /** Whether a test runs it: "run" stands behind the language. */
  readonly runs: boolean;
  readonly code: string;
}

/**
 * Reads a document.
 *
 * @param path relative to the root of the source tree
 */
export function readPage(path: string): Page {
  const text = Deno.readTextFileSync(join(ROOT, path));
  const fences: Fence[] = [];
  const running = text.replace(
    /^( *)```(\w*)( run)?\n(.*?)^ *```$/gms,
    (_, indent: string, language: string, mark: string | undefined, code: string) => {
      const plain = code.replaceAll(new RegExp(`^${indent}`, "gm"), "");
      fences.push({ language, runs: mark !== undefined, code: plain });
      return "";
    },
  );
  const spans = [...running.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
  return { path, text, fences, spans };
}

/** Reads all documents. */
export function readPages(): readonly Page[] {
  const beside = [
    "README.md",
    "README.de.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
  ]
    .filter((path) => existsSync(join(ROOT, path)));
  return [...beside, ...pagesBelow("docs")].map(readPage);
}

function pagesBelow(directory: string): string[] {
  return [...Deno.readDirSync(join(ROOT, directory))].flatMap(({ name, isDirectory }) => {
    const path = `${directory}/${name}`;
    if (isDirectory) return pagesBelow(path);
    return name.endsWith(".md") ? [path] : [];
  }).toSorted();
}
