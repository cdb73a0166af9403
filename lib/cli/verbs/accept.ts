import { chooseRepositories } from "../../backup/plan.ts";
import { type CliContext, type CommonFlags, loadChosenConfig } from "../context.ts";
import { openHistory } from "../past_runs.ts";
import { refreshMetrics } from "../run_metrics.ts";

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
  using history = openHistory(config);
  const accepted = history?.ledger(config.name, label).accept({
    at: this.now().getTime(),
    reason: flags.reason,
  }) ?? [];
  if (accepted.length === 0) {
    this.print(`Nothing to accept: no alarm of "${label}" is open\n`);
    return;
  }
  await refreshMetrics(this, config);
  for (const { kind, message } of accepted) this.print(`accepted: ${kind}: ${message}\n`);
  this.print(`The next run prunes and compacts "${label}" again, unless it finds something new\n`);
}
