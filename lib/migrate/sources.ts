/**
 * What is backed up: BACKUP_DIRECTORIES and ZFS_POOLS.
 *
 * @module
 */
import type { z } from "zod";
import { absolute } from "../config/paths.ts";
import { configSchema } from "../config/config_schema.ts";
import { Draft, type Point, refusalOf, type Taken } from "./draft.ts";
import { writtenPath } from "./paths.ts";
import type { Value } from "./python/value.ts";
import { asItems, type Settings, whyNot } from "./settings.ts";

const { shape } = configSchema;
const DIRECTORY = shape.sources.unwrap().shape.directories.unwrap().element;
const DATASET = shape.zfs.unwrap().shape.datasets.unwrap().element;

/**
 * Makes the tables of what is backed up.
 *
 * @param settings the script's settings
 * @param points collects what a person must look at
 * @returns `[sources]`, and `[zfs]` if the script names pools
 */
export function sourceTables(settings: Settings, points: Point[]): Draft[] {
  const sources = new Draft("[sources]", points);
  const directories = takeTexts(sources, settings, "directories", DIRECTORY);
  if (directories !== undefined && directories.value.length > 0) {
    sources.set("directories", directories.value, directories);
  }
  const zfs = new Draft("[zfs]", points);
  const pools = takeTexts(zfs, settings, "pools", DATASET);
  if (pools !== undefined && pools.value.length > 0) {
    zfs.set("datasets", pools.value, pools);
    zfs.look(
      pools.line,
      "each pool is taken with all datasets below it, without zvols; leave out what is not " +
        'wanted with "exclude" ("autoborg run --dry-run" shows what would be taken)',
    );
    zfs.set("recursive", true);
  }
  return zfs.entries.length > 0 ? [sources, zfs] : [sources];
}

/** Takes a list of texts, each of which the configuration can have, without repetitions. */
function takeTexts(
  draft: Draft,
  settings: Settings,
  role: "directories" | "pools",
  schema: z.ZodType,
): Taken<readonly string[]> | undefined {
  const taken = settings.take(role, draft, "a list of strings", asItems);
  if (taken === undefined) return undefined;
  const texts = taken.value.flatMap((item, index) => {
    return takeItem(draft, item, `${taken.name}[${index}]`, role, schema);
  });
  // Backwards, so that of two spellings of a place the first one stays.
  const places = texts.toReversed().map((text) => {
    return [role === "pools" ? text : absolute(text, { directory: "." }), text] as const;
  });
  const kept = new Set(new Map(places).values());
  return {
    ...taken,
    value: texts.filter((text, at) => kept.has(text) && texts.indexOf(text) === at),
  };
}

function takeItem(
  draft: Draft,
  item: Value,
  name: string,
  role: "directories" | "pools",
  schema: z.ZodType,
): string[] {
  const { line } = item;
  if (item.kind !== "text") {
    draft.unread(line, whyNot(name, name, item, "a string"));
    return [];
  }
  const { value } = role === "pools"
    ? { value: item.text }
    : writtenPath(draft, { name, line, value: item.text });
  const refusal = refusalOf(schema, value);
  if (refusal === undefined) return [value];
  draft.unread(line, `${name} is not taken over: ${refusal}`);
  return [];
}
