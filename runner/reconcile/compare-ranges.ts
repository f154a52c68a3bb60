import { sqlName, sqlTable } from '../googlesql/quote.ts'
import { typeName } from '../googlesql/types/print.ts'
import { Problem } from '../problem.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Sides } from './compare-rows.ts'

/** A range of keys whose rows are not as many, or not the same. */
export interface RangeDifference {
  readonly first: string
  readonly last: string
  readonly sourceRows: number
  readonly tableRows: number
  /** False if the checksums differ; null if the source gives none. */
  readonly sameContent: boolean | null
}

const given = ['first_key', 'last_key', 'rows', 'checksum'] as const

/**
 * Compares counts, and checksums of rows, for ranges of keys: for a source that is too large to export (docs/models.md
 * says how it computes them).
 *
 * @param columns of the rows' text that the checksum is of, in order
 * @throws Problem for a key of several columns, and for a file that has not the columns
 */
export async function compareRanges(
  warehouse: Pick<Warehouse, 'execute'>,
  { source, sourceColumns, sourceName, ours, columns: known, key }: Omit<Sides, 'hidden'>,
  columns: readonly string[],
): Promise<{ readonly ranges: number; readonly differences: readonly RangeDifference[] }> {
  const [name] = key
  const column = known.find((each) => each.name === name)
  if (name === undefined || column === undefined || key.length !== 1)
    throw new Problem('ranges are of a key of one column', { exitCode: 2 })
  const lacking = given.slice(0, 3).filter((each) => !sourceColumns.includes(each))
  const unknown = sourceColumns.filter((each) => !given.some((other) => other === each))
  if (lacking.length > 0 || unknown.length > 0)
    throw new Problem(
      `${sourceName} has the columns ${sourceColumns.join(', ')}; ranges have ${given.join(', ')}`,
      {
        exitCode: 2,
        hint: 'checksum may be left out',
      },
    )
  const hasChecksum = sourceColumns.includes('checksum')
  if (hasChecksum && columns.length === 0)
    throw new Problem(`${sourceName} has checksums`, {
      exitCode: 2,
      hint: 'name the columns that they are of, in order, with --columns',
    })
  const strange = columns.filter((each) => !known.some((other) => other.name === each))
  if (strange.length > 0) throw new Problem(`the table has no column \`${strange[0]}\``, { exitCode: 2 })
  const bound = (each: string) => `CAST(${each} AS ${typeName(column.type)})`
  const text = columns.map((each) => `COALESCE(CAST(${sqlName(each)} AS STRING), '\\\\N')`)
  const checksum = hasChecksum
    ? `CAST(CONCAT('0x', SUBSTR(TO_HEX(MD5(CONCAT(${text.join(", '|', ")}))), 1, 15)) AS INT64)`
    : 'CAST(NULL AS INT64)'
  const { rows } = await warehouse.execute(`WITH
  ranges AS (
    SELECT first_key, last_key, CAST(\`rows\` AS INT64) AS expected_rows, ${hasChecksum ? 'CAST(checksum AS INT64)' : 'CAST(NULL AS INT64)'} AS expected_checksum
    FROM ${sqlTable(source)}
  ),
  ours AS (SELECT ${sqlName(name)} AS key, ${checksum} AS checksum FROM ${ours})
SELECT first_key, last_key, expected_rows, COUNT(ours.key), COALESCE(BIT_XOR(ours.checksum), 0) = expected_checksum
FROM ranges LEFT JOIN ours ON ours.key BETWEEN ${bound('first_key')} AND ${bound('last_key')}
GROUP BY first_key, last_key, expected_rows, expected_checksum
ORDER BY ${bound('first_key')}`)
  const all = rows.map(
    ([first, last, sourceRows, tableRows, same]): RangeDifference => ({
      first: String(first),
      last: String(last),
      sourceRows: Number(sourceRows),
      tableRows: Number(tableRows),
      sameContent: same === null || same === undefined ? null : same === true,
    }),
  )
  return {
    ranges: all.length,
    differences: all.filter(
      ({ sourceRows, tableRows, sameContent }) => sourceRows !== tableRows || sameContent === false,
    ),
  }
}
