import { Problem } from '../../problem.ts'
import type { CallStatement } from '../parse/ast.ts'
import { nameParts } from '../parse/name-parts.ts'
import { routineStatement, routineTarget } from '../resolve/call/routine.ts'
import { isExpression } from '../resolve/call/routine-arguments.ts'
import { resolveType } from '../resolve/expression/type-node.ts'
import { assign } from './assignment.ts'
import { type Ending, Interpreter, NEXT } from './interpreter.ts'
import { Variables } from './variables.ts'

const MAX_DEPTH = 50

/** CALL: the procedure's block with its arguments as variables; OUT and INOUT ones are given back. */
export async function callProcedure(
  interpreter: Interpreter,
  node: CallStatement,
  variables: Variables,
): Promise<Ending> {
  const { host, signal, defaults, depth } = interpreter
  const name = nameParts(node.name)
  const target = routineTarget({ defaults }, name)
  const routine = target && (await host.catalog()).routine(target)
  const statement = routine && routineStatement(routine)
  if (routine === undefined || statement?.kind !== 'createProcedure') {
    throw interpreter.problem(node.name, `Procedure is not found: ${name.join('.')}`)
  }
  if (statement.body === undefined) {
    throw interpreter.problem(
      node,
      `procedure ${name.join('.')} in another language is not supported locally`,
    )
  }
  if (depth >= MAX_DEPTH)
    throw interpreter.problem(node, `Reached maximum depth of ${MAX_DEPTH} nested procedure calls`)
  const { parameters } = statement
  if (node.args.length !== parameters.length) {
    throw interpreter.problem(
      node,
      `No matching signature for procedure ${name.join('.')}: ${parameters.length} arguments are declared, ${node.args.length} given`,
    )
  }
  const inner = new Variables()
  const source = { text: routine.text, file: undefined, defaults: routine.defaults, within: [] }
  for (const [index, parameter] of parameters.entries()) {
    const arg = node.args[index]
    if (arg === undefined || !isExpression(arg)) {
      throw interpreter.problem(node, 'this kind of argument is not supported locally')
    }
    const type = parameter.type.kind === 'anyType' ? undefined : resolveType({ source }, parameter.type).type
    const given =
      parameter.mode === 'OUT' && type !== undefined
        ? { type, value: null }
        : await interpreter.evaluate(arg, variables, type)
    inner.declare(parameter.name?.name ?? '', given)
  }
  const body = new Interpreter(routine.text, host, signal, routine.defaults, [], depth + 1)
  try {
    await body.body([statement.body], inner)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw interpreter.problem(node, error.message, error)
  }
  interpreter.result = body.result
  for (const [index, parameter] of parameters.entries()) {
    if (parameter.mode !== 'OUT' && parameter.mode !== 'INOUT') continue
    const arg = node.args[index]
    const variable = arg?.kind === 'path' && arg.parts.length === 1 ? arg.parts[0] : undefined
    if (variable === undefined) {
      throw interpreter.problem(
        node,
        `Argument ${index + 1} of an ${parameter.mode} parameter must be a variable`,
      )
    }
    assign(interpreter, variable, inner.get(parameter.name?.name ?? '')?.value ?? null, variables)
  }
  return NEXT
}
