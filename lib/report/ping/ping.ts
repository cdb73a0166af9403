/**
 * Tells a monitoring service that a run begins and how it ended, the way Healthchecks has it: the
 * url itself means success, `/start` and `/fail` behind its path mean what they say. The URL is a secret: anyone who knows it can pretend to be this run.
 *
 * @module
 */
import type { RunEvent } from "../../backup/events.ts";
import type { Problem, RunOutcome } from "../../backup/outcome.ts";
import { graceAfter, within } from "../../async/deadline.ts";
import type { Masker, Secret } from "../../text/secret.ts";
import { outcomeLine } from "../describe.ts";
import { placedProblems } from "../placed_problems.ts";
import { fetchFailure } from "../fetch_failure.ts";
import type { Reporter } from "../reporter.ts";

interface PingOptions {
  readonly url: Secret;
  readonly mask: Masker;
  /**
   * Whether the run leaves out the backup itself. Then only a failure is sent: a success would hide
   * that the real backup is missing, and a start would have the service wait for its end.
   */
  readonly withoutBackup?: boolean;
  /** Aborts when the run is being stopped: what is sent then, or later, must not take long. */
  readonly stopped?: AbortSignal;
  /** For all tries from that moment on, in milliseconds. */
  readonly stopping?: number;
  /** How long one try may take, in milliseconds. */
  readonly timeLimit?: number;
  /** How long is waited before each further try, in milliseconds. */
  readonly pauses?: readonly number[];
}

type Signal = "start" | "success" | "fail";

/** As much as Healthchecks keeps of a body, in bytes. */
const LARGEST_BODY = 100_000;

/** Pings a monitoring service; the run never waits for the first ping. */
export class Ping implements Reporter {
  readonly name = "ping";
  readonly #options: PingOptions;
  readonly #stop = new AbortController();
  #started: Promise<string | undefined> = Promise.resolve(undefined);

  constructor(options: PingOptions) {
    this.#options = options;
  }

  handle(event: RunEvent): void {
    if (event.type !== "run-started" || this.#options.withoutBackup) return;
    const text = `autoborg ${event.version}: run ${event.runId} of ${event.name}`;
    this.#started = this.#send("start", text);
  }

  /** Whether nothing is said about a run because it made no backup. */
  isSuppressed(outcome: RunOutcome): boolean {
    return this.#options.withoutBackup === true && outcome.state !== "failed";
  }

  async finish(outcome: RunOutcome): Promise<readonly Problem[]> {
    // The service must hear of the start first; it need not be tried any more.
    this.#stop.abort();
    if (this.isSuppressed(outcome)) return [];
    const reasons = [
      await this.#started,
      await this.#send(outcome.state === "failed" ? "fail" : "success", summary(outcome)),
    ];
    const [reason] = reasons.filter((one) => one !== undefined).toReversed();
    if (reason === undefined) return [];
    const hint = "The service behind ping.url may assume that no backup was made; check that " +
      "it can be reached";
    return [{ severity: "warning", message: `Cannot reach ping.url: ${reason}`, hint }];
  }

  close(): void {
    this.#stop.abort();
  }

  /** Says why it did not work, or nothing. */
  async #send(signal: Signal, text: string): Promise<string | undefined> {
    const { url, mask, timeLimit = 10_000, pauses = [1_000, 3_000] } = this.#options;
    const address = pingUrl(url.reveal(), signal);
    if (address === undefined) return "it is not a URL";
    const body = mask(text).slice(0, LARGEST_BODY / 4);
    const { stopped, stopping = 3_000 } = this.#options;
    using grace = graceAfter(stopped, stopping);
    const ends = signal === "start"
      ? AbortSignal.any([grace.signal, this.#stop.signal])
      : grace.signal;
    let reason: string | undefined;
    for (const wait of [0, ...pauses]) {
      if (wait > 0) await within(Promise.withResolvers<never>().promise, wait, ends);
      if (reason !== undefined && ends.aborted) break;
      const result = await tryOnce(address, body, timeLimit, grace.signal);
      if (result.done) return undefined;
      reason = result.reason;
      if (!result.again) break;
    }
    return reason;
  }
}

/** The url with the signal behind its path, before a query; `undefined` when it is no url. */
export function pingUrl(url: string, signal: Signal): URL | undefined {
  // The error of `new URL` would have the secret in its message.
  const address = URL.parse(url);
  if (address === null) return undefined;
  if (signal !== "success") address.pathname = `${address.pathname.replace(/\/+$/, "")}/${signal}`;
  return address;
}

/** The state, and every problem with its place and its hint. */
function summary(outcome: RunOutcome): string {
  const problems = placedProblems(outcome).map(({ severity, where, message, hint }) =>
    `${severity}: ${where === "" ? "" : `${where}: `}${message}` +
    `${hint === undefined ? "" : `\nhint: ${hint}`}`
  );
  return [outcomeLine(outcome), ...problems].join("\n");
}

type Tried =
  | { readonly done: true }
  | { readonly done: false; readonly reason: string; readonly again: boolean };

async function tryOnce(
  address: URL,
  body: string,
  timeLimit: number,
  late: AbortSignal,
): Promise<Tried> {
  try {
    const response = await fetch(address, {
      method: "POST",
      body,
      headers: { "content-type": "text/plain; charset=utf-8", "user-agent": "autoborg" },
      signal: AbortSignal.any([AbortSignal.timeout(timeLimit), late]),
    });
    await response.body?.cancel();
    if (response.ok) return { done: true };
    const again = response.status >= 500 || response.status === 429 || response.status === 408;
    return { done: false, reason: `it answered with status ${response.status}`, again };
  } catch (error) {
    if (late.aborted) {
      const reason = "it did not answer at once, and the run is being stopped";
      return { done: false, reason, again: false };
    }
    return { done: false, reason: fetchFailure(error, timeLimit, address), again: true };
  }
}
