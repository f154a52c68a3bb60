import type {
  ColumnDefinition,
  CreateExternalTable,
  CreateSnapshot,
  CreateTable,
  CreateView,
  LoadData,
  Option,
  Path,
  TableOrigin,
} from '../parse/ast.ts'
import { cat, type Doc, group, hardline, indent, join, line, list } from './doc.ts'
import type { Node, Printer } from './printer.ts'

export function printCreate(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'createSchema': {
      const collate = node.collate && cat(' DEFAULT COLLATE ', p.of(node.collate))
      const head = createHead(node, node.external ? 'EXTERNAL SCHEMA' : 'SCHEMA', p)
      return group(head, collate, connection(node.connection, p), options(node.options, p))
    }
    case 'createTable':
      return printTable(node, p)
    case 'tableOrigin':
      return printOrigin(node, p)
    case 'createSnapshot':
      return printSnapshot(node, p)
    case 'createExternalTable':
      return printExternalTable(node, p)
    case 'createView':
      return printView(node, p)
    case 'viewColumn':
      return cat(p.of(node.name), inlineOptions(node.options, p))
    case 'createEntity':
      return node.text
    default:
      return undefined
  }
}

interface Head {
  readonly orReplace: boolean
  readonly ifNotExists: boolean
  readonly name: Path
}

/** `CREATE OR REPLACE TABLE IF NOT EXISTS name`. */
export function createHead({ orReplace, ifNotExists, name }: Head, what: string, p: Printer): Doc {
  const replace = orReplace ? 'OR REPLACE ' : ''
  return cat(`CREATE ${replace}${what} ${ifNotExists ? 'IF NOT EXISTS ' : ''}`, p.of(name))
}

/** OPTIONS on a line of its own. */
export function options(list: readonly Option[] | undefined, p: Printer): Doc {
  return list === undefined ? '' : cat(line, optionList('OPTIONS (', list, p))
}

/** OPTIONS behind a column. */
export function inlineOptions(list: readonly Option[] | undefined, p: Printer): Doc {
  return list === undefined ? '' : cat(' ', optionList('OPTIONS (', list, p))
}

export function optionList(open: string, items: readonly Option[], p: Printer): Doc {
  return list(open, p.all(items), ')')
}

export function connection(path: Path | undefined, p: Printer): Doc {
  if (path === undefined) return ''
  const [only] = path.parts
  const isDefault = path.parts.length === 1 && !only?.quoted && only?.name.toUpperCase() === 'DEFAULT'
  return cat(line, 'WITH CONNECTION ', isDefault ? 'DEFAULT' : p.of(path))
}

/** Columns and constraints, always one a line. */
export function elements(items: readonly Node[] | undefined, p: Printer): Doc {
  if (items === undefined) return ''
  if (items.length === 0) return ' ()'
  return cat(' (', indent(hardline, join(cat(',', hardline), p.all(items))), hardline, ')')
}

export function partitionBy(node: Node | undefined, p: Printer): Doc {
  return node === undefined ? '' : cat(line, 'PARTITION BY ', p.of(node))
}

export function clusterBy(paths: readonly Path[], p: Printer): Doc {
  return paths.length === 0 ? '' : cat(line, 'CLUSTER BY ', join(', ', p.all(paths)))
}

/** `AS` and the query below it. */
export function asQuery(node: Node | undefined, p: Printer): Doc {
  return node === undefined ? '' : cat(line, 'AS', line, p.of(node))
}

function printTable(node: CreateTable, p: Printer): Doc {
  const collate = node.collate && cat(line, 'DEFAULT COLLATE ', p.of(node.collate))
  return group(
    createHead(node, node.temporary ? 'TEMP TABLE' : 'TABLE', p),
    elements(node.elements, p),
    node.from && cat(line, p.of(node.from)),
    collate,
    partitionBy(node.partitionBy, p),
    clusterBy(node.clusterBy, p),
    connection(node.connection, p),
    options(node.options, p),
    asQuery(node.query, p),
  )
}

function printOrigin({ how, source, systemTime }: TableOrigin, p: Printer): Doc {
  return cat(`${how} `, p.of(source), systemTime && cat(' FOR SYSTEM_TIME AS OF ', p.of(systemTime)))
}

function printSnapshot(node: CreateSnapshot, p: Printer): Doc {
  const time = node.systemTime && cat(line, 'FOR SYSTEM_TIME AS OF ', p.of(node.systemTime))
  const head = createHead(node, 'SNAPSHOT TABLE', p)
  return group(head, line, 'CLONE ', p.of(node.source), time, options(node.options, p))
}

export function partitionColumns(columns: CreateExternalTable['partitionColumns'], p: Printer): Doc {
  if (columns === undefined) return ''
  const words = cat(line, 'WITH PARTITION COLUMNS')
  return columns === 'inferred' ? words : cat(words, elements(columns as readonly ColumnDefinition[], p))
}

function printExternalTable(node: CreateExternalTable, p: Printer): Doc {
  return group(
    createHead(node, 'EXTERNAL TABLE', p),
    elements(node.elements, p),
    partitionColumns(node.partitionColumns, p),
    connection(node.connection, p),
    options(node.options, p),
  )
}

function printView(node: CreateView, p: Printer): Doc {
  const what = `${node.materialized ? 'MATERIALIZED ' : ''}${node.recursive ? 'RECURSIVE ' : ''}VIEW`
  return group(
    createHead(node, what, p),
    node.columns && cat(' ', list('(', p.all(node.columns), ')')),
    partitionBy(node.partitionBy, p),
    clusterBy(node.clusterBy, p),
    options(node.options, p),
    node.replicaOf && cat(line, 'AS REPLICA OF ', p.of(node.replicaOf)),
    asQuery(node.query, p),
  )
}

/** LOAD DATA shares its clauses with CREATE TABLE. */
export function printLoadData(node: LoadData, p: Printer): Doc {
  const into = node.overwrite ? 'OVERWRITE ' : 'INTO '
  const partitions = node.partitions && cat(line, 'PARTITIONS (', p.of(node.partitions), ')')
  return group(
    cat(`LOAD DATA ${into}${node.temporary ? 'TEMP TABLE ' : ''}`, p.of(node.target)),
    partitions,
    elements(node.elements, p),
    partitionBy(node.partitionBy, p),
    clusterBy(node.clusterBy, p),
    options(node.options, p),
    cat(line, optionList('FROM FILES (', node.files, p)),
    partitionColumns(node.partitionColumns, p),
    connection(node.connection, p),
  )
}
