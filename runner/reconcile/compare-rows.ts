import { sqlName, sqlTable } from '../googlesql/quote.ts'
import type { Target } from '../googlesql/target.ts'
import { typeName } from '../googlesql/types/print.ts'
import { nearest } from '../nearest.ts'
import { Problem } from '../problem.ts'
import type { TableColumn, Warehouse } from '../warehouse/warehouse.ts'

/** Both sides of a comparison: a table, and rows of its source whose values are text. */
export interface Sides {
  /** The source's rows: a table whose columns are text. */
  readonly source: Target
  readonly sourceColumns: readonly string[]
  /** What is said of the source in messages: the file. */
  readonly sourceName: string
  /** What stands after FROM: the table, or the table as of an instant. */
  readonly ours: string
  readonly columns: readonly TableColumn[]
  readonly key: readonly string[]
  /** Columns whose values nobody is shown. */
  readonly hidden: ReadonlySet<string>
}

/** A row that is not the same in the source and in the table. */
export interface RowDifference {
  /** The key as JSON, in the declared order; null where the key itself is private. */
  readonly key: string | null
  /** `missing`: the source has it, the table does not; `extra`: the other way round. */
  readonly kind: 'missing' | 'extra' | 'different'
  /** Of a row that differs, the columns that do. Values are text; absent where the column is private. */
  readonly columns: readonly {
    readonly name: string
    readonly source?: string | null
    readonly table?: string | null
  }[]
  /** For those who ask what explains it; not to be shown where the key is private. */
  readonly keyText: string
}

export interface RowComparison {
  readonly sourceRows: number
  readonly tableRows: number
  readonly missing: number
  readonly extra: number
  readonly different: number
  /** By key, at most as many as were asked for. */
  readonly differences: readonly RowDifference[]
  /** Columns of the table that the source does not have. */
  readonly notCompared: readonly string[]
}

/**
 * Compares rows by key and column.
 *
 * @param most so many differences are given; all are counted
 * @throws Problem for columns that are unknown, missing of the key, or of a type that text does not tell; for values that are
 *   not of the column's type; and for a key that stands twice in the source
 */
export async function compareRows(
  warehouse: Pick<Warehouse, 'execute'>,
  sides: Sides,
  most: number,
): Promise<RowComparison> {
  const compared = comparedColumns(sides)
  await checkValues(warehouse, sides, compared)
  await checkKeys(warehouse, sides, compared)
  const others = compared.filter(({ column }) => !sides.key.includes(column.name))
  const from = `${both(sides, compared)}
FROM source FULL OUTER JOIN ours ON ours.key = source.key`
  const differs = others.map((_, at) => `source.v${at} IS DISTINCT FROM ours.v${at}`)
  const anyDiffers = differs.length === 0 ? 'FALSE' : differs.join(' OR ')
  const counts = await warehouse.execute(
    `${from.replace(
      'SELECT *',
      `SELECT COUNT(source.key), COUNT(ours.key),
  COUNTIF(ours.key IS NULL), COUNTIF(source.key IS NULL),
  COUNTIF(source.key IS NOT NULL AND ours.key IS NOT NULL AND (${anyDiffers}))`,
    )}`,
  )
  const shown = others.flatMap(({ column }, at) =>
    sides.hidden.has(column.name) ? ['NULL', 'NULL'] : [`source.v${at}`, `ours.v${at}`],
  )
  const rows = await warehouse.execute(`${from.replace(
    'SELECT *',
    `SELECT COALESCE(source.key, ours.key), ours.key IS NULL, source.key IS NULL${[...differs, ...shown].map((each) => `, ${each}`).join('')}`,
  )}
WHERE ours.key IS NULL OR source.key IS NULL OR ${anyDiffers}
ORDER BY 1
LIMIT ${most}`)
  const [sourceRows, tableRows, missing, extra, different] = (counts.rows[0] ?? []).map(Number)
  const privateKey = sides.key.some((column) => sides.hidden.has(column))
  return {
    sourceRows: sourceRows ?? 0,
    tableRows: tableRows ?? 0,
    missing: missing ?? 0,
    extra: extra ?? 0,
    different: different ?? 0,
    differences: rows.rows.map(([key, isMissing, isExtra, ...rest]): RowDifference => {
      const kind = isMissing === true ? 'missing' : isExtra === true ? 'extra' : 'different'
      const values = rest.slice(others.length)
      return {
        key: privateKey ? null : String(key),
        kind,
        columns:
          kind === 'different'
            ? others.flatMap(({ column: { name } }, at) => {
                if (rest[at] !== true) return []
                if (sides.hidden.has(name)) return [{ name }]
                return [{ name, source: asText(values[2 * at]), table: asText(values[2 * at + 1]) }]
              })
            : [],
        keyText: String(key),
      }
    }),
    notCompared: sides.columns
      .map(({ name }) => name)
      .filter((name) => !compared.some(({ column }) => column.name === name)),
  }
}

const asText = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value)

interface Compared {
  readonly column: TableColumn
  /** Its name in the source. */
  readonly source: string
}

/** The columns that both sides have. @throws Problem for one that only the source has, and for a key that it lacks */
function comparedColumns({ sourceColumns, columns, key, sourceName }: Sides): readonly Compared[] {
  const compared = sourceColumns.map((source): Compared => {
    const column =
      columns.find(({ name }) => name === source) ??
      columns.find(({ name }) => name.toLowerCase() === source.toLowerCase())
    if (column === undefined) {
      const meant = nearest(
        source,
        columns.map(({ name }) => name),
      )
      throw new Problem(
        `${sourceName} has a column \`${source}\`, which the table has not${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`,
        { exitCode: 2, hint: 'name the columns to compare with --columns' },
      )
    }
    if (column.mode === 'REPEATED' || column.type.kind === 'STRUCT')
      throw new Problem(
        `column \`${column.name}\` is ${typeName(column.type)}, which a file of text does not tell`,
        {
          exitCode: 2,
          hint: 'name the columns to compare with --columns',
        },
      )
    return { column, source }
  })
  const missing = key.filter((name) => !compared.some(({ column }) => column.name === name))
  if (missing.length > 0)
    throw new Problem(`${sourceName} lacks ${missing.map((name) => `\`${name}\``).join(', ')} of the key`, {
      exitCode: 2,
    })
  return compared
}

/** A source's text in the column's type. BYTES are hexadecimal digits there. */
function typed({ column, source }: Compared, isSafe = false): string {
  const text = sqlName(source)
  const safe = isSafe ? 'SAFE.' : ''
  switch (column.type.kind) {
    case 'STRING':
      return text
    case 'BYTES':
      return `${safe}FROM_HEX(REGEXP_REPLACE(${text}, r'^0x', ''))`
    case 'JSON':
      return `${safe}PARSE_JSON(${text}, wide_number_mode => 'round')`
    case 'BOOL':
      return `${isSafe ? 'SAFE_CAST' : 'CAST'}(CASE ${text} WHEN '1' THEN 'true' WHEN '0' THEN 'false' ELSE ${text} END AS BOOL)`
    default:
      return `${isSafe ? 'SAFE_CAST' : 'CAST'}(${text} AS ${typeName(column.type)})`
  }
}

/** A value as a text that is the same if and only if the values are; NULL for NULL. */
const comparable = (value: string, { type }: TableColumn): string =>
  type.kind === 'STRING' ? value : `IF(${value} IS NULL, NULL, TRIM(TO_JSON_STRING(${value}), '"'))`

/** The macros' own text of a key (macros/current-state.js). */
const keyText = (values: readonly string[]): string =>
  `CONCAT('[', ${values.map((value) => `TO_JSON_STRING(${value})`).join(", ',', ")}, ']')`

function both({ source, ours, key }: Sides, compared: readonly Compared[]): string {
  const others = compared.filter(({ column }) => !key.includes(column.name))
  const keys = key.map((name) => compared.find(({ column }) => column.name === name))
  const sourceKey = keyText(keys.map((each) => (each === undefined ? 'NULL' : typed(each))))
  const ourKey = keyText(key.map(sqlName))
  const sourceValues = others.map((each, at) => `, ${comparable(typed(each), each.column)} AS v${at}`)
  const ourValues = others.map(({ column }, at) => `, ${comparable(sqlName(column.name), column)} AS v${at}`)
  return `WITH
  source AS (SELECT ${sourceKey} AS key${sourceValues.join('')} FROM ${sqlTable(source)}),
  ours AS (SELECT ${ourKey} AS key${ourValues.join('')} FROM ${ours})
SELECT *`
}

/** @throws Problem naming the columns whose values are not of the column's type; no value is told */
async function checkValues(
  warehouse: Pick<Warehouse, 'execute'>,
  { source, sourceName }: Sides,
  compared: readonly Compared[],
): Promise<void> {
  const wrong = compared.map(
    (each) => `COUNTIF(${sqlName(each.source)} IS NOT NULL AND ${typed(each, true)} IS NULL)`,
  )
  const { rows } = await warehouse.execute(`SELECT ${wrong.join(', ')} FROM ${sqlTable(source)}`)
  const found = compared.flatMap(({ column, source: name }, at) => {
    const count = Number(rows[0]?.[at] ?? 0)
    return count === 0 ? [] : [`${count} of \`${name}\` as ${typeName(column.type)}`]
  })
  if (found.length > 0)
    throw new Problem(`${sourceName} has values that cannot be read: ${found.join(', ')}`, {
      exitCode: 2,
      hint: 'name the columns to compare with --columns, or export these as text of that type',
    })
}

async function checkKeys(
  warehouse: Pick<Warehouse, 'execute'>,
  sides: Sides,
  compared: readonly Compared[],
): Promise<void> {
  const { rows } = await warehouse.execute(
    `${both(sides, compared).replace('SELECT *', 'SELECT key, COUNT(*)')} FROM source GROUP BY key HAVING COUNT(*) > 1 ORDER BY 2 DESC, 1 LIMIT 1`,
  )
  const [found] = rows
  if (found === undefined) return
  const [key, count] = found
  const named = sides.key.some((column) => sides.hidden.has(column)) ? 'a key' : `key ${key}`
  throw new Problem(
    `${named} stands ${count} times in ${sides.sourceName}: (${sides.key.join(', ')}) is no key there`,
    {
      exitCode: 2,
      hint: 'correct `key` of the table in sources.js, or the export',
    },
  )
}
