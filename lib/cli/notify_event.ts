/** Messages about what is not the end of a run: a run that could not begin, backups that are too old. @module */
import type { ChannelMessage, MessageLine } from "../channels/channel.ts";
import type { Channel, Topic } from "../config/notify_channel.ts";
import { reasonOf } from "../errors.ts";
import type { Problem } from "../problem.ts";
import { type ChannelOptions, serveChannel } from "../report/notify/channel_outbox.ts";
import { changeLines, messageOf, type Sender } from "../report/notify/message_lines.ts";
import type { StatusReport } from "../report/status/backup_status.ts";
import { decideAndRemember } from "../report/told_memory.ts";
import { NotifySpool } from "../state/notify_spool.ts";
import { readTold } from "../state/told_state.ts";
import { formatArchiveName, formatRunId } from "../text/archive_name.ts";

/** Whose channels are told. */
export interface Audience extends Sender {
  readonly channels: readonly Channel[];
  /** Where messages wait; `undefined`: not known. */
  readonly stateDir: string | undefined;
}

/** One thing that is bad. */
export interface BadThing {
  /** A word that stays the same as long as it is bad. */
  readonly word: string;
  /** The repository that it is about; `undefined`: all. */
  readonly label?: string;
  /** Whether a run has told it to all who hear of failures. */
  readonly isToldByRun?: boolean;
  readonly lines: readonly MessageLine[];
}

/** What is told. */
export interface NotifiedEvent {
  readonly event: "refused" | "status";
  readonly at: Date;
  readonly exitCode: number;
  /** Empty: all is well. */
  readonly things: readonly BadThing[];
  readonly status?: StatusReport;
}

type Limits = Pick<ChannelOptions, "timeLimit" | "pauses" | "longestPause" | "stopping">;

/**
 * Tells all channels that want to hear of it, each only when something has changed or a reminder is
 * due: a timer that looks every hour must not tell the same every hour.
 */
export async function notifyEvent(
  audience: Audience,
  event: NotifiedEvent,
  limits: Limits,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const channel of audience.channels) {
    try {
      problems.push(...await notifyChannel(audience, event, limits, channel));
    } catch (error) {
      const message = audience.mask(`Cannot notify "${channel.label}": ${reasonOf(error)}`);
      problems.push({ severity: "warning", message });
    }
  }
  return problems;
}

async function notifyChannel(
  audience: Audience,
  event: NotifiedEvent,
  limits: Limits,
  channel: Channel,
): Promise<readonly Problem[]> {
  const { name, stateDir, mask } = audience;
  const spool = stateDir === undefined ? undefined : new NotifySpool(stateDir, name, channel.label);
  const problems: Problem[] = [];
  const message = await messageFor(audience, event, channel, spool, problems);
  const served = await serveChannel(channel, message, {
    ...limits,
    ...{ mask, spool },
    signal: new AbortController().signal,
    now: () => new Date(),
    note: () => {},
  });
  return [...problems, ...served];
}

/** What a channel is told; nothing when it has heard it already, or does not ask for it. */
async function messageFor(
  audience: Audience,
  { event, at, exitCode, things, status }: NotifiedEvent,
  channel: Channel,
  spool: NotifySpool | undefined,
  problems: Problem[],
): Promise<ChannelMessage | undefined> {
  const { name } = audience;
  // A run that could not begin is told as one that failed: the next good one ends both.
  const file = event === "refused" ? `${name}.told.json` : `${name}.status.told.json`;
  const path = spool === undefined ? undefined : `${spool.directory}/${file}`;
  const wanted = await notToldYet(
    things.filter((thing) => isWanted(thing, event, channel)),
    path,
    channel.only.length === 0 || channel.only.includes("failed"),
  );
  const state = wanted.length === 0 ? "ok" : "failed";
  const bad = wanted.map(({ word }) => word);
  const when = event === "status" ? "changes" : channel.when;
  const wish = { when, remind: channel.remind } as const;
  if (event === "refused" && wanted.length === 0) return undefined;
  const current = { state, bad, now: at.getTime() } as const;
  const { decision, problems: forgotten } = await decideAndRemember(
    `"${channel.label}"`,
    path,
    wish,
    current,
  );
  problems.push(...forgotten);
  const isUnwanted = state === "ok" && channel.when === "problems";
  if (!decision.send || isUnwanted) return undefined;
  const runId = formatRunId(crypto.getRandomValues(new Uint8Array(4)));
  const lines = state === "ok"
    ? [{ label: "", text: "The last good backups are recent" }]
    : wanted.flatMap((thing) => thing.lines);
  return messageOf(audience, {
    ...{ event, state, exitCode: state === "ok" ? 0 : exitCode, at, runId: null },
    id: formatArchiveName({ series: name, startedAt: at, runId }),
    lines: [...changeLines(decision, at.getTime()), ...lines],
    ...(status === undefined ? {} : { status }),
  });
}

/**
 * Leaves out what a run has told. What was told from here before stays: else its end would be told
 * while it is still bad.
 *
 * @param path where it is remembered what was told from here; `undefined`: nowhere
 * @param hearsOfRuns whether who is told hears of runs that fail
 */
export async function notToldYet<Thing extends BadThing>(
  things: readonly Thing[],
  path: string | undefined,
  hearsOfRuns: boolean,
): Promise<readonly Thing[]> {
  if (!hearsOfRuns) return things;
  const told = path === undefined ? undefined : await readTold(path);
  return things.filter(({ word, isToldByRun = false }) =>
    !isToldByRun || told?.bad.includes(word) === true
  );
}

function isWanted(
  { label }: BadThing,
  event: NotifiedEvent["event"],
  { only, repositories }: Channel,
): boolean {
  const topic: Topic = event === "refused" ? "refused" : "stale";
  if (only.length > 0 && !only.includes(topic) && !only.includes("failed")) return false;
  return label === undefined || repositories.length === 0 || repositories.includes(label);
}
