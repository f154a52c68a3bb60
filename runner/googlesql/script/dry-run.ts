import { SESSION, targetName } from '../lower/identifier.ts'
import type { Statement } from '../parse/ast.ts'
import { parse } from '../parse/index.ts'
import { resolveType } from '../resolve/expression/type-node.ts'
import type { DryRun, TableColumns } from '../result.ts'
import type { Target } from '../target.ts'
import type { ScriptHost } from './host.ts'
import { systemVariables } from './interpreter.ts'
import { loadStatements } from './load-data.ts'
import { selectOf } from './synthetic.ts'
import { Variables } from './variables.ts'

/**
 * What a script would read, write and give, without running it: branches are all taken once, variables have their types
 * and no values.
 */
export async function dryRunScript(
  text: string,
  statements: readonly Statement[],
  host: ScriptHost,
  known: Variables,
): Promise<DryRun> {
  const reads = new Map<string, Target>()
  const writes = new Map<string, Target>()
  const scans: TableColumns[] = []
  let last: DryRun = { statementType: 'SCRIPT', columns: [], reads: [], writes: [] }
  const compile = async (node: Statement, variables: Variables, written = text) => {
    const compiled = await host.compile(written, node, { variables: withSystem(host, variables) })
    for (const target of compiled.reads) reads.set(targetName(target), target)
    scans.push(...compiled.scans)
    for (const target of compiled.writes) writes.set(targetName(target), target)
    return compiled
  }
  const visit = async (body: readonly Statement[], variables: Variables): Promise<void> => {
    for (const node of body) {
      const inner = nestedBodies(node)
      if (node.kind === 'declare') await declare(node, variables)
      else if (inner !== undefined) for (const part of inner) await visit(part, new Variables(variables))
      else if (node.kind === 'exportData') {
        await compile(node.query, variables)
        last = { statementType: 'EXPORT_DATA', columns: [], reads: [], writes: [] }
      } else if (node.kind === 'loadData') {
        for (const statement of loadStatements(text, node, await host.catalog(), host.defaults)) {
          const [parsed] = parse(statement).statements
          if (parsed !== undefined) host.pretend(await compile(parsed, variables, statement))
        }
        for (const [name, { database }] of writes) if (database === SESSION.database) writes.delete(name)
        last = { statementType: 'LOAD_DATA', columns: [], reads: [], writes: [] }
      } else if (!isControl(node)) {
        const compiled = await compile(node, variables)
        host.pretend(compiled)
        last = {
          statementType: compiled.statementType,
          columns: compiled.columns,
          reads: [],
          writes: [],
          lineage: compiled.lineage,
        }
      }
    }
  }
  const declare = async (
    node: Extract<Statement, { kind: 'declare' }>,
    variables: Variables,
  ): Promise<void> => {
    const source = { text, file: undefined, defaults: host.defaults, within: [] }
    const written = node.type && resolveType({ source }, node.type).type
    const given =
      node.defaultValue && (await compile(selectOf(node.defaultValue), variables)).columns[0]?.type
    const type = written ?? given ?? { kind: 'INT64' as const }
    for (const { name } of node.names) variables.declare(name, { type, value: null })
  }
  await visit(statements, new Variables(known))
  const only = statements.length === 1
  return {
    ...last,
    statementType: only ? last.statementType : 'SCRIPT',
    reads: [...reads.values()],
    writes: [...writes.values()],
    scans,
  }
}

function withSystem(host: ScriptHost, variables: Variables) {
  const all = systemVariables({ host, defaults: host.defaults }, {}).expressions()
  for (const [name, expr] of variables.expressions()) all.set(name, expr)
  return all
}

function nestedBodies(node: Statement): readonly (readonly Statement[])[] | undefined {
  switch (node.kind) {
    case 'if':
    case 'caseStatement':
      return [...node.branches.map((branch) => branch.body), node.otherwise ?? []]
    case 'loop':
    case 'while':
    case 'repeat':
      return [node.body]
    case 'block':
      return [node.body, node.handler ?? []]
    default:
      return undefined
  }
}

function isControl(node: Statement): boolean {
  return [
    'set',
    'for',
    'jump',
    'raise',
    'return',
    'assert',
    'callStatement',
    'executeImmediate',
    'beginTransaction',
    'commitTransaction',
    'rollbackTransaction',
  ].includes(node.kind)
}
