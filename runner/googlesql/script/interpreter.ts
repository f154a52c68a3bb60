import { Problem } from '../../problem.ts'
import type { NameDefaults } from '../catalog.ts'
import type { Compiled } from '../compile.ts'
import type { Expression, Span, Statement } from '../parse/ast.ts'
import { placeAt } from '../parse/position.ts'
import type { Expr } from '../resolve/resolved.ts'
import type { QueryParameter, StatementResult } from '../result.ts'
import type { SqlType } from '../types/type.ts'
import { declareVariables, setVariables } from './assignment.ts'
import { callProcedure } from './call.ts'
import { runCaseStatement, runFor, runIf, runLoop, runRepeat, runWhile } from './control.ts'
import { executeImmediate } from './execute-immediate.ts'
import { exportData } from './export-data.ts'
import type { ScriptHost } from './host.ts'
import { loadData } from './load-data.ts'
import { selectOf } from './synthetic.ts'
import { textVariable, type Variable, Variables } from './variables.ts'

/** How a statement ended: in order, or by leaving what is around it. */
export type Ending =
  | { readonly kind: 'next' }
  | { readonly kind: 'break' | 'continue'; readonly label: string | undefined }
  | { readonly kind: 'return' }

export const NEXT: Ending = { kind: 'next' }

/** What `@@error` and its like are at the moment. */
export interface SystemState {
  readonly error?: { readonly message: string; readonly statement: string }
  readonly rowCount?: number
}

/** The text of the statement that an error comes from, for `@@error.statement_text`. */
const failed = new WeakMap<Problem, string>()

/** Runs the statements of one text: the script's, or a procedure's. */
export class Interpreter {
  readonly text: string
  readonly host: ScriptHost
  readonly signal: AbortSignal | undefined
  #defaults: NameDefaults
  /** The statement whose result is the script's, where one can be told beforehand. */
  last: Statement | undefined
  /** Of the last statement that ran. */
  result: StatementResult = { statementType: 'SCRIPT', columns: [], rows: [] }
  #system: SystemState = {}
  #handling: Problem | undefined
  readonly #parameters: readonly QueryParameter[] | undefined
  readonly depth: number

  constructor(
    text: string,
    host: ScriptHost,
    signal: AbortSignal | undefined,
    defaults: NameDefaults,
    parameters?: readonly QueryParameter[],
    depth = 0,
  ) {
    this.text = text
    this.host = host
    this.signal = signal
    this.#defaults = defaults
    this.#parameters = parameters
    this.depth = depth
  }

  /** Where names are looked for: SET @@dataset_id changes it. */
  get defaults(): NameDefaults {
    return this.#defaults
  }

  set defaults(defaults: NameDefaults) {
    this.#defaults = defaults
  }

  /** Statements in order, until one leaves. */
  async body(statements: readonly Statement[], variables: Variables): Promise<Ending> {
    for (const node of statements) {
      this.signal?.throwIfAborted()
      const ending = await this.#statement(node, variables)
      if (ending.kind !== 'next') return ending
    }
    return NEXT
  }

  async #statement(node: Statement, variables: Variables): Promise<Ending> {
    try {
      return await this.#dispatch(node, variables)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const placed = error.place.line === undefined ? this.problem(node, error.message, error) : error
      // The innermost statement comes first.
      if (!failed.has(placed)) failed.set(placed, this.text.slice(node.start, node.end))
      throw placed
    }
  }

  #dispatch(node: Statement, variables: Variables): Promise<Ending> | Ending {
    switch (node.kind) {
      case 'declare':
        return declareVariables(this, node, variables)
      case 'set':
        return setVariables(this, node, variables)
      case 'if':
        return runIf(this, node, variables)
      case 'caseStatement':
        return runCaseStatement(this, node, variables)
      case 'loop':
        return runLoop(this, node, variables)
      case 'while':
        return runWhile(this, node, variables)
      case 'repeat':
        return runRepeat(this, node, variables)
      case 'for':
        return runFor(this, node, variables)
      case 'block':
        return this.#block(node, variables)
      case 'jump': {
        const kind = node.word === 'BREAK' || node.word === 'LEAVE' ? 'break' : 'continue'
        return { kind, label: node.label?.name.toLowerCase() }
      }
      case 'return':
        return { kind: 'return' }
      case 'raise':
        return this.#raise(node, variables)
      case 'assert':
        return this.#assert(node, variables)
      case 'callStatement':
        return callProcedure(this, node, variables)
      case 'executeImmediate':
        return executeImmediate(this, node, variables)
      case 'exportData':
        return exportData(this, node, variables)
      case 'loadData':
        return loadData(this, node, variables)
      case 'beginTransaction':
        return this.#transaction('BEGIN_TRANSACTION', () => this.host.begin())
      case 'commitTransaction':
        return this.#transaction('COMMIT_TRANSACTION', () => this.host.commit())
      case 'rollbackTransaction':
        return this.#transaction('ROLLBACK_TRANSACTION', () => this.host.rollback())
      default:
        return this.#plain(node, variables)
    }
  }

  async #transaction(statementType: string, work: () => Promise<void>): Promise<Ending> {
    await work()
    this.result = { statementType, columns: [], rows: [] }
    return NEXT
  }

  async #plain(node: Statement, variables: Variables): Promise<Ending> {
    const compiled = await this.compile(node, variables)
    const result = await this.host.run(compiled, node === this.last ? 'asked' : 'all')
    if (result.affectedRows !== undefined) this.#system = { ...this.#system, rowCount: result.affectedRows }
    this.result = result
    return NEXT
  }

  #surroundings(variables: Variables, as?: SqlType) {
    return {
      variables: this.visible(variables),
      defaults: this.defaults,
      ...(this.#parameters === undefined ? {} : { parameters: this.#parameters }),
      ...(as === undefined ? {} : { as }),
    }
  }

  /** Variables and system variables, as the resolver takes them. */
  visible(variables: Variables): ReadonlyMap<string, Expr> {
    const all = systemVariables(this, this.#system).expressions()
    for (const [name, expr] of variables.expressions()) all.set(name, expr)
    return all
  }

  /** An expression's value, converted to `as` if that is given. */
  async evaluate(node: Expression, variables: Variables, as?: SqlType): Promise<Variable> {
    const query = selectOf(node)
    const compiled = await this.host.compile(this.text, query, this.#surroundings(variables, as))
    const { rows } = await this.host.run(compiled, 'all')
    const type = compiled.columns[0]?.type ?? { kind: 'INT64' }
    return { type, value: rows[0]?.[0] ?? null }
  }

  /** A condition: NULL is not true. */
  async isTrue(node: Expression, variables: Variables): Promise<boolean> {
    const { value } = await this.evaluate(node, variables, { kind: 'BOOL' })
    return value === true
  }

  /** A query's rows, for FOR and INTO. */
  async rows(node: Statement, variables: Variables): Promise<StatementResult> {
    return this.host.run(await this.compile(node, variables), 'all')
  }

  compile(node: Statement, variables: Variables): Promise<Compiled> {
    return this.host.compile(this.text, node, this.#surroundings(variables))
  }

  async #block(node: Extract<Statement, { kind: 'block' }>, outer: Variables): Promise<Ending> {
    const variables = new Variables(outer)
    let ending: Ending
    try {
      ending = await this.body(node.body, variables)
    } catch (error) {
      if (node.handler === undefined || !(error instanceof Problem) || this.signal?.aborted === true)
        throw error
      ending = await this.#handle(node.handler, error, outer)
    }
    return leaves(ending, node.label?.name)
  }

  async #handle(handler: readonly Statement[], error: Problem, outer: Variables): Promise<Ending> {
    const before = { system: this.#system, handling: this.#handling }
    const { line, column } = error.place
    const message = line === undefined ? error.message : `${error.message} at [${line}:${column ?? 1}]`
    this.#system = {
      ...this.#system,
      error: { message: plainMessage(error, message), statement: failed.get(error) ?? this.text },
    }
    this.#handling = error
    try {
      return await this.body(handler, new Variables(outer))
    } finally {
      this.#system = { ...this.#system, ...before.system }
      this.#handling = before.handling
    }
  }

  async #raise(node: Extract<Statement, { kind: 'raise' }>, variables: Variables): Promise<Ending> {
    if (node.message === undefined) {
      if (this.#handling !== undefined) throw this.#handling
      throw this.problem(node, 'Cannot re-raise an existing exception outside of an exception handler')
    }
    const { value } = await this.evaluate(node.message, variables, { kind: 'STRING' })
    throw new RaisedProblem(String(value), placeAt(this.text, node.start))
  }

  async #assert(node: Extract<Statement, { kind: 'assert' }>, variables: Variables): Promise<Ending> {
    if (await this.isTrue(node.condition, variables)) {
      this.result = { statementType: 'ASSERT', columns: [], rows: [] }
      return NEXT
    }
    throw this.problem(node, node.message === undefined ? 'Assertion failed' : node.message.value)
  }

  /** An error at a place of this text. */
  problem(node: Span, message: string, cause?: Problem): Problem {
    const problem = new Problem(message, {
      ...placeAt(this.text, node.start),
      ...(cause === undefined ? {} : { cause: cause.cause ?? cause, transient: cause.transient }),
      ...(cause?.hint === undefined ? {} : { hint: cause.hint }),
    })
    const statement = cause === undefined ? undefined : failed.get(cause)
    if (statement !== undefined) failed.set(problem, statement)
    return problem
  }
}

/** An error that the script raised itself: its message is the user's, without a place. */
class RaisedProblem extends Problem {}

function plainMessage(error: Problem, placed: string): string {
  return error instanceof RaisedProblem || error.cause !== undefined ? error.message : placed
}

/** BREAK and CONTINUE with a block's own label end at the block. */
export function leaves(ending: Ending, label: string | undefined): Ending {
  const own = label !== undefined && ending.kind === 'break' && ending.label === label.toLowerCase()
  return own ? NEXT : ending
}

/** `@@error.message` and its like, with what they are now. */
export function systemVariables(
  { host, defaults }: { readonly host: Pick<ScriptHost, 'defaults' | 'id'>; readonly defaults: NameDefaults },
  state: SystemState,
): Variables {
  const variables = new Variables()
  variables.declare('@@project_id', textVariable(host.defaults.project))
  variables.declare('@@dataset_project_id', textVariable(defaults.project))
  variables.declare('@@dataset_id', textVariable(defaults.dataset ?? null))
  variables.declare('@@time_zone', textVariable('UTC'))
  if (host.id !== undefined) variables.declare('@@session_id', textVariable(host.id))
  variables.declare('@@error.message', textVariable(state.error?.message ?? null))
  variables.declare('@@error.statement_text', textVariable(state.error?.statement ?? null))
  variables.declare('@@error.formatted_stack_trace', textVariable(state.error === undefined ? null : ''))
  variables.declare('@@row_count', {
    type: { kind: 'INT64' },
    value: state.rowCount === undefined ? null : BigInt(state.rowCount),
  })
  return variables
}
