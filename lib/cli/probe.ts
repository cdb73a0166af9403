import type { LoadedConfig } from "../config/load.ts";
import { stateOf } from "../probe/finding.ts";
import { findingsReport, findingsText } from "../probe/findings_report.ts";
import { PROBE_LIMITS } from "../probe/probe_context.ts";
import { probeAll } from "../probe/probe_all.ts";
import { fit } from "../text/width.ts";
import { createMasker } from "../text/secret.ts";
import { type CliContext, type CommonFlags, inheritedEnvironment } from "./context.ts";
import { exitCodeOfState } from "./describe_error.ts";
import { watchForStop } from "./stop_signals.ts";
import { canRepaint, outputWidth, terminalSize, wantsColour } from "./terminal.ts";

/** The flags of `autoborg check-config --probe`. */
interface ProbeFlags extends CommonFlags {
  readonly json: boolean;
}

/** `autoborg check-config --probe`: asks everything that a run depends on. */
export async function probe(
  context: CliContext,
  flags: ProbeFlags,
  loaded: LoadedConfig,
): Promise<void> {
  const { config, path, warnings, secrets } = loaded;
  const mask = createMasker(secrets);
  const now = context.now();
  using watch = watchForStop();
  const waiting = waitingLine(context, mask);
  const findings = await probeAll({
    config,
    path,
    warnings,
    inherited: inheritedEnvironment(context.variable),
    start: context.start,
    hostname: Deno.hostname(),
    now,
    mask,
    signal: watch.signal,
    limits: PROBE_LIMITS,
  }, waiting.show);
  waiting.clear();
  if (watch.received !== undefined) {
    context.tell("interrupted\n");
    context.end(watch.exitCode);
    return;
  }
  if (flags.json) {
    const report = findingsReport(config.name, now, findings);
    context.print(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const colour = wantsColour(context, flags, context.streams.output);
    context.print(findingsText(findings, { width: outputWidth(), colour }));
  }
  context.end(exitCodeOfState(stateOf(findings)));
}

/** A line on a terminal that says who has not answered yet. */
function waitingLine(context: CliContext, mask: (text: string) => string) {
  const terminal = canRepaint(context);
  let shown = false;
  const clear = () => {
    if (shown) context.tell("\r\x1b[K");
    shown = false;
  };
  const show = (names: readonly string[]) => {
    if (!terminal) return;
    clear();
    if (names.length === 0) return;
    shown = true;
    context.tell(fit(mask(`waiting for ${names.join(", ")}`), terminalSize().columns - 1));
  };
  return { show, clear };
}
