/**
 * Units of systemd: what is asked of `systemctl`, and what it answers. Pure.
 *
 * @module
 */
import type { ServiceState } from "./managed_services.ts";

/**
 * What stops along with a unit when it is stopped: systemd.unit(5), "Mapping of unit properties to
 * their inverses". Nothing starts these again when the unit is.
 */
const STOPPED_ALONG = [
  "RequiredBy",
  "RequisiteOf",
  "BoundBy",
  "ConsistsOf",
  "PropagatesStopTo",
] as const;

const PROPERTIES = [
  "Id",
  "LoadState",
  "ActiveState",
  "CanStart",
  "CanStop",
  "Transient",
  "Type",
  ...STOPPED_ALONG,
];

/** The arguments that ask for the states of units; no name of them may begin with a hyphen. */
export function showUnits(names: readonly string[]): readonly string[] {
  return ["show", "--no-pager", `--property=${PROPERTIES.join(",")}`, "--", ...names];
}

/** The arguments that stop a unit, or start it. They wait until it has. */
export function changeUnit(verb: "stop" | "start", name: string): readonly string[] {
  return [verb, "--no-ask-password", "--", name];
}

/**
 * Reads the answer to {@linkcode showUnits}: a block of lines a unit, in the order of the names.
 *
 * @param own units that this process runs in
 * @returns `undefined` when it is not such an answer
 */
export function readUnits(
  text: string,
  names: readonly string[],
  own: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, ServiceState> | undefined {
  const blocks = text.trim().split(/\n{2,}/).map((block) =>
    new Map(
      block.split("\n").map((line) => {
        const at = line.indexOf("=");
        return [line.slice(0, at), line.slice(at + 1)] as const;
      }),
    )
  );
  if (blocks.length !== names.length || blocks.some((block) => !block.has("LoadState"))) {
    return undefined;
  }
  return new Map(names.map((name, index) => {
    const block = blocks[index] ?? new Map<string, string>();
    return [name, stateOf((key) => block.get(key) ?? "", own)] as const;
  }));
}

function stateOf(value: (key: string) => string, own: ReadonlySet<string>): ServiceState {
  const word = value("ActiveState");
  const along = STOPPED_ALONG.flatMap((key) => value(key).split(" ")).filter((name) => name !== "");
  const state = {
    word,
    dependents: [...new Set(along)],
    ends: value("Type") === "oneshot",
    stopTime: 0,
  };
  if (["not-found", "bad-setting", "error"].includes(value("LoadState"))) {
    return { ...state, kind: "missing", word: value("LoadState") };
  }
  // One that is being stopped is not to be started again: a person wants it to rest.
  const isRunning = ["active", "activating", "reloading", "refreshing"].includes(word);
  if (!isRunning) return { ...state, kind: "resting" };
  const obstacle = obstacleOf(value, own);
  return { ...state, kind: "running", ...(obstacle === undefined ? {} : { obstacle }) };
}

function obstacleOf(
  value: (key: string) => string,
  own: ReadonlySet<string>,
): ServiceState["obstacle"] {
  const take = "Take it out of quiesce.units";
  if (own.has(value("Id"))) return { reason: "autoborg itself runs in it", hint: take };
  if (value("Transient") === "yes") {
    return { reason: "it is transient: once stopped it is gone", hint: take };
  }
  if (value("CanStop") === "no") {
    return { reason: "systemd does not let it be stopped by hand", hint: take };
  }
  if (value("CanStart") === "no") {
    return { reason: "systemd does not let it be started again by hand", hint: take };
  }
  return undefined;
}

/** The units that a process runs in, from its `/proc/self/cgroup`. */
export function unitsOfProcess(cgroup: string): ReadonlySet<string> {
  return new Set(cgroup.split(/[\n/]/).filter((part) => /\.(?:service|scope|slice)$/.test(part)));
}
