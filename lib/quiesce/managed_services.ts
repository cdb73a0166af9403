/**
 * The services that are stopped while snapshots are taken: which, what they are called, and what is
 * known of them. Plain data.
 *
 * @module
 */
import type { JournalService } from "../state/journal.ts";
import { describeService } from "../state/journal_services.ts";

/** What shall be stopped, as `[quiesce]` says it. */
export interface QuiesceRequest {
  readonly units: readonly string[];
  readonly containers: readonly string[];
  /** What runs the containers. */
  readonly engine?: "docker" | "podman" | undefined;
  /** What is done to containers; units are always stopped. */
  readonly mode: "stop" | "pause";
  /** Whether nothing is backed up when one of them can't be stopped. */
  readonly required: boolean;
  /** Whether they may be stopped for as long as the repositories read their sources. */
  readonly allowLongPause: boolean;
  /** How long one of them may take to stop, in milliseconds. */
  readonly timeout: number;
}

/** What is known of a service. */
export interface ServiceState {
  /** `resting`: it is there and does not run. */
  readonly kind: "running" | "resting" | "missing";
  /** As its manager says it: "active", "exited". */
  readonly word: string;
  /** Why it can't be stopped for a moment, as the end of a sentence, and what to do. */
  readonly obstacle?: { readonly reason: string; readonly hint: string };
  /** Units that systemd stops along with it. */
  readonly dependents: readonly string[];
  /** It rests by itself when its work is done. */
  readonly ends: boolean;
  /** How long it may still run after it was told to stop, in milliseconds. */
  readonly stopTime: number;
}

/** How long services were away. */
export interface ServicePause {
  /** What was stopped, in this order. */
  readonly services: readonly string[];
  /** From the first that was told to stop until the last was started again, in milliseconds. */
  readonly duration: number;
}

/** The services of a request in the order in which they are stopped: containers may need units. */
export function servicesOf(request: QuiesceRequest): readonly JournalService[] {
  const { units, containers, engine, mode } = request;
  return [
    ...engine === undefined
      ? []
      : containers.map((name) => ({ manager: engine, name, action: mode }) as const),
    ...units.map((name) => ({ manager: "systemd", name, action: "stop" }) as const),
  ];
}

/** Tells services apart; a container may be called like a unit. */
export function keyOf({ manager, name }: JournalService): string {
  return `${manager} ${name}`;
}

/** Names a service at the beginning of a sentence. */
export function describeFirst(service: JournalService): string {
  return describeService(service).replace(/^t/, "T");
}

/** What a person types to start it again. */
export function startHint({ manager, name, action }: JournalService): string {
  const program = manager === "systemd" ? "systemctl" : manager;
  return `Start it: sudo ${program} ${action === "pause" ? "unpause" : "start"} ${name}`;
}

/** What a person types to see what it does. */
export function statusHint({ manager, name }: JournalService): string {
  return manager === "systemd"
    ? `See what it does: systemctl status ${name}`
    : `See what it does: sudo ${manager} logs --tail 20 ${name}`;
}
