/** How long services were stopped for the snapshot, for programs and for people. Pure. @module */
import type { RunOutcome } from "../backup/outcome.ts";
import { isRecord, parseJson } from "../text/json.ts";
import { printableLine } from "../text/printable.ts";
import { counted, humanDuration } from "../text/units.ts";

/** Services that a run has stopped for its snapshot. */
export interface PauseReport {
  /** Units and containers, in the order in which they were stopped. */
  readonly services: readonly string[];
  /** From the first that was told to stop until the last was started again. */
  readonly durationSeconds: number;
}

/** Reads a pause as the history has it; `null`: nothing was stopped, or it is damaged. */
export function pauseReport(text: string | null | undefined): PauseReport | null {
  const value = parseJson(text ?? "");
  if (!isRecord(value) || !Array.isArray(value.services)) return null;
  if (typeof value.duration !== "number") return null;
  const services = value.services.filter((name) => typeof name === "string");
  return { services, durationSeconds: Math.round(value.duration) / 1_000 };
}

/** Says how long services were stopped; `undefined`: none was. */
export function pauseText({ pause }: Pick<RunOutcome, "pause">): string | undefined {
  if (pause === undefined) return undefined;
  const { services, duration } = pause;
  const names = services.map(printableLine).join(", ");
  const count = counted(services.length, "service was", "services were");
  return `${count} stopped for ${humanDuration(duration)}: ${names}`;
}
