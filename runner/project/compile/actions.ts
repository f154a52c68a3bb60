import type { Target } from '../../googlesql/target.ts'
import type {
  Action,
  ActionDescriptor,
  ActionKind,
  BigQueryOptions,
  CompiledGraph,
  GraphTable,
  GraphTarget,
  Hermeticity,
  Incremental,
} from './compiled-graph.ts'
import { targetId } from './compiled-graph.ts'

/** What the messages of the graph's action kinds have in common. */
interface GraphAction {
  readonly target: GraphTarget
  readonly canonicalTarget: GraphTarget
  readonly dependencyTargets?: readonly GraphTarget[]
  readonly tags?: readonly string[]
  readonly disabled?: boolean
  readonly fileName?: string
  readonly actionDescriptor?: ActionDescriptor
  readonly hermeticity?: Hermeticity
  readonly jitCode?: string
  readonly bigquery?: BigQueryOptions
  readonly parentAction?: GraphTarget
}

/** A target of the graph with every part, absent parts as empty text (a declaration may lack them). */
export const fullTarget = ({ database = '', schema = '', name = '' }: GraphTarget): Target => ({
  database,
  schema,
  name,
})

/**
 * Every action of a graph in one normalised form, kind by kind in the graph's own order: tables, operations,
 * assertions, declarations, notebooks, data preparations. Unit tests are not among them (see unit-tests.ts).
 */
export function actionsOf(graph: CompiledGraph): readonly Action[] {
  const defaultReservation = graph.projectConfig?.defaultReservation
  return everyAction(graph).map((each) => {
    const reservation = each.reservation || defaultReservation
    return reservation === each.reservation ? each : Object.freeze({ ...each, reservation })
  })
}

function everyAction(graph: CompiledGraph): readonly Action[] {
  return [
    ...(graph.tables ?? []).map(tableAction),
    ...(graph.operations ?? []).map((operation) =>
      action('operations', operation, {
        queries: operation.queries ?? [],
        hasOutput: operation.hasOutput ?? false,
      }),
    ),
    ...(graph.assertions ?? []).map((assertion) =>
      action('assertion', assertion, { query: assertion.query ?? '' }),
    ),
    ...(graph.declarations ?? []).map((declaration) => action('declaration', declaration, {})),
    ...(graph.notebooks ?? []).map((notebook) => action('notebook', notebook, {})),
    ...(graph.dataPreparations ?? []).map((preparation) =>
      action('dataPreparation', preparation, { query: preparation.query ?? '' }),
    ),
  ]
}

function tableAction(table: GraphTable): Action {
  const kind = kindOfTable(table)
  return action(kind, table, {
    query: table.query ?? '',
    preOps: table.preOps ?? [],
    postOps: table.postOps ?? [],
    materialized: table.materialized ?? false,
    incremental: kind === 'incremental' ? incrementalOf(table) : undefined,
  })
}

function kindOfTable(table: GraphTable): ActionKind {
  const type = table.enumType ?? table.type?.toUpperCase()
  if (type === 'VIEW') return 'view'
  return type === 'INCREMENTAL' ? 'incremental' : 'table'
}

const incrementalOf = (table: GraphTable): Incremental => ({
  query: table.incrementalQuery ?? '',
  preOps: table.incrementalPreOps ?? [],
  postOps: table.incrementalPostOps ?? [],
  uniqueKey: table.uniqueKey ?? [],
  onSchemaChange: table.onSchemaChange ?? 'IGNORE',
  strategy: table.incrementalStrategy ?? 'INCREMENTAL_STRATEGY_UNSPECIFIED',
  protected: table.protected ?? false,
  predicates: table.bigquery?.incrementalPredicates ?? [],
  updatePartitionFilter: table.bigquery?.updatePartitionFilter,
  where: table.where,
})

function action(kind: ActionKind, graph: GraphAction, own: Partial<Action>): Action {
  const { bigquery = {}, actionDescriptor: descriptor = {} } = graph
  const target = fullTarget(graph.target)
  return Object.freeze({
    kind,
    target,
    canonicalTarget: fullTarget(graph.canonicalTarget),
    id: targetId(target),
    query: '',
    queries: [],
    incremental: undefined,
    preOps: [],
    postOps: [],
    dependencyTargets: (graph.dependencyTargets ?? []).map(fullTarget),
    tags: graph.tags ?? [],
    disabled: graph.disabled ?? false,
    fileName: graph.fileName ?? '',
    description: descriptor.description,
    columns: descriptor.columns ?? [],
    descriptor,
    labels: descriptor.bigqueryLabels ?? bigquery.labels ?? {},
    reservation: descriptor.reservation,
    materialized: false,
    partitionBy: bigquery.partitionBy,
    partitionExpirationDays: bigquery.partitionExpirationDays,
    requirePartitionFilter: bigquery.requirePartitionFilter ?? false,
    clusterBy: bigquery.clusterBy ?? [],
    additionalOptions: bigquery.additionalOptions ?? {},
    bigquery,
    hasOutput: false,
    parentAction: graph.parentAction === undefined ? undefined : fullTarget(graph.parentAction),
    hermeticity: graph.hermeticity ?? 'UNKNOWN',
    jitCode: graph.jitCode,
    ...own,
  })
}
