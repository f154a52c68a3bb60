import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { typeName } from '../../../runner/googlesql/types/print.ts'
import { Problem } from '../../../runner/problem.ts'
import { openDuckDbWarehouse } from '../../../runner/warehouse/duckdb/warehouse.ts'
import type { Warehouse } from '../../../runner/warehouse/warehouse.ts'
import { shared } from '../../shared.ts'
import { otherWords, rightQueries, wrongQueries } from './analyzed-queries.ts'

interface Analysis {
  readonly id: string
  readonly columns?: readonly string[]
  readonly types?: readonly string[]
  readonly error?: { readonly message: string; readonly line?: number; readonly column?: number }
  readonly refused?: string
}

const setup = [
  'CREATE TABLE t (a INT64, b STRING, c FLOAT64, n NUMERIC, arr ARRAY<INT64>, st STRUCT<x INT64, y STRING>, dd DATE, ts TIMESTAMP)',
  'CREATE TABLE u (a INT64, k STRING)',
]

/** Names and types of the result, or the error's first line with its place. */
async function analyzed(warehouse: Warehouse, query: string): Promise<string> {
  try {
    const { columns } = await warehouse.dryRun(query)
    return columns.map(({ name, type }) => `${name} ${typeName(type)}`).join(', ')
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { line, column } = error.place
    return told(error.message, line, column)
  }
}

/** Tables' names are longer here than there, and quotes are not compared. */
const told = (message: string, line?: number, column?: number) =>
  `${line}:${column}: ${(message.split('\n')[0] ?? '').replace(/proj\.ds\.|`/g, '').trim()}`

const oracle = shared('oracle/run.sh')
const here = oracle !== undefined && spawnSync('java', ['-version']).error === undefined
if (!here) console.log('analysis is not compared: Java or the reference implementation is not here')

test.skipIf(!here)(
  'names, types, errors and their places are those of the reference analyzer',
  { timeout: 240_000 },
  async () => {
    const queries = [...rightQueries, ...wrongQueries]
    const input = queries.map((query, id) =>
      JSON.stringify({ id: String(id), setup, query, defaultDataset: true }),
    )
    const { stdout } = spawnSync(oracle ?? '', ['--analyze'], {
      input: `${input.join('\n')}\n`,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    })
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Analysis)
    const warehouse = await openDuckDbWarehouse({
      path: ':memory:',
      defaultProject: 'proj',
      defaultDataset: 'ds',
    })
    try {
      await warehouse.createDataset('proj', 'ds')
      for (const statement of setup) await warehouse.execute(statement)
      const different: string[] = []
      for (const { id, columns, types, error, refused } of answers) {
        if (refused !== undefined) continue
        const query = queries[Number(id)] ?? ''
        const ours = await analyzed(warehouse, query)
        const theirs =
          error === undefined
            ? (columns ?? []).map((name, at) => `${name} ${types?.[at]}`).join(', ')
            : told(error.message, error.line, error.column)
        if (ours === theirs || (otherWords.has(query) && error !== undefined && /^\d+:\d+: /.test(ours)))
          continue
        different.push(`${query}\n  ours   ${ours}\n  theirs ${theirs}`)
      }
      expect(different).toEqual([])
      expect(answers.length).toBe(queries.length)
    } finally {
      await warehouse.close()
    }
  },
)
