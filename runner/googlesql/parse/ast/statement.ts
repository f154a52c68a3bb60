import type { DdlStatement } from './ddl.ts'
import type { DmlStatement } from './dml.ts'
import type { Comment } from './node.ts'
import type { OtherStatement } from './other-statement.ts'
import type { Query } from './query.ts'
import type { ScriptStatement } from './script.ts'

/**
 * One statement; its offsets do not include the semicolon. `comments` is set on the statements at the top of a text
 * (not on those inside a block) when there are any: all comments that belong to it, in order, from after the previous
 * statement up to the end of its last line. The printer places them by their offsets.
 */
export type Statement = (Query | DmlStatement | DdlStatement | OtherStatement | ScriptStatement) & {
  readonly comments?: readonly Comment[] | undefined
}
