import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { land } from '../../../loaders/land.ts'
import { bucketAddress } from '../../../loaders/store/bucket-address.ts'
import { type GcsLimits, gcsStore } from '../../../loaders/store/gcs.ts'
import { ObjectChanged, StoreFailure } from '../../../loaders/store/object-changed.ts'
import { readAhead } from '../../../loaders/store/read-ahead.ts'
import type { ObjectStore, StoredObject } from '../../../loaders/store/store.ts'
import { minutePath, mysqlFile } from '../events.ts'
import { freshFolder, freshWarehouse, project, recordingEffects } from '../fresh-warehouse.ts'
import { contentOf, listed } from './behaviour.ts'
import { type Failing, type Failure, FakeBucket } from './fake-bucket.ts'

const bucket = await FakeBucket.start()
afterAll(() => bucket.stop())
beforeEach(() => {
  bucket.objects.clear()
  bucket.requests.length = 0
  bucket.failing = () => undefined
  bucket.mostOpen = 0
  bucket.delay = 0
})

const limits: Partial<GcsLimits> = { retries: 3, pause: 1, maxPause: 2, stall: 10_000, page: 2 }

const open = (prefix = '', others: Partial<GcsLimits> = {}): Promise<ObjectStore> =>
  gcsStore({ bucket: 'shop-cdc', prefix, apiEndpoint: bucket.endpoint, limits: { ...limits, ...others } })

/** The first requests go wrong so. */
const first =
  (failures: readonly Failure[]): Failing =>
  (_request, number) =>
    failures[number]

const passing: readonly Failure[] = [
  { kind: 'status', status: 408 },
  { kind: 'status', status: 429 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502, body: '<html>Bad gateway</html>' },
  { kind: 'status', status: 503 },
  { kind: 'reset' },
]

describe('a listing', () => {
  beforeEach(() => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) bucket.put(name, name)
  })

  test.each(
    [...passing, { kind: 'half-json' } as const].flatMap((failure) =>
      [0, 1, 2].map((call) => [failure, call] as const),
    ),
  )('is complete though %j is the answer to call %i', async (failure, call) => {
    bucket.failing = (_request, number) => (number === call ? failure : undefined)
    const objects = await listed(await open())
    expect(objects.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(bucket.requests.length).toBe(4)
  })

  test('that is never answered ends with what to do, and says that it may pass', async () => {
    bucket.failing = () => ({ kind: 'status', status: 503 })
    const error = await listed(await open()).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(StoreFailure)
    expect(error).toMatchObject({ transient: true })
    expect(String(error)).toBe(
      'gs://shop-cdc/: Cloud Storage does not answer as it should (503): answered with 503\n  run it again later: what has landed stays, the rest is still new',
    )
    expect(bucket.requests.length).toBe(4)
  })

  test.each([
    [401, 'there are no credentials for Cloud Storage, or they are not accepted'],
    [403, 'these credentials may not read here'],
    [404, 'the bucket does not exist, or its name is hidden from these credentials'],
    [501, 'Cloud Storage does not answer as it should (501)'],
  ])('refused with %i is not tried again and says why', async (status, reason) => {
    bucket.failing = () => ({ kind: 'status', status })
    await expect(listed(await open())).rejects.toThrow(reason)
    expect(bucket.requests.length).toBe(1)
  })

  test('leaves out what stands for a folder, and what only begins like the prefix', async () => {
    for (const name of ['cdc/', 'cdc/x/', 'cdc/x/1', 'cdc2/y', 'cdc']) {
      bucket.put(name, name.endsWith('/') ? '' : name)
    }
    expect((await listed(await open('cdc/'))).map(({ name }) => name)).toEqual(['x/1'])
  })
})

describe('reading', () => {
  const small = Buffer.from('0123456789'.repeat(1000))
  // Longer than what is held until its checksum is known.
  const large = Buffer.alloc(9 * 1024 * 1024, 'streamform')

  const put = async (content: Buffer, stall = 10_000): Promise<[ObjectStore, StoredObject]> => {
    bucket.put('x', content)
    // On a machine that is busy a good answer may stall too.
    const store = await open('', stall < 10_000 ? { stall, retries: 50 } : {})
    const [object] = await listed(store)
    bucket.requests.length = 0
    if (object === undefined) throw new Error('nothing was listed')
    return [store, object]
  }

  const broken: readonly Failure[] = [
    ...passing,
    { kind: 'cut', after: 0 },
    { kind: 'cut', after: 4000 },
    { kind: 'stall', after: 0 },
    { kind: 'stall', after: 4000 },
  ]

  const cases = [
    ...broken.map((failure) => ({ failure, content: small })),
    ...broken.slice(-3).map((failure) => ({ failure, content: large })),
  ]
  test.each(cases)(
    'gives every byte once though the first answer is $failure ($content.length bytes)',
    async ({ failure, content }) => {
      const [store, object] = await put(content, failure.kind === 'stall' ? 300 : 10_000)
      bucket.failing = first([failure])
      expect(Buffer.compare(await contentOf(store, object), content)).toBe(0)
      // A machine that is busy may stall once more.
      expect(bucket.requests.length).toBeGreaterThanOrEqual(2)
      expect(new Set(bucket.requests.map(({ generation }) => generation))).toEqual(new Set([object.version]))
    },
  )

  test('goes on from the very byte at which the stream broke', async () => {
    const [store, object] = await put(small)
    bucket.failing = first([
      { kind: 'cut', after: 4000 },
      { kind: 'cut', after: 1 },
    ])
    expect(String(await contentOf(store, object))).toBe(String(small))
    expect(bucket.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=4000-', 'bytes=4001-'])
  })

  test('counts tries anew after each byte of progress', async () => {
    const [store, object] = await put(small)
    bucket.failing = (_request, number) => (number < 20 ? { kind: 'cut', after: 100 } : undefined)
    expect(String(await contentOf(store, object))).toBe(String(small))
  })

  test('is not misled by a server that answers a range with the whole', async () => {
    const [store, object] = await put(small)
    bucket.failing = first([{ kind: 'cut', after: 4000 }, { kind: 'ignore-range' }])
    expect(String(await contentOf(store, object))).toBe(String(small))
  })

  test('fetches a small object again that arrived damaged', async () => {
    const [store, object] = await put(small)
    bucket.failing = first([{ kind: 'damage' }, { kind: 'damage' }])
    expect(String(await contentOf(store, object))).toBe(String(small))
    expect(bucket.requests.length).toBe(3)
  })

  test('refuses a large object that arrived damaged, at its end', async () => {
    const [store, object] = await put(large)
    bucket.failing = first([{ kind: 'damage' }])
    await expect(contentOf(store, object)).rejects.toThrow("does not have the object's CRC32C")
  })

  test.each([403, 400])('refused with %i is no change of the object', async (status) => {
    const [store, object] = await put(small)
    bucket.failing = () => ({ kind: 'status', status })
    const error = await contentOf(store, object).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(StoreFailure)
    expect(error).toMatchObject({ transient: false })
    expect(bucket.requests.length).toBe(1)
  })

  test.each<readonly Failure[]>([
    [],
    [
      { kind: 'cut', after: 20 },
      { kind: 'cut', after: 1 },
    ],
    [{ kind: 'cut', after: 0 }],
    [{ kind: 'damage' }],
  ])(
    'of an object with Content-Encoding: gzip gives its bytes as they are stored (%#)',
    async (...failures) => {
      bucket.putGzip('x', small)
      const stored = bucket.objects.get('x')?.content ?? Buffer.alloc(0)
      const store = await open()
      const [object] = (await listed(store)) as [StoredObject]
      expect(object.bytes).toBe(stored.length)
      bucket.requests.length = 0
      bucket.failing = first(failures)
      expect(Buffer.compare(await contentOf(store, object), stored)).toBe(0)
      expect(bucket.requests.length).toBe(failures.length + 1)
    },
  )

  test('of an object that is replaced while its stream is broken says that it changed', async () => {
    const [store, object] = await put(small)
    bucket.failing = (_request, number) => {
      if (number === 1) bucket.put('x', 'another')
      return number === 0 ? { kind: 'cut', after: 10 } : undefined
    }
    await expect(contentOf(store, object)).rejects.toThrow(ObjectChanged)
  })

  test('gives the content or an error, whatever goes wrong in whatever order', async () => {
    const [store, object] = await put(small)
    const failure = fc.oneof(
      fc.constantFrom(...passing),
      fc.record({ kind: fc.constant('cut' as const), after: fc.nat(10_500) }),
      fc.constantFrom<Failure>({ kind: 'damage' }, { kind: 'ignore-range' }),
    )
    const property = fc.asyncProperty(
      fc.array(fc.option(failure, { nil: undefined, freq: 3 }), { maxLength: 12 }),
      async (failures) => {
        bucket.requests.length = 0
        bucket.failing = (_request, number) => failures[number]
        const content = await contentOf(store, object).catch((error: unknown) => {
          if (error instanceof StoreFailure) return small
          throw error
        })
        expect(Buffer.compare(content, small)).toBe(0)
      },
    )
    await fc.assert(property, { numRuns: 60 })
  })
})

describe('reading ahead', () => {
  test('has so many objects in flight, and so many bytes, but no more', async () => {
    for (let number = 10; number < 50; number++) bucket.put(`small-${number}`, Buffer.alloc(1000, number))
    bucket.put('large', Buffer.alloc(20_000))
    let underWay = 0
    let most = 0
    const inner = await open()
    const counting: ObjectStore = {
      ...inner,
      read(object) {
        const reader = inner.read(object)
        const pieces = async function* () {
          most = Math.max(most, ++underWay)
          try {
            yield* reader.pieces
          } finally {
            underWay--
          }
        }
        return { pieces: pieces(), generation: () => reader.generation() }
      },
    }
    const store = readAhead(counting, { files: 16, bytes: 12_000 })
    const objects = await listed(store)
    store.expect?.(objects)
    for (const object of objects) {
      const content = await contentOf(store, object)
      expect([content.length, content[0]]).toEqual([
        object.bytes,
        object.name === 'large' ? 0 : Number(object.name.slice(-2)),
      ])
    }
    expect(most).toBe(13) // twelve of 1,000 bytes, and the large one in its turn
    expect(bucket.requests.filter(({ route }) => route === 'content').length).toBe(41)
  })

  test('sixteen at once', async () => {
    for (let number = 10; number < 60; number++) bucket.put(`small-${number}`, Buffer.alloc(100_000, number))
    bucket.delay = 20
    const store = readAhead(await open())
    const objects = await listed(store)
    store.expect?.(objects)
    for (const object of objects) expect((await contentOf(store, object)).length).toBe(100_000)
    expect(bucket.mostOpen).toBeGreaterThan(8)
    expect(bucket.mostOpen).toBeLessThanOrEqual(16)
  })

  test('an error waits for its turn, and what is no longer expected is given up', async () => {
    for (const name of ['a', 'b', 'c']) bucket.put(name, name)
    bucket.failing = ({ name, route }) =>
      name === 'b' && route === 'content' ? { kind: 'status', status: 403 } : undefined
    const store = readAhead(await open())
    const [a, b, c] = (await listed(store)) as [StoredObject, StoredObject, StoredObject]
    store.expect?.([a, b, c])
    expect(String(await contentOf(store, a))).toBe('a')
    await expect(contentOf(store, b)).rejects.toThrow('may not read here')
    store.expect?.([])
    expect(String(await contentOf(store, c))).toBe('c')
  })
})

describe('landing from a bucket', () => {
  const fields = [{ name: 'id', type: 'int' }]
  const file = (number: number) => mysqlFile(fields, [{ id: number }], { first: number })

  const landBucket = async (warehouse: Awaited<ReturnType<typeof freshWarehouse>>) =>
    await land(
      {
        store: readAhead(await open('cdc/')),
        warehouse: warehouse.warehouse,
        project,
        maxDeadLetters: 0,
      },
      recordingEffects(),
    )

  const ids = async (warehouse: Awaited<ReturnType<typeof freshWarehouse>>) =>
    (await warehouse.query('select payload.id as id from "test-project.shop_raw".item order by 1, uuid')).map(
      ({ id }) => Number(id),
    )

  test('lands each generation once, whatever fails on the way', async () => {
    for (let number = 1; number <= 30; number++) {
      bucket.put(`cdc/${minutePath('2024/06/01/09/15', `f${number}.avro`)}`, file(number))
    }
    const tries = new Map<string, number>()
    bucket.failing = ({ name, route }, number) => {
      const tried = tries.get(name) ?? 0
      tries.set(name, tried + 1)
      if (route === 'list' || tried > 1) return undefined
      return ([{ kind: 'reset' }, { kind: 'cut', after: 100 }, { kind: 'damage' }] as const)[number % 3]
    }
    const warehouse = await freshWarehouse()
    expect(await landBucket(warehouse)).toMatchObject({
      landed: 30,
      rows: 30,
      unfetched: [],
      quarantined: [],
    })
    expect(await landBucket(warehouse)).toMatchObject({ landed: 0, alreadyLanded: 30 })
    bucket.put(`cdc/${minutePath('2024/06/01/09/15', 'f1.avro')}`, file(31))
    expect(await landBucket(warehouse)).toMatchObject({ landed: 1, alreadyLanded: 29 })
    expect(await ids(warehouse)).toEqual(Array.from({ length: 31 }, (_, at) => at + 1))
    warehouse.close()
  })

  test('leaves an object that cannot be fetched for the next run, and lands the rest', async () => {
    for (const number of [1, 2, 3])
      bucket.put(`cdc/${minutePath('2024/06/01/09/15', `f${number}`)}`, file(number))
    bucket.failing = ({ name, route }) =>
      route === 'content' && name.endsWith('f2') ? { kind: 'status', status: 403 } : undefined
    const warehouse = await freshWarehouse()
    expect(await landBucket(warehouse)).toMatchObject({
      landed: 2,
      unfetched: [{ file: 'shop_item/2024/06/01/09/15/f2', reason: 'these credentials may not read here' }],
    })
    expect(await ids(warehouse)).toEqual([1, 3])
    bucket.failing = () => undefined
    expect(await landBucket(warehouse)).toMatchObject({ landed: 1, alreadyLanded: 2, unfetched: [] })
    expect(await ids(warehouse)).toEqual([1, 2, 3])
    warehouse.close()
  })

  test('ends when the bucket answers no longer, with nothing of the transaction landed', async () => {
    for (const number of [1, 2, 3])
      bucket.put(`cdc/${minutePath('2024/06/01/09/15', `f${number}`)}`, file(number))
    bucket.failing = ({ name, route }) =>
      route === 'content' && !name.endsWith('f1') ? { kind: 'status', status: 503 } : undefined
    const warehouse = await freshWarehouse()
    await expect(landBucket(warehouse)).rejects.toMatchObject({ transient: true })
    bucket.failing = () => undefined
    expect(await landBucket(warehouse)).toMatchObject({ landed: 3, alreadyLanded: 0 })
    expect(await ids(warehouse)).toEqual([1, 2, 3])
    warehouse.close()
  })
})

describe('the address of a bucket', () => {
  test.each([
    ['gs://shop-cdc', { bucket: 'shop-cdc', prefix: '' }],
    ['gs://shop-cdc/', { bucket: 'shop-cdc', prefix: '' }],
    ['gs://shop.example.com/mysql/prod/', { bucket: 'shop.example.com', prefix: 'mysql/prod/' }],
    ['gs://shop-cdc//mysql', { bucket: 'shop-cdc', prefix: 'mysql/' }],
    ['/var/stream', undefined],
    ['stream', undefined],
  ])('%s', (path, address) => {
    expect(bucketAddress(path)).toEqual(address)
  })

  test.each(['s3://bucket/x', 'gs://', 'gs://UPPER/x', 'file:///x', 'gs://a/b'])('is not %s', (path) => {
    expect(() => bucketAddress(path)).toThrow('is no stream: write a folder of this machine, or gs://')
  })
})

test('without the client installed, a bucket says what to install', async () => {
  const hook = `import { registerHooks } from 'node:module'
    registerHooks({ resolve(name, context, next) {
      if (name !== '@google-cloud/storage') return next(name, context)
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
    } })`
  const script = `const { openStore } = await import(${JSON.stringify(join(import.meta.dirname, '../../../loaders/store/open.ts'))})
    await openStore('gs://shop-cdc/x').catch((error) => console.log(String(error)))`
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--no-warnings',
    '--import',
    `data:text/javascript,${encodeURIComponent(hook)}`,
    '--input-type=module',
    '--eval',
    script,
  ])
  expect(stdout.trim()).toBe(
    'a stream in a bucket needs the client of Cloud Storage, which is not installed\n  npm i @google-cloud/storage',
  )
})

test.each([
  ['is not there', undefined],
  ['holds something else', 'private_key: verysecret'],
])(
  'a file of credentials that %s says what to do, at once and without its content',
  async (_what, content) => {
    const file = join(freshFolder(), 'credentials.json')
    if (content !== undefined) writeFileSync(file, content)
    const script = `const { openStore } = await import(${JSON.stringify(join(import.meta.dirname, '../../../loaders/store/open.ts'))})
    const store = await openStore('gs://shop-cdc/x')
    for await (const page of store.list());`
    const { stderr } = await promisify(execFile)(
      process.execPath,
      [
        '--no-warnings',
        '--input-type=module',
        '--eval',
        `try { ${script} } catch (error) { console.error(String(error)) }`,
      ],
      { env: { ...process.env, GOOGLE_APPLICATION_CREDENTIALS: file } },
    )
    expect(stderr.trim()).toBe(
      'gs://shop-cdc/x/: there are no credentials for Cloud Storage, or they are not accepted\n  run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS',
    )
  },
)
