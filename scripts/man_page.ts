/**
 * Writes the pages of the manual, autoborg(1) and autoborg.toml(5): `deno task man`, or with another
 * directory `scripts/man_page.ts DIRECTORY`. The same source makes the same pages: their date is
 * that of `$SOURCE_DATE_EPOCH`, else that of the newest release in the changelog.
 *
 * @module
 */
import { join } from "node:path";
import { VERSION } from "../lib/cli/version.ts";
import { commandManual } from "../lib/cli/manual/command_manual.ts";
import { configurationManual } from "../lib/cli/manual/configuration_manual.ts";

const ROOT = new URL("../", import.meta.url);

/**
 * The pages.
 *
 * @param epoch seconds since 1970 as text, from the environment
 * @returns their content by the names of their files
 */
export async function manualPages(
  epoch: string | undefined,
): Promise<Readonly<Record<string, string>>> {
  const changelog = await Deno.readTextFile(new URL("CHANGELOG.md", ROOT));
  const example = await Deno.readTextFile(new URL("config.example.toml", ROOT));
  const edition = { version: VERSION, date: dateOf(epoch, changelog) };
  return {
    "autoborg.1": commandManual(edition),
    "autoborg.toml.5": configurationManual(example, edition),
  };
}

/**
 * The date of the pages.
 *
 * @param epoch seconds since 1970 as text
 * @param changelog what lies beside, with `## [1.2.3] - 2026-11-23` before each release
 * @returns `2026-11-23`; empty when neither tells
 */
export function dateOf(epoch: string | undefined, changelog: string): string {
  if (epoch !== undefined && /^\d{1,11}$/.test(epoch)) {
    return new Date(Number(epoch) * 1000).toISOString().slice(0, 10);
  }
  return /^## .* - (\d{4}-\d\d-\d\d)$/m.exec(changelog)?.[1] ?? "";
}

if (import.meta.main) {
  const [directory = new URL("dist", ROOT).pathname] = Deno.args;
  await Deno.mkdir(directory, { recursive: true });
  const pages = await manualPages(Deno.env.get("SOURCE_DATE_EPOCH"));
  for (const [name, text] of Object.entries(pages)) {
    await Deno.writeTextFile(join(directory, name), text);
  }
}
