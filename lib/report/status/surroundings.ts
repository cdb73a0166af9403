/** What the state directory tells of backups besides the history. @module */
import type { Config } from "../../config/config_schema.ts";
import { AppError, reasonOf } from "../../errors.ts";
import { spaceAt } from "../../files/free_space.ts";
import { historyPath } from "../../state/history_opening.ts";
import { type JournalRun, readJournal } from "../../state/journal.ts";
import { describeServices } from "../../state/journal_services.ts";
import { MailSpool } from "../../state/mail_spool.ts";
import { NotifySpool } from "../../state/notify_spool.ts";
import { lookAtLock } from "../../state/run_lock.ts";
import { ownCommand } from "../../text/own_command.ts";
import type { ReportedProblem } from "../run_report.ts";
import type { Leftover, RunningRun, StatusReport } from "./backup_status.ts";
import { localTime } from "../../text/local_time.ts";

/** What the lock, the journal and the spool tell; `null` where they can't be read. */
type Surroundings = Pick<StatusReport, "running" | "leftovers" | "problems">;

/** What the lock and the journal tell; who may not read them still gets the rest. */
export async function lookAround(config: Config): Promise<Surroundings> {
  const problems: ReportedProblem[] = [];
  const orProblem = async <T>(look: () => Promise<T>): Promise<T | null> => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problems.push({ severity: "warning", message: error.message, hint: error.hint ?? null });
      return null;
    }
  };
  const { stateDir } = config.paths;
  const running = await orProblem(() => runningRun(stateDir));
  const dead = await orProblem(() => deadRuns(config, running));
  problems.push(...(dead ?? []).flatMap(servicesLeft));
  await orProblem(async () => problems.push(...await mailProblems(config)));
  await orProblem(async () => problems.push(...await channelProblems(config)));
  problems.push(...await stateProblems(stateDir));
  return { running, leftovers: dead?.flatMap(snapshotsLeft) ?? null, problems };
}

/** A report that reached nobody must be seen somewhere else. */
async function mailProblems(config: Config): Promise<readonly ReportedProblem[]> {
  if (config.mail === undefined) return [];
  const spool = new MailSpool(config.paths.stateDir, config.name);
  const failure = await spool.failure();
  if (failure === undefined) return [];
  const { length } = await spool.list();
  const waiting = length === 1 ? "1 report is waiting" : `${length} reports are waiting`;
  return [{
    severity: "warning",
    message: `Mail could not be sent at ${
      localTime(failure.at)
    }: ${failure.reason}; ${waiting} to be sent`,
    hint: `The next run tries again; this shows what the mail server says: ${
      ownCommand("test-notify", "mail")
    }`,
  }];
}

/** The same for channels. */
async function channelProblems(
  { channels, name, paths }: Config,
): Promise<readonly ReportedProblem[]> {
  const found: ReportedProblem[] = [];
  for (const { label } of channels) {
    const spool = new NotifySpool(paths.stateDir, name, label);
    const failure = await spool.failure();
    if (failure === undefined) continue;
    const { length } = await spool.list();
    const waiting = length === 1 ? "1 message is waiting" : `${length} messages are waiting`;
    found.push({
      severity: "warning",
      message: `${failure.reason} (tried at ${localTime(failure.at)}); ${waiting} to be sent`,
      hint: `The next run tries again; this shows what the service says: ${
        ownCommand("test-notify", label)
      }`,
    });
  }
  return found;
}

/** A state directory that can't be written to: what this says of the last runs may be old. */
async function stateProblems(directory: string): Promise<readonly ReportedProblem[]> {
  const problem = (reason: string): ReportedProblem => ({
    severity: "warning",
    message: `Cannot write to the state directory "${directory}": ${reason}`,
    hint: "Runs that could not be recorded are missing here: check the logs and the mails",
  });
  try {
    Deno.openSync(historyPath(directory), { read: true, write: true }).close();
  } catch (error) {
    // Others than root may only look, and before the first run there is nothing.
    const isUsual = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.PermissionDenied;
    return isUsual ? [] : [problem(reasonOf(error))];
  }
  const space = await spaceAt(directory);
  return space?.free === 0 ? [problem("no space is left")] : [];
}

/** Runs that have left something behind. */
async function deadRuns(
  { paths, name }: Config,
  running: RunningRun | null,
): Promise<readonly JournalRun[]> {
  const journal = await readJournal(paths.stateDir, name);
  // Another host's services are none of ours, and a run in progress may be any of them.
  const isKnown = journal?.hostname === Deno.hostname() && running?.runId !== null;
  // What a run in progress has made is in the journal too, and it is in use.
  return (journal?.runs ?? []).filter(({ runId }) => runId !== running?.runId)
    .map((run) => isKnown ? run : { ...run, services: [] });
}

function snapshotsLeft({ runId, startedAt, snapshots }: JournalRun): readonly Leftover[] {
  return snapshots.map(({ name: snapshot }) => ({ snapshot, runId, startedAt }));
}

/** Services are down until a person or the next run starts them. */
function servicesLeft({ runId, startedAt, services = [] }: JournalRun): readonly ReportedProblem[] {
  if (services.length === 0) return [];
  return [{
    severity: "error",
    message:
      `The run ${runId} of ${localTime(startedAt)} ended without starting again what it had ` +
      `stopped: ${describeServices(services)}`,
    hint: `The next run starts it, or this does it now: sudo ${
      ownCommand("recover", "--services")
    }`,
  }];
}

/**
 * Looks whether a run is in progress, and which one as far as its lock tells.
 *
 * @throws {AppError} when the lock can't be read
 */
export async function runningRun(stateDir: string): Promise<RunningRun | null> {
  const { held, holder } = await lookAtLock(`${stateDir}/run.lock`);
  if (!held) return null;
  const { runId = null, process = null, startedAt = null } = holder ?? {};
  return { runId, process, startedAt };
}
