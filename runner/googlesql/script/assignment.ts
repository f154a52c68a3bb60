import type { Declare, Identifier, SetStatement, SystemVariable } from '../parse/ast.ts'
import { didYouMean } from '../resolve/context.ts'
import { resolveType } from '../resolve/expression/type-node.ts'
import type { Value } from '../result.ts'
import { typeName } from '../types/print.ts'
import { type Ending, type Interpreter, NEXT } from './interpreter.ts'
import type { Variable, Variables } from './variables.ts'

export async function declareVariables(
  interpreter: Interpreter,
  node: Declare,
  variables: Variables,
): Promise<Ending> {
  const source = { text: interpreter.text, file: undefined, defaults: interpreter.defaults, within: [] }
  const written = node.type && resolveType({ source }, node.type).type
  const given = node.defaultValue && (await interpreter.evaluate(node.defaultValue, variables, written))
  const variable: Variable = {
    type: written ?? given?.type ?? { kind: 'INT64' },
    value: given?.value ?? null,
  }
  for (const { name, start, end } of node.names) {
    if (!variables.declare(name, variable)) {
      throw interpreter.problem(
        { start, end },
        `Variable '${name}' redeclaration: it is declared in this block already`,
      )
    }
  }
  return NEXT
}

export async function setVariables(
  interpreter: Interpreter,
  node: SetStatement,
  variables: Variables,
): Promise<Ending> {
  const [first, ...others] = node.targets
  if (first === undefined) return NEXT
  if (!node.tuple && others.length === 0) {
    const known = target(interpreter, first, variables)
    const { value } = await interpreter.evaluate(node.value, variables, known.type)
    assign(interpreter, first, value, variables)
    return NEXT
  }
  const { type, value } = await interpreter.evaluate(node.value, variables)
  if (type.kind !== 'STRUCT' || type.fields.length !== node.targets.length) {
    throw interpreter.problem(
      node.value,
      `Cannot coerce expression of type ${typeName(type)} to a STRUCT of ${node.targets.length} fields, one for each variable`,
    )
  }
  for (const [index, variable] of node.targets.entries()) {
    assign(
      interpreter,
      variable,
      Array.isArray(value) ? ((value as readonly Value[])[index] ?? null) : null,
      variables,
    )
  }
  return NEXT
}

function target(interpreter: Interpreter, node: Identifier | SystemVariable, variables: Variables): Variable {
  if (node.kind === 'systemVariable') return { type: { kind: 'STRING' }, value: null }
  const known = variables.get(node.name)
  if (known !== undefined) return known
  const names = [...variables.expressions().keys()]
  throw interpreter.problem(node, `Undeclared variable: ${node.name}${didYouMean(node.name, names)}`)
}

/** Gives a variable a value that has its type already. */
export function assign(
  interpreter: Interpreter,
  node: Identifier | SystemVariable,
  value: Value,
  variables: Variables,
): void {
  if (node.kind === 'systemVariable') {
    const name = node.path.parts.map((part) => part.name.toLowerCase()).join('.')
    const harmless = name === 'time_zone' && (value === 'UTC' || value === null)
    if (name === 'dataset_id' || name === 'dataset_project_id') {
      const { project, dataset } = interpreter.defaults
      const given = value === null || value === '' ? undefined : String(value)
      interpreter.defaults =
        name === 'dataset_id'
          ? { project, dataset: given }
          : { project: given ?? interpreter.host.defaults.project, dataset }
      return
    }
    if (!harmless && name !== 'query_label') {
      throw interpreter.problem(node, `setting @@${name} is not supported locally`)
    }
    return
  }
  target(interpreter, node, variables)
  variables.set(node.name, value)
}
