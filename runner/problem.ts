/** Where in a file a problem lies. `line` and `column` count from 1; columns count UTF-16 code units. */
export interface Place {
  readonly file?: string | undefined
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** 1: the work failed. 2: the call was wrong (an unknown flag, name or key). */
export type ExitCode = 1 | 2

export interface ProblemOptions extends Place {
  readonly exitCode?: ExitCode
  readonly cause?: unknown
  /** What to do about it, as an order: `run streamform files retry`. */
  readonly hint?: string
  /** True: the same call may succeed later (a conflict between transactions, a quota, a lost connection). */
  readonly transient?: boolean
  /** True: what failed is known to have changed nothing in the warehouse. */
  readonly leftNothing?: boolean
  /** True: it is not known whether what was asked for has been done, or still will be. */
  readonly undecided?: boolean
}

/**
 * An error that a user caused or can act on. Its message says what was given and what is allowed; `hint` says what
 * to do; the place says where. Every other error is a defect of streamform and shows its stack.
 *
 * @example
 * throw new Problem('unknown function `FARM_FINGERPRNT`; did you mean `FARM_FINGERPRINT`?', {
 *   file: 'definitions/world_x/current/city.sqlx', line: 12, column: 9,
 * })
 */
export class Problem extends Error {
  readonly place: Place
  readonly exitCode: ExitCode
  readonly hint: string | undefined
  readonly transient: boolean
  readonly leftNothing: boolean
  readonly undecided: boolean

  constructor(message: string, options: ProblemOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'Problem'
    this.place = { file: options.file, line: options.line, column: options.column }
    this.exitCode = options.exitCode ?? 1
    this.hint = options.hint
    this.transient = options.transient ?? false
    this.leftNothing = options.leftNothing ?? false
    this.undecided = options.undecided ?? false
  }

  /** One line: `file:line:column: message`, then the hint. */
  override toString(): string {
    const { file, line, column } = this.place
    const where = [file, line, column].filter((part) => part !== undefined).join(':')
    return `${where === '' ? '' : `${where}: `}${this.message}${this.hint === undefined ? '' : `\n  ${this.hint}`}`
  }
}

/** Several problems that one look found (every graph error, every wrong key): shown together, one after another. */
export class Problems extends Problem {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const exitCode = problems.some((problem) => problem.exitCode === 1) ? 1 : 2
    super(problems.map((problem) => problem.message).join('\n'), { ...problems[0]?.place, exitCode })
    this.name = 'Problems'
    this.problems = problems
  }

  override toString(): string {
    return this.problems.map(String).join('\n')
  }
}

/** Throws what `problems` holds: nothing if empty, the one, or all as `Problems`. */
export function throwProblems(problems: readonly Problem[]): void {
  if (problems.length === 1) throw problems[0]
  if (problems.length > 1) throw new Problems(problems)
}
