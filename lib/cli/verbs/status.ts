import { ExitCode } from "../../errors.ts";
import { statusText } from "../../report/status/status_text.ts";
import { type CliContext, type CommonFlags, loadChosenConfig } from "../context.ts";
import { currentStatus } from "../current_status.ts";
import { outputWidth, wantsColour } from "../terminal.ts";

/** The flags of `autoborg status`. */
interface StatusFlags extends CommonFlags {
  readonly json: boolean;
}

/** `autoborg status`: says how old the last good backups are; contacts no repository. */
export async function statusVerb(this: CliContext, flags: StatusFlags): Promise<void> {
  const { config } = await loadChosenConfig(this, flags);
  const status = await currentStatus(this, config);
  if (flags.json) this.print(`${JSON.stringify(status, null, 2)}\n`);
  else {
    const colour = wantsColour(this, flags, this.streams.output);
    this.print(statusText(status, { width: outputWidth(), colour }));
  }
  if (status.state !== "fresh") this.end(ExitCode.warning);
}
