import { ExitCode } from "../../errors.ts";
import { collectStatus } from "../../report/status/backup_status.ts";
import { lookAround } from "../../report/status/surroundings.ts";
import { statusText } from "../../report/status/status_text.ts";
import { type CliContext, type CommonFlags, loadChosenConfig } from "../context.ts";
import { withHistory } from "../past_runs.ts";
import { outputWidth, wantsColour } from "../terminal.ts";

/** The flags of `autoborg status`. */
interface StatusFlags extends CommonFlags {
  readonly json: boolean;
}

/** `autoborg status`: says how old the last good backups are; contacts no repository. */
export async function statusVerb(this: CliContext, flags: StatusFlags): Promise<void> {
  const { config } = await loadChosenConfig(this, flags);
  const { running, leftovers, problems } = await lookAround(config);
  const status = withHistory(config, (history) =>
    collectStatus(history, {
      name: config.name,
      repositories: config.repositories,
      maxAge: config.status.maxAge,
      now: this.now(),
      running,
      leftovers,
      problems,
    }));
  if (flags.json) this.print(`${JSON.stringify(status, null, 2)}\n`);
  else {
    const colour = wantsColour(this, flags, this.streams.output);
    this.print(statusText(status, { width: outputWidth(), colour }));
  }
  if (status.state !== "fresh") this.end(ExitCode.warning);
}
