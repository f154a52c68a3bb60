import { type Place, Problem } from '../../problem.ts'
import type { Landing } from '../landing.ts'

const full = /No space left on device|Disk quota exceeded/
const tooLarge = /File too large/
const broken = /Input\/output error|Read-only file system/

/**
 * An error of the disk below the warehouse, from DuckDB or from the system, as a person is told of it; undefined for
 * any other error.
 */
export function storageProblem(error: unknown, place: Place = {}): Problem | undefined {
  if (error instanceof Problem) return undefined
  const { code = '', message = '' } = (error ?? {}) as NodeJS.ErrnoException
  const hint =
    'nothing of the transaction that was under way is kept, all that was before is; make room and run it again'
  if (full.test(message) || code === 'ENOSPC' || code === 'EDQUOT')
    return new Problem('the disk that holds the warehouse is full', { ...place, hint, cause: error })
  if (tooLarge.test(message) || code === 'EFBIG')
    return new Problem('the warehouse may not grow: its file would be larger than is allowed (ulimit -f)', {
      ...place,
      hint,
      cause: error,
    })
  if (broken.test(message) || code === 'EIO' || code === 'EROFS')
    return new Problem('the disk that holds the warehouse cannot be written', { ...place, cause: error })
  return undefined
}

/** A landing that does not fit into the memory that DuckDB may have, or whose rest does not fit on the disk. */
function memoryProblem(error: unknown, file: string): Problem | undefined {
  const { message = '' } = (error ?? {}) as Error
  if (!message.startsWith('Out of Memory Error')) return undefined
  return new Problem('the landing needs more memory than the embedded warehouse may use', {
    file,
    hint: 'nothing of the transaction that was under way is kept; land on a machine with more memory, or fewer files at once (--table, --since)',
    cause: error,
  })
}

/** The landing, whose errors of disk and memory say what to do. */
export function withStorageProblems(landing: Landing, file: string): Landing {
  const told = async <Result>(work: Promise<Result>): Promise<Result> => {
    try {
      return await work
    } catch (error) {
      throw storageProblem(error, { file }) ?? memoryProblem(error, file) ?? error
    }
  }
  return {
    state: landing.state,
    loadedAt: landing.loadedAt,
    columns: (table) => told(landing.columns(table)),
    ...(landing.check === undefined ? {} : { check: (table, columns) => landing.check?.(table, columns) }),
    ensure: (table, columns) => told(landing.ensure(table, columns)),
    append: (table, batch) => told(landing.append(table, batch)),
    commit: () => told(landing.commit()),
    rollback: () => landing.rollback(),
  }
}
