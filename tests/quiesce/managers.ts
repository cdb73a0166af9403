/**
 * Managers of services in memory: they answer as `systemctl` and `podman` do, and fail or hang where a
 * test says so.
 *
 * @module
 */
import type { ProgramRequest, ProgramResult, StartProgram } from "../../lib/process/program.ts";
import { Tail } from "../../lib/process/output.ts";
import type { JournalService, ServiceJournal } from "../../lib/state/journal.ts";

/** A unit or a container. */
interface Service {
  /** As its manager says it. */
  state: string;
  /** What happens when it is told to stop or to start, in place of what should. */
  on?: { readonly stop?: Reaction; readonly start?: Reaction };
  /** More lines of `systemctl show`. */
  properties?: Readonly<Record<string, string>>;
  autoRemove?: boolean;
}

/** `fails`: exit code 1 and nothing changes; `hangs`: until it is stopped; `restarts`: it runs again. */
type Reaction = "fails" | "hangs" | "restarts" | "dies";

/** The managers of a machine. */
export class Managers {
  readonly units = new Map<string, Service>();
  readonly containers = new Map<string, Service>();
  /** What was started, without options: "systemctl stop a.service". */
  readonly commands: string[] = [];
  /** The environments that programs got. */
  readonly environments: Readonly<Record<string, string>>[] = [];
  /** What is called when a command begins. */
  onCommand: (command: string) => void = () => {};

  /** Starts one of the programs. */
  start: StartProgram = async (request) => {
    const { program, args, env } = request;
    const words = args.filter((arg) => !arg.startsWith("-") && !arg.includes("{{"));
    const command = [program, ...words].join(" ");
    this.commands.push(command);
    this.environments.push(env);
    this.onCommand(command);
    const [verb = "", ...names] = words;
    if (verb === "show") return ended(0, names.map((name) => this.#shown(name)).join("\n"));
    if (verb === "inspect") return this.#inspect(request, names.slice(1));
    let code = 0;
    for (const name of names) code ||= await this.#change(request, verb, name);
    return ended(code);
  };

  /** The commands that changed something. */
  get changes(): readonly string[] {
    return this.commands.filter((command) => !/ (?:show|inspect) /.test(command));
  }

  #shown(name: string): string {
    const unit = this.units.get(name);
    const lines = {
      Id: name,
      LoadState: unit === undefined ? "not-found" : "loaded",
      ActiveState: unit?.state ?? "inactive",
      CanStart: "yes",
      CanStop: "yes",
      Transient: "no",
      ...unit?.properties,
    };
    return Object.entries(lines).map(([key, value]) => `${key}=${value}\n`).join("");
  }

  #inspect(request: ProgramRequest, names: readonly string[]): ProgramResult {
    const lines = names.flatMap((name) => {
      const found = this.containers.get(name);
      return found === undefined
        ? []
        : [`${"0".repeat(64)} ${name} ${found.state} ${found.autoRemove === true} 10\n`];
    });
    const missing = names.filter((name) => !this.containers.has(name));
    for (const name of missing) request.onStderrLine?.(`Error: no such container ${name}`);
    return ended(missing.length === 0 ? 0 : 125, lines.join(""));
  }

  async #change(request: ProgramRequest, verb: string, name: string): Promise<number> {
    const isUnit = request.program === "systemctl";
    const service = (isUnit ? this.units : this.containers).get(name);
    if (service === undefined) return 1;
    const isStop = verb === "stop" || verb === "pause";
    const reaction = isStop ? service.on?.stop : service.on?.start;
    if (reaction === "fails") {
      request.onStderrLine?.(`Job for ${name} failed.`);
      return 1;
    }
    if (reaction === "hangs") {
      await new Promise<void>((resolve) => {
        request.signal?.addEventListener("abort", () => resolve(), { once: true });
      });
      return 143;
    }
    const running = isUnit ? "active" : "running";
    const resting = isUnit ? "inactive" : verb === "pause" ? "paused" : "exited";
    const isOver = isStop ? reaction !== "restarts" : reaction === "dies";
    service.state = isOver ? resting : running;
    return 0;
  }
}

function ended(code: number, stdout = ""): ProgramResult {
  return { end: { kind: "exited", code }, stdout, stderr: new Tail(), duration: 1 };
}

/** A journal in memory. */
export class MemoryJournal implements ServiceJournal {
  /** What was written, each time. */
  readonly written: (readonly string[])[] = [];
  broken = false;

  intend(services: readonly JournalService[]): Promise<void> {
    if (this.broken) return Promise.reject(new Error("no space left on the device"));
    return this.record(services);
  }

  record(services: readonly JournalService[]): Promise<void> {
    this.written.push(services.map(({ name }) => name));
    return Promise.resolve();
  }
}
