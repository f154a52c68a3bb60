import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { checkRunnable } from '../execute/execute-run.ts'
import { type PlannedAction, planRun } from '../execute/plan-run.ts'
import { select } from '../graph/select.ts'
import { compile } from '../project/compile/compile.ts'
import { checkLanding } from '../project/settings/check-landing.ts'
import type { Settings } from '../project/settings/settings.ts'
import { counted } from '../report/progress.ts'
import { loadEngine } from '../warehouse/open.ts'
import { defineCommand } from './command.ts'
import { readProject, withWarehouse } from './context.ts'
import {
  type SelectionOptions,
  selectionFlags,
  selectionOptions,
  selectionPositionals,
} from './project-flags.ts'

export interface PlanOptions extends SelectionOptions {
  readonly fullRefresh?: boolean
}

/**
 * What `run` with the same options would do, in order, and why; nothing is changed.
 *
 * @example for (const { id, statements } of await plan({ select: ['city_log'] })) …
 */
export async function plan(
  options: PlanOptions = {},
  effects: Effects = defaultEffects(),
): Promise<readonly PlannedAction[]> {
  const project = await readProject(options, effects)
  const { vars = {}, select: selectors = [], exclude = [], fullRefresh = false } = options
  const { actions } = await compile(project.folder, {
    vars,
    signal: effects.signal,
    meanwhile: () => loadEngine(project.settings.warehouse),
  })
  const selected = select(actions, { select: selectors, exclude })
  checkRunnable(selected)
  checkLanding(project.settings, actions)
  return withWarehouse(project, effects, ({ warehouse }) =>
    planRun(warehouse, actions, selected, fullRefresh, priceOf(project.settings)),
  )
}

const priceOf = ({ warehouse }: Settings): number | undefined =>
  warehouse.kind === 'bigquery' ? warehouse.pricePerTib : undefined

export const command = defineCommand({
  positionals: selectionPositionals,
  flags: {
    ...selectionFlags,
    'full-refresh': { type: 'boolean', describe: 'as for run' },
    sql: { type: 'boolean', describe: 'show the statements too' },
  },
  examples: [
    ['plan', 'what `run` would do'],
    ['plan city_log --sql', 'the statements for one table'],
  ],
  options: (given): PlanOptions & { readonly sql: boolean } => ({
    ...selectionOptions(given),
    fullRefresh: given['full-refresh'] ?? false,
    sql: given.sql ?? false,
  }),
  run: plan,
  text: (planned, { sql }) =>
    [
      ...planned.map((action, index) => plannedText(action, index + 1, sql)),
      [`${counted(planned.length)} ${planned.length === 1 ? 'action' : 'actions'}`, ...totals(planned)].join(
        ', ',
      ),
    ].join('\n'),
})

function plannedText(action: PlannedAction, number: number, sql: boolean): string {
  const { target, deed, why, statements, unknown, drops, bytesUnknown } = action
  const cost = [bytesText(action)].filter((text) => text !== '').map((text) => `  ${text}`)
  const head = `${String(number).padStart(4)}  ${deed.padEnd(9)}  ${target.schema}.${target.name}  (${why})${cost.join('')}`
  const notes = [
    ...(drops === null
      ? []
      : [`drops the ${drops.toLowerCase().replace('_', ' ')} that stands in its place`]),
    ...(bytesUnknown === null ? [] : [`bytes not known: ${bytesUnknown}`]),
  ]
  const detail = unknown === null ? (sql ? statements : []) : [unknown]
  return [
    head,
    ...notes.map((text) => `      ${text}`),
    ...detail.map((text) => text.replace(/^/gm, '      | ')),
  ].join('\n')
}

const bytesText = ({ bytes, price }: PlannedAction): string =>
  bytes === null ? '' : `reads ${shownBytes(bytes)}${price === null ? '' : `, ${price.toFixed(4)}`}`

function totals(planned: readonly PlannedAction[]): readonly string[] {
  const known = planned.flatMap(({ bytes }) => (bytes === null ? [] : [bytes]))
  const unknown = planned.filter(({ bytesUnknown }) => bytesUnknown !== null).length
  if (known.length === 0 && unknown === 0) return []
  const prices = planned.flatMap(({ price }) => (price === null ? [] : [price]))
  const sum = (all: readonly number[]) => all.reduce((total, each) => total + each, 0)
  return [
    `reads ${shownBytes(sum(known))}${prices.length === 0 ? '' : `, ${sum(prices).toFixed(4)}`}`,
    ...(unknown === 0 ? [] : [`${counted(unknown)} not known`]),
  ]
}

function shownBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const unit = bytes === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 2 ** (10 * unit)
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}
