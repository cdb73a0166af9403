/**
 * Writes an expression that makes a text as a template: `Cannot read "{path}": {reason}`.
 *
 * @module
 */
import ts from "typescript";

/** Functions that write a value for people; the value's name says more than theirs. */
const WRITERS =
  /^(?:human\w+|printable\w*|String|commandLine|quoted?\w*|\w*[tT]ime|toLocaleString)$/;
/** Functions that make a command of ours. */
const COMMANDS: Readonly<Record<string, string>> = {
  ownCommand: "autoborg",
  borgCommand: "autoborg borg",
};

/** Says whether an expression is a text, or begins one. */
export function isText(node: ts.Node, checker: ts.TypeChecker): node is ts.Expression {
  if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) return true;
  return isJoint(node) && (checker.getTypeAtLocation(node).flags & ts.TypeFlags.StringLike) !== 0;
}

/** Says whether an expression adds texts up. */
export function isJoint(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

/** An expression without parentheses and assertions of its type. */
export function unwrapped(node: ts.Expression): ts.Expression {
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) {
    return unwrapped(node.expression);
  }
  return ts.isSatisfiesExpression(node) ? unwrapped(node.expression) : node;
}

/** Writes a text with names for its values. */
export function describeExpression(
  expression: ts.Expression,
  checker: ts.TypeChecker,
  depth = 0,
): string {
  const node = unwrapped(expression);
  const read = (part: ts.Expression) => describeExpression(part, checker, depth);
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    const spans = node.templateSpans.map((span) => read(span.expression) + span.literal.text);
    return node.head.text + spans.join("");
  }
  if (isJoint(node)) return read(node.left) + read(node.right);
  if (ts.isConditionalExpression(node)) {
    const [yes, no] = [read(node.whenTrue), read(node.whenFalse)];
    return yes === no ? yes : `(${yes} | ${no})`;
  }
  if (ts.isCallExpression(node)) return describeCall(node, read);
  if (ts.isArrayLiteralExpression(node)) return node.elements.map(read).join(" ");
  if (ts.isIdentifier(node) && depth < 5) {
    const constant = constantOf(node, checker);
    if (constant !== undefined) return describeExpression(constant, checker, depth + 1);
  }
  return `{${nameOf(node)}}`;
}

function describeCall(call: ts.CallExpression, read: (part: ts.Expression) => string): string {
  const [first] = call.arguments;
  const callee = call.expression.getText();
  const program = COMMANDS[callee];
  if (program !== undefined) return [program, ...call.arguments.map(read)].join(" ");
  if (first === undefined) return `{${nameOf(call)}}`;
  if (callee === "JSON.stringify") return `"${read(first)}"`;
  return WRITERS.test(callee) ? read(first) : `{${nameOf(call)}}`;
}

/** The text of a constant, if it is one that is written down as a text. */
function constantOf(node: ts.Identifier, checker: ts.TypeChecker): ts.Expression | undefined {
  const symbol = checker.getSymbolAtLocation(node);
  if (symbol === undefined) return undefined;
  const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const declaration = real.valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return undefined;
  if ((ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) === 0) return undefined;
  const { initializer } = declaration;
  if (initializer === undefined) return undefined;
  const inner = unwrapped(initializer);
  const isWritten = ts.isStringLiteralLike(inner) || ts.isTemplateExpression(inner) ||
    isJoint(inner) || ts.isConditionalExpression(inner);
  const isString = (checker.getTypeAtLocation(inner).flags & ts.TypeFlags.StringLike) !== 0;
  return isWritten && isString ? inner : undefined;
}

/** A short name for a value. */
function nameOf(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isCallExpression(node)) {
    const { expression } = node;
    // `paths.map(…).join(", ")` is a list of paths.
    return ts.isPropertyAccessExpression(expression)
      ? nameOf(expression.expression)
      : nameOf(expression);
  }
  if (ts.isBinaryExpression(node)) return nameOf(node.left);
  if (ts.isElementAccessExpression(node) || ts.isParenthesizedExpression(node)) {
    return nameOf(node.expression);
  }
  if (ts.isNonNullExpression(node) || ts.isAwaitExpression(node)) return nameOf(node.expression);
  return "…";
}
