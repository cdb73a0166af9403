import assert from "node:assert/strict";
import {
  describeSpace,
  isScarce,
  LEAST_FOR_ARCHIVES,
  LEAST_FOR_FILES,
  spaceAt,
} from "../../lib/files/free_space.ts";

const GIB = 1_073_741_824;

Deno.test("spaceAt() says what df says", async () => {
  const command = new Deno.Command("df", { args: ["--block-size=1", "--output=avail,size", "/"] });
  const [, numbers = ""] = new TextDecoder().decode((await command.output()).stdout).split("\n");
  const [free = 0, total = 0] = numbers.trim().split(/\s+/).map(Number);
  const space = await spaceAt("/");
  assert.equal(space?.total, total);
  // Others write meanwhile.
  assert.ok(Math.abs((space?.free ?? 0) - free) < total * 0.05, `${space?.free} and ${free}`);
});

Deno.test("spaceAt() says nothing where there is no directory", async () => {
  assert.equal(await spaceAt("/nowhere/at/all"), undefined);
});

Deno.test("isScarce() holds when a repository has less than 1 GiB or 2 percent", () => {
  assert.equal(isScarce({ free: GIB - 1, total: 2 * GIB }, LEAST_FOR_ARCHIVES), true);
  assert.equal(isScarce({ free: GIB, total: 2 * GIB }, LEAST_FOR_ARCHIVES), false);
  assert.equal(isScarce({ free: 19 * GIB, total: 1_000 * GIB }, LEAST_FOR_ARCHIVES), true);
  assert.equal(isScarce({ free: 20 * GIB, total: 1_000 * GIB }, LEAST_FOR_ARCHIVES), false);
});

Deno.test("isScarce() holds when logs and state have less than 100 MiB, however large the disk", () => {
  assert.equal(isScarce({ free: GIB, total: 100_000 * GIB }, LEAST_FOR_FILES), false);
  assert.equal(isScarce({ free: 99 * 1_048_576, total: GIB }, LEAST_FOR_FILES), true);
});

Deno.test("describeSpace() has both numbers", () => {
  assert.equal(describeSpace({ free: 1.5 * GIB, total: 20 * GIB }), "1.5 GiB of 20.0 GiB free");
});
