import { Problem } from '../../problem.ts'
import type { Statement } from '../parse/ast.ts'
import { placeAt } from '../parse/position.ts'

/**
 * Statements that may stand in some places alone: DECLARE at the start of a script or block, BREAK and CONTINUE in a
 * loop. Nothing of a script that is wrong in this runs.
 *
 * @throws Problem at the first that stands elsewhere
 * Source: https://cloud.google.com/bigquery/docs/reference/standard-sql/procedural-language
 */
export function checkPlaces(text: string, statements: readonly Statement[]): void {
  checkBody(text, statements, { declares: true, inLoop: false })
}

interface Place {
  /** DECLARE may stand before the first other statement. */
  readonly declares: boolean
  readonly inLoop: boolean
}

/** What a script may define before it declares: routines, which see no variable. */
const DEFINES: ReadonlySet<string> = new Set(['createFunction', 'createTableFunction', 'createProcedure'])

function checkBody(text: string, statements: readonly Statement[], { declares, inLoop }: Place): void {
  let leading = declares
  const refuse = (node: Statement, message: string) => new Problem(message, placeAt(text, node.start))
  const inside = (body: readonly Statement[] | undefined, loop = inLoop, declared = false) => {
    if (body !== undefined) checkBody(text, body, { declares: declared, inLoop: loop })
  }
  for (const node of statements) {
    if (node.kind === 'declare' && !leading)
      throw refuse(node, 'Variable declarations are allowed only at the start of a block or script')
    leading &&= node.kind === 'declare' || DEFINES.has(node.kind)
    switch (node.kind) {
      case 'jump':
        if (!inLoop && node.label === undefined)
          throw refuse(node, `${node.word} is only allowed inside of a loop body`)
        break
      case 'loop':
      case 'while':
      case 'repeat':
      case 'for':
        inside(node.body, true)
        break
      case 'block':
        inside(node.body, inLoop, true)
        inside(node.handler)
        break
      case 'if':
      case 'caseStatement':
        for (const branch of node.branches) inside(branch.body)
        inside(node.otherwise)
        break
    }
  }
}
