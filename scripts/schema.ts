/**
 * Writes `autoborg.schema.json`, which gives editors completion and documentation for the
 * configuration. Run it after each change of the schema: `deno task schema`.
 *
 * @module
 */
import { jsonSchema } from "../lib/config/config_schema.ts";

/**
 * The content of the file.
 *
 * @returns the JSON Schema as text
 */
export function schemaText(): string {
  return `${JSON.stringify(jsonSchema(), undefined, 2)}\n`;
}

if (import.meta.main) {
  await Deno.writeTextFile(new URL("../autoborg.schema.json", import.meta.url), schemaText());
}
