import { showConfig } from "../../config/show.ts";
import { type CliContext, type CommonFlags, loadChosenConfig } from "../context.ts";

/** `autoborg show-config`: prints the effective configuration with its secrets masked. */
export async function showConfigVerb(this: CliContext, flags: CommonFlags): Promise<void> {
  const { config, warnings } = await loadChosenConfig(this, flags);
  this.print(showConfig(config));
  for (const warning of warnings) this.tell(`warning: ${warning}\n`);
}
