import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import type { Target } from '../googlesql/target.ts'
import { topologicalOrder } from '../graph/dag.ts'
import { actionDag, select } from '../graph/select.ts'
import { compile } from '../project/compile/compile.ts'
import type { ActionKind } from '../project/compile/compiled-graph.ts'
import { targetId } from '../project/compile/compiled-graph.ts'
import { textTable } from '../report/table.ts'
import { defineCommand } from './command.ts'
import { readProject } from './context.ts'
import {
  type SelectionOptions,
  selectionFlags,
  selectionOptions,
  selectionPositionals,
} from './project-flags.ts'

/** One action of the project. */
export interface ListedAction {
  readonly id: string
  readonly target: Target
  readonly kind: ActionKind
  readonly tags: readonly string[]
  readonly file: string
  readonly disabled: boolean
  /** Ids of the actions that it needs, and of those that need it. */
  readonly dependencies: readonly string[]
  readonly dependents: readonly string[]
}

/**
 * The selected actions in an order in which they can run.
 *
 * @throws Problem for a selector that matches nothing, a project that does not compile
 * @example const actions = await ls({ select: ['+country_profile'] })
 */
export async function ls(
  options: SelectionOptions = {},
  effects: Effects = defaultEffects(),
): Promise<readonly ListedAction[]> {
  const project = await readProject(options, effects)
  const { actions } = await compile(project.folder, { vars: options.vars ?? {}, signal: effects.signal })
  const selected = select(actions, { select: options.select ?? [], exclude: options.exclude ?? [] })
  const dag = actionDag(actions)
  const place = new Map(topologicalOrder(dag).map((id, index) => [id, index]))
  return [...selected]
    .sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0))
    .map(({ id, target, kind, tags, fileName, disabled, dependencyTargets }) => ({
      id,
      target,
      kind,
      tags,
      file: fileName,
      disabled,
      dependencies: dependencyTargets.map(targetId),
      dependents: dag.dependents.get(id) ?? [],
    }))
}

export const command = defineCommand({
  positionals: selectionPositionals,
  flags: selectionFlags,
  examples: [
    ['ls +country_profile', 'what country_profile is built from'],
    ['ls type:assertion', 'every assertion'],
  ],
  options: selectionOptions,
  run: ls,
  text: (actions) =>
    textTable(
      ['action', 'kind', 'tags', 'file'],
      actions.map(({ target, kind, tags, file, disabled }) => [
        `${target.schema}.${target.name}`,
        disabled ? `${kind} (disabled)` : kind,
        tags.join(' '),
        file,
      ]),
    ),
})
