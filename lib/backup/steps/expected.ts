import type { Alarm } from "../../alarm.ts";
import { Stopped } from "../../borg/borg_queries.ts";
import { checkExpectations } from "../../inspect/expectations.ts";
import type { Problem } from "../outcome.ts";
import { interruptionOf, problemOf, type StepContext } from "./borg_step.ts";

/** What became of a look at what is expected of a new archive. */
interface Expected {
  readonly alarms: readonly Alarm[];
  /** Why nothing can be said; then the alarms of earlier runs stand. */
  readonly problems: readonly Problem[];
}

/**
 * Looks into the new archive for what the configuration expects; without expectations no Borg is
 * started.
 *
 * @throws {AppError} when Borg can't be started
 */
export async function lookForExpected(context: StepContext, archive: string): Promise<Expected> {
  const { plan, target: repository, emit } = context;
  const { expectations, startedAt } = plan;
  if (expectations.length === 0) return { alarms: [], problems: [] };
  const scope = { repository: repository.label, step: "inspect" } as const;
  const text = `searching the new archive for ${
    expectations.map(({ path }) => JSON.stringify(path)).join(", ")
  }`;
  emit({ type: "note", scope, level: "info", text });
  try {
    const request = { repository, archive, expectations, startedAt };
    const answer = await checkExpectations(context, request);
    if (answer.kind === "answer") return { alarms: answer.value, problems: [] };
    const { message, ...problem } = problemOf(answer.failure);
    const said = `Cannot check the new archive for what is expected: ${message}`;
    return { alarms: [], problems: [{ ...problem, message: said }] };
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return {
      alarms: [],
      problems: [{ severity: "error", message: interruptionOf(context.signal) }],
    };
  }
}
