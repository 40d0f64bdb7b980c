import ts from 'typescript'

/** A source with one thing in it changed. */
export interface Mutant {
  /** From 1. */
  line: number
  /** What stood there, and what stands there now. */
  was: string
  becomes: string
  source: string
}

const operators: [ts.SyntaxKind, string][] = [
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
  [ts.SyntaxKind.AmpersandAmpersandToken, '||'],
  [ts.SyntaxKind.BarBarToken, '&&'],
  [ts.SyntaxKind.PlusToken, '-'],
  [ts.SyntaxKind.MinusToken, '+'],
  [ts.SyntaxKind.AsteriskToken, '/'],
]

/** Array methods and what is put in their place, '' for none at all. */
const methods = new Map([
  ['filter', ''],
  ['some', 'every'],
  ['every', 'some'],
  ['max', 'min'],
  ['min', 'max'],
  ['unshift', 'push'],
])

/** Every mutant of a source, in the order of its text. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const mutants: Mutant[] = []
  const replace = (
    node: ts.Node,
    becomes: string,
    start = node.getStart(),
    end = node.getEnd(),
  ) => {
    const { line } = parsed.getLineAndCharacterOfPosition(start)
    const was = source.slice(start, end)
    const text = source.slice(0, start) + becomes + source.slice(end)
    mutants.push({ line: line + 1, was, becomes, source: text })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isImportDeclaration(node))
      return
    if (ts.isBinaryExpression(node)) mutateBinary(node)
    if (ts.isPrefixUnaryExpression(node)) {
      if (node.operator === ts.SyntaxKind.ExclamationToken)
        replace(node, `(${node.operand.getText()})`)
    }
    if (node.kind === ts.SyntaxKind.TrueKeyword && !ts.isLiteralTypeNode(node.parent))
      replace(node, 'false')
    if (node.kind === ts.SyntaxKind.FalseKeyword && !ts.isLiteralTypeNode(node.parent))
      replace(node, 'true')
    // The larger ones are times and shares: tests do not assert times.
    if (ts.isNumericLiteral(node) && Number(node.text) < 3)
      replace(node, `${Number(node.text) + 1}`)
    if (ts.isStringLiteral(node) && !ts.isLiteralTypeNode(node.parent)) replace(node, "'mutant'")
    if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) {
      const condition = ts.isIfStatement(node) ? node.expression : node.condition
      replace(condition, 'true')
      replace(condition, 'false')
    }
    if (ts.isExpressionStatement(node)) replace(node, ';')
    if (ts.isContinueStatement(node) || ts.isBreakStatement(node)) replace(node, ';')
    if (ts.isCallExpression(node)) mutateCall(node)
    ts.forEachChild(node, visit)
  }
  const mutateBinary = (node: ts.BinaryExpression) => {
    const [, becomes] = operators.find(([kind]) => kind === node.operatorToken.kind) ?? []
    if (becomes) replace(node.operatorToken, becomes)
    if (node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
      replace(node, node.left.getText())
  }
  const mutateCall = ({ expression }: ts.CallExpression) => {
    if (!ts.isPropertyAccessExpression(expression)) return
    const becomes = methods.get(expression.name.text)
    if (becomes === undefined) return
    if (becomes !== '') replace(expression.name, becomes)
    else replace(expression.parent, expression.expression.getText())
  }
  visit(parsed)
  return mutants
}
