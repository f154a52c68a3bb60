import type { ColumnSchema, ForeignKey, ForeignReference, PrimaryKey } from '../parse/ast.ts'
import { inlineOptions } from './create.ts'
import { cat, type Doc, join, list } from './doc.ts'
import type { Node, Printer } from './printer.ts'

export function printColumn(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'columnDefinition':
      return cat(p.of(node.name), ' ', p.of(node.schema))
    case 'columnSchema':
      return printSchema(node, p)
    case 'arrayColumn':
      return cat('ARRAY<', p.of(node.element), '>')
    case 'structColumn':
      return list('STRUCT<', p.all(node.fields), '>')
    case 'generatedColumn':
      return cat('GENERATED ALWAYS AS (', p.of(node.expression), node.stored ? ') STORED' : ')')
    case 'primaryKey':
      return printPrimaryKey(node, p)
    case 'foreignKey':
      return printForeignKey(node, p)
    case 'foreignReference':
      return printReference(node, p)
    default:
      return undefined
  }
}

function printSchema(node: ColumnSchema, p: Printer): Doc {
  return cat(
    p.of(node.type),
    node.collate && cat(' COLLATE ', p.of(node.collate)),
    node.defaultValue && cat(' DEFAULT ', p.of(node.defaultValue)),
    node.generated && cat(' ', p.of(node.generated)),
    node.notNull ? ' NOT NULL' : '',
    node.primaryKey && ` PRIMARY KEY${enforced(node.primaryKey.enforced)}`,
    node.references && cat(' ', p.of(node.references)),
    inlineOptions(node.options, p),
  )
}

function enforced(value: boolean | undefined): string {
  if (value === undefined) return ''
  return value ? ' ENFORCED' : ' NOT ENFORCED'
}

function constraint(node: PrimaryKey | ForeignKey, p: Printer): Doc {
  return node.constraint === undefined ? '' : cat('CONSTRAINT ', p.of(node.constraint), ' ')
}

function printPrimaryKey(node: PrimaryKey, p: Printer): Doc {
  return cat(
    constraint(node, p),
    'PRIMARY KEY ',
    list('(', p.all(node.columns), ')'),
    enforced(node.enforced),
  )
}

function printForeignKey(node: ForeignKey, p: Printer): Doc {
  const columns = join(', ', p.all(node.columns))
  const ifNotExists = node.ifNotExists ? 'IF NOT EXISTS ' : ''
  return cat(constraint(node, p), `FOREIGN KEY ${ifNotExists}(`, columns, ') ', p.of(node.references))
}

function printReference(node: ForeignReference, p: Printer): Doc {
  return cat('REFERENCES ', p.of(node.table), list('(', p.all(node.columns), ')'), enforced(node.enforced))
}
