import assert from "node:assert/strict";
import { parse } from "smol-toml";
import { asTable, valueAt } from "../../lib/config/config_problem.ts";
import { jsonSchema } from "../../lib/config/config_schema.ts";
import { schemaText } from "../../scripts/schema.ts";
import { Place } from "./files.ts";

const EXAMPLE = await Deno.readTextFile(new URL("../../config.example.toml", import.meta.url));
/** As somebody leaves it who has set a passphrase: that of the example is refused. */
const CHOSEN = EXAMPLE.replace('"change me"', '"correct horse"');
const KEY_LINE = /^#(?=\w+ = |\[)/gm;
const EVERYTHING = CHOSEN.replace(KEY_LINE, "");

/** Every key of the schema with its default, if it has one. Tables are no keys. */
function leaves(schema: unknown, path: string[] = []): { path: string[]; default?: unknown }[] {
  const { properties, items, ...rest } = asTable(schema) ?? {};
  const table = asTable(properties) ?? asTable(asTable(items)?.properties);
  if (table !== undefined) {
    return Object.entries(table).flatMap(([key, value]) => leaves(value, [...path, key]));
  }
  return [{ path, ...("default" in rest ? { default: rest.default } : {}) }];
}

const LEAVES = leaves(jsonSchema());

Deno.test("config.example.toml loads as it stands, with a passphrase of one's own", async () => {
  using place = new Place();
  const { message } = await place.refuse(EXAMPLE);
  assert.match(message, /^\S+:8:1: passphrase of \[\[repositories\]\]: [^\n]*$/);
  const { config, warnings } = await place.load(CHOSEN);
  assert.equal(config.name, "myhost");
  assert.deepEqual(warnings, []);
});

Deno.test("config.example.toml begins with ten lines that suffice", async () => {
  using place = new Place();
  const [first = ""] = CHOSEN.split("# The ten lines above suffice");
  const lines = first.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assert.equal(lines.length, 10);
  await place.load(first);
  assert.match(EXAMPLE, /^#:schema \.\/autoborg\.schema\.json\n/);
});

Deno.test("config.example.toml is valid with every key that is commented out in it", async () => {
  using place = new Place();
  const { config } = await place.load(EVERYTHING);
  assert.equal(config.repositories.length, 2);
  assert.equal(config.mail?.login?.username, "backup");
});

Deno.test("config.example.toml is valid with any one key that is commented out in it", async () => {
  using place = new Place();
  const start = CHOSEN.indexOf("#[mail]");
  for (const match of CHOSEN.slice(0, start).matchAll(KEY_LINE)) {
    await place.load(CHOSEN.slice(0, match.index) + CHOSEN.slice(match.index + 1));
  }
});

/** Where the example shows a key: those of a repository, and all rules of retention, in the second one. */
function shownAt([table = "", ...rest]: readonly string[]): readonly (string | number)[] {
  if (rest.length === 0) return [table];
  if (table === "databases" && rest[0] === "retention") return ["repositories", 1, ...rest];
  return table === "repositories"
    ? [table, 1, ...rest]
    : [table, ...(["expect", "notify", "databases"].includes(table) ? [0] : []), ...rest];
}

Deno.test("config.example.toml names every key of the schema", () => {
  assert.ok(LEAVES.length > 60, `found only ${LEAVES.length} keys`);
  for (const { path } of LEAVES) {
    // The ten lines end [retention]; its other keys are shown in the table of a repository.
    const [table = "", key = ""] = path;
    const inside = table === "retention" ? ["repositories", 1, table, key] : shownAt(path);
    const named = valueAt(parse(EVERYTHING), inside) !== undefined ||
      new RegExp(`\\b${path.at(-1)} = "`).test(EVERYTHING);
    assert.ok(named, `${path.join(".")} is missing`);
  }
});

Deno.test("config.example.toml states the defaults of the schema", () => {
  const document = parse(EVERYTHING);
  const shown = parse(EXAMPLE);
  for (const leaf of LEAVES) {
    const path = shownAt(leaf.path);
    // What the ten lines set is an example.
    if (!("default" in leaf) || valueAt(shown, path) !== undefined) continue;
    assert.deepEqual(valueAt(document, path), leaf.default, leaf.path.join("."));
  }
});

Deno.test("every key of the schema has a description", () => {
  const check = (schema: unknown, path: string): void => {
    const properties = asTable(asTable(schema)?.properties) ??
      asTable(asTable(asTable(schema)?.items)?.properties) ?? {};
    for (const [key, value] of Object.entries(properties)) {
      assert.match(String(asTable(value)?.description), /^\S.*\.$/, `${path}${key}`);
      check(value, `${path}${key}.`);
    }
  };
  check(jsonSchema(), "");
});

Deno.test("jsonSchema() has no pattern that only JavaScript can read", () => {
  // Editors have other engines, some of which take a "[" in a class for another class, and then
  // refuse the schema as a whole.
  const patterns = JSON.stringify(
    jsonSchema(),
    (key, value) =>
      key === "pattern" && typeof value === "string"
        ? value.replace(/\\./g, "").replace(/\[[^\]]*\[/g, "NESTED")
        : value,
  );
  assert.doesNotMatch(patterns, /NESTED/);
});

Deno.test("autoborg.schema.json is what scripts/schema.ts writes", async () => {
  const stored = await Deno.readTextFile(new URL("../../autoborg.schema.json", import.meta.url));
  assert.equal(stored, schemaText(), 'expected the current schema: run "deno task schema"');
});
