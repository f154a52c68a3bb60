import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { gcsStore } from '../../../loaders/store/gcs.ts'
import { localStore } from '../../../loaders/store/local.ts'
import { readAhead } from '../../../loaders/store/read-ahead.ts'
import { freshFolder } from '../fresh-warehouse.ts'
import { describeStore, type StoreUnderTest } from './behaviour.ts'
import { FakeBucket } from './fake-bucket.ts'

const buckets: FakeBucket[] = []
afterAll(async () => {
  for (const bucket of buckets) await bucket.stop()
})

async function localUnderTest(): Promise<StoreUnderTest> {
  const folder = freshFolder()
  return {
    store: localStore(folder),
    put(name, content) {
      const path = join(folder, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
    },
    remove: (name) => rmSync(join(folder, name)),
  }
}

async function bucketUnderTest(): Promise<StoreUnderTest> {
  const bucket = await FakeBucket.start()
  buckets.push(bucket)
  return {
    store: await gcsStore({
      bucket: 'shop-cdc',
      prefix: 'data/stream/',
      apiEndpoint: bucket.endpoint,
      limits: { page: 3 },
    }),
    put: (name, content) => bucket.put(`data/stream/${name}`, content),
    remove: (name) => bucket.objects.delete(`data/stream/${name}`),
  }
}

describeStore('a folder', localUnderTest)
describeStore('a bucket', bucketUnderTest)
describeStore('a bucket that is read ahead', async () => {
  const { store, ...hand } = await bucketUnderTest()
  return { store: readAhead(store), ...hand }
})
