/** Guesses what an unknown key was meant to be. @module */
import { distance, nearest } from "../text/nearest.ts";
import { asTable, type KeyPath } from "./config_problem.ts";
import { jsonSchema } from "./config_schema.ts";

/** A guess. */
interface Suggestion {
  /** What to tell, such as `did you mean "exclude"?`. */
  readonly text: string;
  /** The key of the same table that is meant, if it is one. */
  readonly meant?: KeyPath;
}

/** What other programs and other tables call it. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  "repositories[].password": "passphrase",
  "repositories[].password_file": "passphrase_file",
  "repositories[].path": "url",
  "repositories[].repo_url": "url",
  "repositories[].repository": "url",
  "repositories[].encryption_mode": "encryption",
  "mail.passphrase": "password",
  "mail.host": "server",
  "mail.to": "recipients",
  "mail.from": "from_address",
  "sources.paths": "directories",
  "sources.excludes": "exclude",
};

/** The keys of one table. */
interface Table {
  /** The way to it, such as `repositories[].check`; the top level is empty. */
  readonly way: string;
  /** How its header is written. */
  readonly header: string;
  readonly keys: readonly string[];
}

/** Guesses what an unknown key was meant to be. */
export function suggest(path: KeyPath): Suggestion {
  const tables = knownTables();
  const key = String(path.at(-1) ?? "");
  const parent = path.slice(0, -1);
  const way = wayOf(parent);
  const here = tables.find((table) => table.way === way);
  const otherName = OTHER_NAMES[`${way}.${key}`];
  const elsewhere = tables.filter((table) => table !== here);
  const named = nearest(key, here?.keys ?? []);
  const near = otherName ?? (named !== undefined && distance(key, named) <= 1 ? named : undefined);
  if (near !== undefined) return didYouMean(near, parent);
  const owners = closest(elsewhere.filter((table) => table.keys.includes(key)), way);
  if (owners.length > 0) {
    return { text: `it belongs in ${owners.map(({ header }) => header).join(" or ")}` };
  }
  if (named !== undefined) return didYouMean(named, parent);
  const [guess] = closest(elsewhere.filter((table) => isLike(key, table)), way);
  if (guess !== undefined) {
    return { text: `did you mean "${nearest(key, guess.keys)}" in ${guess.header}?` };
  }
  return { text: `known here: ${(here?.keys ?? []).join(", ")}` };
}

function didYouMean(key: string, parent: KeyPath): Suggestion {
  return { text: `did you mean "${key}"?`, meant: [...parent, key] };
}

/** A repository's own tables are meant inside of a repository, the global ones elsewhere. */
function closest(tables: readonly Table[], way: string): readonly Table[] {
  const inside = tables.filter((table) => table.way.startsWith("repositories[]."));
  const outside = tables.filter((table) => !table.way.startsWith("repositories[]."));
  if (way.startsWith("repositories[]") && inside.length > 0) return inside;
  return outside.length > 0 ? outside : inside;
}

function isLike(key: string, table: Table): boolean {
  const like = nearest(key, table.keys);
  return like !== undefined && distance(key, like) <= 2;
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
      header: way === "" ? "the top level" : header,
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
