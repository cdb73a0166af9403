/**
 * Stops services for as long as snapshots are taken, and starts them again. Longer than other files,
 * because a pause is best read from its beginning to its end.
 *
 * @module
 */
import { LATE, within } from "../async/deadline.ts";
import { AppError, hintOf, reasonOf } from "../errors.ts";
import { type Problem, warning } from "../problem.ts";
import type { JournalService, ServiceJournal } from "../state/journal.ts";
import { counted, humanDuration, humanLimit } from "../text/units.ts";
import { chooseServices } from "./choose_services.ts";
import {
  command,
  type CommandEnd,
  findSurroundings,
  look,
  type ServiceTools,
  stopCommand,
  type Surroundings,
} from "./service_commands.ts";
import {
  describeFirst,
  keyOf,
  type QuiesceRequest,
  type ServicePause,
  servicesOf,
  statusHint,
} from "./managed_services.ts";
import { notStarted, startAgain } from "./start_again.ts";

/** What a pause is made with. */
interface PauseContext extends ServiceTools {
  /** Milliseconds; never goes back. */
  readonly monotonic: () => number;
  /** Milliseconds; {@linkcode LATE_LIMIT} when left out. */
  readonly lateLimit?: number;
}

/** How long a service that is late is waited for before it is started again, in milliseconds. */
const LATE_LIMIT = 5 * 60_000;

function notStopped(error: unknown): Problem {
  const { hint = "The log of this run has what was tried" } = hintOf(error);
  return warning(`No service was stopped for the snapshot: ${reasonOf(error)}`, hint);
}

/** A service that was told to stop. */
interface Stop {
  readonly service: JournalService;
  readonly end: Promise<CommandEnd>;
  /** Ends the program that waits for the service. */
  readonly giveUp: AbortController;
  /** Whether it did. */
  stopped: boolean;
}

/** The services of one run. Whatever goes wrong is among its problems. */
export class QuietServices {
  readonly allowLongPause: boolean;
  readonly problems: Problem[] = [];
  #pause: ServicePause | undefined;
  #began = 0;
  #journal: ServiceJournal | undefined;
  #surroundings: Surroundings | undefined;
  readonly #stops: Stop[] = [];
  #ending: Promise<void> | undefined;

  constructor(private readonly request: QuiesceRequest, private readonly context: PauseContext) {
    this.allowLongPause = request.allowLongPause;
  }

  /** How long they were away; `undefined` as long as none was stopped and started again. */
  get pause(): ServicePause | undefined {
    return this.#pause;
  }

  /**
   * Stops those that run, one after the other; they are in the journal before.
   *
   * @returns why the snapshot may not be taken, if that is so
   * @throws the signal's reason when the run is being stopped
   */
  async stop(journal: ServiceJournal, signal: AbortSignal): Promise<AppError | undefined> {
    const chosen = await this.#choose(signal);
    for (const problem of chosen.problems) this.#add(problem);
    if (this.#isRefused()) return this.#refusal();
    const { running, resting } = chosen;
    for (const service of resting) this.#note(`${describeFirst(service)} does not run`);
    if (running.length === 0) return undefined;
    try {
      await journal.intend(running);
    } catch (error) {
      this.#add(notStopped(error));
      return this.#isRefused() ? this.#refusal() : undefined;
    }
    this.#journal = journal;
    this.#began = this.context.monotonic();
    for (const service of running) {
      signal.throwIfAborted();
      await this.#stopOne(service, signal);
      if (this.#isRefused()) return this.#refusal();
    }
    signal.throwIfAborted();
    await this.#lookAgain(signal);
    return this.#isRefused() ? this.#refusal() : undefined;
  }

  /** Starts again what was stopped, those that were stopped last first. Does it once; never throws. */
  start(): Promise<void> {
    return this.#ending ??= this.#startAll();
  }

  /**
   * Looks whether what was started again still runs, a moment later: one that ends at once has started
   * as far as its manager knows. It is started once more. To be called when they are not stopped.
   */
  async confirm(): Promise<void> {
    const services = this.#stops.map(({ service }) => service);
    const journal = this.#journal;
    if (this.#pause === undefined || journal === undefined || services.length === 0) return;
    try {
      const states = await look(this.context, services, await this.#around());
      const known = this.problems.map(({ message }) => message).join("\n");
      const fallen = services.filter((service) => {
        const state = states.get(keyOf(service));
        return state?.kind === "resting" && !state.ends && !known.includes(notStarted(service));
      });
      if (fallen.length === 0) return;
      for (const service of fallen) this.#note(`${describeFirst(service)} has ended already`);
      await journal.intend(fallen);
      const { remaining, problems } = await startAgain(
        this.context,
        fallen.toReversed(),
        await this.#around(),
      );
      this.problems.push(...problems);
      await journal.record(remaining);
    } catch (error) {
      this.#note(`It is not known whether services still run: ${reasonOf(error)}`);
    }
  }

  async #choose(signal: AbortSignal) {
    const named = servicesOf(this.request);
    try {
      const surroundings = await this.#around();
      const { refused, ...chosen } = await chooseServices(
        named,
        (services) => look(this.context, services, surroundings, signal),
      );
      return { ...chosen, problems: refused.map(({ problem }) => problem) };
    } catch (error) {
      signal.throwIfAborted();
      return { running: [], resting: [], problems: [notStopped(error)] };
    }
  }

  async #around(): Promise<Surroundings> {
    return this.#surroundings ??= this.context.surroundings ?? await findSurroundings();
  }

  async #stopOne(service: JournalService, signal: AbortSignal): Promise<void> {
    const { timeout } = this.request;
    const giveUp = new AbortController();
    const asked = stopCommand(service, await this.#around());
    // Its own limit is what is left of it when it is waited for once more, before the start.
    const end = command(this.context, asked, timeout + LATE_LIMIT, giveUp.signal)
      .catch((error: unknown): CommandEnd => ({ succeeded: false, reason: reasonOf(error) }));
    const stop: Stop = { service, end, giveUp, stopped: false };
    this.#stops.push(stop);
    const result = await within(end, timeout, signal);
    signal.throwIfAborted();
    const name = describeFirst(service);
    stop.stopped = result !== LATE && result.succeeded;
    if (result === LATE) {
      this.#add(
        warning(`${name} did not stop within ${humanLimit(timeout)}`, statusHint(service)),
      );
    } else if (!result.succeeded) {
      this.#add(warning(`${name} did not stop: ${result.reason}`, statusHint(service)));
    }
  }

  /** A socket or a timer may have started it again at once. */
  async #lookAgain(signal: AbortSignal): Promise<void> {
    const services = this.#stops.filter(({ stopped }) => stopped).map(({ service }) => service);
    const states = await look(this.context, services, await this.#around(), signal)
      .catch(() => new Map());
    signal.throwIfAborted();
    for (const service of services) {
      if (states.get(keyOf(service))?.kind !== "running") continue;
      this.#add(
        warning(
          `${describeFirst(service)} was stopped for the snapshot and runs again already`,
          service.manager === "systemd"
            ? `Put what starts it before it into quiesce.units: systemctl show ` +
              `--property=TriggeredBy ${service.name}`
            : statusHint(service),
        ),
      );
    }
  }

  async #startAll(): Promise<void> {
    const journal = this.#journal;
    if (journal === undefined) return;
    try {
      const services = this.#stops.map(({ service }) => service);
      const late = this.#stops.filter(({ stopped }) => !stopped).toReversed();
      const remaining = [
        // Nothing that has stopped in time waits for what has not.
        ...await this.#startThese(this.#stops.filter(({ stopped }) => stopped).toReversed()),
        ...await this.#startThese(await this.#waitForLate(late)),
      ];
      const duration = this.context.monotonic() - this.#began;
      this.#pause = { services: services.map(({ name }) => name), duration };
      this.#note(
        `${counted(services.length, "service was", "services were")} stopped for ` +
          humanDuration(duration),
      );
      await journal.record(services.filter((service) => remaining.includes(service)));
    } catch (error) {
      const message = `Cannot record that services were started again: ${reasonOf(error)}`;
      const { hint = "Check whether paths.state_dir is full or read-only" } = hintOf(error);
      this.problems.push(warning(message, hint));
    }
  }

  /** One that is told to start while it still stops may not start at all. */
  async #waitForLate(late: readonly Stop[]): Promise<readonly Stop[]> {
    const last = performance.now() + (this.context.lateLimit ?? LATE_LIMIT);
    for (const { end, giveUp } of late) {
      await within(end, Math.max(0, last - performance.now()));
      giveUp.abort();
    }
    return late;
  }

  /** Returns those that do not run after all. */
  async #startThese(stops: readonly Stop[]): Promise<readonly JournalService[]> {
    if (stops.length === 0) return [];
    const services = stops.map(({ service }) => service);
    const started = await startAgain(this.context, services, await this.#around());
    this.problems.push(...started.problems);
    return started.remaining;
  }

  #isRefused(): boolean {
    return this.request.required && this.problems.length > 0;
  }

  /** The problem that stops the run, in place of what would only be a warning. */
  #refusal(): AppError {
    const [problem] = this.problems.splice(0, 1);
    const message = problem?.message ?? "A service was not stopped";
    return new AppError(`Nothing was backed up, as quiesce.required is set: ${message}`, {
      ...(problem?.hint === undefined ? {} : { hint: problem.hint }),
    });
  }

  #add(problem: Problem): void {
    this.problems.push(problem);
    const scope = { step: "services" } as const;
    this.context.emit({ type: "note", scope, level: "warning", text: problem.message });
  }

  #note(text: string): void {
    const scope = { step: "services" } as const;
    this.context.emit({ type: "note", scope, level: "info", text });
  }
}
