/**
 * Finds what a source file may say to people: its texts, each put together from the pieces that the
 * code adds up. Deno's own parser reads the file, so no quote in a pattern or a comment misleads it.
 *
 * @module
 */

/** A text of a source file. */
export interface Text {
  /** The text; commands that are made by `ownCommand` and `borgCommand` stand as `<autoborg …>`. */
  readonly text: string;
  /** Where it begins, counted from 1. */
  readonly line: number;
}

type Node = Deno.lint.Node;

/**
 * Finds the texts of a source file.
 *
 * @param source TypeScript
 * @returns the texts; those of a constant stand where it is used in another text of the file
 */
export function textsOf(source: string): readonly Text[] {
  const constants = new Map<string, Node>();
  const pieces: Node[] = [];
  const texts: Text[] = [];
  const finish = () => {
    const wholes = new Set(pieces.map(wholeOf));
    const used = new Set([...wholes].flatMap((whole) => namesIn(whole)));
    const inlined = new Set([...constants].flatMap(([name, node]) => used.has(name) ? [node] : []));
    for (const whole of wholes) {
      if (inlined.has(whole)) continue;
      const line = source.slice(0, whole.range[0]).split("\n").length;
      texts.push({ text: read(whole, constants), line });
    }
  };
  const plugin: Deno.lint.Plugin = {
    name: "literals",
    rules: {
      literals: {
        create: () => ({
          VariableDeclarator: ({ id, init }) => {
            if (id.type === "Identifier" && init !== null) constants.set(id.name, init);
          },
          Literal: (node) => {
            if (typeof node.value === "string") pieces.push(node);
          },
          TemplateLiteral: (node) => {
            pieces.push(node);
          },
          CallExpression: (node) => {
            if (commandOf(node) !== undefined) pieces.push(node);
          },
          "Program:exit": finish,
        }),
      },
    },
  };
  Deno.lint.runPlugin(plugin, "source.ts", source);
  return texts;
}

/** The largest text that a piece is a part of. */
function wholeOf(piece: Node): Node {
  let whole = piece;
  for (;;) {
    const above = parentOf(whole);
    if (above === undefined) return whole;
    if (isJoint(above)) whole = above;
    else if (above.type === "ConditionalExpression") {
      const beyond = parentOf(above);
      if (beyond === undefined || !isJoint(beyond)) return whole;
      whole = above;
    } else return whole;
  }
}

function parentOf(node: Node): Node | undefined {
  if (!("parent" in node)) return undefined;
  // A parameter of a constructor holds no text that would be added to another one.
  return node.parent.type === "TSParameterProperty" ? undefined : node.parent;
}

function isJoint(node: Node): boolean {
  return node.type === "TemplateLiteral" || commandOf(node) !== undefined ||
    node.type === "BinaryExpression" && node.operator === "+";
}

function commandOf(node: Node): string | undefined {
  if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return undefined;
  return { ownCommand: "autoborg", borgCommand: "autoborg borg" }[node.callee.name];
}

/** The nodes that a text is made of. */
function partsOf(node: Node): readonly Node[] {
  switch (node.type) {
    case "TemplateLiteral":
      return node.expressions;
    case "BinaryExpression":
      return [node.left, node.right];
    case "ConditionalExpression":
      return [node.consequent, node.alternate];
    case "CallExpression":
      return commandOf(node) === undefined ? [] : node.arguments;
    default:
      return [];
  }
}

function namesIn(node: Node): readonly string[] {
  return node.type === "Identifier" ? [node.name] : partsOf(node).flatMap(namesIn);
}

function read(node: Node, constants: ReadonlyMap<string, Node>): string {
  const command = commandOf(node);
  const parts = partsOf(node).map((part) => read(part, constants));
  if (command !== undefined) return `<${command} ${parts.join(" ")}>`;
  switch (node.type) {
    case "Literal":
      return String(node.value);
    case "TemplateLiteral":
      return node.quasis.map(({ cooked }, at) => `${cooked}${parts[at] ?? ""}`).join("");
    case "BinaryExpression":
      return parts.join("");
    case "ConditionalExpression":
      return parts.join(" | ");
    case "Identifier": {
      const constant = constants.get(node.name);
      return constant === undefined ? "…" : read(constant, without(constants, node.name));
    }
    default:
      return "…";
  }
}

/** A constant that is made of itself, in another scope, must not be read for ever. */
function without(constants: ReadonlyMap<string, Node>, name: string): ReadonlyMap<string, Node> {
  return new Map([...constants].filter(([other]) => other !== name));
}
