import assert from "node:assert/strict";
import { chooseDatasets } from "../../lib/setup/dataset_choice.ts";

const OFFERED = ["tank", "tank/home", "tank/home/anna", "tank/vm", "tankard"];

Deno.test("chooseDatasets() names the topmost ones alone when all below them are picked", () => {
  assert.deepEqual(chooseDatasets(OFFERED, ["tank/home", "tank/home/anna", "tankard"]), {
    datasets: ["tank/home", "tankard"],
    exclude: [],
  });
});

Deno.test("chooseDatasets() excludes what was not picked below one that was", () => {
  assert.deepEqual(chooseDatasets(OFFERED, ["tank", "tank/home/anna"]), {
    datasets: ["tank"],
    exclude: ["tank/home", "tank/vm"],
  });
});

Deno.test("chooseDatasets() takes a dataset that begins like another one for itself", () => {
  assert.deepEqual(chooseDatasets(OFFERED, ["tank/vm", "tankard"]).datasets, [
    "tank/vm",
    "tankard",
  ]);
});
