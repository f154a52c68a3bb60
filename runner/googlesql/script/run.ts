import { Problem, Problems } from '../../problem.ts'
import type { DryRun, StatementResult } from '../../warehouse/warehouse.ts'
import type { Compiled } from '../compile.ts'
import type { Statement } from '../parse/ast.ts'
import { parse } from '../parse/index.ts'
import type { Expr } from '../resolve/resolved.ts'

/** What a script needs of the warehouse: a session that compiles and runs single statements. */
export interface ScriptHost {
  compile(text: string, node: Statement, variables: ReadonlyMap<string, Expr>): Promise<Compiled>
  run(compiled: Compiled): Promise<StatementResult>
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
}

export interface RunOptions {
  readonly dryRun: boolean
  readonly signal: AbortSignal | undefined
}

const parsed = new Map<string, ReturnType<typeof parse>>()

/** The statements of a text, parsed once. @throws Problem with every syntax error */
export function statementsOf(text: string): readonly Statement[] {
  let known = parsed.get(text)
  if (known === undefined) {
    known = parse(text)
    if (parsed.size > 500) parsed.clear()
    parsed.set(text, known)
  }
  const [first, ...more] = known.problems
  if (first !== undefined) throw more.length === 0 ? first : new Problems(known.problems)
  return known.statements
}

const NOTHING: StatementResult = { statementType: 'SCRIPT', columns: [], rows: [] }

/** Runs the statements of a text one after the other; the result is the last one's. */
export async function runScript(
  text: string,
  host: ScriptHost,
  options: RunOptions,
): Promise<{ readonly result: StatementResult; readonly dry: DryRun }> {
  const statements = statementsOf(text)
  if (statements.length === 0) throw new Problem('the text holds no statement')
  let result = NOTHING
  let dry: DryRun = { statementType: 'SCRIPT', columns: [], reads: [], writes: [] }
  for (const node of statements) {
    options.signal?.throwIfAborted()
    const compiled = await host.compile(text, node, new Map())
    const { statementType, columns, reads, writes } = compiled
    dry = { statementType, columns, reads, writes }
    if (!options.dryRun) result = await host.run(compiled)
  }
  return { result, dry }
}
