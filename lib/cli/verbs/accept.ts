import { ExitCode } from "../../errors.ts";
import { acceptSetBack } from "../accepted_set_back.ts";
import { readArchives } from "../archive_session.ts";
import type { CliContext, CommonFlags } from "../context.ts";
import { openHistory } from "../past_runs.ts";
import { refreshMetrics } from "../run_metrics.ts";

interface AcceptFlags extends CommonFlags {
  readonly reason?: string;
}

/** `autoborg accept LABEL`: a person has looked; the repository is pruned and compacted again. */
export async function acceptVerb(
  this: CliContext,
  flags: AcceptFlags,
  label: string,
): Promise<void> {
  await readArchives(this, { ...flags, repo: [label] }, async (session) => {
    const { config } = session;
    using history = openHistory(config);
    const ledger = history?.ledger(config.name, label);
    const state = await acceptSetBack(session, label, ledger, this.now());
    const acceptance = { at: this.now().getTime(), reason: flags.reason };
    const accepted = ledger?.accept(acceptance) ?? [];
    const unpinned = history?.pins(config.name, label).acceptMissing(acceptance) ?? [];
    if (accepted.length + unpinned.length === 0 && state === undefined) {
      this.print(`Nothing to accept: no alarm of "${label}" is open\n`);
      return ExitCode.ok;
    }
    await refreshMetrics(this, config);
    for (const { kind, message } of accepted) this.print(`accepted: ${kind}: ${message}\n`);
    if (state !== undefined) this.print(`${state}\n`);
    for (const archive of unpinned) {
      const what = "is gone; retention decides about the archive again";
      this.print(`accepted: the pin of ${archive} ${what}\n`);
    }
    if (accepted.length === 0 && state === undefined) return ExitCode.ok;
    this.print(
      `The next run prunes and compacts "${label}" again, unless it finds something new\n`,
    );
    return ExitCode.ok;
  });
}
