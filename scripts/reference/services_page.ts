/**
 * The page about the services that `[[notify]]` knows, from their table.
 *
 * @module
 */
import { OWN_KEYS } from "../../lib/channels/channel.ts";
import { KINDS, serviceOf } from "../../lib/channels/services.ts";

/**
 * The page, as Markdown that is not formatted yet.
 *
 * @returns the whole page
 */
export function servicesPage(): string {
  const rows = KINDS.map((kind) => {
    const { title, keys, when, limit, documentation, isHeartbeat } = serviceOf(kind);
    const named = (wanted: string) =>
      OWN_KEYS.filter((key) => keys[key] === wanted).map((key) => `\`${key}\``).join(", ");
    const late = isHeartbeat ? "dropped" : "sent, with its age";
    return `| \`${kind}\` | [${title}](${documentation}) | ${named("required")} | ` +
      `${named("optional")} | \`${when}\` | ${limit.most} ${limit.unit} | ${late} |`;
  });
  return [
    "# Services",
    "",
    "Generated from `lib/channels/services.ts` by `deno task reference`. The kinds of `[[notify]]`,",
    "the keys that each has besides those of all, when it hears of a run unless `when` is set, the",
    "longest text, and what becomes of a message that comes late. How to use them:",
    "[Messengers and webhooks](../how-to/notify.md).",
    "",
    "| kind | service | needs | may have | when | longest text | late |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}
