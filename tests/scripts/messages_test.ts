/**
 * No text that people read may be missing in `docs/reference/messages.md`. What is looked for here
 * is found by Deno's parser and by the program itself, not by the compiler that makes the page.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { routes } from "../../lib/cli/command_tree.ts";
import { verbsOf } from "../../lib/cli/help/verb_tree.ts";
import { messageSources } from "../../scripts/messages.ts";
import { KINDS_FOR_PEOPLE, messageTexts } from "../../scripts/reference/message_texts.ts";
import { tablesOf } from "../../lib/cli/manual/configuration_keys.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const PAGE = spaced(Deno.readTextFileSync(`${ROOT}docs/reference/messages.md`));

function spaced(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

/** What is written down of a text; the values that stand between its pieces are unknown. */
function piecesOf(node: Deno.lint.Node): readonly string[] {
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" ? [node.value] : [];
    case "TemplateLiteral":
      return [...node.quasis.map(({ cooked }) => cooked), ...node.expressions.flatMap(piecesOf)];
    case "BinaryExpression":
      return node.operator === "+" ? [...piecesOf(node.left), ...piecesOf(node.right)] : [];
    case "ConditionalExpression":
      return [...piecesOf(node.consequent), ...piecesOf(node.alternate)];
    default:
      return [];
  }
}

/** The pieces of all texts that a source gives to a field for people or to an error. */
function spokenBy(source: string): readonly string[] {
  const pieces: string[] = [];
  const plugin: Deno.lint.Plugin = {
    name: "spoken",
    rules: {
      spoken: {
        create: () => ({
          Property: ({ key, value }) => {
            if (key.type === "Identifier" && KINDS_FOR_PEOPLE.has(key.name)) {
              pieces.push(...piecesOf(value));
            }
          },
          NewExpression: ({ callee, arguments: [message] }) => {
            const isError = callee.type === "Identifier" && callee.name.endsWith("Error");
            if (isError && message !== undefined) pieces.push(...piecesOf(message));
          },
        }),
      },
    },
  };
  Deno.lint.runPlugin(plugin, "source.ts", source);
  return pieces.map((piece) => spaced(piece).trim()).filter((piece) => /\p{L}{2}/u.test(piece));
}

Deno.test("messages.md has each text that a field for people or an error gets in the source", () => {
  const missing: string[] = [];
  let count = 0;
  for (const path of messageSources()) {
    for (const piece of spokenBy(Deno.readTextFileSync(join(ROOT, path)))) {
      count += 1;
      if (!PAGE.includes(piece)) missing.push(`${path}: ${piece}`);
    }
  }
  assert.deepEqual(missing, []);
  assert.ok(count > 500, `only ${count} texts were looked for`);
});

Deno.test("messages.md has the help of each verb, flag and argument", () => {
  const texts = verbsOf(routes).flatMap((verb) => [
    verb.brief,
    ...verb.flags.map(({ brief }) => brief),
    ...verb.arguments.map(({ brief }) => brief),
  ]);
  assert.deepEqual(texts.filter((text) => !PAGE.includes(spaced(text))), []);
});

Deno.test("messages.md has the description of each key of the configuration", () => {
  const example = Deno.readTextFileSync(`${ROOT}config.example.toml`);
  const texts = tablesOf(example).flatMap(({ keys }) => keys.map(({ description }) => description));
  // A description that several keys share has a name where they differ.
  const shared = PAGE.match(/(?<=describe: )[^:]*\{\w+\}[^{}]*?(?= \w+: |$)/g) ?? [];
  const patterns = shared.map((text) =>
    new RegExp(text.split(/\{\w+\}/).map((part) => RegExp.escape(part)).join("\\w+"))
  );
  const isThere = (text: string) =>
    PAGE.includes(text) || patterns.some((pattern) => pattern.test(text));
  assert.deepEqual(texts.filter((text) => !isThere(spaced(text))), []);
});

Deno.test("messageTexts() reads a text wherever it is, with names for its values", async () => {
  const directory = await Deno.makeTempDir({ prefix: "autoborg-messages-" });
  try {
    const file = join(directory, "source.ts");
    await Deno.writeTextFile(file, SOURCE);
    assert.deepEqual(
      messageTexts([file]).get(file)?.map(({ kind, text }) => `${kind}: ${text}`),
      [
        "LIMIT: the limit is reached",
        "kind: of no interest",
        'message: Cannot read "{path}": {reason}',
        "hint: Free some space: the limit is reached",
        "message: one file left",
        "message: {count} files left",
        "hint: Look at it: autoborg list {label}",
        "lines: first of all",
        "lines: and then {name}",
        "greeting: good morning",
        "caption: nothing to do",
      ],
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

const SOURCE = `
const LIMIT = "the limit is reached";
const kind = "of no interest" as const;
function failure(message: string, hint: string) { return { message, hint }; }
function ownCommand(...words: string[]) { return words.join(" "); }
export class Failed extends Error { constructor(message: string) { super(message); } }
export function read(path: string, reason: Error, names: string[], count: number, label: string) {
  if (label === "of no interest") throw new Failed(\`Cannot read \${JSON.stringify(path)}: \${String(reason)}\`);
  const one = { hint: "Free some space: " + LIMIT };
  failure(count === 1 ? "one file left" : \`\${count} files left\`, \`Look at it: \${ownCommand("list", label)}\`);
  const lines = ["first of all", ...names.map((name) => \`and then \${name}\`)];
  return { one, lines, greeting, kind };
}
function greeting(at: number) { switch (at) { case 1: return "good morning"; default: return ""; } }
export class View { caption = "nothing to do"; }
`;
