import type { Effects } from '../runner/effects.ts'
import { Problem } from '../runner/problem.ts'
import { type LandOptions, type LandReport, land } from './land.ts'
import { type Message, readNotification } from './notify/notification.ts'
import type { Subscription } from './notify/subscription.ts'
import type { BucketAddress } from './store/bucket-address.ts'
import type { ObjectStore, StoredObject } from './store/store.ts'

export interface WatchOptions {
  readonly landing: Omit<LandOptions, 'dryRun'>
  /** At most one landing in so many milliseconds. */
  readonly every: number
  /** Where new objects are told of; undefined: the store is listed. */
  readonly notifications?: { readonly subscription: Subscription; readonly address: BucketAddress }
  /** Waits; ends early once the signal is aborted. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Called with every landing that met a file. */
  readonly landed: (report: LandReport) => void
}

export interface WatchReport {
  readonly landings: number
  readonly landed: number
  readonly rows: number
  readonly deadLetters: number
  readonly quarantined: number
  /** Messages that told of objects, and those that were no notifications. */
  readonly notifications: number
  readonly foreign: number
}

/** Messages that one landing takes. */
const mostMessages = 4096
const pullMost = 1000
/** Milliseconds that a pull waits for a message, and between two times that messages are kept. */
const longPull = 30_000
const keepEvery = 240_000

/**
 * Lands what is there, and then what comes, until the effects' signal is aborted: each file once, whoever else lands. Told of new
 * objects it reads those alone; a message counts as done once the ledger has its file.
 *
 * @throws Problem for what would fail again; after what may pass it goes on
 * @example
 * await watch({ landing, every: 60_000, pause, landed: (report) => effects.note(landText(report)) }, effects)
 */
export async function watch(options: WatchOptions, effects: Effects): Promise<WatchReport> {
  const run = new WatchRun(options, effects)
  try {
    await run.run()
  } catch (error) {
    if (!effects.signal.aborted) throw error
  }
  return run.report
}

class WatchRun {
  report: WatchReport = {
    landings: 0,
    landed: 0,
    rows: 0,
    deadLetters: 0,
    quarantined: 0,
    notifications: 0,
    foreign: 0,
  }
  private readonly options: WatchOptions
  private readonly effects: Effects

  constructor(options: WatchOptions, effects: Effects) {
    this.options = options
    this.effects = effects
  }

  async run(): Promise<void> {
    const { every, notifications, pause } = this.options
    const { signal } = this.effects
    // Whatever came before anybody listened.
    await this.tryTo(() => this.landAll())
    while (!signal.aborted) {
      if (notifications === undefined) {
        await pause(every, signal)
        if (!signal.aborted) await this.tryTo(() => this.landAll())
      } else await this.tryTo(() => this.landNotified(notifications.subscription, notifications.address))
    }
  }

  /** Goes on after what may pass. */
  private async tryTo(work: () => Promise<void>): Promise<void> {
    const { pause, every } = this.options
    const { signal, note } = this.effects
    try {
      await work()
    } catch (error) {
      if (signal.aborted || !(error instanceof Problem) || !error.transient) throw error
      note(`${error.message}; trying again`)
      await pause(every, signal)
    }
  }

  private async landAll(): Promise<void> {
    await this.land(this.options.landing.store)
  }

  private async landNotified(subscription: Subscription, address: BucketAddress): Promise<void> {
    const messages = await this.gather(subscription)
    if (messages.length === 0) return
    const stop = this.keeping(subscription, messages)
    let done: readonly Message[] = []
    try {
      done = await this.landMessages(messages, address)
    } finally {
      stop()
      // The bucket has what they told of, and they are to come again.
      const undone = messages.filter((message) => !done.includes(message))
      if (undone.length > 0) await subscription.giveBack(undone).catch(() => undefined)
    }
    if (done.length > 0) await subscription.acknowledge(done)
  }

  /** Waits for a message, and then a while for more: many small landings cost more than one. */
  private async gather(subscription: Subscription): Promise<readonly Message[]> {
    const { signal, now } = this.effects
    const { every } = this.options
    const messages = [...(await subscription.pull(pullMost, longPull, signal))]
    if (messages.length === 0) return messages
    const until = now().getTime() + every
    while (messages.length < mostMessages && !signal.aborted) {
      const left = until - now().getTime()
      if (left <= 0) break
      const more = await subscription.pull(pullMost, Math.max(1000, Math.min(left, longPull)), signal)
      if (more.length === 0) break
      messages.push(...more)
    }
    return messages
  }

  private keeping(subscription: Subscription, messages: readonly Message[]): () => void {
    const timer = setInterval(() => {
      // One that comes again meanwhile finds its file landed.
      subscription.keep(messages).catch(() => undefined)
    }, keepEvery)
    return () => clearInterval(timer)
  }

  /** @returns the messages that are done with */
  private async landMessages(
    messages: readonly Message[],
    address: BucketAddress,
  ): Promise<readonly Message[]> {
    const { store } = this.options.landing
    const told = messages.map((message) => ({ message, notification: readNotification(message, address) }))
    const names = new Set<string>()
    const done: Message[] = []
    for (const { message, notification } of told) {
      if (notification.kind === 'object') names.add(notification.name)
      else if (notification.kind === 'other' || this.giveUp(message, notification.reason)) done.push(message)
    }
    const objects = await objectsOf(store, [...names].sort())
    const report = objects.length === 0 ? undefined : await this.land(storeOf(store, objects))
    const later = new Set([...(report?.changed ?? []), ...(report?.unfetched ?? [])].map(({ file }) => file))
    for (const { message, notification } of told) {
      if (notification.kind === 'object' && !later.has(notification.name)) done.push(message)
    }
    this.add({ notifications: told.filter(({ notification }) => notification.kind === 'object').length })
    return done
  }

  /** A subscription with a dead-letter policy takes what nobody can read; without one it would come for ever. */
  private giveUp({ deliveryAttempt }: Message, reason: string): boolean {
    this.add({ foreign: 1 })
    const isCounted = deliveryAttempt > 0
    this.effects.note(
      `a message that is no notification of Cloud Storage's: ${reason}; ${isCounted ? `given back (delivery ${deliveryAttempt})` : 'dropped, for the subscription has no dead-letter policy'}`,
    )
    return !isCounted
  }

  private async land(store: ObjectStore): Promise<LandReport> {
    const report = await land({ ...this.options.landing, store }, this.effects)
    const { landed, rows, deadLetters, quarantined, skipped, changed, unfetched } = report
    this.add({ landings: 1, landed, rows, deadLetters, quarantined: quarantined.length })
    const met = landed + quarantined.length + skipped.length + changed.length + unfetched.length
    if (met > 0) this.options.landed(report)
    return report
  }

  private add(more: Partial<WatchReport>): void {
    const sums = Object.entries(this.report).map(([key, count]) => [
      key,
      count + (more[key as keyof WatchReport] ?? 0),
    ])
    this.report = Object.fromEntries(sums) as WatchReport
  }
}

const statsAtOnce = 16

/** The objects as they are now; one that is gone again is nothing to land. */
async function objectsOf(store: ObjectStore, names: readonly string[]): Promise<readonly StoredObject[]> {
  const found: StoredObject[] = []
  for (let at = 0; at < names.length; at += statsAtOnce) {
    const objects = await Promise.all(names.slice(at, at + statsAtOnce).map((name) => store.stat(name)))
    found.push(...objects.filter((object) => object !== undefined))
  }
  return found
}

/** The store as if it held these objects alone. */
function storeOf(store: ObjectStore, objects: readonly StoredObject[]): ObjectStore {
  return {
    ...store,
    async *list() {
      yield objects
    },
  }
}
