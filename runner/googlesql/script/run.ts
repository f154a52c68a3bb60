import { Problem, Problems } from '../../problem.ts'
import type { NameDefaults } from '../catalog.ts'
import type { Statement } from '../parse/ast.ts'
import { parse } from '../parse/index.ts'
import type { DryRun, StatementResult } from '../result.ts'
import { checkPlaces } from './check-places.ts'
import { dryRunScript } from './dry-run.ts'
import type { ScriptHost } from './host.ts'
import { Interpreter } from './interpreter.ts'
import { Variables } from './variables.ts'

const parsed = new Map<string, ReturnType<typeof parse>>()

/** The statements of a text, parsed once. @throws Problem with every syntax error */
export function statementsOf(text: string): readonly Statement[] {
  let known = parsed.get(text)
  if (known === undefined) {
    known = parse(text)
    if (parsed.size >= 500) parsed.clear()
    parsed.set(text, known)
  }
  const [first, ...more] = known.problems
  if (first !== undefined) throw more.length === 0 ? first : new Problems(known.problems)
  if (known.statements.length === 0)
    throw new Problem('Syntax error: Unexpected end of statement: the text holds no statement')
  checkPlaces(text, known.statements)
  return known.statements
}

/** What a session remembers from one script to the next. */
export class ScriptMemory {
  readonly variables = new Variables()
  /** What `SET @@dataset_id` said. */
  defaults: NameDefaults | undefined
}

/** Runs a statement or a script; the result is that of the last statement that ran. */
export async function runScript(
  text: string,
  host: ScriptHost,
  signal: AbortSignal | undefined,
  memory = new ScriptMemory(),
): Promise<StatementResult> {
  const statements = statementsOf(text)
  const interpreter = new Interpreter(text, host, signal, host.defaults)
  interpreter.last = statements.at(-1)
  await interpreter.body(statements, memory.variables)
  if (interpreter.defaults !== host.defaults) memory.defaults = interpreter.defaults
  return interpreter.result
}

/** Compiles a statement or a script without running anything. */
export async function dryRun(text: string, host: ScriptHost, memory = new ScriptMemory()): Promise<DryRun> {
  return dryRunScript(text, statementsOf(text), host, memory.variables)
}
