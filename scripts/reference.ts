/**
 * Generates the reference pages: the command line from the command tree, the configuration from its
 * schema, the services from their table, the messages from the source. Run it after each change of them: `deno task reference`.
 *
 * @module
 */
import { messagesPage } from "./messages.ts";
import { commandLinePage } from "./reference/command_line_page.ts";
import { configurationPage } from "./reference/configuration_page.ts";
import { servicesPage } from "./reference/services_page.ts";
import { formatMarkdown } from "./reference/markdown.ts";

const ROOT = new URL("../", import.meta.url);

/**
 * The pages.
 *
 * @returns their content by their paths, which are relative to the root of the source tree
 */
export async function referencePages(): Promise<Readonly<Record<string, string>>> {
  const example = await Deno.readTextFile(new URL("config.example.toml", ROOT));
  return {
    "docs/reference/command-line.md": await formatMarkdown(commandLinePage()),
    "docs/reference/configuration.md": await formatMarkdown(configurationPage(example)),
    "docs/reference/services.md": await formatMarkdown(servicesPage()),
    "docs/reference/messages.md": await formatMarkdown(messagesPage()),
  };
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await referencePages())) {
    await Deno.writeTextFile(new URL(path, ROOT), text);
  }
}
