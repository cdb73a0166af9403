/** `autoborg help --man` and `autoborg help --guide`: pages that the program has with it. @module */
import { UsageError } from "../../errors.ts";
import { nearest } from "../../text/nearest.ts";
import type { Edition } from "./command_manual.ts";

/**
 * The page that a command line asks for.
 *
 * @returns `undefined` when it asks for help on a command
 * @throws {UsageError} when there is no such page
 */
export async function printedPage(
  args: readonly string[],
  edition: Edition,
): Promise<string | undefined> {
  const [name, ...more] = args.filter((word) => !word.startsWith("-"));
  const options = args.filter((word) => word.startsWith("-"));
  const [option] = options;
  if (option !== "--man" && option !== "--guide") return undefined;
  if (options.length > 1 || more.length > 0) {
    throw new UsageError(`Cannot print several pages: expected "help ${option}" and one name`, {
      hint: `autoborg help ${option}`,
    });
  }
  return option === "--man" ? await manualPage(name, edition) : await guide(name);
}

async function manualPage(name: string | undefined, edition: Edition): Promise<string> {
  if (name !== undefined && /^(?:autoborg\.toml|config(?:\.toml)?)$/.test(name)) {
    const { configurationManual } = await import("./configuration_manual.ts");
    const { exampleConfig } = await import("../../setup/schema_file.ts");
    return configurationManual(exampleConfig(undefined), edition);
  }
  const { commandManual, verbManual } = await import("./command_manual.ts");
  if (name === undefined || name === "autoborg") return commandManual(edition);
  const page = verbManual(name, edition);
  if (page !== undefined) return page;
  throw new UsageError(`There is no manual page "${name}"`, {
    hint: "autoborg help --man, autoborg help --man COMMAND, autoborg help --man autoborg.toml",
  });
}

async function guide(name: string | undefined): Promise<string> {
  const { GUIDES } = await import("./guides.ts");
  const names = Object.keys(GUIDES);
  if (name === undefined) {
    const list = names.map((one) => `  ${one}\n`).join("");
    return `Guides, each printed by "autoborg help --guide NAME":\n\n${list}`;
  }
  const found = name.replace(/^.*\/|\.md$/g, "");
  const text = Object.hasOwn(GUIDES, found) ? GUIDES[found] : undefined;
  if (text !== undefined) return text;
  const meant = nearest(found, names);
  throw new UsageError(`There is no guide "${name}"`, {
    hint: meant === undefined
      ? "All guides: autoborg help --guide"
      : `Did you mean "autoborg help --guide ${meant}"? All guides: autoborg help --guide`,
  });
}
