import type { CatalogRoutine, RoutineKind } from '../../catalog.ts'
import { targetName } from '../../lower/identifier.ts'
import type {
  CreateFunction,
  CreateProcedure,
  CreateSchema,
  CreateTableFunction,
  DropStatement,
  Path,
} from '../../parse/ast.ts'
import { nameParts } from '../../parse/name-parts.ts'
import type { Target } from '../../target.ts'
import { checkRoutine } from '../call/check-routine.ts'
import { routineTarget } from '../call/routine.ts'
import { type Context, problemAt, unsupportedAt } from '../context.ts'
import { checkDataset, NOTHING } from './create-table.ts'
import { routineOptions, schemaOptions } from './known-options.ts'
import { optionName, resolveOptions } from './options.ts'
import type { Resolved } from './resolved-statement.ts'
import { sessionTarget, tableNotFound, tableTarget } from './target.ts'

function datasetOf(context: Context, path: Path): { readonly database: string; readonly schema: string } {
  const parts = nameParts(path)
  const [first, second] = parts
  if (first === undefined || parts.length > 2)
    throw problemAt(context, path, `Invalid dataset name: ${parts.join('.')}`)
  return second === undefined
    ? { database: context.source.defaults.project, schema: first }
    : { database: first, schema: second }
}

export function resolveCreateSchema(context: Context, node: CreateSchema): Resolved {
  if (node.external) throw unsupportedAt(context, node, 'CREATE EXTERNAL SCHEMA')
  if (node.collate !== undefined) throw unsupportedAt(context, node.collate, 'DEFAULT COLLATE')
  resolveOptions(context, node.options, schemaOptions)
  const dataset = datasetOf(context, node.name)
  const { catalog } = context.resolution
  if (catalog.hasDataset(dataset.database, dataset.schema)) {
    if (node.ifNotExists) return NOTHING('CREATE_SCHEMA')
    throw problemAt(context, node.name, `Already Exists: Dataset ${dataset.database}:${dataset.schema}`)
  }
  const twin = catalog
    .datasets(dataset.database)
    .find((name) => name.toLowerCase() === dataset.schema.toLowerCase())
  if (twin !== undefined) {
    throw unsupportedAt(
      context,
      node.name,
      `a dataset ${dataset.schema} beside ${twin} (names that differ only by case)`,
    )
  }
  return {
    statement: { kind: 'create schema', ...dataset },
    statementType: 'CREATE_SCHEMA',
    changes: [{ kind: 'put dataset', ...dataset }],
    writes: [],
  }
}

export function resolveDrop(context: Context, node: DropStatement): Resolved {
  switch (node.entity) {
    case 'SCHEMA':
      return dropSchema(context, node)
    case 'TABLE':
    case 'VIEW':
    case 'MATERIALIZED VIEW':
    case 'SNAPSHOT TABLE':
    case 'EXTERNAL TABLE':
      return dropTable(context, node)
    case 'FUNCTION':
    case 'TABLE FUNCTION':
    case 'PROCEDURE':
      return dropRoutine(context, node)
    default:
      throw unsupportedAt(context, node, `DROP ${node.entity}`)
  }
}

function dropSchema(context: Context, node: DropStatement): Resolved {
  const dataset = datasetOf(context, node.name)
  const { catalog } = context.resolution
  if (!catalog.hasDataset(dataset.database, dataset.schema)) {
    if (node.ifExists) return NOTHING('DROP_SCHEMA')
    throw problemAt(context, node.name, `Not found: Dataset ${dataset.database}:${dataset.schema}`)
  }
  const cascade = node.behaviour === 'CASCADE'
  const holds =
    catalog.tables(dataset.database, dataset.schema).length > 0 ||
    catalog.routines(dataset.database, dataset.schema).length > 0
  if (holds && !cascade) {
    throw problemAt(context, node.name, `Dataset ${dataset.database}:${dataset.schema} is still in use`)
  }
  return {
    statement: { kind: 'drop schema', ...dataset, cascade },
    statementType: 'DROP_SCHEMA',
    changes: [{ kind: 'drop dataset', ...dataset }],
    writes: [],
  }
}

const KINDS: Readonly<Record<string, string>> = {
  TABLE: 'TABLE',
  VIEW: 'VIEW',
  'MATERIALIZED VIEW': 'MATERIALIZED_VIEW',
  'SNAPSHOT TABLE': 'SNAPSHOT',
  'EXTERNAL TABLE': 'EXTERNAL',
}

function dropTable(context: Context, node: DropStatement): Resolved {
  const statementType = `DROP_${node.entity.replace(' ', '_')}`
  const target = tableTarget(context, node.name)
  const table = context.resolution.catalog.table(target)
  if (table === undefined) {
    if (node.ifExists) return NOTHING(statementType)
    throw problemAt(context, node.name, tableNotFound(context, target))
  }
  if (table.kind !== KINDS[node.entity]) {
    throw problemAt(
      context,
      node.name,
      `${target.database}:${target.schema}.${target.name} is a ${table.kind}, cannot be dropped by DROP ${node.entity}`,
    )
  }
  return {
    statement: { kind: 'drop table', table },
    statementType,
    changes: [{ kind: 'drop table', target }],
    writes: [target],
  }
}

function dropRoutine(context: Context, node: DropStatement): Resolved {
  const statementType = `DROP_${node.entity.replace(' ', '_')}`
  const parts = nameParts(node.name)
  const target = routineTarget(context.source, parts)
  const routine = target && context.resolution.catalog.routine(target)
  if (routine === undefined) {
    if (node.ifExists) return NOTHING(statementType)
    throw problemAt(context, node.name, `Not found: Routine ${parts.join('.')}`)
  }
  return {
    statement: { kind: 'drop routine', routine },
    statementType,
    changes: [{ kind: 'drop routine', target: routine.target }],
    writes: [],
  }
}

/** A function, table function or procedure: its text is kept, and read where it is called. */
export function resolveCreateRoutine(
  context: Context,
  node: CreateFunction | CreateTableFunction | CreateProcedure,
): Resolved {
  const kind: RoutineKind =
    node.kind === 'createProcedure'
      ? 'PROCEDURE'
      : node.kind === 'createTableFunction'
        ? 'TABLE_FUNCTION'
        : node.aggregate
          ? 'AGGREGATE'
          : 'FUNCTION'
  // Libraries of JavaScript may be given as a text, too, and more than once; they are refused where the function is called.
  const options = node.options?.filter((option) => optionName(option) !== 'library')
  resolveOptions(context, options, routineOptions[kind])
  const temporary = node.kind === 'createFunction' && node.temporary
  const statementType = `CREATE_${kind === 'AGGREGATE' ? 'AGGREGATE_FUNCTION' : kind}`
  const parts = nameParts(node.name)
  const target: Target | undefined = temporary
    ? sessionTarget(parts.at(-1) ?? '')
    : routineTarget(context.source, parts)
  if (target === undefined) {
    throw problemAt(context, node.name, `Routine "${parts.join('.')}" must be qualified with a dataset`)
  }
  if (!temporary) {
    checkDataset(context, node.name, target)
    if (context.resolution.catalog.routine(target) !== undefined && !node.orReplace) {
      if (node.ifNotExists) return NOTHING(statementType)
      throw problemAt(
        context,
        node.name,
        `Already Exists: Routine ${target.database}:${target.schema}.${target.name}`,
      )
    }
  }
  if (node.kind !== 'createProcedure') checkRoutine(context, node, targetName(target))
  const routine: CatalogRoutine = {
    target,
    kind,
    text: context.source.text.slice(node.start, node.end),
    defaults: context.source.defaults,
  }
  return {
    statement: { kind: 'create routine', routine, temporary },
    statementType,
    changes: temporary ? [] : [{ kind: 'put routine', routine }],
    writes: [],
  }
}
