// The mutants of a source file: one wrong operator, number, bound, axis or missing term each, as the text that replaces
// an expression. Types, imports, and what only words an error are left alone: no wrong number comes from them.
import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** One change of one file: characters `start` to `end` become `text`; `shown` says it in short. */
export interface Mutant {
  file: string;
  start: number;
  end: number;
  text: string;
  shown: string;
}

/** Operators, and what stands in their place: the opposite, and for a comparison its bound. */
const operators: Readonly<Record<string, readonly string[]>> = {
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '**': ['*'],
  '+=': ['-='],
  '-=': ['+='],
  '*=': ['/='],
  '/=': ['*='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '&&': ['||'],
  '||': ['&&'],
};
/** Of these either side can be left out. */
const terms = new Set(['+', '-', '*', '/', '&&', '||', '??']);

/** Names of which one is easily written for the other. */
const twins: Readonly<Record<string, string>> = {
  x: 'y',
  y: 'x',
  width: 'height',
  height: 'width',
  columns: 'rows',
  rows: 'columns',
  start: 'end',
  end: 'start',
  max: 'min',
  min: 'max',
  floor: 'ceil',
  ceil: 'floor',
};

const errorFactory = /^(usage|input|format|missing|shape|output|internal)Error$/;

/** Every mutant of `file`, in the order of its text. */
export function mutantsOf(file: string): Mutant[] {
  return mutantsIn(file, readFileSync(file, 'utf8'));
}

/** Those of a text that stands in `file`. */
export function mutantsIn(file: string, whole: string): Mutant[] {
  const source = ts.createSourceFile(file, whole, ts.ScriptTarget.ES2022, true);
  const mutants: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    if (isLeftAlone(node)) return;
    for (const { text, shown } of changesOf(node, (part) => part.getText(source)))
      mutants.push({ file, start: node.getStart(source), end: node.getEnd(), text, shown });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return mutants;
}

type Change = Pick<Mutant, 'text' | 'shown'>;

function isLeftAlone(node: ts.Node): boolean {
  if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isThrowStatement(node)) return true;
  return ts.isCallExpression(node) && errorFactory.test(node.expression.getText());
}

function changesOf(node: ts.Node, textOf: (node: ts.Node) => string): Change[] {
  if (ts.isBinaryExpression(node)) return changesOfOperation(node, textOf);
  if (ts.isNumericLiteral(node)) return isValue(node) ? numbersBeside(node.text) : [];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [{ text: 'false', shown: 'true to false' }];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [{ text: 'true', shown: 'false to true' }];
  if (ts.isPrefixUnaryExpression(node)) return changesOfSign(node, textOf);
  if (ts.isPropertyAccessExpression(node)) return changesOfName(node, textOf);
  if (ts.isCallExpression(node)) return swaps(node.arguments, node, textOf);
  if (ts.isArrayLiteralExpression(node)) return swaps(node.elements, node, textOf);
  return [];
}

function changesOfOperation(node: ts.BinaryExpression, textOf: (node: ts.Node) => string): Change[] {
  const operator = textOf(node.operatorToken);
  const [left, right] = [textOf(node.left), textOf(node.right)];
  if ([node.left, node.right].some(isWords)) return [];
  const others = (operators[operator] ?? []).map((other) => ({
    text: `${left} ${other} (${right})`,
    shown: `${operator} to ${other}`,
  }));
  if (!terms.has(operator)) return others;
  const dropped = { text: left, shown: `without ${operator} ${right}` };
  const kept = { text: operator === '-' ? `-(${right})` : right, shown: `without ${left} ${operator}` };
  return operator === '??' ? [dropped] : [...others, dropped, kept];
}

/** Texts are joined by `+` too. */
function isWords(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

/** A number that is a name or a member of an enumeration has no expression in its place. */
function isValue(node: ts.NumericLiteral): boolean {
  const { parent } = node;
  return !(ts.isPropertyAssignment(parent) && parent.name === node) && !ts.isEnumMember(parent);
}

function numbersBeside(text: string): Change[] {
  const value = Number(text);
  const others = Number.isInteger(value) ? [value + 1, ...(value > 0 ? [value - 1] : [])] : [value * 1.2];
  return others.map((other) => ({ text: `${other}`, shown: `${text} to ${other}` }));
}

function changesOfSign(node: ts.PrefixUnaryExpression, textOf: (node: ts.Node) => string): Change[] {
  const inner = textOf(node.operand);
  if (node.operator === ts.SyntaxKind.MinusToken) return [{ text: inner, shown: `-${inner} to ${inner}` }];
  if (node.operator === ts.SyntaxKind.ExclamationToken)
    return [{ text: `!!(${inner})`, shown: `without ! ${inner}` }];
  return [];
}

function changesOfName(node: ts.PropertyAccessExpression, textOf: (node: ts.Node) => string): Change[] {
  const other = twins[textOf(node.name)];
  if (other === undefined || ts.isOptionalChain(node) || isWritten(node) || isMethod(node)) return [];
  return [{ text: `${textOf(node.expression)}.${other}`, shown: `${textOf(node)} to ${other}` }];
}

function isWritten(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent))
    return parent.left === node && /^[^=!<>]*=$/.test(parent.operatorToken.getText());
  return (
    ts.isPostfixUnaryExpression(parent) ||
    (ts.isPrefixUnaryExpression(parent) && /^(\+\+|--)/.test(parent.getText()))
  );
}

/** A method loses its object behind a switch; those of `Math` need none. */
function isMethod(node: ts.PropertyAccessExpression): boolean {
  return (
    ts.isCallExpression(node.parent) &&
    node.parent.expression === node &&
    node.expression.getText() !== 'Math'
  );
}

/** Two neighbours in a list whose names are twins, changed for one another. */
function swaps(
  list: ts.NodeArray<ts.Expression>,
  node: ts.Node,
  textOf: (node: ts.Node) => string,
): Change[] {
  if (isWritten(node) || ts.isOptionalChain(node)) return [];
  return list.slice(1).flatMap((second, at) => {
    const first = list[at]!;
    if (twins[textOf(first)] !== textOf(second)) return [];
    const from = first.getStart() - node.getStart();
    const [a, b] = [textOf(first), textOf(second)];
    const text =
      textOf(node).slice(0, from) + `${b}, ${a}` + textOf(node).slice(second.getEnd() - node.getStart());
    return [{ text, shown: `${a}, ${b} to ${b}, ${a}` }];
  });
}
