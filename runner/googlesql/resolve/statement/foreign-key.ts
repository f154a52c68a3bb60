import type { CatalogTable, ForeignKey } from '../../catalog.ts'
import type { CreateTable, ForeignKey as ForeignKeyNode } from '../../parse/ast.ts'
import { type Context, problemAt } from '../context.ts'
import { tableTarget } from './target.ts'

/** A foreign key as written: BigQuery does not enforce it, and says so in the text. */
export function resolveForeignKey(context: Context, node: Omit<ForeignKeyNode, 'kind'>): ForeignKey {
  const { references, constraint } = node
  if (references.columns.length !== node.columns.length) {
    throw problemAt(
      context,
      node,
      `The number of referencing columns (${node.columns.length}) is not that of the referenced columns (${references.columns.length})`,
    )
  }
  return {
    ...(constraint === undefined ? {} : { name: constraint.name }),
    columns: node.columns.map(({ name }) => name),
    references: {
      target: tableTarget(context, references.table),
      columns: references.columns.map(({ name }) => name),
    },
  }
}

/** The foreign keys that CREATE TABLE declares, with a column or on their own. */
export function foreignKeysOf(context: Context, node: CreateTable): readonly ForeignKey[] {
  return (node.elements ?? []).flatMap((element): readonly ForeignKey[] => {
    if (element.kind === 'foreignKey') return [resolveForeignKey(context, element)]
    if (element.kind !== 'columnDefinition') return []
    const { references } = element.schema
    if (references === undefined) return []
    const { start, end } = element
    return [resolveForeignKey(context, { start, end, columns: [element.name], references })]
  })
}

/** A table without the foreign key of a name; undefined if it has none of that name. */
export function withoutForeignKey(table: CatalogTable, name: string): CatalogTable | undefined {
  const { foreignKeys = [], ...rest } = table
  const wanted = name.toLowerCase()
  const left = foreignKeys.filter((key, index) => (key.name ?? `fk$${index + 1}`).toLowerCase() !== wanted)
  if (left.length === foreignKeys.length) return undefined
  return left.length === 0 ? rest : { ...rest, foreignKeys: left }
}
