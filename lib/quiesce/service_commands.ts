/**
 * Asks the managers of services (systemd, Docker, Podman) and tells them what to do. They get nothing
 * of the environment but `PATH`.
 *
 * @module
 */
import { AppError } from "../errors.ts";
import type { StartProgram } from "../process/program.ts";
import { type ProgramEvent, runReported } from "../process/reported_program.ts";
import type { JournalService } from "../state/journal.ts";
import {
  changeContainers,
  type Engine,
  inspectContainers,
  readContainers,
} from "./engine_containers.ts";
import { keyOf, type ServiceState } from "./managed_services.ts";
import { describeService } from "../state/journal_services.ts";
import { changeUnit, readUnits, showUnits, unitsOfProcess } from "./systemd_units.ts";

/** How long a manager may take to say what there is, in milliseconds. */
const ANSWER_LIMIT = 30_000;

/** Where Podman listens when `podman.socket` is active. */
const PODMAN_SOCKET = "/run/podman/podman.sock";

/** What reporters hear of services. */
type ServiceEvent =
  | ProgramEvent<{ readonly step: "services" }>
  | {
    readonly type: "output" | "note";
    readonly scope: { readonly step: "services" };
    readonly level: "info" | "warning";
    readonly text: string;
  };

/** With what services are asked and changed. */
export interface ServiceTools {
  readonly start: StartProgram;
  readonly emit: (event: ServiceEvent) => void;
  /** `PATH` for the programs. */
  readonly path: string;
  /** How this process may use Podman and what it runs in; found out when left out. */
  readonly surroundings?: Surroundings;
}

/** What depends on how this process itself was started. */
export interface Surroundings {
  /** Whether Podman listens on its socket. */
  readonly hasPodmanSocket: boolean;
  /** Whether what it starts may gain no privileges, as in the service of systemd. */
  readonly isSandboxed: boolean;
  /** The units of systemd that it runs in. */
  readonly ownUnits: ReadonlySet<string>;
}

const SCOPE = { step: "services" } as const;

/** A command for a manager, program first. */
type ServiceCommand = readonly [string, ...string[]];

/** How a command ended. */
export interface CommandEnd {
  readonly succeeded: boolean;
  /** Why it did not succeed, as the end of a sentence. */
  readonly reason: string;
}

/** What a command printed as well; the lines of standard error are those that were said. */
interface CommandAnswer extends CommandEnd {
  readonly stdout: string;
  readonly said: readonly string[];
}

/**
 * The command that asks for services of one manager.
 *
 * @throws {AppError} when this process can't use the manager
 */
export function lookCommand(
  services: readonly [JournalService, ...JournalService[]],
  surroundings: Surroundings,
): ServiceCommand {
  const names = services.map(({ name }) => name);
  const [{ manager }] = services;
  if (manager === "systemd") return ["systemctl", ...showUnits(names)];
  return [manager, ...engineOptions(manager, surroundings), ...inspectContainers(manager, names)];
}

/** The command that makes a service quiet. */
export function stopCommand(service: JournalService, surroundings: Surroundings): ServiceCommand {
  const { manager, name, action } = service;
  if (manager === "systemd") return ["systemctl", ...changeUnit("stop", name)];
  return [manager, ...engineOptions(manager, surroundings), ...changeContainers(action, [name])];
}

/** A command that starts services. */
interface StartCommand {
  readonly command: ServiceCommand;
  readonly of: readonly JournalService[];
}

/**
 * The commands that let services run again, in this order. A unit has a command of its own, because
 * systemd would start several at once; an engine starts one container after the other.
 */
export function startCommands(
  services: readonly JournalService[],
  surroundings: Surroundings,
): readonly StartCommand[] {
  const groups: JournalService[][] = [];
  for (const service of services) {
    const last = groups.at(-1);
    const [first] = last ?? [];
    const isAlike = first?.manager === service.manager && first.action === service.action;
    if (last !== undefined && isAlike && service.manager !== "systemd") last.push(service);
    else groups.push([service]);
  }
  return groups.flatMap((of): StartCommand[] => {
    const [first] = of;
    if (first === undefined) return [];
    const { manager, action, name } = first;
    if (manager === "systemd") {
      return [{ command: ["systemctl", ...changeUnit("start", name)], of }];
    }
    const verb = action === "pause" ? "unpause" : "start";
    const args = changeContainers(verb, of.map(({ name }) => name));
    return [{ command: [manager, ...engineOptions(manager, surroundings), ...args], of }];
  });
}

/**
 * Podman has no daemon: what it starts would be in the sandbox of autoborg's service, in which no
 * container works. Its socket lets systemd start another Podman outside of it.
 */
function engineOptions(
  engine: Engine,
  { hasPodmanSocket, isSandboxed }: Surroundings,
): readonly string[] {
  if (engine === "docker") return [];
  if (hasPodmanSocket) return ["--url", `unix://${PODMAN_SOCKET}`];
  if (!isSandboxed) return [];
  throw new AppError(
    `Cannot use Podman in a sandbox of systemd: it does not listen on "${PODMAN_SOCKET}"`,
    { hint: "Let it listen: sudo systemctl enable --now podman.socket" },
  );
}

/** Asks what this process may do. What can't be read is taken for the usual. */
export async function findSurroundings(): Promise<Surroundings> {
  const read = (path: string) => Deno.readTextFile(path).catch(() => "");
  const isThere = (path: string) => Deno.stat(path).then(() => true, () => false);
  return {
    hasPodmanSocket: await isThere(PODMAN_SOCKET),
    isSandboxed: /^NoNewPrivs:\s*1$/m.test(await read("/proc/self/status")),
    ownUnits: unitsOfProcess(await read("/proc/self/cgroup")),
  };
}

/**
 * Runs a command for a manager to its end.
 *
 * @param limit milliseconds
 */
export async function command(
  { start, emit, path }: ServiceTools,
  [program, ...args]: ServiceCommand,
  limit: number,
  signal?: AbortSignal,
): Promise<CommandAnswer> {
  const said: string[] = [];
  const { succeeded, told, stdout } = await runReported(
    {
      program,
      args,
      // Messages are read by this program: they must not be translated.
      env: { PATH: path, LC_ALL: "C.UTF-8" },
      timeLimit: limit,
      ...(signal === undefined ? {} : { signal }),
      onStderrLine: (text) => {
        said.push(text);
        emit({ type: "output", scope: SCOPE, level: "info", text });
      },
    },
    SCOPE,
    emit,
    start,
  );
  const last = said.findLast((line) => line.trim() !== "")?.trim();
  return { succeeded, stdout, said, reason: last === undefined ? told : `${told}: ${last}` };
}

/**
 * Finds out what services do, with one command a manager.
 *
 * @returns their states by {@linkcode keyOf}
 * @throws {AppError} when a manager does not answer
 */
export async function look(
  tools: ServiceTools,
  services: readonly JournalService[],
  surroundings: Surroundings,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ServiceState>> {
  const found = new Map<string, ServiceState>();
  for (const of of Map.groupBy(services, ({ manager }) => manager).values()) {
    const [first, ...others] = of;
    if (first === undefined) continue;
    const asked = lookCommand([first, ...others], surroundings);
    const { reason, stdout, said } = await command(tools, asked, ANSWER_LIMIT, signal);
    const names = of.map(({ name }) => name);
    const states = first.manager === "systemd"
      ? readUnits(stdout, names, surroundings.ownUnits)
      : readContainers(stdout, said, names, first.action);
    if (states === undefined) throw noAnswer(first, reason);
    for (const service of of) {
      const state = states.get(service.name);
      if (state !== undefined) found.set(keyOf(service), state);
    }
  }
  return found;
}

function noAnswer(service: JournalService, reason: string): AppError {
  const program = service.manager === "systemd" ? "systemctl" : service.manager;
  return new AppError(
    `Cannot ask "${program}" for ${describeService(service)}: ${reason}`,
    {
      hint: service.manager === "systemd"
        ? "See whether systemd answers: systemctl is-system-running"
        : `See whether it answers: sudo ${program} ps`,
    },
  );
}
