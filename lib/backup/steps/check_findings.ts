/** What `borg check` says about the repository. @module */
import { sortFindings } from "../../borg/authentication_failure.ts";
import { damageAdvice } from "../../borg/damage_failure.ts";
import type { BorgFailure } from "../../borg/failure_kinds.ts";
import type { BorgLine } from "../../borg/log_line.ts";
import type { BorgRepository } from "../../borg/repository.ts";
import type { Problem } from "../outcome.ts";
import { problemOf } from "./borg_step.ts";

/** How many of Borg's findings are kept: each archive that is not authenticated takes two. */
const KEPT = 1_000;
/** How many of them are repeated in a message. */
const REPEATED = 3;
/** What Borg says at the end of every check that found something. */
const CLOSING = /^(?:Archive consistency check complete|Finished .*|Completed .*), .*found\.$/;
/** What Borg 1.2 warns of when its index has something at another place, and ends well. */
const OTHER_PLACE = /^ID: [0-9a-f]+ +rebuilt index: /;

/** What begins the message of a check that found damage. */
const FOUND = "the check found damage";

/** Listens to a check. */
export class CheckListener {
  readonly #errors: string[] = [];
  /** Where a check in parts has begun: the number of its first segment; `undefined`: not known. */
  from: number | undefined;
  /** Whether a check in parts says that it came to the end of the repository, or that it did not. */
  isAtEnd: boolean | undefined;
  /** How far it is. */
  percent = 0;

  /** What was found, in Borg's words. */
  get findings(): readonly string[] {
    return this.#errors;
  }

  hear(line: BorgLine): void {
    if (line.kind === "percent") this.percent = line.percent;
    if (line.kind !== "message") return;
    const text = line.text.replace(/^Remote: /, "");
    const isFinding = line.level === "error" || line.level === "warning" && OTHER_PLACE.test(text);
    if (isFinding && this.#errors.length < KEPT) this.#errors.push(text);
    const [, from] = /^skipping to segments >= (\d+)$/i.exec(text) ?? [];
    if (from !== undefined) this.from = Number(from);
    if (/^finished segment check at segment /i.test(text)) this.isAtEnd = true;
    if (/^finished partial segment check, /i.test(text)) this.isAtEnd = false;
  }
}

/** What is not authenticated is no damage, and a repair would destroy it. */
export function findingProblems(
  repository: BorgRepository,
  findings: readonly string[],
): readonly Problem[] {
  const { failures, others } = sortFindings(repository, findings);
  const damage = others.filter((text) => !CLOSING.test(text));
  if (failures.length > 0 && damage.length === 0) return failures.map(problemOf);
  return [...failures.map(problemOf), problemOf(damageFailure(repository, damage))];
}

/** What the findings of earlier runs still say as long as not everything was checked again. */
export function standingProblem(repository: BorgRepository, damage: string): Problem {
  return {
    severity: "error",
    message: `an earlier check found damage, and not everything has been checked since: ${damage}`,
    hint: `Nothing is pruned until a check finds no damage. ${damageAdvice(repository)}`,
  };
}

/** What is kept of the problems of a check: what was found, without saying each time that it was. */
export function damageText(problems: readonly Problem[]): string {
  return problems.map(({ message }) =>
    message.startsWith(`${FOUND}: `) ? message.slice(FOUND.length + 2) : message
  ).join("; ");
}

function damageFailure(repository: BorgRepository, damage: readonly string[]): BorgFailure {
  const found = damage.length === 0 ? "" : `: ${damage.slice(0, REPEATED).join("; ")}`;
  return {
    kind: "damaged",
    message: `${FOUND}${found}`,
    hint: `Nothing is pruned until a check finds no damage. ${damageAdvice(repository)}`,
  };
}
