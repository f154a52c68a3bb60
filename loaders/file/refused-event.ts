import { Problem } from '../../runner/problem.ts'
import type { SourceTable } from '../datastream/naming.ts'

/** An event that was understood and cannot be landed rightly: it becomes a dead letter of its table. */
export class RefusedEvent extends Problem {
  readonly source: SourceTable
  /** `payload.<column>`, where one is to blame. */
  readonly column: string | undefined

  constructor(reason: string, source: SourceTable, column?: string) {
    super(reason)
    this.source = source
    this.column = column
  }
}
