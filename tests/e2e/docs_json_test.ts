/**
 * The page on JSON has exactly the keys that the program writes.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readPage } from "../pages.ts";
import { DatabaseSync } from "node:sqlite";
import { Place, repository } from "./place.ts";

Deno.test("docs/reference/json.md shows the keys of what the program writes", async () => {
  const tables = {
    repositories: [repository("disk"), repository("gone", { optional: true })],
    verify: { files: 2 },
  };
  await using place = await Place.make(tables);
  const databases = [{ label: "wiki", kind: "sqlite", databases: [place.at("wiki.sqlite")] }];
  await place.configure({ ...tables, databases });
  {
    using database = new DatabaseSync(place.at("wiki.sqlite"));
    database.exec("CREATE TABLE page (text TEXT)");
  }
  await place.expect(0, "init", "--repo", "disk");
  const { stdout } = await place.expect(0, "run", "--progress", "json");
  const last: unknown = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  const real: Readonly<Record<string, unknown>> = {
    "Status": await jsonOf(place, "status", "--json"),
    "A run": isWithRun(last) ? last.run : undefined,
    "Archives": await jsonOf(place, "list", "--repo", "disk", "--json"),
    "Dumps of a database": await jsonOf(
      place,
      "list",
      "--repo",
      "disk",
      "--database=wiki",
      "--json",
    ),
    "What is in an archive": await jsonOf(place, "list", "--repo", "disk", "latest", "--json"),
    "Versions of files": await jsonOf(place, "find", "--repo", "disk", "one.txt", "--json"),
  };
  for (const [heading, value] of Object.entries(real)) {
    const example: unknown = JSON.parse(exampleBelow(heading));
    const shown = keysOf(example);
    const found = keysOf(value);
    const unknown = unknownKeys(example);
    const isOpen = (key: string) => unknown.some((above) => key.startsWith(`${above}.`));
    assert.deepEqual([...found].filter((key) => !shown.has(key) && !isOpen(key)), [], heading);
    // Not everything happens in one run.
    if (heading === "Status" || heading === "A run") continue;
    assert.deepEqual([...shown].filter((key) => !found.has(key)), [], heading);
  }
});

Deno.test("docs/reference/json.md shows the keys of check-config --probe --json", async () => {
  await using place = await Place.make();
  const { stdout } = await place.autoborg("check-config", "--probe", "--json");
  assert.deepEqual(keysOf(JSON.parse(stdout)), keysOf(JSON.parse(exampleBelow("Probe"))));
});

async function jsonOf(place: Place, verb: string, ...args: readonly string[]): Promise<unknown> {
  return JSON.parse((await place.expect(0, verb, ...args)).stdout);
}

function isWithRun(value: unknown): value is { readonly run: unknown } {
  return typeof value === "object" && value !== null && "run" in value;
}

function exampleBelow(heading: string): string {
  const { text } = readPage("docs/reference/json.md");
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  return /^```json\n(.*?)^```$/ms.exec(section)?.[1] ?? "";
}

/** The paths of keys that are `null`: what is below them is shown elsewhere. */
function unknownKeys(value: unknown, path = ""): string[] {
  if (value === null) return [path];
  if (Array.isArray(value)) return value.flatMap((item) => unknownKeys(item, path));
  if (typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => unknownKeys(inner, `${path}.${key}`));
}

/** The paths of all keys; those of a list's items count once. */
function keysOf(value: unknown, path = ""): Set<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((item) => [...keysOf(item, path)]));
  if (typeof value !== "object" || value === null) return new Set();
  return new Set(
    Object.entries(value).flatMap(([key, inner]) => {
      const here = `${path}.${key}`;
      return [here, ...keysOf(inner, here)];
    }),
  );
}
