import type { DuckDBConnection } from '@duckdb/node-api'
import type { SqlType } from '../../googlesql/types/type.ts'
import type { RawColumn } from '../landing.ts'

const mebibyte = 1024 * 1024
/** DuckDB keeps two blocks of 256 KiB open for each column that a thread inserts into: values and validity. */
const bytesPerColumn = mebibyte / 2
/** A limit holds for inserts that need a little more: each change of it keeps DuckDB waiting. */
const step = 16 * mebibyte
/** Rows are looked at so many at a time, whatever their size. */
const rowsPerVector = 2048
/** What a thread reads and compresses at a time: 64 MiB, once as they are read and once as they will be stored. */
const bytesPerThread = 128 * mebibyte

/**
 * How much memory DuckDB may hold while rows are landed. Left to itself it keeps every block that it has written until
 * 80 % of the machine's memory is full; a landing needs none of them again. The limit follows what an insert needs: it is raised
 * for tables of many columns and for long rows, never above the limit of before, which `restore` brings back.
 */
export class LandingMemory {
  private readonly connection: DuckDBConnection
  /** In bytes, and as DuckDB writes it. */
  private readonly before: { readonly bytes: number; readonly text: string }
  private readonly threads: number
  private allowed = 0

  private constructor(connection: DuckDBConnection, text: string, threads: number) {
    this.connection = connection
    this.before = { bytes: bytesOf(text), text }
    this.threads = threads
  }

  static async begin(connection: DuckDBConnection): Promise<LandingMemory> {
    const result = await connection.runAndReadAll(
      `select current_setting('memory_limit'), current_setting('threads')`,
    )
    const [[limit, threads] = []] = result.getRows()
    return new LandingMemory(connection, String(limit), Number(threads))
  }

  /** Room for an insert of `rows` rows of `bytes` bytes in all. */
  async allow(columns: readonly RawColumn[], rows: number, bytes: number): Promise<void> {
    const leaves = columns.reduce((sum, { type }) => sum + leavesOf(type), 0)
    const rowBytes = rows === 0 ? 0 : bytes / rows
    const needed =
      this.threads * bytesPerThread +
      (this.threads + 1) * (leaves * bytesPerColumn + rowBytes * rowsPerVector)
    const wanted = Math.ceil(needed / step) * step
    if (wanted <= this.allowed || this.allowed >= this.before.bytes) return
    this.allowed = wanted
    if (wanted < this.before.bytes) await this.limit(`${wanted / mebibyte} MiB`)
    else await this.restore()
  }

  async restore(): Promise<void> {
    if (this.allowed > 0) await this.limit(this.before.text)
  }

  private async limit(text: string): Promise<void> {
    await this.connection.run(`set global memory_limit = '${text}'`)
  }
}

/** Columns as they are stored: a struct is one for each of its fields and one for itself. */
function leavesOf(type: SqlType): number {
  if (type.kind === 'ARRAY') return 1 + leavesOf(type.element)
  if (type.kind === 'STRUCT') return type.fields.reduce((sum, field) => sum + leavesOf(field.type), 1)
  return 1
}

const units: Readonly<Record<string, number>> = {
  bytes: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

/** Of `18.8 GiB`, as DuckDB writes sizes. */
function bytesOf(text: string): number {
  const [, number = '', unit = ''] = /^([\d.]+) (\w+)$/.exec(text) ?? []
  return Number(number) * (units[unit] ?? Number.NaN)
}
