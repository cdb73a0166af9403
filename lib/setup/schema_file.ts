/** The JSON Schema that is installed for editors, and the example configuration. @module */
import example from "../../config.example.toml" with { type: "text" };

/** Where it is installed: by hand, and by the package. */
const PLACES = ["/usr/local/share", "/usr/share"].map((share) =>
  `${share}/autoborg/autoborg.schema.json`
);

/** Finds the schema; `undefined`: it is not installed. */
export async function installedSchema(): Promise<string | undefined> {
  for (const path of PLACES) {
    if ((await Deno.stat(path).catch(() => undefined))?.isFile === true) return path;
  }
  return undefined;
}

/**
 * The example configuration, with every key.
 *
 * @param schema where the schema is installed; `undefined`: it is not, and no editor looks for it
 */
export function exampleConfig(schema: string | undefined): string {
  return example.replace(/^#:schema .*\n\n/, schema === undefined ? "" : `#:schema ${schema}\n\n`);
}
