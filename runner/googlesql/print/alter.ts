import type { AlterStatement, DropRowAccessPolicy, DropStatement } from '../parse/ast.ts'
import { inlineOptions, optionList } from './create.ts'
import { cat, type Doc, group, indent, join, line } from './doc.ts'
import type { Node, Printer } from './printer.ts'

/** ALTER, DROP and UNDROP. */
export function printAlter(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'alter':
      return printStatement(node, p)
    case 'drop':
      return printDrop(node, p)
    case 'dropRowAccessPolicy':
      return printDropPolicy(node, p)
    case 'undropSchema': {
      const ifNotExists = node.ifNotExists ? 'IF NOT EXISTS ' : ''
      return cat(`UNDROP SCHEMA ${ifNotExists}`, p.of(node.name), inlineOptions(node.options, p))
    }
    default:
      return printAction(node, p) ?? printChange(node, p)
  }
}

function printStatement(node: AlterStatement, p: Printer): Doc {
  const name = node.name.parts.length === 0 ? '' : cat(' ', p.of(node.name))
  const head = cat(`ALTER ${node.entity}${ifExists(node)}`, name, node.table && cat(' ON ', p.of(node.table)))
  return group(head, indent(line, join(cat(',', line), p.all(node.actions))))
}

function ifExists(node: { readonly ifExists: boolean }): string {
  return node.ifExists ? ' IF EXISTS' : ''
}

function printDrop(node: DropStatement, p: Printer): Doc {
  const behaviour = node.behaviour === undefined ? '' : ` ${node.behaviour}`
  const table = node.table && cat(' ON ', p.of(node.table))
  return cat(`DROP ${node.entity}${ifExists(node)} `, p.of(node.name), table, behaviour)
}

function printDropPolicy(node: DropRowAccessPolicy, p: Printer): Doc {
  if (node.name === undefined) return cat('DROP ALL ROW ACCESS POLICIES ON ', p.of(node.table))
  return cat(`DROP ROW ACCESS POLICY${ifExists(node)} `, p.of(node.name), ' ON ', p.of(node.table))
}

function printAction(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'setOptions':
      return optionList('SET OPTIONS (', node.options, p)
    case 'setDefaultCollate':
      return cat('SET DEFAULT COLLATE ', p.of(node.collate))
    case 'addColumn':
      return cat(`ADD COLUMN ${node.ifNotExists ? 'IF NOT EXISTS ' : ''}`, p.of(node.column))
    case 'dropColumn':
      return cat(`DROP COLUMN${ifExists(node)} `, p.of(node.column))
    case 'renameColumn':
      return cat(`RENAME COLUMN${ifExists(node)} `, p.of(node.from), ' TO ', p.of(node.to))
    case 'renameTo':
      return cat('RENAME TO ', p.of(node.to))
    case 'addConstraint':
      return printAddConstraint(node, p)
    case 'dropConstraint':
      return cat(`DROP CONSTRAINT${ifExists(node)} `, p.of(node.name))
    case 'dropPrimaryKey':
      return `DROP PRIMARY KEY${ifExists(node)}`
    case 'alterColumn':
      return cat(`ALTER COLUMN${ifExists(node)} `, p.of(node.column), ' ', p.of(node.change))
    case 'addReplica':
      return cat('ADD REPLICA ', p.of(node.replica), inlineOptions(node.options, p))
    case 'dropReplica':
      return cat('DROP REPLICA ', p.of(node.replica))
    case 'rebuild':
      return 'REBUILD'
    default:
      return undefined
  }
}

function printAddConstraint(node: Extract<Node, { kind: 'addConstraint' }>, p: Printer): Doc {
  const { constraint } = node
  if (!node.ifNotExists || constraint.constraint === undefined) return cat('ADD ', p.of(constraint))
  const unnamed = p.of({ ...constraint, constraint: undefined })
  return cat('ADD CONSTRAINT IF NOT EXISTS ', p.of(constraint.constraint), ' ', unnamed)
}

function printChange(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'setDataType':
      return cat('SET DATA TYPE ', p.of(node.schema))
    case 'setColumnOptions':
      return optionList('SET OPTIONS (', node.options, p)
    case 'setDefault':
      return cat('SET DEFAULT ', p.of(node.value))
    case 'dropDefault':
      return 'DROP DEFAULT'
    case 'dropNotNull':
      return 'DROP NOT NULL'
    default:
      return undefined
  }
}
