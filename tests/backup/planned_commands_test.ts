import assert from "node:assert/strict";
import { plannedLines } from "../../lib/backup/planned_commands.ts";
import type { Plan } from "../../lib/backup/plan.ts";
import type { PlannedSources } from "../../lib/backup/planned_sources.ts";
import type { Repository } from "../../lib/config/config_schema.ts";
import { entryWith } from "./dump_scene.ts";
import { planWith, TARGET } from "./plans.ts";

const PLANNED: PlannedSources = {
  steps: [{ kind: "command", command: ["zfs", "snapshot", "a b"] }, {
    kind: "remark",
    text: "x\ny",
  }],
  releaseSteps: [{ kind: "remark", text: "the snapshots go" }],
  lastSteps: [{ kind: "remark", text: "the hook" }],
  sources: { root: "/", paths: ["etc"] },
  roots: [{ kind: "directory", path: "/etc", at: "etc" }],
  absent: [],
  problems: [],
};

/** The lines of a plan, those of Borg by its command and what matters of it. */
function linesOf(
  plan: Partial<Plan>,
  target: Partial<Repository> = {},
  pinned: readonly string[] = [],
): readonly string[] {
  const repository = { ...TARGET, ...target };
  const whole = planWith({
    repositories: [repository],
    sources: { ...planWith().sources, directories: ["/etc"] },
    ...plan,
  });
  return plannedLines(whole, PLANNED, () => pinned).map((line) =>
    line.replace(
      /^borg (\w+).*?((?: --(?:dry-run|keep-\w+=\d+|verify-data|glob-\S+))*)(?: .*)?$/,
      "borg $1",
    )
  );
}

Deno.test("plannedLines() has every step in its order", () => {
  const lines = linesOf({ skip: new Set() }, {
    retention: { keepDaily: 7 },
    also: "old-*",
    verify: { files: 20, cycle: 90 * 86_400_000, maxBytes: 1_048_576 },
    check: {
      enabled: true,
      repositoryEvery: 604_800_000,
      archivesEvery: 86_400_000,
      verifyDataEvery: 0,
      maxDuration: 3_600_000,
    },
  });
  assert.equal(lines[0], "zfs snapshot 'a b'");
  assert.equal(lines[1], "# x\\ny");
  const borg = lines.filter((line) => line.startsWith("borg "));
  assert.deepEqual(borg, [
    ...["borg create", "borg list", "borg check", "borg check", "borg extract"],
    ...["borg prune", "borg prune", "borg compact"],
  ]);
  const text = lines.join("\n");
  for (
    const part of [
      /at least 20 files, new and changed ones first, and each file once in 90 d, on average no more/,
      /# the repository every 7 d, in parts/,
      /each archive that was not read for 1 d:/,
      /# once every repository has its archive:\n# the snapshots go\n# at the end of the run:\n# the hook$/,
    ]
  ) assert.match(text, part);
});

Deno.test("plannedLines() says why nothing is pruned", () => {
  assert.ok(linesOf({}).includes("# no retention is set, so nothing is pruned"));
  const elsewhere = linesOf({}, { prunedElsewhere: true, retention: { keepDaily: 7 } });
  assert.ok(elsewhere.includes("# no prune, no compact: another machine prunes this repository"));
  const skipped = linesOf({ skip: new Set(["create", "check", "prune", "compact"]) });
  assert.deepEqual(skipped.filter((line) => line.startsWith("borg ")), ["borg list"]);
});

Deno.test("plannedLines() only asks Borg where archives of the series are pinned", () => {
  const archive = "web-2026-11-22T04:00:00Z-0123abcd";
  const retention = { keepDaily: 7 };
  const plan = planWith({ repositories: [{ ...TARGET, retention }] });
  const lines = plannedLines(plan, PLANNED, () => [archive, "other-1"]);
  const prune = lines.findIndex((line) => line.startsWith("borg prune"));
  assert.match(lines[prune] ?? "", / --dry-run --list /);
  assert.match(lines[prune + 1] ?? "", new RegExp(`^# then .*: ${archive}$`));
});

Deno.test("plannedLines() shows how databases are dumped, read back and pruned", () => {
  const databases = [
    entryWith({
      label: "pg",
      kind: "postgresql",
      exclude: ["test_*"],
      globals: true,
      repositories: ["disk"],
    }),
    entryWith({
      label: "my",
      kind: "mariadb",
      all: false,
      databases: ["a"],
      repositories: ["disk"],
    }),
    entryWith({
      label: "ldap",
      kind: "command",
      repositories: ["disk"],
      retention: { keepDaily: 3 },
    }),
    entryWith({ label: "far", repositories: ["other"] }),
  ];
  const target = { label: "disk", retention: { keepDaily: 7 } };
  const text = linesOf({ databases }, target).join("\n");
  assert.match(text, /"pg": all databases of postgresql but test_\*, and the roles/);
  assert.match(text, /"my": mariadb a$/m);
  assert.match(text, /"ldap": what the hook dump writes/);
  assert.doesNotMatch(text, /"far"/);
  assert.match(text, /# "ldap", if it was dumped:\nborg prune/);
  assert.match(text, /# "pg", each one that was dumped:\nborg prune/);
  const without = linesOf({ databases, skip: new Set(["dump"]) }, target).join("\n");
  assert.doesNotMatch(without, /dumped/);
});
