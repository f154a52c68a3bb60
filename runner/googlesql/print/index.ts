import type { Expression, Statement, TypeNode } from '../parse/ast.ts'
import { parse } from '../parse/index.ts'
import { printAlter } from './alter.ts'
import { printColumn } from './column.ts'
import { attachComments } from './comments.ts'
import { printCreate } from './create.ts'
import { printDml } from './dml.ts'
import { cat, type Doc, hardline, join } from './doc.ts'
import { printExpression } from './expression.ts'
import { printFrom } from './from.ts'
import { printPipe } from './pipe.ts'
import { type Node, Printer } from './printer.ts'
import { printQuery } from './query.ts'
import { render } from './render.ts'
import { printRoutine } from './routine.ts'
import { printScript } from './script.ts'
import { printType } from './type.ts'

const defaultWidth = 100

/**
 * A statement as BigQuery SQL, laid out in lines of 100 characters where that can be, with its comments, without a
 * semicolon. Parsing the result gives the same tree, and printing that the same text.
 *
 * @example printStatement(parse('select a,b from t').statements[0]) // 'SELECT a, b FROM t'
 */
export function printStatement(node: Statement): string {
  return render(statementDoc(settled(node, defaultWidth)), defaultWidth)
}

/**
 * Statements with a semicolon behind each and an empty line between them, in lines of `width` characters where that can
 * be; '' for none.
 */
export function printStatements(nodes: readonly Statement[], width = defaultWidth): string {
  const docs = nodes.map((node) => statementDoc(settled(node, width), ';'))
  return docs.length === 0 ? '' : `${render(join(cat(hardline, hardline), docs), width)}\n`
}

/** @example printExpression(parseExpression('a+1')) // 'a + 1' */
export function printExpressionText(node: Expression): string {
  return render(new Printer(new Map(), printNode).whole(node), defaultWidth)
}

/** @example printTypeText(parseType('array<int64>')) // 'ARRAY<int64>' */
export function printTypeText(node: TypeNode): string {
  return render(new Printer(new Map(), printNode).whole(node), Number.MAX_SAFE_INTEGER)
}

/** Comments in odd places may take a few rounds to come to rest. */
const settlingRounds = 5

/**
 * The tree to print so that printing it again gives the same text. A comment in the midst of an expression moves to the
 * end of its line, where the next parse finds it beside another node, which may be laid out otherwise.
 */
function settled(node: Statement, width: number): Statement {
  if (node.comments === undefined) return node
  let current = node
  let text = render(statementDoc(current, ';'), width)
  for (let round = 0; round < settlingRounds; round += 1) {
    const [next] = parse(text).statements
    if (next === undefined) return current
    const again = render(statementDoc(next, ';'), width)
    if (again === text) return current
    current = next
    text = again
  }
  return current
}

function statementDoc(node: Statement, end = ''): Doc {
  const attached = attachComments(node)
  const doc = new Printer(attached, printNode).whole(node)
  return cat(doc, end)
}

function printNode(node: Node, p: Printer): Doc {
  const doc =
    printExpression(node, p) ??
    printQuery(node, p) ??
    printFrom(node, p) ??
    printType(node, p) ??
    printPipe(node, p) ??
    printDml(node, p) ??
    printScript(node, p) ??
    printColumn(node, p) ??
    printCreate(node, p) ??
    printRoutine(node, p) ??
    printAlter(node, p)
  if (doc === undefined) throw new Error(`no printer for ${node.kind}`)
  return doc
}
