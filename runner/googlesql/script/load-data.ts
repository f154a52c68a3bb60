import { Problem } from '../../problem.ts'
import type { Catalog, NameDefaults } from '../catalog.ts'
import type { LoadData, Span } from '../parse/ast.ts'
import { parse } from '../parse/index.ts'
import { sqlName, sqlTable } from '../quote.ts'
import { tableTarget } from '../resolve/statement/target.ts'
import { columnTypeName } from '../types/print.ts'
import { type Ending, type Interpreter, NEXT } from './interpreter.ts'
import type { Variables } from './variables.ts'

const FILES = '_SESSION.files_to_load'

/**
 * LOAD DATA as the statements that it amounts to: its files as an external table, the rows of that in the table, which is
 * made where it is missing or to be overwritten, and the end of the external table. Without columns of its own it takes
 * those of the table, or what the files say.
 *
 * Source: https://cloud.google.com/bigquery/docs/reference/standard-sql/load-statements
 *
 * @throws Problem for a form that is not supported locally
 */
export function loadStatements(
  text: string,
  node: LoadData,
  catalog: Catalog,
  defaults: NameDefaults,
): readonly string[] {
  const refuse = (part: Span | undefined, what: string) => {
    if (part !== undefined) throw new Problem(`LOAD DATA with ${what} is not supported locally`)
  }
  refuse(node.connection, 'WITH CONNECTION')
  refuse(node.partitions, 'PARTITIONS')
  const written = (parts: readonly Span[]) => text.slice(parts[0]?.start, parts.at(-1)?.end)
  const source = { text, file: undefined, defaults, within: [] }
  const target = node.temporary ? undefined : tableTarget({ resolution: { catalog }, source }, node.target)
  const known = target && catalog.table(target)
  const name = target === undefined ? written([node.target]) : sqlTable(target)
  const { elements, partitionColumns } = node
  const appends = known !== undefined && !node.overwrite
  const keys = partitionColumns === undefined ? '' : keysText(partitionColumns, written)
  if (elements !== undefined && keys !== '')
    throw new Problem('LOAD DATA with a column list and WITH PARTITION COLUMNS is not supported locally')
  if (appends && keys !== '')
    throw new Problem(
      'LOAD DATA INTO a table that is there with WITH PARTITION COLUMNS is not supported locally',
    )
  const own = known?.columns.map((column) => `${sqlName(column.name)} ${columnTypeName(column)}`)
  const list = elements === undefined ? undefined : `(${written(elements)})`
  const columns = list ?? (appends && own !== undefined ? `(${own.join(', ')})` : '')
  const files = `CREATE OR REPLACE EXTERNAL TABLE ${FILES} ${columns}${keys} OPTIONS (${written(node.files)})`
  return [files, arrival(), `DROP EXTERNAL TABLE ${FILES}`]

  function arrival(): string {
    if (appends) {
      const layout = node.partitionBy ?? node.clusterBy[0] ?? node.options?.[0]
      refuse(layout, 'PARTITION BY, CLUSTER BY or OPTIONS for a table that is there')
      const into = elements?.flatMap((part) => (part.kind === 'columnDefinition' ? [part.name.name] : []))
      const names = (into ?? known.columns.map((column) => column.name)).map(sqlName).join(', ')
      return `INSERT INTO ${name} (${names}) SELECT ${names} FROM ${FILES}`
    }
    const by = node.partitionBy === undefined ? '' : ` PARTITION BY ${written([node.partitionBy])}`
    const cluster = node.clusterBy.length === 0 ? '' : ` CLUSTER BY ${written(node.clusterBy)}`
    const options = node.options === undefined ? '' : ` OPTIONS (${written(node.options)})`
    const kind = node.temporary ? 'TEMP TABLE' : 'TABLE'
    const replace = known === undefined && !node.temporary ? '' : 'OR REPLACE '
    return `CREATE ${replace}${kind} ${name} ${list ?? ''}${by}${cluster}${options} AS SELECT * FROM ${FILES}`
  }
}

function keysText(
  columns: NonNullable<LoadData['partitionColumns']>,
  written: (parts: readonly Span[]) => string,
): string {
  return ` WITH PARTITION COLUMNS${columns === 'inferred' ? '' : ` (${written(columns)})`}`
}

/** LOAD DATA: all rows of the files arrive, or none. */
export async function loadData(
  interpreter: Interpreter,
  node: LoadData,
  variables: Variables,
): Promise<Ending> {
  const { host, text, defaults } = interpreter
  let affectedRows = 0
  try {
    for (const statement of loadStatements(text, node, await host.catalog(), defaults)) {
      const [parsed] = parse(statement).statements
      if (parsed === undefined) throw new Error(`no statement in ${statement}`)
      const surroundings = { variables: interpreter.visible(variables), defaults }
      const result = await host.run(await host.compile(statement, parsed, surroundings), 'all')
      affectedRows = Math.max(affectedRows, result.affectedRows ?? 0)
    }
  } catch (error) {
    // A place in a statement that nobody wrote tells nothing.
    throw error instanceof Problem ? interpreter.problem(node, error.message, error) : error
  }
  interpreter.result = { statementType: 'LOAD_DATA', columns: [], rows: [], affectedRows }
  return NEXT
}
