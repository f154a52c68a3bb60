import type {
  Block,
  Declare,
  ExecuteImmediate,
  ExportData,
  Grant,
  If,
  SetStatement,
  Statement,
} from '../parse/ast.ts'
import { connection, options, printLoadData } from './create.ts'
import { cat, type Doc, group, hardline, indent, join, line, list } from './doc.ts'
import { subquery } from './expression.ts'
import type { Node, Printer } from './printer.ts'

/** Statements of scripts, and those of no other family. */
export function printScript(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'declare':
      return printDeclare(node, p)
    case 'set':
      return printSet(node, p)
    case 'if':
      return printIf(node, p)
    case 'branch':
      return cat(p.of(node.condition), ' THEN', body(node.body, p))
    case 'caseStatement': {
      const operand = node.operand && cat(' ', p.of(node.operand))
      const branches = node.branches.map((branch) => cat(hardline, 'WHEN ', p.of(branch)))
      const otherwise = node.otherwise && cat(hardline, 'ELSE', body(node.otherwise, p))
      return cat('CASE', operand, indent(...branches, otherwise), hardline, 'END CASE')
    }
    case 'block':
      return printBlock(node, p)
    case 'jump':
      return cat(node.word, node.label && cat(' ', p.of(node.label)))
    case 'raise':
      return cat('RAISE', node.message && cat(' USING MESSAGE = ', p.of(node.message)))
    case 'return':
      return 'RETURN'
    default:
      return printLoop(node, p) ?? printOther(node, p)
  }
}

/** Statements, each indented on a line of its own with its semicolon. */
function body(statements: readonly Statement[], p: Printer): Doc {
  return indent(...statements.map((statement) => cat(hardline, p.of(statement), ';')))
}

function printDeclare(node: Declare, p: Printer): Doc {
  const type = node.type && cat(' ', p.of(node.type))
  const value = node.defaultValue && cat(' DEFAULT ', p.of(node.defaultValue))
  return cat('DECLARE ', join(', ', p.all(node.names)), type, value)
}

function printSet(node: SetStatement, p: Printer): Doc {
  const targets = join(', ', p.all(node.targets))
  return cat('SET ', node.tuple ? cat('(', targets, ')') : targets, ' = ', p.of(node.value))
}

function printIf(node: If, p: Printer): Doc {
  const branches = node.branches.map((branch, index) =>
    cat(index === 0 ? 'IF ' : cat(hardline, 'ELSEIF '), p.of(branch)),
  )
  const otherwise = node.otherwise && cat(hardline, 'ELSE', body(node.otherwise, p))
  return cat(...branches, otherwise, hardline, 'END IF')
}

function printBlock(node: Block, p: Printer): Doc {
  const handler = node.handler && cat(hardline, 'EXCEPTION WHEN ERROR THEN', body(node.handler, p))
  return cat(label(node, p), 'BEGIN', body(node.body, p), handler, hardline, 'END')
}

function label(node: Pick<Block, 'label'>, p: Printer): Doc {
  return node.label === undefined ? '' : cat(p.of(node.label), ': ')
}

function printLoop(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'loop':
      return cat(label(node, p), 'LOOP', body(node.body, p), hardline, 'END LOOP')
    case 'while':
      return cat(
        label(node, p),
        'WHILE ',
        p.of(node.condition),
        ' DO',
        body(node.body, p),
        hardline,
        'END WHILE',
      )
    case 'repeat': {
      const until = cat(hardline, 'UNTIL ', p.of(node.until), hardline, 'END REPEAT')
      return cat(label(node, p), 'REPEAT', body(node.body, p), until)
    }
    case 'for': {
      const head = cat(
        label(node, p),
        'FOR ',
        p.of(node.variable),
        ' IN ',
        subquery('(', p.of(node.query)),
        ' DO',
      )
      return cat(head, body(node.body, p), hardline, 'END FOR')
    }
    default:
      return undefined
  }
}

function printOther(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'exportData':
      return printExport(node, p)
    case 'loadData':
      return printLoadData(node, p)
    case 'assert':
      return group('ASSERT ', p.of(node.condition), node.message && indent(line, 'AS ', p.of(node.message)))
    case 'grant':
    case 'revoke':
      return printGrant(node, p)
    case 'beginTransaction':
      return 'BEGIN TRANSACTION'
    case 'commitTransaction':
      return 'COMMIT TRANSACTION'
    case 'rollbackTransaction':
      return 'ROLLBACK TRANSACTION'
    case 'callStatement':
      return cat('CALL ', p.of(node.name), list('(', p.all(node.args), ')'))
    case 'executeImmediate':
      return printExecute(node, p)
    case 'usingArgument':
      return cat(p.of(node.value), node.name && cat(' AS ', p.of(node.name)))
    default:
      return undefined
  }
}

function printExport(node: ExportData, p: Printer): Doc {
  return group(
    'EXPORT DATA',
    connection(node.connection, p),
    options(node.options, p),
    cat(line, 'AS', line, p.of(node.query)),
  )
}

function printGrant(node: Grant, p: Printer): Doc {
  const words = node.kind === 'grant' ? (['GRANT', 'TO'] as const) : (['REVOKE', 'FROM'] as const)
  const roles = join(', ', p.all(node.roles))
  const object = cat(line, `ON ${node.entity} `, p.of(node.name))
  return group(`${words[0]} `, roles, object, line, `${words[1]} `, join(', ', p.all(node.grantees)))
}

function printExecute(node: ExecuteImmediate, p: Printer): Doc {
  const into = node.into.length === 0 ? '' : cat(line, 'INTO ', join(', ', p.all(node.into)))
  const using = node.using.length === 0 ? '' : cat(line, 'USING ', join(', ', p.all(node.using)))
  return group('EXECUTE IMMEDIATE ', p.of(node.sql), into, using)
}
