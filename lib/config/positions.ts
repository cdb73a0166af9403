/**
 * Finds where in a TOML file a key or value stands.
 *
 * The parser that knows this is slow, so only errors import this module.
 * @module
 */
import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import type { KeyPath } from "./config_problem.ts";

/** A place in a file, both from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a key and its value begin. For a table, the value begins at its header. */
interface Place {
  readonly key: Position;
  readonly value: Position;
}

/** Finds all keys and values; at the file's beginning when this parser can't read the document. */
export function findPositions(text: string) {
  const places = new Map<string, Place>();
  try {
    const program = parseTOML(text, { tomlVersion: "1.1" });
    const [top] = program.body;
    for (const item of top.body) {
      if (item.type === "TOMLKeyValue") addKeyValue(places, [], item);
      else addTable(places, item);
    }
  } catch (error) {
    // The two parsers differ at the fringes of TOML, and this one may run out of stack. The findings
    // are worth more than their places.
    if (!(error instanceof ParseError) && !(error instanceof RangeError)) throw error;
  }
  const nearest = (path: KeyPath, side: keyof Place): Position => {
    const own = places.get(JSON.stringify(path));
    if (own !== undefined) return own[side];
    return path.length === 0 ? { line: 1, column: 1 } : nearest(path.slice(0, -1), "value");
  };
  return {
    /** Where a value begins; when there is none, where the nearest table around it begins. */
    ofValue: (path: KeyPath) => nearest(path, "value"),
    /** Where the key of a value begins. */
    ofKey: (path: KeyPath) => nearest(path, "key"),
  };
}

type Places = Map<string, Place>;

function addTable(places: Places, table: AST.TOMLTable): void {
  const path = table.resolvedKey;
  const [last] = table.key.keys.slice(-1);
  const place = { key: position((last ?? table).loc), value: position(table.loc) };
  // The way to an item of an array of tables ends with its index; the array begins with the first.
  if (table.kind === "array") addUnlessKnown(places, path.slice(0, -1), place);
  addParents(places, path, place.value);
  places.set(JSON.stringify(path), place);
  for (const item of table.body) addKeyValue(places, path, item);
}

function addKeyValue(places: Places, table: KeyPath, item: AST.TOMLKeyValue): void {
  const path: (string | number)[] = [...table];
  for (const key of item.key.keys) {
    path.push(key.type === "TOMLBare" ? key.name : key.value);
    // A dotted key begins the tables in front of it, unless something did so before.
    addUnlessKnown(places, path, { key: position(key.loc), value: position(item.loc) });
  }
  const [last] = item.key.keys.slice(-1);
  places.set(JSON.stringify(path), {
    key: position((last ?? item).loc),
    value: position(item.value.loc),
  });
  addContent(places, path, item.value);
}

function addContent(places: Places, path: KeyPath, value: AST.TOMLContentNode): void {
  if (value.type === "TOMLInlineTable") {
    for (const item of value.body) addKeyValue(places, path, item);
  }
  if (value.type !== "TOMLArray") return;
  for (const [index, element] of value.elements.entries()) {
    const at = position(element.loc);
    places.set(JSON.stringify([...path, index]), { key: at, value: at });
    addContent(places, [...path, index], element);
  }
}

/** A header such as `[a.b]` or `[[a]]` begins the tables in front of it. */
function addParents(places: Places, path: KeyPath, at: Position): void {
  for (let length = 1; length < path.length; length++) {
    addUnlessKnown(places, path.slice(0, length), { key: at, value: at });
  }
}

function addUnlessKnown(places: Places, path: KeyPath, place: Place): void {
  const text = JSON.stringify(path);
  if (!places.has(text)) places.set(text, place);
}

function position(location: AST.SourceLocation): Position {
  return { line: location.start.line, column: location.start.column + 1 };
}
