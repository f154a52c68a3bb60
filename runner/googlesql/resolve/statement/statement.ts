import type { Statement } from '../../parse/ast.ts'
import { type Context, problemAt, unsupportedAt } from '../context.ts'
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
    const what = node.kind.replace(/(?=[A-Z])/g, ' ').toUpperCase()
    throw problemAt(context, node, `${what} cannot have both OR REPLACE and IF NOT EXISTS`)
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
      throw unsupportedAt(context, node, `this statement (${node.kind})`)
  }
}
