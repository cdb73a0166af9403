/**
 * Writes the systemd units of the package: `scripts/default_units.ts DIRECTORY [PROGRAM]`. They start
 * PROGRAM; default: `/usr/bin/autoborg`.
 *
 * @module
 */
import { join } from "node:path";
import { defaultUnits } from "../lib/systemd/unit_pair.ts";

const [directory, program = "/usr/bin/autoborg"] = Deno.args;
if (directory === undefined) throw new TypeError("expected the directory for the units");
for (const { name, text } of defaultUnits(program)) {
  const path = join(directory, name);
  await Deno.writeTextFile(path, text);
  await Deno.chmod(path, 0o644);
}
