import { existsSync, readFileSync } from 'node:fs'

/** One case of a conformance file, as its README defines it. */
export interface Case {
  readonly id: string
  readonly setup?: string | readonly string[]
  readonly query: string
  readonly parameters?: Parameters
  readonly defaultDataset?: boolean
  readonly expect: Expectation
}

export type Parameters =
  | { readonly mode: string; readonly parameters: readonly GivenParameter[] }
  | Readonly<Record<string, unknown>>

export interface GivenParameter {
  readonly name?: string
  readonly type: GivenType
  readonly value: unknown
}

export type GivenType =
  | string
  | {
      readonly type: string
      readonly arrayType?: GivenType
      readonly structTypes?: readonly { readonly name?: string; readonly type: GivenType }[]
    }

export interface Expectation {
  readonly schema?: readonly ExpectedColumn[]
  readonly rows?: readonly (readonly unknown[] | Readonly<Record<string, unknown>>)[]
  readonly types?: readonly string[]
  readonly columns?: readonly string[]
  readonly ordered?: boolean
  readonly unordered?: boolean
  /** A query whose rows are compared instead of the query's own. */
  readonly check?: string
  readonly error?: { readonly message_pattern?: string; readonly contains?: string }
}

export interface ExpectedColumn {
  readonly name: string
  readonly type: string
  readonly mode?: string
  readonly fields?: readonly ExpectedColumn[]
}

export type Outcome = 'right' | 'refused' | 'wrong'

export interface Answer {
  readonly id: string
  readonly outcome: Outcome
  readonly why?: string
}

/** A case with the file's own setup, which `NAME.setup.sql` beside `NAME.jsonl` holds. */
export interface PreparedCase {
  readonly given: Case
  readonly before: string | undefined
}

/** The cases of a file. */
export function readCases(path: string): readonly PreparedCase[] {
  const beside = path.replace(/\.jsonl$/, '.setup.sql')
  const before = beside !== path && existsSync(beside) ? readFileSync(beside, 'utf8') : undefined
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ given: JSON.parse(line) as Case, before }))
}
