/** Guesses what an unknown key was meant to be. @module */
import { distance, nearest } from "../text/nearest.ts";
import { asTable, type KeyPath } from "./config_problem.ts";
import { jsonSchema } from "./config_schema.ts";
import { adviceElsewhere, nameInTable, OF_THEIR_TABLE } from "./other_names.ts";

/** A guess. */
export interface Suggestion {
  /** What to tell, such as `did you mean "exclude"?`. */
  readonly text: string;
  /** The key of the same table that is meant, if it is one. */
  readonly meant?: KeyPath;
}

/** The keys of one table. */
interface Table {
  /** The way to it, such as `repositories[].check`; the top level is empty. */
  readonly way: string;
  /** Where its keys stand, such as "in [check]". */
  readonly place: string;
  readonly keys: readonly string[];
}

/** Guesses what an unknown key was meant to be. */
export function suggest(path: KeyPath): Suggestion {
  const tables = knownTables();
  const key = String(path.at(-1) ?? "");
  const parent = path.slice(0, -1);
  const way = wayOf(parent);
  const here = tables.find((table) => table.way === way);
  const otherName = nameInTable(way, key);
  const elsewhere = tables.filter((table) => table !== here);
  const named = nearest(key, here?.keys ?? []);
  const near = otherName ?? (named !== undefined && distance(key, named) <= 1 ? named : undefined);
  if (near !== undefined) return didYouMean(near, parent);
  const advice = adviceElsewhere(key);
  if (advice !== undefined) return { text: advice };
  const holds = (table: Table) => !OF_THEIR_TABLE.has(key) && table.keys.includes(key);
  const owners = closest(elsewhere.filter(holds), way);
  if (owners.some(({ way }) => way === "") && tables.some((table) => table.way === `${key}[]`)) {
    return { text: `write [[${key}]] above the keys of each of them` };
  }
  if (owners.length > 0) {
    return { text: `it belongs ${owners.map(({ place }) => place).join(" or ")}` };
  }
  if (named !== undefined) return didYouMean(named, parent);
  const [guess] = closest(elsewhere.filter((table) => isLike(key, table)), way);
  if (guess !== undefined) {
    return { text: `did you mean "${nearest(key, guess.keys)}" ${guess.place}?` };
  }
  return { text: `known keys: ${(here?.keys ?? []).join(", ")}` };
}

function didYouMean(key: string, parent: KeyPath): Suggestion {
  return { text: `did you mean "${key}"?`, meant: [...parent, key] };
}

/** The tables that a repository has of its own are meant inside of one, the global ones elsewhere. */
function closest(tables: readonly Table[], way: string): readonly Table[] {
  const isInside = (table: Table) => /^\w+\[\]\./.test(table.way);
  const [list = ""] = /^\w+\[\]/.exec(way) ?? [];
  const inside = tables.filter(isInside);
  const outside = tables.filter((table) => !isInside(table));
  const own = inside.filter((table) => table.way.startsWith(`${list}.`));
  if (own.length > 0) return own;
  return outside.length > 0 ? outside : inside;
}

function isLike(key: string, table: Table): boolean {
  const like = nearest(key, table.keys);
  return like !== undefined && !OF_THEIR_TABLE.has(like) && distance(key, like) <= 1;
}

function wayOf(path: KeyPath): string {
  return path.reduce<string>(
    (way, step) => typeof step === "number" ? `${way}[]` : `${way === "" ? "" : `${way}.`}${step}`,
    "",
  );
}

let known: readonly Table[] | undefined;

/** All tables of the schema, the top level first. */
function knownTables(): readonly Table[] {
  // A file full of unknown keys needs them for each of its keys.
  return known ??= readTables();
}

function readTables(): Table[] {
  const tables: Table[] = [];
  const walk = (schema: unknown, way: string): void => {
    const properties = asTable(asTable(schema)?.properties);
    if (properties === undefined) return;
    const plain = way.replace("[]", "");
    const header = way.endsWith("[]") ? `[[${plain}]]` : `[${plain}]`;
    tables.push({
      way,
      place: way === "" ? "at the top of the file, above the first table" : `in ${header}`,
      keys: Object.keys(properties),
    });
    for (const [key, property] of Object.entries(properties)) {
      const below = way === "" ? key : `${way}.${key}`;
      walk(property, below);
      walk(asTable(property)?.items, `${below}[]`);
    }
  };
  walk(jsonSchema(), "");
  return tables;
}
