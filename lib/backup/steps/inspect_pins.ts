/** The part of the inspection that is about pinned archives. @module */
import type { BorgPin } from "../../borg/archive_pins.ts";
import { type ArchiveListing, IN_UTC } from "../../borg/archives.ts";
import { listPinsArguments, parsePins, type ReasonedPin } from "../../borg/pins.ts";
import { missingPins, orphanRemarks, ownPins, pinProblems } from "../../inspect/pin_inventory.ts";
import type { KnownPin } from "../../state/pin_ledger.ts";
import type { Problem } from "../outcome.ts";
import type { RepositoryMemory } from "../repository_memory.ts";
import { callBorg, type StepContext } from "./borg_step.ts";

/** What is to be said of pins. */
interface PinFindings {
  readonly problems: readonly Problem[];
  readonly remarks: readonly string[];
}

/**
 * Notes which archives are pinned, also by other machines, and which pins are gone. Borg is asked only
 * for the reasons of pins that are new.
 *
 * @throws {AppError} when Borg can't be started
 */
export async function inspectPins(
  context: StepContext,
  memory: Pick<RepositoryMemory, "pins" | "notePins">,
  listing: ArchiveListing,
  known: readonly KnownPin[],
): Promise<PinFindings> {
  const { plan, target } = context;
  const pins = ownPins(listing, plan.name);
  if (pins.length === 0 && known.length === 0) return { problems: [], remarks: [] };
  const found = await withReasons(context, pins, known);
  memory.notePins({ found, missing: missingPins(known, pins), at: plan.startedAt.getTime() });
  return {
    problems: pinProblems(target.label, memory.pins(), listing),
    remarks: orphanRemarks(target.label, pins, listing),
  };
}

/** The pins with their reasons; one whose reason can't be read now is asked for it the next time. */
async function withReasons(
  context: StepContext,
  pins: readonly BorgPin[],
  known: readonly KnownPin[],
): Promise<readonly ReasonedPin[]> {
  const reasons = new Map(known.map(({ id, reason }) => [id, reason]));
  if (pins.every(({ id }) => reasons.has(id))) {
    return pins.map((pin) => ({ ...pin, reason: reasons.get(pin.id) ?? "" }));
  }
  const args = listPinsArguments(context.target);
  const { stdout } = await callBorg(context, "inspect", args, { variables: IN_UTC });
  const asked = new Map((parsePins(stdout) ?? []).map(({ id, reason }) => [id, reason]));
  return pins.map((pin) => {
    const reason = asked.get(pin.id);
    return reason === undefined ? { ...pin, id: "", reason: "" } : { ...pin, reason };
  });
}
