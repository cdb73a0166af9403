import { jsonSchema } from "../../config/config_schema.ts";
import type { CliContext } from "../context.ts";

/** `autoborg schema`: prints the JSON Schema of the configuration. */
export function schemaVerb(this: CliContext): void {
  this.print(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
}
