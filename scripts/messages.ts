/**
 * Generates `docs/reference/messages.md`: every text of the program that people read, so that they
 * can be read in one go and reviewed in a diff. `deno task reference` writes it.
 *
 * @module
 */
import { printable } from "../lib/text/printable.ts";
import { type MessageText, messageTexts } from "./reference/message_texts.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** Files whose texts are no language of people. */
const NOT_FOR_PEOPLE: readonly string[] = [
  "lib/cli/completion/",
  "lib/report/mail/html_style.ts",
  "lib/report/page/style.ts",
  "lib/state/history_schema.ts",
];

/** The files of the program whose texts people may read, relative to the root of the source tree. */
export function messageSources(): readonly string[] {
  const below = [...sourcesBelow("lib")].toSorted();
  return ["main.ts", ...below]
    .filter((path) => !NOT_FOR_PEOPLE.some((start) => path.startsWith(start)));
}

/**
 * The page.
 *
 * @returns Markdown
 */
export function messagesPage(): string {
  const sources = messageSources();
  const texts = messageTexts(sources.map((path) => `${ROOT}${path}`));
  const rooms = Map.groupBy(sources, roomOf);
  return [
    "# Messages",
    "",
    "Every text of the program that people read, by room and file: errors, problems, hints, help and",
    "descriptions of keys. `deno task reference` writes this page from the source. The word before",
    "each text is the field, parameter or function that it is for; `{name}` stands for a value,",
    "`(one | other)` for alternatives.",
    "",
    ...[...rooms].flatMap(([room, paths]) => {
      const files = paths.flatMap((path) => fileSection(path, texts.get(`${ROOT}${path}`) ?? []));
      return files.length === 0 ? [] : [`## ${room}`, "", ...files];
    }),
  ].join("\n");
}

function fileSection(path: string, texts: readonly MessageText[]): readonly string[] {
  if (texts.length === 0) return [];
  return [`### ${path}`, "", "```text", ...texts.map(entry), "```", ""];
}

function entry({ kind, text }: MessageText): string {
  return `${kind}: ${printable(text.trim()).replaceAll("\n", "\n  ")}`;
}

/** The room of a file: the part of its path below `lib`. */
function roomOf(path: string): string {
  const [, room = path] = path.split("/");
  return room.endsWith(".ts") ? "Ground floor" : room;
}

function* sourcesBelow(directory: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(`${ROOT}${directory}`)) {
    const path = `${directory}/${name}`;
    if (isDirectory) yield* sourcesBelow(path);
    else if (name.endsWith(".ts")) yield path;
  }
}
