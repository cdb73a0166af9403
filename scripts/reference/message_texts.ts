/**
 * Collects the texts of the program that people read, with TypeScript's own compiler: what a text is
 * for is the name of the field, parameter, constant or function that it goes into.
 *
 * @module
 */
import ts from "typescript";
import { describeExpression, isJoint, isText, unwrapped } from "./message_template.ts";

/** A text of a source file. */
export interface MessageText {
  /** What it is for, such as `message`, `hint`, `brief`. */
  readonly kind: string;
  /** The text; values stand in it as `{name}`, alternatives as `(one | other)`. */
  readonly text: string;
}

/** Fields and parameters whose texts people read, however short those are. */
export const KINDS_FOR_PEOPLE: ReadonlySet<string> = new Set([
  "brief",
  "describe",
  "description",
  "expected",
  "fullDescription",
  "headline",
  "hint",
  "hints",
  "meaning",
  "message",
  "note",
  "placeholder",
  "reason",
  "remedy",
  "subject",
  "summary",
  "text",
  "title",
  "wanted",
  "why",
]);

/**
 * Collects the texts of source files.
 *
 * @param paths the files; what they import is read as well, and not collected
 * @returns the texts for people by the path of their file, in the order of the source, each once
 */
export function messageTexts(
  paths: readonly string[],
): ReadonlyMap<string, readonly MessageText[]> {
  const program = ts.createProgram(paths, {
    allowImportingTsExtensions: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ESNext,
    types: [],
  });
  const checker = program.getTypeChecker();
  return new Map(paths.map((path) => {
    const file = program.getSourceFile(path);
    if (file === undefined) throw new Error(`Cannot read "${path}"`);
    return [path, textsOf(file, checker)];
  }));
}

function textsOf(file: ts.SourceFile, checker: ts.TypeChecker): readonly MessageText[] {
  const found = new Map<string, MessageText>();
  const visit = (node: ts.Node): void => {
    if (isCode(node)) return;
    if (isText(node, checker) && !isPartOfText(node)) {
      const kind = kindOf(node, checker);
      const text = describeExpression(node, checker).replace(CONTROL, "");
      if (kind !== undefined && isForPeople(kind, text)) {
        found.set(`${kind}: ${text}`, { kind, text });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...found.values()];
}

/** Parts of a program whose texts only the compiler reads. */
function isCode(node: ts.Node): boolean {
  return ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node) ||
    ts.isComputedPropertyName(node) || ts.isRegularExpressionLiteral(node);
}

function isPartOfText(node: ts.Node): boolean {
  let child = node;
  for (;;) {
    const parent = child.parent;
    if (ts.isTemplateSpan(parent) || isJoint(parent)) return true;
    if (!ts.isConditionalExpression(parent) && !ts.isParenthesizedExpression(parent)) return false;
    if (ts.isConditionalExpression(parent) && parent.condition === child) return false;
    child = parent;
  }
}

/** What a text is for; nothing when it is compared or looked up. */
function kindOf(node: ts.Node, checker: ts.TypeChecker): string | undefined {
  let child = node;
  for (let parent = child.parent; parent !== undefined; child = parent, parent = parent.parent) {
    if (ts.isReturnStatement(parent)) parent = functionAround(parent);
    if (isRead(parent, child)) return undefined;
    const kind = purposeOf(parent, child, checker);
    if (kind !== undefined) return kind;
  }
  return "text";
}

function functionAround(statement: ts.Node): ts.Node {
  return ts.findAncestor(statement, ts.isFunctionLike) ?? statement;
}

/** Says whether a text is only compared with others. */
function isRead(parent: ts.Node, child: ts.Node): boolean {
  if (ts.isPropertyAssignment(parent)) return parent.initializer !== child;
  if (ts.isCaseClause(parent)) return parent.expression === child;
  return ts.isElementAccessExpression(parent) ||
    ts.isBinaryExpression(parent) && COMPARISONS.has(parent.operatorToken.kind);
}

const COMPARISONS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.InKeyword,
]);

/** The name of what a text goes into, if it goes no further. */
function purposeOf(
  parent: ts.Node,
  child: ts.Node,
  checker: ts.TypeChecker,
): string | undefined {
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) {
    return parameterOf(parent, child, checker);
  }
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
    const target = unwrapped(parent.left);
    return ts.isPropertyAccessExpression(target) ? target.name.text : target.getText();
  }
  const isNamed = ts.isPropertyAssignment(parent) || ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) || ts.isBindingElement(parent) || ts.isPropertyDeclaration(parent) ||
    ts.isFunctionDeclaration(parent) || ts.isMethodDeclaration(parent);
  return isNamed && parent.name !== undefined ? nameOf(parent.name) : undefined;
}

/** The name of the parameter that an argument is for; of a foreign function, its own name. */
function parameterOf(
  call: ts.CallExpression | ts.NewExpression,
  argument: ts.Node,
  checker: ts.TypeChecker,
): string | undefined {
  const at = call.arguments?.findIndex((one) => one === argument) ?? -1;
  if (at === -1) return undefined;
  const declaration = checker.getResolvedSignature(call)?.declaration;
  const isOurs = declaration !== undefined && !declaration.getSourceFile().isDeclarationFile;
  const parameters = isOurs && !ts.isJSDocSignature(declaration) ? declaration.parameters : [];
  const parameter = parameters[at] ?? parameters.findLast(({ dotDotDotToken }) => dotDotDotToken);
  if (parameter !== undefined) return nameOf(parameter.name);
  const name = ts.isPropertyAccessExpression(call.expression)
    ? call.expression.name.text
    : call.expression.getText();
  return PASSED_ON.has(name) ? undefined : name;
}

/** Functions through which a text goes to where the result goes. */
const PASSED_ON: ReadonlySet<string> = new Set(["flatMap", "map", "Map", "Set", "freeze"]);

function nameOf(name: ts.PropertyName | ts.BindingName): string {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : "text";
}

/** Functions and fields of the program whose texts only programs read. */
const FOR_PROGRAMS: ReadonlySet<string> = new Set([
  "exec",
  "includes",
  "prepare",
  "renderHtml",
  "split",
  "sql",
  "startsWith",
]);

/** Statements of SQL, styles of CSS, options of systemd. */
const IS_CODE =
  /SELECT \d|\(SELECT |^(?:INSERT |FROM \{|NOT INDEXED|AND \w+ |ORDER BY |.* WHERE |[A-Z_ ]+\b.* \?|name = |WHERE |CREATE |SELECT |[a-z-]+:[^ ]+[;,'"]|[A-Z]\w+=)/;

/** What moves the cursor of a terminal. */
// deno-lint-ignore no-control-regex
const CONTROL = /\x1b\[[\d;?]*[A-Za-z]/g;

function isForPeople(kind: string, text: string): boolean {
  if (FOR_PROGRAMS.has(kind) || IS_CODE.test(text.trim())) return false;
  const words = text.replaceAll(/<[^<>]*>|\{[^{}]*\}/g, "{}");
  const isSaid = KINDS_FOR_PEOPLE.has(kind) || kind.endsWith("Error");
  return isSaid ? /\p{L}/u.test(words) : isPhrase(words);
}

function isPhrase(words: string): boolean {
  return /\p{L}['’]?[,:;]? \p{L}/u.test(words);
}
