import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { LandReport } from '../../loaders/land.ts'
import { openSubscription } from '../../loaders/notify/subscription.ts'
import { localStore } from '../../loaders/store/local.ts'
import type { ObjectStore } from '../../loaders/store/store.ts'
import { type WatchReport, watch } from '../../loaders/watch.ts'
import { Problem } from '../../runner/problem.ts'
import { Failure, status } from '../deploy/grpc-server.ts'
import { minutePath, mysqlFile } from './events.ts'
import {
  freshFolder,
  freshWarehouse,
  project,
  recordingEffects,
  type TestWarehouse,
  writeFiles,
} from './fresh-warehouse.ts'
import { type PubSubOptions, type PubSubServer, startPubSub, subscription } from './pubsub-server.ts'

const open: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const file = (number: number) =>
  mysqlFile([{ name: 'id', type: 'long' }], [{ id: number }], { first: number })
const nameOf = (number: number) => minutePath('2024/06/01/00/01', `${number}.avro`)
const write = (folder: string, ...numbers: readonly number[]) =>
  writeFiles(folder, Object.fromEntries(numbers.map((number) => [nameOf(number), file(number)])))
const finalized = (number: number) => ({
  eventType: 'OBJECT_FINALIZE',
  bucketId: 'shop-cdc',
  objectId: `mysql/${nameOf(number)}`,
  objectGeneration: '1',
  payloadFormat: 'NONE',
})

interface Watched {
  readonly report: WatchReport
  readonly landed: readonly LandReport[]
  readonly printed: readonly string[]
  /** Ids of the rows in the raw table. */
  readonly ids: readonly string[]
}

interface WatchCase {
  readonly folder: string
  readonly warehouse?: TestWarehouse
  readonly store?: (store: ObjectStore) => ObjectStore
  readonly pubsub?: PubSubServer
  /** Called before each pause; `stop` ends the watch. */
  readonly onPause?: (pause: number, stop: () => void) => Promise<void> | void
  readonly stop?: AbortController
}

async function watched(given: WatchCase): Promise<Watched> {
  const { folder, pubsub, store = (own) => own, stop = new AbortController() } = given
  const warehouse = given.warehouse ?? (await freshWarehouse())
  if (given.warehouse === undefined) open.push(() => warehouse.close())
  const effects = { ...recordingEffects(), signal: stop.signal }
  const landed: LandReport[] = []
  let pauses = 0
  const listener = pubsub === undefined ? undefined : await openSubscription(subscription, pubsub.url)
  try {
    const report = await watch(
      {
        landing: {
          store: store(localStore(folder)),
          warehouse: warehouse.warehouse,
          project,
          maxDeadLetters: 0,
        },
        every: 1000,
        ...(listener === undefined
          ? {}
          : { notifications: { subscription: listener, address: { bucket: 'shop-cdc', prefix: 'mysql/' } } }),
        pause: async () => given.onPause?.(pauses++, () => stop.abort()),
        landed: (report) => landed.push(report),
      },
      effects,
    )
    const rows = await warehouse.query(
      'select payload.id as id from "test-project.shop_raw"."item" order by 1',
    )
    return { report, landed, printed: effects.printed, ids: rows.map(({ id }) => String(id)) }
  } finally {
    await listener?.close()
  }
}

async function pubsubServer(options: PubSubOptions = {}): Promise<PubSubServer> {
  const server = await startPubSub(options)
  open.push(() => server.close())
  return server
}

describe('watching a folder', () => {
  test('lands what is there, then what comes, and stops when it is told to', async () => {
    const folder = freshFolder()
    await write(folder, 1)
    const { report, ids } = await watched({
      folder,
      onPause: async (pause, stop) => {
        if (pause === 0) await write(folder, 2, 3)
        if (pause === 2) await write(folder, 4)
        if (pause === 4) stop()
      },
    })
    expect(ids).toEqual(['1', '2', '3', '4'])
    expect(report).toMatchObject({ landings: 5, landed: 4, rows: 4 })
  })

  test('goes on after what may pass, and ends at what would fail again', async () => {
    const folder = freshFolder()
    await write(folder, 1)
    let listings = 0
    const failing = (transient: boolean) => (store: ObjectStore) => ({
      ...store,
      list: () => {
        listings += 1
        if (listings === 2) throw new Problem('the store does not answer', { transient })
        return store.list()
      },
    })
    const { ids, printed } = await watched({
      folder,
      store: failing(true),
      onPause: async (pause, stop) => {
        if (pause === 0) await write(folder, 2)
        if (pause === 3) stop()
      },
    })
    expect(ids).toEqual(['1', '2'])
    expect(printed).toContain('the store does not answer; trying again')
    listings = 0
    await expect(watched({ folder, store: failing(false) })).rejects.toThrow('the store does not answer')
  })

  test('told to stop in the middle of a landing, it leaves nothing half', async () => {
    const folder = freshFolder()
    await write(folder, 1, 2)
    const stop = new AbortController()
    const warehouse = await freshWarehouse()
    open.push(() => warehouse.close())
    await write(folder, 3)
    const stopping = (store: ObjectStore): ObjectStore => ({
      ...store,
      read: (object) => {
        if (object.name === nameOf(3)) stop.abort()
        return store.read(object)
      },
    })
    await watched({ folder, warehouse, stop, store: stopping }).catch((error: unknown) => {
      // Nothing has landed: there is no table to look into.
      expect(String(error)).toMatch(/does not exist/)
    })
    const { ids } = await watched({ folder, warehouse, onPause: (_, end) => end() })
    expect(ids).toEqual(['1', '2', '3'])
  })
})

describe('watching a bucket that tells of its objects', () => {
  /** Stops once all messages are done with. */
  const untilQuiet = (stop: AbortController, server: () => PubSubServer | undefined) => ({
    onPull: (pull: number) => {
      if (pull > 1 && server()?.waiting.length === 0) stop.abort()
    },
  })

  test('reads the objects that it is told of alone, each once, whatever the order and however often it is told', async () => {
    const folder = freshFolder()
    await write(folder, 1)
    const stop = new AbortController()
    let server: PubSubServer | undefined
    server = await pubsubServer(untilQuiet(stop, () => server))
    for (const number of [3, 2, 3, 1, 2]) server.publish(finalized(number))
    let listings = 0
    const counting = (store: ObjectStore): ObjectStore => ({
      ...store,
      list: () => {
        listings += 1
        return store.list()
      },
    })
    await write(folder, 2, 3)
    rmSync(join(folder, nameOf(2)))
    const { report, ids } = await watched({ folder, stop, pubsub: server, store: counting })
    expect(ids).toEqual(['1', '3'])
    expect(listings).toBe(1)
    expect(server.waiting).toEqual([])
    expect(report).toMatchObject({ landed: 2, notifications: 5, foreign: 0 })
  })

  test('acknowledges after the commit: what was told and not landed is told again', async () => {
    const folder = freshFolder()
    await write(folder, 1)
    const warehouse = await freshWarehouse()
    open.push(() => warehouse.close())
    const server = await pubsubServer()
    const none = localStore(freshFolder())
    // Listed before anything was there, so that only messages tell of it.
    const later = (store: ObjectStore): ObjectStore => ({ ...store, list: () => none.list() })
    server.publish(finalized(1))
    const broken = {
      ...warehouse,
      warehouse: {
        state: warehouse.warehouse.state,
        landing: async (now: Date) => {
          const landing = await warehouse.warehouse.landing(now)
          return {
            ...landing,
            state: landing.state,
            loadedAt: landing.loadedAt,
            columns: landing.columns.bind(landing),
            ensure: landing.ensure.bind(landing),
            append: landing.append.bind(landing),
            rollback: landing.rollback.bind(landing),
            commit: async () => {
              expect(server.calls).not.toContain('Acknowledge')
              throw new Error('the process dies')
            },
          }
        },
      },
    } as TestWarehouse
    await expect(watched({ folder, warehouse: broken, pubsub: server, store: later })).rejects.toThrow(
      'the process dies',
    )
    expect(server.waiting).toHaveLength(1)
    server.expire()
    const stop = new AbortController()
    let seen = 0
    const { ids } = await watched({
      folder,
      warehouse,
      pubsub: { ...server },
      stop,
      store: (store) => ({
        ...later(store),
        stat: (name) => {
          seen += 1
          // The next pull finds nothing more.
          setImmediate(() => void untilEmpty(server, stop))
          return store.stat(name)
        },
      }),
    })
    expect([ids, seen, server.waiting]).toEqual([['1'], 1, []])
  })

  test('what is no notification goes to the dead letters of the subscription, or is dropped where it has none', async () => {
    for (const deadLetters of [true, false]) {
      const folder = freshFolder()
      await write(folder, 1)
      const stop = new AbortController()
      let server: PubSubServer | undefined
      server = await pubsubServer({ deadLetters, ...untilQuiet(stop, () => server) })
      server.publish({ hello: 'world' })
      server.publish({ ...finalized(1), bucketId: 'another' })
      server.publish({ ...finalized(1), objectId: 'elsewhere/1.avro' })
      server.publish({ ...finalized(1), eventType: 'OBJECT_DELETE' })
      const { report, printed } = await watched({ folder, stop, pubsub: server })
      expect(server.waiting).toEqual([])
      expect(report).toMatchObject({ landed: 1, notifications: 0, foreign: deadLetters ? 5 : 1 })
      expect(printed[0]).toBe(
        `a message that is no notification of Cloud Storage's: it has no attribute eventType, bucketId, objectId; ${
          deadLetters ? 'given back (delivery 1)' : 'dropped, for the subscription has no dead-letter policy'
        }`,
      )
    }
  })

  test('says what is wrong with a subscription that gives no messages', async () => {
    const server = await pubsubServer({
      onPull: () => {
        throw new Failure(status.NOT_FOUND, 'Resource not found (resource=new-files).')
      },
    })
    await expect(watched({ folder: freshFolder(), pubsub: server })).rejects.toMatchObject({
      message: `${subscription} gives no messages: Resource not found (resource=new-files).`,
      hint: expect.stringContaining('roles/pubsub.subscriber'),
      transient: false,
    })
  })
})

async function untilEmpty(server: PubSubServer, stop: AbortController): Promise<void> {
  while (server.waiting.length > 0) await new Promise((resolve) => setImmediate(resolve))
  stop.abort()
}
