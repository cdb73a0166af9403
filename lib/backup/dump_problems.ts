/** The problems of dumps, as reports say them. Pure. @module */
import { isDeepStrictEqual } from "node:util";
import type { Problem } from "../problem.ts";
import { databaseLabel } from "../text/database_series.ts";
import type { DumpOutcome, DumpProblem } from "./dump_outcome.ts";

/** What became of the dumps in one repository. */
export interface RepositoryDumps {
  readonly dumps: readonly DumpOutcome[];
  /** What is about no single database. */
  readonly problems: readonly Problem[];
}

/** How many databases of the same problem are named. */
const NAMED = 5;

/**
 * The problems of each repository. One that several repositories have alike, such as a dump program that
 * failed, has the labels of all of them.
 */
export function dumpProblems(
  repositories: ReadonlyMap<string, RepositoryDumps>,
): ReadonlyMap<string, readonly Problem[]> {
  const all = [...repositories].map(([label, dumps]) => [label, problemsOf(dumps)] as const);
  const marked = (problem: Problem): Problem => {
    const alike = all.filter(([, problems]) =>
      problems.some((other) => isDeepStrictEqual(other, problem))
    );
    return alike.length < 2 ? problem : { ...problem, repositories: alike.map(([label]) => label) };
  };
  return new Map(all.map(([label, problems]) => [label, problems.map(marked)]));
}

/** The problems of a repository; what several dumps have in common is said once. */
function problemsOf({ dumps, problems }: RepositoryDumps): readonly Problem[] {
  const groups = new Map<string, { problem: DumpProblem; of: DumpOutcome[] }>();
  for (const one of dumps) {
    for (const problem of one.problems) {
      const key = JSON.stringify(problem);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { problem, of: [one] });
      else group.of.push(one);
    }
  }
  const said = [...groups.values()].map(({ problem, of }) => {
    const { isOfRepository = false, isComplete = false, message, severity, ...rest } = problem;
    if (isComplete) return { ...rest, severity, message };
    const names = namesOf(of);
    if (severity === "warning") {
      return { ...rest, severity, message: `Dump of ${names}: ${message}` };
    }
    const what = isOfRepository ? `Cannot store the dump of ${names}` : `Cannot dump ${names}`;
    return { ...rest, severity, message: `${what}: ${message}` };
  });
  return [...said, ...problems];
}

function namesOf(dumps: readonly DumpOutcome[]): string {
  const names = dumps.map((one) => JSON.stringify(databaseLabel(one)));
  const more = names.length - NAMED;
  return more > 1
    ? `${names.slice(0, NAMED).join(", ")} and ${more} more databases`
    : names.join(", ");
}
