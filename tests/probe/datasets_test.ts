import assert from "node:assert/strict";
import type { PoolSelection } from "../../lib/staging/snapshot_source.ts";
import { targetOf } from "../../lib/staging/zfs/select_pools.ts";
import { datasetFindings, excludeFindings } from "../../lib/probe/datasets.ts";
import { selectDatasets } from "../../lib/zfs/selection.ts";
import { dataset } from "../zfs/datasets.ts";

const TANK = [
  dataset("tank"),
  dataset("tank/data"),
  dataset("tank/data/a"),
  dataset("tank/data/secret", { locked: true }),
  dataset("tank/database"),
  dataset("tank/vol", { type: "volume" }),
];

interface Selection {
  readonly datasets: readonly string[];
  readonly recursive: boolean;
  readonly exclude: readonly string[];
}

function wish(datasets: readonly string[], more: Partial<Selection> = {}): Selection {
  return { datasets, recursive: false, exclude: [], ...more };
}

/** What a run would find in a pool "tank". */
function select(selection: Selection): readonly PoolSelection[] {
  const { datasets: wanted, recursive, exclude } = selection;
  const request = { datasets: TANK, wanted, recursive, exclude, label: "autoborg-x" };
  const { selected, problems } = selectDatasets(request);
  const targets = selected.map((one) => targetOf(one, request.label));
  const failures = new Map();
  return [{
    ...{ pool: "tank", listed: TANK, problems, failures },
    selected: targets,
    snapshotted: targets,
  }];
}

function rows(selection: Selection): readonly string[] {
  return datasetFindings(selection, select(selection))
    .map(({ name, state, message }) => `${name} ${state}: ${message}`);
}

Deno.test("datasetFindings() has a row for each configured dataset", () => {
  assert.deepEqual(rows(wish(["tank/database", "tank/data/a"])), [
    "tank/database ok: would be snapshotted",
    "tank/data/a ok: would be snapshotted",
  ]);
});

Deno.test("datasetFindings() counts what lies below, and says what can't be taken", () => {
  const found = rows(wish(["tank/data"], { recursive: true }));
  assert.equal(found[0], "tank/data ok: 2 datasets would be snapshotted");
  assert.match(found[1] ?? "", /^tank\/data failed: .*"tank\/data\/secret".*key is not loaded/);
  assert.equal(found.length, 2);
});

Deno.test("datasetFindings() gives a problem to the configured dataset that is nearest", () => {
  const found = rows(wish(["tank", "tank/data"], { recursive: true }));
  assert.match(found.join("\n"), /^tank warning: .*"tank\/vol": it is a volume/m);
  assert.match(found.join("\n"), /^tank\/data failed: .*"tank\/data\/secret"/m);
  assert.equal(found.filter((row) => row.includes("secret")).length, 1);
});

Deno.test("datasetFindings() says which configured dataset does not exist", () => {
  const found = rows(wish(["tank/dta", "tank/database"]));
  assert.match(found[0] ?? "", /^tank\/dta failed: .*"tank\/dta": it does not exist/);
  assert.equal(found[1], "tank/database ok: would be snapshotted");
});

Deno.test("datasetFindings() points out what is not selected below a dataset", () => {
  const found = rows(wish(["tank/data"]));
  assert.equal(found[0], "tank/data ok: would be snapshotted");
  assert.match(found[1] ?? "", /^tank\/data warning: Not backed up.*"tank\/data\/a"/);
});

Deno.test("datasetFindings() points out a dataset that is excluded altogether", () => {
  const found = rows(wish(["tank/database"], { exclude: ["tank/database"] }));
  assert.match(found[0] ?? "", /^tank\/database warning: nothing in it would be backed up/);
});

Deno.test("excludeFindings() points out patterns that match nothing", () => {
  const exclude = ["tank/data/a", "tank/data/*", "tank/cache", "tank/*/*/*", "tank/v?l"];
  const selection = wish(["tank"], { recursive: true, exclude });
  const found = excludeFindings(selection, select(selection));
  assert.deepEqual(found.map(({ name, state }) => [name, state]), [
    ["tank/cache", "warning"],
    ["tank/*/*/*", "warning"],
  ]);
});

Deno.test("excludeFindings() says nothing when a pool could not be listed", () => {
  const selection = wish(["tank"], { exclude: ["nothing"] });
  const [pool] = select(selection);
  assert.ok(pool);
  assert.deepEqual(excludeFindings(selection, [pool, { ...pool, listed: undefined }]), []);
});
