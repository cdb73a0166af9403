/**
 * Containers of Docker and Podman: what is asked of the engine, and what it answers. Both have the
 * same commands. Pure.
 *
 * @module
 */
import type { JournalService } from "../state/journal.ts";
import type { ServiceState } from "./managed_services.ts";

/** How long an engine waits before it kills a container that says nothing about that, in seconds. */
const DEFAULT_STOP = 10;

/** An engine of containers. */
export type Engine = Exclude<JournalService["manager"], "systemd">;

/**
 * The time to stop, if the container says something about it. Docker has no such key in the others, and
 * prints nothing at all of a container whose key is missing; Podman can't look for a key.
 */
const STOP_TIMEOUT: Readonly<Record<Engine, string>> = {
  docker: '{{with index .Config "StopTimeout"}}{{.}}{{end}}',
  podman: "{{.Config.StopTimeout}}",
};

/** The arguments that ask for the states of containers; no name of them may begin with a hyphen. */
export function inspectContainers(engine: Engine, names: readonly string[]): readonly string[] {
  const format = "{{.Id}} {{.Name}} {{.State.Status}} {{.HostConfig.AutoRemove}} " +
    STOP_TIMEOUT[engine];
  return ["inspect", "--type", "container", "--format", format, ...names];
}

/** The arguments that make containers quiet, or run again; an engine works on one after the other. */
export function changeContainers(
  verb: "stop" | "pause" | "start" | "unpause",
  names: readonly string[],
): readonly string[] {
  return [verb, ...names];
}

/**
 * Reads the answer to {@linkcode inspectContainers}: a line for each that exists. The engine fails when
 * one does not exist, says which one, and prints the others all the same.
 *
 * @param said the lines of standard error
 * @returns `undefined` when a container is neither there nor said to be missing
 */
export function readContainers(
  text: string,
  said: readonly string[],
  names: readonly string[],
  action: JournalService["action"],
): ReadonlyMap<string, ServiceState> | undefined {
  const lines = text.split("\n").map((line) => line.trim().split(" "));
  const states = new Map<string, ServiceState>();
  for (const name of names) {
    const line = lines.find(([id = "", called = ""]) =>
      // Docker puts a slash before each name.
      called.replace(/^\//, "") === name || (/^[0-9a-f]{12,}$/.test(name) && id.startsWith(name))
    );
    if (line === undefined && !said.some((words) => isMissing(words, name))) return undefined;
    states.set(name, line === undefined ? MISSING : stateOf(line, action));
  }
  return states;
}

/** Whether an engine says that there is no such container: Podman may put its name in quotes. */
function isMissing(words: string, name: string): boolean {
  const [, missing] = /no such (?:object|container):? "?([^"\s]+)"?\s*$/i.exec(words) ?? [];
  return missing === name;
}

const MISSING: ServiceState = {
  kind: "missing",
  word: "missing",
  dependents: [],
  ends: false,
  stopTime: 0,
};

function stateOf(
  [, , word = "", autoRemove, stop = ""]: readonly string[],
  action: JournalService["action"],
): ServiceState {
  const isRunning = ["running", "restarting", "stopping"].includes(word);
  const seconds = /^\d+$/.test(stop) ? Number(stop) : DEFAULT_STOP;
  const state = {
    kind: isRunning ? "running" : "resting",
    word,
    dependents: [],
    ends: false,
    stopTime: seconds * 1_000,
  } as const;
  if (!isRunning || action === "pause" || autoRemove !== "true") return state;
  return {
    ...state,
    obstacle: {
      reason: "it was started with --rm: once stopped it is gone",
      hint: "If systemd started it, put its unit into quiesce.units instead",
    },
  };
}
