import type { Target } from '../../runner/googlesql/target.ts'
import type { StructField } from '../../runner/googlesql/types/type.ts'
import type { Landing } from '../../runner/warehouse/landing.ts'
import type { RowsOfTable } from '../columns/rows-of-table.ts'
import { payloadFields, rawColumns } from '../datastream/columns.ts'
import { mergePayload, type PayloadField } from '../datastream/payload-plan.ts'

/** Rows that wait for one raw table, and the payload's columns that it is to have. */
export class TableWork {
  readonly target: Target
  payload: readonly StructField[]
  /** Stays true where the warehouse could not take rows: that is no fault of the file they are from. */
  appending = false
  private readonly landing: Landing
  private readonly writers = new Map<string, RowsOfTable>()
  /** False while the table lacks something of `payload`. */
  private ensured: boolean

  private constructor(landing: Landing, target: Target, payload: readonly StructField[], exists: boolean) {
    this.landing = landing
    this.target = target
    this.payload = payload
    this.ensured = exists
  }

  static async open(landing: Landing, target: Target): Promise<TableWork> {
    const columns = await landing.columns(target)
    return new TableWork(landing, target, payloadFields(columns), columns !== undefined)
  }

  /** True if `hold` would add or widen a column. */
  wouldChange(given: readonly PayloadField[]): boolean {
    return mergePayload(this.payload, given) !== this.payload
  }

  /**
   * Makes room for a file's columns. Rows that wait are landed first if a column's type changes under them.
   *
   * @throws Problem if two of the file's columns differ only by case
   */
  async hold(given: readonly PayloadField[]): Promise<void> {
    const merged = mergePayload(this.payload, given)
    if (merged === this.payload) return
    this.landing.check?.(this.target, rawColumns(merged))
    await this.flush()
    this.writers.clear()
    this.payload = merged
    this.ensured = false
  }

  writer<T extends RowsOfTable>(key: string, make: (payload: readonly StructField[]) => T): T {
    const known = this.writers.get(key)
    if (known !== undefined) return known as T
    const writer = make(this.payload)
    this.writers.set(key, writer)
    return writer
  }

  /** Goes back to the columns of before a file that could not be read. */
  restore(payload: readonly StructField[]): void {
    if (payload === this.payload) return
    this.payload = payload
    this.writers.clear()
    this.ensured = false
  }

  /** Gives back the memory that rows are written in, unless some wait there. */
  release(): void {
    if ([...this.writers.values()].every(({ length }) => length === 0)) this.writers.clear()
  }

  /** Lands the rows that wait. */
  async flush(): Promise<void> {
    for (const writer of this.writers.values()) if (writer.length > 0) await this.flushWriter(writer)
  }

  async flushWriter(writer: RowsOfTable): Promise<void> {
    await this.ensure()
    this.appending = true
    await this.landing.append(this.target, writer.take(this.landing.loadedAt))
    this.appending = false
  }

  /** Also for a file without rows: its table is there afterwards. */
  async ensure(): Promise<void> {
    if (this.ensured) return
    await this.landing.ensure(this.target, rawColumns(this.payload))
    this.ensured = true
  }
}
