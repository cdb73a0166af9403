import assert from "node:assert/strict";
import type { Problem, RepositoryOutcome } from "../../lib/backup/outcome.ts";
import { placedProblems, problemsOfStep } from "../../lib/report/placed_problems.ts";
import { runWith } from "./outcomes.ts";

Deno.test("placedProblems() says once what several problems advise", () => {
  const problem = (message: string, hint: string) =>
    ({ severity: "error", message, hint }) as const;
  const outcome = {
    ...runWith(),
    repositories: [],
    problems: [
      problem("verify: damaged", "Look first"),
      problem("inspect: damaged", "Look first"),
      problem("check: damaged", "Nothing is pruned. Look first"),
      problem("mail", "Check the server"),
      problem("mail again", "Check the server"),
    ],
  };
  assert.deepEqual(placedProblems(outcome).map(({ message, hint }) => [message, hint]), [
    ["verify: damaged", undefined],
    ["inspect: damaged", undefined],
    ["check: damaged", "Nothing is pruned. Look first"],
    ["mail", "Check the server"],
    ["mail again", undefined],
  ]);
});

const SHARED: Problem = { severity: "error", message: "pg_dump failed", hint: "Look" };
const OWN: Problem = { severity: "warning", message: "slow" };

function dumped(label: string, ...problems: readonly Problem[]): RepositoryOutcome {
  return {
    label,
    state: "failed",
    steps: [{ step: "dump", state: "failed", problems, duration: 1 }],
  };
}

function placesIn(...repositories: readonly RepositoryOutcome[]) {
  return placedProblems({ ...runWith(), repositories })
    .map(({ where, message, hint }) => [where, message, hint]);
}

Deno.test("placedProblems() says once what several repositories have alike, and of which", () => {
  assert.deepEqual(placesIn(dumped("disk", SHARED), dumped("nas", SHARED, OWN)), [
    ["dump in all repositories", "pg_dump failed", "Look"],
    ["nas dump", "slow", undefined],
  ]);
  const absent: RepositoryOutcome = { label: "usb", state: "absent", reason: "gone" };
  const places = placesIn(dumped("disk", SHARED), absent, dumped("nas", SHARED));
  assert.deepEqual(places.map(([where]) => where), ["dump in all repositories"]);
  const [[some] = []] = placesIn(dumped("a", SHARED), dumped("b"), dumped("c", SHARED));
  assert.equal(some, "dump in a and c");
  const [[only] = []] = placesIn(dumped("disk", SHARED));
  assert.equal(only, "disk dump");
});

Deno.test("placedProblems() tells apart what only looks alike in two repositories", () => {
  const other: Problem = { ...SHARED, hint: "autoborg borg nas -- check" };
  const places = placesIn(dumped("disk", SHARED), dumped("nas", other));
  assert.deepEqual(places.map(([where]) => where), ["disk dump", "nas dump"]);
});

Deno.test("problemsOfStep() tells what several repositories have alike with the first of them", () => {
  const shared = { ...SHARED, repositories: ["disk", "nas"] };
  assert.deepEqual(
    problemsOfStep("disk", [OWN, shared]).map(({ where, message }) => [where, message]),
    [["", "slow"], ["disk and nas", "pg_dump failed"]],
  );
  assert.deepEqual(problemsOfStep("nas", [shared]), []);
});
