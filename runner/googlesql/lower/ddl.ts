import type { CatalogRoutine, CatalogTable } from '../catalog.ts'
import { lowerCast } from '../functions/casts/cast.ts'
import { ingestionUnit, PARTITION_TIME, storedColumns } from '../resolve/from/ingestion-time.ts'
import type {
  AlterStep,
  ResolvedAlter,
  ResolvedCreateTable,
  ResolvedCreateView,
} from '../resolve/statement/resolved-statement.ts'
import { physicalType } from '../types/physical.ts'
import { storedQuery } from './dml.ts'
import { lowerExpr } from './expression.ts'
import { physicalTable, quoteIdentifier, quoteText, SESSION } from './identifier.ts'
import { tableComment } from './metadata.ts'
import { newEnvironment } from './query.ts'
import { count, nothing, type Step } from './step.ts'

export function lowerCreateTable(statement: ResolvedCreateTable): readonly Step[] {
  const { table, query, replace } = statement
  const name = physicalTable(table.target)
  const temporary = table.target.database === SESSION.database ? 'TEMP ' : ''
  const create = `CREATE ${replace ? 'OR REPLACE ' : ''}${temporary}TABLE ${name}`
  const comment = commentStep(table, 'TABLE')
  const stored = storedColumns(table)
  const unit = ingestionUnit(table)
  const constrained = unit !== undefined || table.columns.some((column) => column.required === true)
  if (query !== undefined && !constrained) {
    return [count(`${create} AS ${storedQuery(query, stored, true)}`), ...comment]
  }
  const columns = stored.map((column) => {
    const required = column.required === true ? ' NOT NULL' : ''
    // For rows that do not come by INSERT.
    const came =
      column.name === PARTITION_TIME && unit !== undefined ? ` DEFAULT date_trunc('${unit}', now())` : ''
    return `${quoteIdentifier(column.name)} ${physicalType(column.type)}${required}${came}`
  })
  const made = nothing(`${create} (${columns.join(', ')})`)
  if (query === undefined) return [made, ...comment]
  return [made, count(`INSERT INTO ${name} ${storedQuery(query, stored, true)}`), ...comment]
}

export function lowerCreateView(statement: ResolvedCreateView): readonly Step[] {
  const { table, query, replace, fromFiles } = statement
  const name = physicalTable(table.target)
  const plain = query.columns.map((output, index) => ({
    name: table.columns[index]?.name ?? output.name,
    type: output.column.type,
  }))
  // DuckDB keeps views for other tools alone; ours are read by their own text.
  const nulls = plain.map(
    ({ name, type }) => `CAST(NULL AS ${physicalType(type)}) AS ${quoteIdentifier(name)}`,
  )
  const text = fromFiles ? `SELECT ${nulls.join(', ')} WHERE false` : storedQuery(query, plain, true)
  return [
    nothing(`CREATE ${replace ? 'OR REPLACE ' : ''}VIEW ${name} AS ${text}`),
    ...commentStep(table, 'VIEW'),
  ]
}

function commentStep(table: CatalogTable, kind: 'TABLE' | 'VIEW'): readonly Step[] {
  const comment = tableComment(table)
  if (comment === undefined) return []
  return [nothing(`COMMENT ON ${kind} ${physicalTable(table.target)} IS ${quoteText(comment)}`)]
}

export function lowerAlter(statement: ResolvedAlter): readonly Step[] {
  const { before, after, actions } = statement
  const name = physicalTable(before.target)
  const kind = before.viewText === undefined ? 'TABLE' : 'VIEW'
  const steps = actions.flatMap((action) => alterStep(name, action))
  const comment = tableComment(after)
  const changed = comment !== tableComment(before)
  const place = physicalTable(after.target)
  if (!changed) return steps
  return [
    ...steps,
    nothing(`COMMENT ON ${kind} ${place} IS ${comment === undefined ? 'NULL' : quoteText(comment)}`),
  ]
}

function alterStep(table: string, action: AlterStep): readonly Step[] {
  const alter = (text: string) => nothing(`ALTER TABLE ${table} ${text}`)
  switch (action.kind) {
    case 'add': {
      const name = quoteIdentifier(action.column.name)
      const type = physicalType(action.column.type)
      const added = alter(`ADD COLUMN ${name} ${type}`)
      if (action.column.type.kind === 'ARRAY') {
        return [added, nothing(`UPDATE ${table} SET ${name} = CAST([] AS ${type})`)]
      }
      if (action.initial === undefined) return [added]
      const value = lowerExpr(newEnvironment([action.initial]), action.initial)
      return [added, nothing(`UPDATE ${table} SET ${name} = ${value}`)]
    }
    case 'drop':
      return [alter(`DROP COLUMN ${quoteIdentifier(action.name)}`)]
    case 'rename':
      return [alter(`RENAME COLUMN ${quoteIdentifier(action.from)} TO ${quoteIdentifier(action.to)}`)]
    case 'rename table':
      return [alter(`RENAME TO ${quoteIdentifier(action.target.name)}`)]
    case 'nullable':
      return [alter(`ALTER COLUMN ${quoteIdentifier(action.name)} DROP NOT NULL`)]
    case 'type':
      return [
        alter(
          `ALTER COLUMN ${quoteIdentifier(action.column.name)} SET DATA TYPE ${physicalType(action.column.type)} USING ${lowerCast(
            quoteIdentifier(action.column.name),
            action.before.type,
            action.column.type,
          )}`,
        ),
      ]
  }
}

/** A routine is a DuckDB macro that gives its description; it is made and dropped with the transaction. */
export function lowerRoutine(routine: CatalogRoutine): readonly Step[] {
  const { kind, text, defaults } = routine
  const description = quoteText(JSON.stringify({ kind, text, defaults }))
  return [nothing(`CREATE OR REPLACE MACRO ${physicalTable(routine.target)}() AS ${description}`)]
}
