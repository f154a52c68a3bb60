import type { Problem } from '../../../problem.ts'
import type { Statement } from '../../parse/ast.ts'
import { type Context, keywords, problemAt } from '../context.ts'
import { resolveQuery } from '../query/query.ts'
import { valuesAsColumns } from '../query/value-columns.ts'
import { resolveAlter } from './alter.ts'
import { resolveCreateSnapshot } from './create-snapshot.ts'
import { resolveCreateTable } from './create-table.ts'
import { resolveCreateView } from './create-view.ts'
import { resolveCreateRoutine, resolveCreateSchema, resolveDrop } from './ddl.ts'
import { resolveDelete, resolveInsert, resolveTruncate, resolveUpdate } from './dml.ts'
import { resolveCreateExternalTable } from './external-table.ts'
import { resolveMerge } from './merge.ts'
import type { Resolved } from './resolved-statement.ts'

/** A statement that runs by itself; those of scripts are the interpreter's. */
export function resolveStatement(context: Context, node: Statement): Resolved {
  if ('orReplace' in node && 'ifNotExists' in node && node.orReplace && node.ifNotExists) {
    throw problemAt(context, node, `${keywords(node.kind)} cannot have both OR REPLACE and IF NOT EXISTS`)
  }
  switch (node.kind) {
    case 'query':
      return {
        statement: { kind: 'query', query: valuesAsColumns(context, resolveQuery(context, node)) },
        statementType: 'SELECT',
        changes: [],
        writes: [],
      }
    case 'insert':
      return resolveInsert(context, node)
    case 'update':
      return resolveUpdate(context, node)
    case 'delete':
      return resolveDelete(context, node)
    case 'merge':
      return resolveMerge(context, node)
    case 'truncate':
      return resolveTruncate(context, node)
    case 'createSchema':
      return resolveCreateSchema(context, node)
    case 'createTable':
      return resolveCreateTable(context, node)
    case 'createSnapshot':
      return resolveCreateSnapshot(context, node)
    case 'createExternalTable':
      return resolveCreateExternalTable(context, node)
    case 'createView':
      return resolveCreateView(context, node)
    case 'createFunction':
    case 'createTableFunction':
    case 'createProcedure':
      return resolveCreateRoutine(context, node)
    case 'drop':
      return resolveDrop(context, node)
    case 'alter':
      return resolveAlter(context, node)
    default:
      throw refused(context, node)
  }
}

/** What statements would say that has no meaning here, or would be lost. */
const REASONS: Readonly<Record<string, string>> = {
  grant: 'there are no permissions, everybody may do everything',
  revoke: 'there are no permissions, everybody may do everything',
  createRowAccessPolicy: 'everybody sees all rows',
  dropRowAccessPolicy: 'everybody sees all rows',
}

function refused(context: Context, node: Statement): Problem {
  const reason = REASONS[node.kind]
  return problemAt(
    context,
    node,
    `${keywords(node.kind)} is not supported locally${reason === undefined ? '' : `: ${reason}`}`,
  )
}
