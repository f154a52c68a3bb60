import type { TablePath } from '../../parse/ast.ts'
import type { SqlType } from '../../types/type.ts'
import { type Context, newColumn, problemAt } from '../context.ts'
import { placeholder } from '../query/project.ts'
import type { OutputColumn } from '../resolved.ts'
import { type NamedColumn, rowRelation } from '../scope.ts'
import { resolveDerived } from './derived.ts'
import { type From, namesOf } from './from.ts'
import { constraintViews } from './information-schema/constraint-views.ts'
import { jobsText, unknownOfJobs } from './information-schema/jobs-view.ts'
import { routineViews } from './information-schema/routine-views.ts'
import {
  metaTableText,
  tableStorageText,
  unknownOfMetaTables,
  unknownOfTableStorage,
} from './information-schema/table-sizes.ts'
import { tableViews } from './information-schema/table-views.ts'
import type { Given, View } from './information-schema/view.ts'
import { partitionsText } from './partitions-view.ts'

const VIEWS: Readonly<Record<string, View>> = { ...tableViews, ...routineViews, ...constraintViews }

/** Views that would tell what is not kept here. */
const REFUSED: Readonly<Record<string, string>> = {
  JOBS_TIMELINE: 'what ran is not kept in the warehouse',
  SESSIONS: 'what ran is not kept in the warehouse',
  STREAMING_TIMELINE: 'what was written when is not kept in the warehouse',
  WRITE_API_TIMELINE: 'what was written when is not kept in the warehouse',
  TABLE_STORAGE_TIMELINE: 'sizes in bytes are not those of BigQuery',
  OBJECT_PRIVILEGES: 'there are no privileges',
}

/** `dataset.INFORMATION_SCHEMA.TABLES` and its like: what the catalog knows at this moment. */
export function resolveInformationSchema(context: Context, node: TablePath, parts: readonly string[]): From {
  const at = parts.findIndex((part) => part.toUpperCase() === 'INFORMATION_SCHEMA')
  const name = parts
    .slice(at + 1)
    .join('.')
    .toUpperCase()
  const qualifier = parts.slice(0, at)
  if (name === 'PARTITIONS') {
    const { tables } = contents(context, node, qualifier, name)
    return derivedView(context, node, partitionsText(tables), name, [])
  }
  if (/^TABLE_STORAGE(_BY_PROJECT)?$/.test(name)) {
    const { tables } = contents(context, node, qualifier, name)
    return derivedView(context, node, tableStorageText(tables), name, unknownOfTableStorage)
  }
  if (/^JOBS(_BY_(PROJECT|USER|FOLDER|ORGANIZATION))?$/.test(name))
    return jobsView(context, node, qualifier, name)
  const view = VIEWS[name]
  if (view === undefined) {
    const reason = REFUSED[name.replace(/_BY_(PROJECT|USER|FOLDER|ORGANIZATION)$/, '')]
    const more = reason === undefined ? '' : `: ${reason}`
    throw problemAt(context, node, `INFORMATION_SCHEMA view ${name} is not supported locally${more}`)
  }
  const given = contents(context, node, qualifier, name)
  const columns = view.columns.map(
    ([column, kind]): OutputColumn => ({
      name: column,
      anonymous: false,
      column: newColumn(context, column, { kind } as SqlType),
    }),
  )
  const named = namesOf(columns, undefined, false).columns
  const all = [...named, ...unknownColumns(name, view.unknown ?? [])]
  return {
    scan: { kind: 'facts', columns: columns.map((output) => output.column), rows: () => view.rows(given) },
    names: { columns: all, relations: [rowRelation(node.alias?.name ?? name, all)] },
  }
}

/** `dataset.__TABLES__` and `dataset.__TABLES_SUMMARY__`. */
export function resolveMetaTable(context: Context, node: TablePath, parts: readonly string[]): From {
  const name = (parts.at(-1) ?? '').toUpperCase()
  const qualifier = parts.slice(0, -1)
  if (qualifier.length === 0 && context.source.defaults.dataset === undefined)
    throw problemAt(context, node, `Table "${name}" must be qualified with a dataset (e.g. dataset.table).`)
  const { tables } = contents(context, node, qualifier, name)
  const summary = name === '__TABLES_SUMMARY__'
  const unknown = unknownOfMetaTables.filter((column) => !summary || column === 'creation_time')
  const text = metaTableText(tables, summary)
  return derivedView(context, node, text, name, / AS type\b/.test(text) ? unknown : [...unknown, 'type'])
}

/** A view that is a query of our own, under its name or alias. */
function derivedView(
  context: Context,
  node: TablePath,
  text: string,
  view: string,
  unknown: readonly string[],
): From {
  const query = resolveDerived(context, node, text)
  const names = namesOf(query.columns, undefined, false).columns
  const all = [...names, ...unknownColumns(view, unknown)]
  return {
    scan: query.scan,
    names: { columns: all, relations: [rowRelation(node.alias?.name ?? view, all)] },
  }
}

/** Columns that BigQuery's view has: `*` leaves them out, naming one is refused. */
function unknownColumns(view: string, columns: readonly string[]): readonly NamedColumn[] {
  return columns.map((column) => ({
    name: column,
    expr: placeholder,
    hidden: true,
    refused: `column ${column} of ${view.startsWith('__') ? view : `INFORMATION_SCHEMA.${view}`} is not supported locally: what it tells is not kept`,
  }))
}

/** The jobs of the project, whatever the region: the embedded warehouse is one place. */
function jobsView(context: Context, node: TablePath, qualifier: readonly string[], view: string): From {
  const { catalog } = context.resolution
  const [project = context.source.defaults.project, more] = qualifier.filter(
    (part) => !/^region-/i.test(part),
  )
  if (more !== undefined || catalog.hasDataset(context.source.defaults.project, project)) {
    throw problemAt(
      context,
      node,
      `INFORMATION_SCHEMA.${view} is of a project, not of a dataset: name it \`region-us\`.INFORMATION_SCHEMA.${view}`,
    )
  }
  return derivedView(context, node, jobsText(catalog, project), view, unknownOfJobs)
}

/** Views that only a dataset has. */
const OF_DATASETS = /^(PARTITIONS|TABLE_CONSTRAINTS|KEY_COLUMN_USAGE|CONSTRAINT_COLUMN_USAGE)$/

/**
 * `project.dataset`, `dataset`, `project.region-us`, `region-us` or nothing before INFORMATION_SCHEMA. The embedded
 * warehouse is one place: the tables and routines of all its datasets are those of the region that is named, whichever
 * that is.
 */
function contents(context: Context, node: TablePath, qualifier: readonly string[], view: string): Given {
  const { catalog } = context.resolution
  const { defaults } = context.source
  const named = qualifier.filter((part) => !/^region-/i.test(part))
  const region = named.length < qualifier.length
  if (region && view.startsWith('SCHEMATA'))
    throw problemAt(
      context,
      node,
      `INFORMATION_SCHEMA.${view} of a region is not supported locally: where datasets lie is not kept; INFORMATION_SCHEMA.${view} tells all`,
    )
  if (region && OF_DATASETS.test(view))
    throw problemAt(context, node, `INFORMATION_SCHEMA.${view} is of a dataset, not of a region: name one`)
  if (view.startsWith('TABLE_STORAGE') && !region)
    throw problemAt(
      context,
      node,
      `INFORMATION_SCHEMA.${view} is of a region, not of a dataset: name it \`region-us\`.INFORMATION_SCHEMA.${view}`,
    )
  const [first, second] = named
  const project = second !== undefined || region ? (first ?? defaults.project) : defaults.project
  const dataset = region
    ? undefined
    : (second ?? first ?? (view.startsWith('SCHEMATA') ? undefined : defaults.dataset))
  if (dataset !== undefined && !catalog.hasDataset(project, dataset)) {
    throw problemAt(context, node, `Not found: Dataset ${project}:${dataset} was not found in location US`)
  }
  const datasets = dataset === undefined ? catalog.datasets(project) : [dataset]
  return {
    project,
    datasets,
    tables: datasets.flatMap((schema) => catalog.tables(project, schema)),
    routines: datasets.flatMap((schema) => catalog.routines(project, schema)),
  }
}
