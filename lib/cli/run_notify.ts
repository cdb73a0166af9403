/** The messages about a run that ended. @module */
import { serviceOf } from "../channels/services.ts";
import { formatArchiveName, formatRunId } from "../text/archive_name.ts";
import type { Emit } from "../backup/events.ts";
import type { Problem, RunOutcome } from "../backup/outcome.ts";
import type { Plan } from "../backup/plan.ts";
import type { OutcomeSink } from "../backup/session.ts";
import type { ChannelMessage } from "../channels/channel.ts";
import type { Config } from "../config/config_schema.ts";
import type { Channel } from "../config/notify_channel.ts";
import { reasonOf } from "../errors.ts";
import { recordedRun } from "../report/history/recorded_run.ts";
import type { RunHistory } from "../report/history/run_history.ts";
import { logFileName } from "../report/log/log_retention.ts";
import { logEnd } from "../report/log/log_end.ts";
import { type ChannelOptions, serveChannel } from "../report/notify/channel_outbox.ts";
import { badOf, viewOf } from "../report/notify/channel_view.ts";
import { changeLines, messageOf, runLines } from "../report/notify/message_lines.ts";
import { StartSignals } from "../report/notify/start_signals.ts";
import { runReport } from "../report/run_report.ts";
import { decideAndRemember } from "../report/told_memory.ts";
import { NotifySpool } from "../state/notify_spool.ts";
import type { Masker } from "../text/secret.ts";
import { exitCodeOfRun } from "./exit_code_of_run.ts";
import { NOTIFY_LIMITS } from "./notify_limits.ts";
import { VERSION } from "./version.ts";

/** A run whose end is told. */
interface NotifiedRun {
  readonly config: Config;
  readonly plan: Plan;
  readonly history: RunHistory;
  readonly emit: Emit;
  readonly mask: Masker;
  /** Aborts when the process shall end soon. */
  readonly signal: AbortSignal;
  /** Services that hear of the beginning before the end. */
  readonly starts: StartSignals;
}

/** The signals that a run begins; none when it leaves out the backup, as no success will follow. */
export function startSignals(
  { config, plan, emit, mask, signal }: Omit<NotifiedRun, "history" | "starts">,
): StartSignals {
  return new StartSignals(plan.skip.has("create") ? [] : config.channels, {
    ...NOTIFY_LIMITS,
    ...{ mask, signal },
    now: () => new Date(),
    note: (level, text) => emit({ type: "note", scope: {}, level, text: mask(text) }),
  });
}

/**
 * Tells the channels of a run. One that failed last time is first, so that the others can say that it
 * fails; after the mail those are told once more for whom all was well until then.
 */
export class RunNotifier {
  readonly #run: NotifiedRun;
  readonly #heard = new Map<string, RunOutcome["state"]>();
  readonly #failed = new Set<string>();

  constructor(run: NotifiedRun) {
    this.#run = run;
  }

  /** The report before the mail, and the one after it. */
  get sinks(): { readonly first: OutcomeSink; readonly again: OutcomeSink } {
    return {
      first: { name: "notification", write: (outcome) => this.#tellAll(outcome) },
      again: { name: "second notification", write: (outcome) => this.#tellAgain(outcome) },
    };
  }

  async #tellAll(given: RunOutcome): Promise<readonly Problem[]> {
    const problems: Problem[] = [];
    for (const channel of await this.#inOrder()) {
      const found = await this.#tell(channel, withWarnings(given, problems));
      if (found.length > 0) this.#failed.add(channel.label);
      problems.push(...found);
    }
    return problems;
  }

  async #tellAgain(outcome: RunOutcome): Promise<readonly Problem[]> {
    if (outcome.state === "ok") return [];
    const problems: Problem[] = [];
    for (const channel of this.#run.config.channels) {
      // The service would learn nothing new: the backup was made.
      if (serviceOf(channel.kind).isHeartbeat && outcome.state !== "failed") continue;
      const wasGood = this.#heard.get(channel.label) === "ok" && !this.#failed.has(channel.label);
      if (!wasGood || viewOf(outcome, channel).state === "ok") continue;
      problems.push(...await this.#tell(channel, outcome));
    }
    return problems;
  }

  async #inOrder(): Promise<readonly Channel[]> {
    const notify = this.#run.config.channels;
    const failures = await Promise.all(notify.map((one) => this.#spoolOf(one).failure()));
    const failed = notify.filter((_, index) => failures[index] !== undefined);
    return [...failed, ...notify.filter((one) => !failed.includes(one))];
  }

  async #tell(channel: Channel, outcome: RunOutcome): Promise<readonly Problem[]> {
    const { emit, mask, signal, starts } = this.#run;
    const spool = this.#spoolOf(channel);
    await starts.settled(channel.label);
    const options: ChannelOptions = {
      ...NOTIFY_LIMITS,
      ...{ mask, signal, spool },
      now: () => new Date(),
      note: (level, text) => emit({ type: "note", scope: {}, level, text: mask(text) }),
    };
    const problems: Problem[] = [];
    try {
      const message = await this.#messageFor(channel, outcome, spool, problems);
      problems.push(...await serveChannel(channel, message, options));
    } catch (error) {
      const message = mask(`Cannot notify "${channel.label}": ${reasonOf(error)}`);
      problems.push({ severity: "warning", message });
    }
    return problems;
  }

  /** What a channel is told; nothing when it does not want to hear of this. */
  async #messageFor(
    channel: Channel,
    outcome: RunOutcome,
    spool: NotifySpool,
    problems: Problem[],
  ): Promise<ChannelMessage | undefined> {
    const { plan, history, mask, config, emit } = this.#run;
    // A success would hide that the real backup is missing.
    if (plan.skip.has("create") && outcome.state !== "failed") {
      const text = `"${channel.label}" gets no message about this run: create was skipped`;
      emit({ type: "note", scope: {}, level: "info", text });
      return undefined;
    }
    const view = viewOf(outcome, channel);
    const toldPath = `${spool.directory}/${plan.name}.told.json`;
    const now = outcome.finishedAt.getTime();
    const current = { state: view.state, bad: badOf(view), now };
    const { decision, problems: forgotten } = await decideAndRemember(
      `"${channel.label}"`,
      toldPath,
      channel,
      current,
    );
    const isRepeated = this.#heard.has(channel.label);
    this.#heard.set(channel.label, view.state);
    problems.push(...forgotten);
    if (!decision.send) return undefined;
    const { name, hostname, startedAt } = plan;
    const lastGood = (label: string) => history.lastGood(label);
    const logPath = `${config.logs.directory}/${logFileName(plan.archive)}`;
    const runId = isRepeated ? formatRunId(crypto.getRandomValues(new Uint8Array(4))) : plan.runId;
    return messageOf({ name, hostname, link: config.page.url ?? null, mask }, {
      id: formatArchiveName({ series: name, startedAt, runId }),
      event: "run",
      state: view.state,
      runId: plan.runId,
      exitCode: view.state === "failed" ? exitCodeOfRun(view) : 0,
      at: outcome.finishedAt,
      lines: [...changeLines(decision, now), ...runLines(view, lastGood)],
      log: await logEnd(logPath),
      run: runReport(recordedRun(outcome, { version: VERSION, mask })),
    });
  }

  #spoolOf({ label }: Channel): NotifySpool {
    return new NotifySpool(this.#run.plan.stateDir, this.#run.plan.name, label);
  }
}

function withWarnings(outcome: RunOutcome, problems: readonly Problem[]): RunOutcome {
  if (problems.length === 0) return outcome;
  const state = outcome.state === "ok" ? "warning" : outcome.state;
  return { ...outcome, state, problems: [...outcome.problems, ...problems] };
}
