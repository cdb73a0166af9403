import { chooseRepositories } from "../../backup/plan.ts";
import { History } from "../../state/history.ts";
import { historyPath } from "../../state/history_opening.ts";
import { type CliContext, type CommonFlags, loadChosenConfig } from "../context.ts";
import { withHistory } from "../past_runs.ts";

/** The flags of `autoborg accept`. */
interface AcceptFlags extends CommonFlags {
  readonly reason?: string;
}

/** `autoborg accept LABEL`: a person has looked; the repository is pruned and compacted again. */
export async function acceptVerb(
  this: CliContext,
  flags: AcceptFlags,
  label: string,
): Promise<void> {
  const { config } = await loadChosenConfig(this, flags);
  chooseRepositories(config, [label]);
  // A history that does not exist must not begin with a verb that only takes note.
  const exists = withHistory(config, (history) => history !== undefined);
  using history = exists ? History.open(historyPath(config.paths.stateDir)) : undefined;
  const accepted = history?.ledger(config.name, label).accept({
    at: this.now().getTime(),
    reason: flags.reason,
  }) ?? [];
  if (accepted.length === 0) {
    this.print(`Nothing to accept: no alarm of "${label}" is open\n`);
    return;
  }
  for (const { kind, message } of accepted) this.print(`accepted: ${kind}: ${message}\n`);
  this.print(`The next run prunes and compacts "${label}" again, unless it finds something new\n`);
}
