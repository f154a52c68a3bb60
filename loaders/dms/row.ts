import type { PayloadField } from '../datastream/payload-plan.ts'

/** One row of a CSV or Parquet file of AWS DMS. */
export class DmsRow {
  /** The file's columns, those of the task too, with their types. */
  readonly columns: readonly PayloadField[]
  /** As JSON has them, by column. */
  readonly values: Readonly<Record<string, unknown>>

  constructor(columns: readonly PayloadField[], values: Readonly<Record<string, unknown>>) {
    this.columns = columns
    this.values = values
  }

  /** As a dead letter has it. */
  toJSON(): unknown {
    return this.values
  }
}

/** A line of a CSV file that has another number of fields than the header. */
export class UnevenRow {
  readonly fields: readonly string[]
  readonly expected: number

  constructor(fields: readonly string[], expected: number) {
    this.fields = fields
    this.expected = expected
  }

  toJSON(): unknown {
    return this.fields
  }
}
