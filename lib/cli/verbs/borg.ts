import { chooseRepositories } from "../../backup/plan.ts";
import { interactiveEnvironment } from "../../borg/environment.ts";
import { UsageError } from "../../errors.ts";
import { borgCommand } from "../../text/own_command.ts";
import {
  type CliContext,
  type CommonFlags,
  inheritedEnvironment,
  loadChosenConfig,
} from "../context.ts";

/** `autoborg borg LABEL -- ARGS...`: any command of Borg, on this terminal. */
export async function borgVerb(
  this: CliContext,
  flags: CommonFlags,
  ...words: readonly string[]
): Promise<void> {
  const [label = "", ...args] = words;
  const { config } = await loadChosenConfig(this, flags);
  const [chosen] = chooseRepositories(config, [label]);
  if (chosen === undefined) throw new UsageError(`Cannot find the repository "${label}"`);
  if (args.length === 0) {
    throw new UsageError("Cannot run Borg without a command", {
      hint: `Such as: ${borgCommand(label, "info")}`,
    });
  }
  const env = interactiveEnvironment(chosen, inheritedEnvironment(this.variable));
  for (const name of ["TERM", "COLUMNS"]) {
    const value = this.variable(name);
    if (value !== undefined) env[name] = value;
  }
  this.end(await this.startInteractive({ program: "borg", args, env }));
}
