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

const FORMAT = "{{.Id}} {{.Name}} {{.State.Status}} {{.HostConfig.AutoRemove}} " +
  "{{.Config.StopTimeout}}";

/** The arguments that ask for the states of containers; no name of them may begin with a hyphen. */
export function inspectContainers(names: readonly string[]): readonly string[] {
  return ["inspect", "--type", "container", "--format", FORMAT, ...names];
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
 * one does not exist, and prints the others all the same.
 */
export function readContainers(
  text: string,
  names: readonly string[],
  action: JournalService["action"],
): ReadonlyMap<string, ServiceState> {
  const lines = text.split("\n").map((line) => line.trim().split(" "));
  return new Map(names.map((name) => {
    const line = lines.find(([id = "", called = ""]) =>
      // Docker puts a slash before each name.
      called.replace(/^\//, "") === name || (/^[0-9a-f]{12,}$/.test(name) && id.startsWith(name))
    );
    return [name, line === undefined ? MISSING : stateOf(line, action)] as const;
  }));
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
