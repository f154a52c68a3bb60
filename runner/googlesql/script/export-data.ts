import { Problem } from '../../problem.ts'
import type { ExportData, Option } from '../parse/ast.ts'
import { didYouMean } from '../resolve/context.ts'
import type { DataExport, ExportFormat } from '../result.ts'
import { type Ending, type Interpreter, NEXT } from './interpreter.ts'
import type { Variables } from './variables.ts'

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/export-statements#gcs_s3_export_option */
const TYPES: Readonly<Record<string, 'STRING' | 'BOOL'>> = {
  compression: 'STRING',
  field_delimiter: 'STRING',
  format: 'STRING',
  header: 'BOOL',
  overwrite: 'BOOL',
  uri: 'STRING',
  use_avro_logical_types: 'BOOL',
}

const FORMATS: readonly ExportFormat[] = ['AVRO', 'CSV', 'JSON', 'PARQUET']

/** EXPORT DATA: the rows of a query as files. @throws Problem for options that are missing, unknown or of another type */
export async function exportData(
  interpreter: Interpreter,
  node: ExportData,
  variables: Variables,
): Promise<Ending> {
  if (node.connection !== undefined)
    throw interpreter.problem(node.connection, 'EXPORT DATA WITH CONNECTION is not supported locally')
  const given = new Map<string, unknown>()
  for (const option of node.options ?? [])
    given.set(nameOf(option), await evaluated(interpreter, option, variables))
  const wanted = readExport(given)
  if (typeof wanted === 'string') throw interpreter.problem(node, wanted)
  const { host } = interpreter
  const query = await interpreter.compile(node.query, variables)
  await host.exportRows(wanted, query.columns, async () => (await host.run(query, 'all')).rows)
  interpreter.result = { statementType: 'EXPORT_DATA', columns: [], rows: [] }
  return NEXT
}

const nameOf = ({ name }: Option): string => name.parts.map((part) => part.name.toLowerCase()).join('.')

async function evaluated(interpreter: Interpreter, option: Option, variables: Variables): Promise<unknown> {
  const name = nameOf(option)
  const kind = TYPES[name]
  if (kind === undefined)
    throw interpreter.problem(option.name, `Unknown option: ${name}${didYouMean(name, Object.keys(TYPES))}`)
  try {
    return (await interpreter.evaluate(option.value, variables, { kind })).value
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw interpreter.problem(option.value, `The option ${name} must be a ${kind}: ${error.message}`)
  }
}

/** What the options say; a text says what is wrong with them. */
function readExport(given: ReadonlyMap<string, unknown>): DataExport | string {
  const uri = given.get('uri')
  const format = FORMATS.find((known) => known === String(given.get('format') ?? '').toUpperCase())
  if (typeof uri !== 'string') return 'Option uri is required'
  if (uri.split('*').length !== 2)
    return `The option uri must have one * where the files' numbers go, got ${uri}`
  if (format === undefined) return `The option format must be one of ${FORMATS.join(', ')}`
  const compression = given.get('compression')
  const delimiter = given.get('field_delimiter')
  return {
    uri,
    format,
    compression: typeof compression === 'string' ? compression.toUpperCase() : 'NONE',
    delimiter: typeof delimiter === 'string' ? delimiter : ',',
    header: given.get('header') === true,
    overwrite: given.get('overwrite') === true,
    logicalTypes: given.get('use_avro_logical_types') === true,
  }
}
