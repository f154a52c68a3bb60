import type { CaseStatement, ForIn, If, Loop, Repeat, While } from '../parse/ast.ts'
import type { SqlType } from '../types/type.ts'
import { type Ending, type Interpreter, leaves, NEXT } from './interpreter.ts'
import { Variables } from './variables.ts'

export async function runIf(interpreter: Interpreter, node: If, variables: Variables): Promise<Ending> {
  for (const branch of node.branches) {
    if (await interpreter.isTrue(branch.condition, variables)) return interpreter.body(branch.body, variables)
  }
  return interpreter.body(node.otherwise ?? [], variables)
}

export async function runCaseStatement(
  interpreter: Interpreter,
  node: CaseStatement,
  variables: Variables,
): Promise<Ending> {
  for (const branch of node.branches) {
    const { start, end } = branch.condition
    // CASE operand WHEN value: the comparison that it stands for.
    const condition =
      node.operand === undefined
        ? branch.condition
        : ({
            kind: 'binary',
            operator: '=',
            left: node.operand,
            right: branch.condition,
            start,
            end,
          } as const)
    if (await interpreter.isTrue(condition, variables)) return interpreter.body(branch.body, variables)
  }
  return interpreter.body(node.otherwise ?? [], variables)
}

/** What a loop does after its body ended so: go on, stop, or let what is around it decide. */
function afterBody(ending: Ending, label: string | undefined): 'again' | 'stop' | 'leave' {
  if (ending.kind === 'next') return 'again'
  if (ending.kind === 'return') return 'leave'
  const own = ending.label === undefined || ending.label === label?.toLowerCase()
  if (!own) return 'leave'
  return ending.kind === 'break' ? 'stop' : 'again'
}

async function repeated(
  interpreter: Interpreter,
  node: Loop | While | Repeat,
  variables: Variables,
  goesOn: () => Promise<boolean>,
  until: () => Promise<boolean>,
): Promise<Ending> {
  while (await goesOn()) {
    interpreter.signal?.throwIfAborted()
    const ending = await interpreter.body(node.body, variables)
    const next = afterBody(ending, node.label?.name)
    if (next === 'leave') return leaves(ending, node.label?.name)
    if (next === 'stop' || (await until())) return NEXT
  }
  return NEXT
}

const always = async () => true
const never = async () => false

export function runLoop(interpreter: Interpreter, node: Loop, variables: Variables): Promise<Ending> {
  return repeated(interpreter, node, variables, always, never)
}

export function runWhile(interpreter: Interpreter, node: While, variables: Variables): Promise<Ending> {
  return repeated(interpreter, node, variables, () => interpreter.isTrue(node.condition, variables), never)
}

export function runRepeat(interpreter: Interpreter, node: Repeat, variables: Variables): Promise<Ending> {
  return repeated(interpreter, node, variables, always, () => interpreter.isTrue(node.until, variables))
}

/** FOR row IN (query): the query runs once, before the first turn. */
export async function runFor(interpreter: Interpreter, node: ForIn, variables: Variables): Promise<Ending> {
  const { rows, columns } = await interpreter.rows(node.query, variables)
  const type: SqlType = {
    kind: 'STRUCT',
    fields: columns.map((column) => ({ name: column.name, type: column.type })),
  }
  for (const row of rows) {
    interpreter.signal?.throwIfAborted()
    const inner = new Variables(variables)
    inner.declare(node.variable.name, { type, value: row })
    const ending = await interpreter.body(node.body, inner)
    const next = afterBody(ending, node.label?.name)
    if (next === 'leave') return leaves(ending, node.label?.name)
    if (next === 'stop') return NEXT
  }
  return NEXT
}
