/**
 * The keys of the configuration as plain data, from its schema and from `config.example.toml`.
 *
 * @module
 */
import { parse, stringify } from "smol-toml";
import { asArray, asTable, valueAt } from "../../config/config_problem.ts";
import { jsonSchema } from "../../config/config_schema.ts";
import { DURATION_PATTERN, SIZE_PATTERN } from "../../text/units.ts";

/** A key of a table. */
export interface Key {
  readonly name: string;
  /** What its value is, such as `duration` or `list of texts`. */
  readonly type: string;
  /** The only values that it takes, as TOML. */
  readonly choices: readonly string[];
  /** As TOML; absent: there is none. */
  readonly default?: string;
  /** A value as TOML, where it tells more than the default. */
  readonly example?: string;
  readonly required: boolean;
  /** Whether the value is kept out of logs, messages and reports. */
  readonly secret: boolean;
  /** What it does, as a sentence. */
  readonly description: string;
}

/** A table of the configuration. */
export interface Table {
  /** Empty: the keys that stand before all tables. */
  readonly name: string;
  /** As it is written: `[zfs]`. */
  readonly header: string;
  /** What it is about, as a sentence. */
  readonly description: string;
  /** Whether a repository may have keys of its own instead. */
  readonly overridable: boolean;
  readonly keys: readonly Key[];
}

/** The values that are kept out of everything that is written; see `lib/config/load.ts`. */
export const SECRETS: readonly string[] = [
  "repositories.passphrase",
  "repositories.passphrase_command",
  "mail.password",
  "ping.url",
];

type Schema = Readonly<Record<string, unknown>>;

/**
 * Lists the tables.
 *
 * @param example the content of `config.example.toml`
 * @returns in the order of the schema; the keys before all tables come first
 */
export function tablesOf(example: string): readonly Table[] {
  const root = schemaOf(jsonSchema());
  // With every key that is commented out in it.
  const document = parse(example.replace(/^#(?=\w+ = |\[)/gm, ""));
  const properties = propertiesOf(root);
  const repository = propertiesOf(schemaOf(properties.repositories).items);
  const plain = Object.entries(properties).filter(([, schema]) => !isTable(schema));
  const tables = Object.entries(properties).filter(([, schema]) => isTable(schema));
  const top: Table = {
    name: "",
    header: "",
    description: "Keys above the first table.",
    overridable: false,
    keys: plain.map(([name, schema]) => keyOf([name], schema, root, document)),
  };
  return [
    top,
    ...tables.map(([name, schema]): Table => {
      const list = schemaOf(schema).type === "array";
      const inside = list ? schemaOf(schemaOf(schema).items) : schemaOf(schema);
      return {
        name,
        header: list ? `[[${name}]]` : `[${name}]`,
        description: String(schemaOf(schema).description),
        overridable: !list && Object.hasOwn(repository, name),
        keys: Object.entries(propertiesOf(inside)).map(([key, value]) =>
          keyOf([name, key], value, inside, document)
        ),
      };
    }),
  ];
}

function keyOf(path: readonly string[], value: unknown, table: Schema, document: unknown): Key {
  const schema = schemaOf(value);
  const preset = "default" in schema ? toml(schema.default) : undefined;
  // What may be said of these is said already.
  const plain = isTable(value) || schema.type === "boolean" || "enum" in schema;
  const example = plain ? undefined : exampleOf(path, document, preset);
  return {
    name: path.at(-1) ?? "",
    type: typeOf(schema),
    choices: asArray(schema.enum).map(toml),
    ...(preset === undefined ? {} : { default: preset }),
    ...(example === undefined ? {} : { example }),
    required: preset === undefined && asArray(table.required).includes(path.at(-1)),
    secret: SECRETS.includes(path.join(".")),
    description: String(schema.description),
  };
}

/** The example has some keys only in the second repository, and in the tables that it has. */
function exampleOf(
  [first = "", ...rest]: readonly string[],
  document: unknown,
  preset: string | undefined,
): string | undefined {
  const ways = first === "repositories"
    ? [[first, 1, ...rest], [first, 0, ...rest]]
    : [[first, ...rest], ["repositories", 1, first, ...rest]];
  return ways.map((way) => valueAt(document, way))
    .flatMap((value) => value === undefined ? [] : [toml(value)])
    .find((example) => example !== preset && example !== "[]");
}

function typeOf(schema: Schema): string {
  const { type, pattern, minimum, maximum } = schema;
  switch (type) {
    case "object":
      return "table";
    case "boolean":
      return "true or false";
    case "array":
      return isTable(schema) ? "tables" : `list of ${typeOf(schemaOf(schema.items))}s`;
    case "integer": {
      if (maximum !== Number.MAX_SAFE_INTEGER) return `whole number, ${minimum} to ${maximum}`;
      return `whole number, at least ${minimum}`;
    }
    case "string":
      if (pattern === DURATION_PATTERN.source) return "duration";
      if (pattern === SIZE_PATTERN.source) return "size";
      return isPath(schema) ? "path" : "enum" in schema ? "one of" : "text";
    default:
      throw new TypeError(`Cannot describe the type ${JSON.stringify(type)} of the schema`);
  }
}

/** A path has one pattern, a place two of them. */
function isPath({ pattern, allOf }: Schema): boolean {
  return [pattern, ...asArray(allOf).map((one) => schemaOf(one).pattern)].includes("^[^~]");
}

function isTable(value: unknown): boolean {
  const { properties, items } = schemaOf(value);
  return properties !== undefined || asTable(items)?.properties !== undefined;
}

function propertiesOf(value: unknown): Schema {
  return asTable(schemaOf(value).properties) ?? {};
}

function schemaOf(value: unknown): Schema {
  return asTable(value) ?? {};
}

/** A value as it is written after the equals sign. */
function toml(value: unknown): string {
  return stringify({ value }).trim().replace(/^value = /, "").replace(/^\[ (.*) \]$/, "[$1]");
}
