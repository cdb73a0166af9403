import assert from "node:assert/strict";
import { dumpLines, dumpRemovalLines } from "../../lib/backup/planned_dumps.ts";
import { entryWith } from "./dump_scene.ts";
import { planWith, TARGET } from "./plans.ts";

const target = { ...TARGET, label: "one", retention: { keepDaily: 7 } };

Deno.test("dumpLines() shows what is dumped into a repository, and read back from it", () => {
  const entry = entryWith({ kind: "postgresql", exclude: ["test_*"], globals: true });
  const plan = planWith({ databases: [entry] });
  const [what, create, later, extract] = dumpLines(plan, target);
  assert.equal(
    what,
    '# dumped once for all repositories, "main": all databases of postgresql but test_*, and the roles',
  );
  assert.match(
    create ?? "",
    /^borg create .*--stdin-name=DATABASE\.sql .*::web\.db\.main\.DATABASE-/,
  );
  assert.match(later ?? "", /^# later read back and compared/);
  assert.match(extract ?? "", /^borg extract .*--stdout .*::web\.db\.main\.DATABASE-/);
  assert.deepEqual(dumpLines(plan, { ...target, label: "elsewhere" }), []);
  assert.deepEqual(dumpLines({ ...plan, skip: new Set(["dump"]) }, target), []);
});

Deno.test("dumpRemovalLines() shows by which rules the archives of databases are pruned", () => {
  const own = planWith({ databases: [entryWith({ retention: { keepLast: 3 } })] });
  assert.match(
    dumpRemovalLines(own, target)[1] ?? "",
    /^borg prune .*web\.db\.main\.dump-.*--keep-last=3/,
  );
  const usual = planWith({ databases: [entryWith()] });
  assert.match(dumpRemovalLines(usual, target)[1] ?? "", /--keep-daily=7/);
  assert.deepEqual(dumpRemovalLines(usual, { ...target, retention: {} }), []);
});
