import type { Target } from '../googlesql/target.ts'
import type { Clock } from '../warehouse/bigquery/clock.ts'
import type { DataformClient, InvocationAction, WorkflowInvocation } from './service.ts'

/** What became of one action of a workflow invocation. */
export interface ActionResult {
  readonly target: Target
  readonly state: string
  /** undefined: it did not fail. */
  readonly reason: string | undefined
  /** Of BigQuery. */
  readonly job: string | undefined
  /** Of all that has begun; `seconds` of what has ended. */
  readonly seconds: number | undefined
}

export interface InvocationResult {
  /** `projects/…/workflowInvocations/…` */
  readonly name: string
  readonly state: 'SUCCEEDED' | 'FAILED' | 'CANCELLED'
  readonly actions: readonly ActionResult[]
}

const pause = 5000

/**
 * Starts the workflow and follows it to its end; once `signal` is aborted it is cancelled, and its end is waited for.
 */
export async function runWorkflow(
  client: DataformClient,
  repository: string,
  workflowConfig: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<InvocationResult> {
  const [{ name }] = await client.createWorkflowInvocation({
    parent: repository,
    workflowInvocation: { workflowConfig },
  })
  const invocation = name ?? ''
  let isCancelled = false
  for (;;) {
    const [current] = await client.getWorkflowInvocation({ name: invocation })
    const state = ended(current)
    if (state !== undefined) return { name: invocation, state, actions: await actionsOf(client, invocation) }
    if (signal.aborted && !isCancelled) {
      isCancelled = true
      await client.cancelWorkflowInvocation({ name: invocation })
    }
    await clock.sleep(pause, isCancelled ? undefined : signal).catch(() => undefined)
  }
}

function ended({ state }: WorkflowInvocation): InvocationResult['state'] | undefined {
  const name = stateName(state, [
    'STATE_UNSPECIFIED',
    'RUNNING',
    'SUCCEEDED',
    'CANCELLED',
    'FAILED',
    'CANCELING',
  ])
  return name === 'SUCCEEDED' || name === 'FAILED' || name === 'CANCELLED' ? name : undefined
}

async function actionsOf(client: DataformClient, name: string): Promise<readonly ActionResult[]> {
  const [actions] = await client.queryWorkflowInvocationActions({ name })
  return actions.map(actionResult)
}

const actionStates = ['PENDING', 'RUNNING', 'SKIPPED', 'DISABLED', 'SUCCEEDED', 'CANCELLED', 'FAILED']

function actionResult(action: InvocationAction): ActionResult {
  const { target, state, failureReason, invocationTiming } = action
  const job =
    action.bigqueryAction?.jobId ?? action.notebookAction?.jobId ?? action.dataPreparationAction?.jobId
  const [start, end] = [secondsOf(invocationTiming?.startTime), secondsOf(invocationTiming?.endTime)]
  return {
    target: { database: target?.database ?? '', schema: target?.schema ?? '', name: target?.name ?? '' },
    state: stateName(state, actionStates),
    reason: failureReason || undefined,
    job: job || undefined,
    seconds: start === undefined || end === undefined ? undefined : end - start,
  }
}

interface Time {
  readonly seconds?: unknown
  readonly nanos?: number | null
}

const secondsOf = (time: Time | null | undefined): number | undefined =>
  time?.seconds === undefined || time.seconds === null
    ? undefined
    : Number(time.seconds) + Number(time.nanos ?? 0) / 1e9

/** The client gives an enum as its name or as its number. */
const stateName = (state: unknown, names: readonly string[]): string =>
  typeof state === 'number' ? (names[state] ?? String(state)) : String(state ?? names[0])
