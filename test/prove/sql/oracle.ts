import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { QueryParameter } from '../../../runner/googlesql/result.ts'
import type { SqlType } from '../../../runner/googlesql/types/type.ts'
import { comparable, type Outcome } from '../../googlesql/functions/outcome.ts'

interface Answer {
  readonly id: string
  readonly columns?: readonly string[]
  readonly types?: readonly string[]
  readonly rows?: readonly (readonly unknown[])[]
  readonly error?: { readonly message: string; readonly line?: number }
  readonly refused?: string
}

export interface TableOutcome extends Outcome {
  readonly rows?: readonly (readonly unknown[])[]
  readonly names?: readonly string[]
  /** Of an error that the analyzer found: its line. */
  readonly place?: number | undefined
}

/** GoogleSQL's reference implementation, kept open: a question a line in, an answer a line out. */
export class Oracle {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting = new Map<string, (answer: Answer) => void>()
  #next = 0
  #gone: string | undefined

  constructor(program: string) {
    this.#child = spawn(program, ['--timeout', '10'], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stderr.resume()
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer
      this.#waiting.get(answer.id)?.(answer)
      this.#waiting.delete(answer.id)
    })
    this.#child.on('close', (code) => {
      this.#gone = `the reference implementation ended with code ${code}`
      for (const [id, answer] of this.#waiting) answer({ id, refused: this.#gone })
      this.#waiting.clear()
    })
  }

  /** undefined where it gives no answer. */
  async ask(query: string, parameters: readonly QueryParameter[] = []): Promise<TableOutcome | undefined> {
    if (this.#gone !== undefined) throw new Error(this.#gone)
    const id = String(this.#next++)
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#child.stdin.write(`${JSON.stringify({ id, query, ...given(parameters) })}\n`)
    })
    if (answer.refused !== undefined) return undefined
    if (answer.error !== undefined) return { error: answer.error.message, place: answer.error.line }
    const rows = (answer.rows ?? []).map((row) => row.map(comparable))
    return { names: answer.columns ?? [], types: answer.types ?? [], values: rows[0] ?? [], rows }
  }

  close(): void {
    this.#child.stdin.end()
  }
}

/** Parameters in the form that the REST API has for them. */
function given(parameters: readonly QueryParameter[]): object {
  if (parameters.length === 0) return {}
  const list = parameters.map(({ name, type, value }) => ({
    ...(name === undefined ? {} : { name }),
    type: givenType(type),
    value: comparable(value),
  }))
  const mode = parameters[0]?.name === undefined ? 'positional' : 'named'
  return { parameters: { mode, parameters: list } }
}

function givenType(type: SqlType): unknown {
  return type.kind === 'ARRAY' ? { type: 'ARRAY', arrayType: { type: type.element.kind } } : type.kind
}
