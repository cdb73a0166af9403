import assert from "node:assert/strict";
import { placedProblems } from "../../lib/report/placed_problems.ts";
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
