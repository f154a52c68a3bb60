import { Problem } from '../../problem.ts'
import type { ExecuteImmediate } from '../parse/ast.ts'
import { parse } from '../parse/index.ts'
import type { QueryParameter } from '../result.ts'
import { assign } from './assignment.ts'
import { type Ending, Interpreter, NEXT } from './interpreter.ts'
import { Variables } from './variables.ts'

/** EXECUTE IMMEDIATE: a text as a statement of its own, which sees no variables, only its USING values. */
export async function executeImmediate(
  interpreter: Interpreter,
  node: ExecuteImmediate,
  variables: Variables,
): Promise<Ending> {
  const { value: text } = await interpreter.evaluate(node.sql, variables, { kind: 'STRING' })
  if (typeof text !== 'string')
    throw interpreter.problem(node.sql, 'EXECUTE IMMEDIATE sql string cannot be NULL')
  const parameters: QueryParameter[] = []
  for (const { value, name } of node.using) {
    const given = await interpreter.evaluate(value, variables)
    parameters.push({ ...(name === undefined ? {} : { name: name.name }), ...given })
  }
  const { statements, problems } = parse(text)
  const [problem] = problems
  if (problem !== undefined)
    throw interpreter.problem(node.sql, `Invalid EXECUTE IMMEDIATE sql string: ${problem.message}`)
  if (statements.length !== 1) {
    throw interpreter.problem(node.sql, 'EXECUTE IMMEDIATE sql string must be exactly one statement')
  }
  const { host, signal, defaults, depth } = interpreter
  const inner = new Interpreter(text, host, signal, defaults, parameters, depth + 1)
  try {
    await inner.body(statements, new Variables())
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw interpreter.problem(node, error.message, error)
  }
  const { result } = inner
  interpreter.result = result
  if (node.into.length === 0) return NEXT
  if (result.rows.length > 1) {
    throw interpreter.problem(
      node,
      'EXECUTE IMMEDIATE ... INTO expects a query that produces at most one row',
    )
  }
  if (result.columns.length !== node.into.length) {
    throw interpreter.problem(
      node,
      `EXECUTE IMMEDIATE ... INTO has ${node.into.length} variables, the query gives ${result.columns.length} columns`,
    )
  }
  for (const [index, name] of node.into.entries())
    assign(interpreter, name, result.rows[0]?.[index] ?? null, variables)
  return NEXT
}
