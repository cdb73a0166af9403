import assert from "node:assert/strict";
import { exclusion, selectDatasets } from "../../lib/zfs/selection.ts";
import { dataset } from "./datasets.ts";

const LABEL = "autoborg-web-2026-11-22T04:00:00Z-0123abcd";
const TANK = [
  dataset("tank"),
  dataset("tank/data"),
  dataset("tank/data/cache"),
  dataset("tank/database"),
  dataset("tank/vol", { type: "volume" }),
];

function select(wanted: readonly string[], more: { recursive?: boolean; exclude?: string[] } = {}) {
  const { recursive = false, exclude = [] } = more;
  const selection = selectDatasets({ datasets: TANK, wanted, recursive, exclude, label: LABEL });
  return {
    names: selection.selected.map(({ name }) => name),
    problems: selection.problems.map(({ severity, message }) => `${severity}: ${message}`),
  };
}

Deno.test("selectDatasets() takes named datasets alone and points out what lies below them", () => {
  const { names, problems } = select(["tank/data"]);
  assert.deepEqual(names, ["tank/data"]);
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? "", /^warning: Not backed up.*"tank\/data\/cache"$/);
});

Deno.test("selectDatasets() takes what lies below when it is recursive, and skips volumes aloud", () => {
  const { names, problems } = select(["tank"], { recursive: true });
  assert.deepEqual(names, ["tank", "tank/data", "tank/data/cache", "tank/database"]);
  assert.match(problems.join(), /^warning: Cannot back up "tank\/vol": it is a volume/);
});

Deno.test("selectDatasets() says nothing about what is excluded", () => {
  const more = { recursive: true, exclude: ["tank/*/cache", "tank/vol"] };
  const { names, problems } = select(["tank"], more);
  assert.deepEqual(names, ["tank", "tank/data", "tank/database"]);
  assert.deepEqual(problems, []);
});

Deno.test("selectDatasets() reports an unknown dataset, a named volume and a name too long", () => {
  const long = "n".repeat(220);
  const selection = selectDatasets({
    datasets: [...TANK, dataset(`tank/${long}`), dataset("tank/key", { locked: true })],
    wanted: ["tank/nope", "tank/vol", `tank/${long}`, "tank/key", "tank/database"],
    recursive: false,
    exclude: [],
    label: LABEL,
  });
  assert.deepEqual(selection.selected.map(({ name }) => name), ["tank/database"]);
  assert.deepEqual(selection.problems.map(({ severity }) => severity), Array(4).fill("error"));
  assert(selection.problems.every(({ hint }) => hint !== undefined && hint.length > 10));
});

Deno.test("exclusion() keeps * within a component and lets ** cross them", () => {
  const cases: readonly [string, string, boolean][] = [
    ["tank/tmp", "tank/tmp", true],
    ["tank/tmp", "tank/tmp/below", false],
    ["tank/tmp", "tank/tmpx", false],
    ["tank/*", "tank/a", true],
    ["tank/*", "tank/a/b", false],
    ["tank/**", "tank/a/b", true],
    ["**/cache", "tank/a/cache", true],
    ["tank/t?p", "tank/tmp", true],
    ["tank/a.b", "tank/axb", false],
    ["tank/(x", "tank/(x", true],
  ];
  for (const [pattern, name, expected] of cases) {
    assert.equal(exclusion([pattern])(name), expected, `${pattern} ${name}`);
  }
});
