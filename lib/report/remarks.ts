/** What a person should know although nothing is wrong. Pure. @module */
import type { RunOutcome } from "../backup/outcome.ts";
import { uncoveredText } from "../state/uncovered.ts";
import { pauseText } from "./service_pause.ts";
import { ownCommand } from "../text/own_command.ts";

/** What a person should know although nothing is wrong; the repository stands in front. */
export function placedRemarks(outcome: RunOutcome): readonly string[] {
  const ofSteps = outcome.repositories.flatMap((repository) =>
    repository.state === "absent" ? [] : repository.steps.flatMap((step) => {
      const remarks = step.state === "skipped" ? [] : step.remarks ?? [];
      return remarks.map((remark) => `${repository.label}: ${remark}`);
    })
  );
  return [...runRemarks(outcome), ...ofSteps];
}

/** The remarks of the run itself: what was stopped for it and what is in no source are among them. */
export function runRemarks(outcome: RunOutcome): readonly string[] {
  const { remarks: own = [], uncovered = [] } = outcome;
  const text = uncoveredText(uncovered);
  const pause = pauseText(outcome);
  const remarks = pause === undefined ? own : [pause, ...own];
  const hint = `more about it: ${ownCommand("check-config", "--probe")}`;
  return text === undefined ? remarks : [...remarks, `${text}; ${hint}`];
}
