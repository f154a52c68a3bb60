import type { Random } from '../sql/random.ts'
import type { Fault } from './proxy.ts'

/** What goes wrong in one case. */
export interface Drawn {
  /** By the ordinal of the call. */
  readonly faults: ReadonlyMap<number, Fault>
  /** Calls at which the run is interrupted, as by Ctrl-C. */
  readonly interrupts: ReadonlySet<number>
  readonly concurrency: number
}

const errors: readonly (readonly [status: number, reason: string])[] = [
  [400, 'invalid'],
  [400, 'backendError'],
  [401, 'authError'],
  [403, 'accessDenied'],
  [403, 'rateLimitExceeded'],
  [403, 'quotaExceeded'],
  [404, 'notFound'],
  [409, 'duplicate'],
  [412, 'conditionNotMet'],
  [429, 'rateLimitExceeded'],
  [500, 'internalError'],
  [502, 'badGateway'],
  [503, 'backendError'],
]

/** Calls of a case without faults, roughly. */
const calls = 130

/** Few faults that are alone, or many, or a server that is down for a while. */
export function drawFaults(random: Random): Drawn {
  const faults = new Map<number, Fault>()
  const style = random.between(1, 4)
  if (style < 4) {
    const count = [1, 3, 15][style - 1] ?? 1
    for (let n = 0; n < count; n += 1) faults.set(random.between(0, calls), drawFault(random))
  } else {
    const [first, length] = [random.between(0, calls), random.between(2, 20)]
    const fault = drawFault(random)
    for (let n = 0; n < length; n += 1) faults.set(first + n, fault)
  }
  const interrupts = new Set(random.chance(0.2) ? [random.between(0, calls)] : [])
  return { faults, interrupts, concurrency: random.between(1, 3) }
}

function drawFault(random: Random): Fault {
  const kind = random.between(1, 10)
  if (kind <= 4) {
    const [status, reason] = random.pick(errors)
    return { kind: 'error', status, reason, acted: random.chance(0.5) }
  }
  if (kind <= 6) return { kind: 'reset', acted: random.chance(0.5) }
  if (kind === 7) return { kind: 'truncated', cut: random.chance(0.5) }
  if (kind === 8)
    return random.chance(0.3)
      ? { kind: 'slow', milliseconds: random.between(1, 10) }
      : { kind: 'expired token' }
  if (kind === 9) return { kind: 'other job' }
  return {
    kind: 'late failure',
    reason: random.pick(['jobBackendError', 'jobInternalError', 'quotaExceeded']),
  }
}

export const inWords = ({ faults, interrupts, concurrency }: Drawn): string =>
  [
    `${concurrency} at once`,
    ...[...faults].sort(([a], [b]) => a - b).map(([at, fault]) => `call ${at}: ${JSON.stringify(fault)}`),
    ...[...interrupts].map((at) => `call ${at}: interrupt`),
  ].join('\n')
