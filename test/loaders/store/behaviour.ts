import { describe, expect, test } from 'vitest'
import { ObjectChanged } from '../../../loaders/store/object-changed.ts'
import type { ObjectStore, StoredObject } from '../../../loaders/store/store.ts'

/** A store under test, and a hand that changes what is in it. */
export interface StoreUnderTest {
  readonly store: ObjectStore
  put(name: string, content: Uint8Array | string): void
  remove(name: string): void
}

export async function listed(store: ObjectStore): Promise<StoredObject[]> {
  const objects: StoredObject[] = []
  for await (const page of store.list()) objects.push(...page)
  return objects
}

export async function contentOf(store: ObjectStore, object: StoredObject): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of store.read(object).pieces) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

async function only(store: ObjectStore): Promise<StoredObject> {
  const [object, ...others] = await listed(store)
  if (object === undefined || others.length > 0) throw new Error('there is not one object')
  return object
}

/** What holds for every store. */
export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name}, as every store,`, () => {
    test('lists all objects in the order of the bytes of their names', async () => {
      const { store, put } = await open()
      const names = ['a/b', 'a-b', 'a/b/c.avro', 'é', 'z', 'a.b', '🦆', 'ｚ', 'shop_item/2024/06/01/09/15/x']
      // A file and a folder cannot share a name on a disk.
      for (const each of names.filter((each) => each !== 'a/b')) put(each, each)
      const expected = names
        .filter((each) => each !== 'a/b')
        .sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
      const objects = await listed(store)
      expect(objects.map((object) => [object.name, object.bytes, object.refused])).toEqual(
        expected.map((each) => [each, Buffer.byteLength(each), undefined]),
      )
    })

    test('lists nothing of an empty place', async () => {
      const { store } = await open()
      expect(await listed(store)).toEqual([])
    })

    test('lists the same twice while nothing changes, and another version after', async () => {
      const { store, put } = await open()
      put('x', 'one')
      const first = await listed(store)
      expect(await listed(store)).toEqual(first)
      put('x', 'three')
      const [now] = await listed(store)
      expect(now?.version).not.toBe(first[0]?.version)
    })

    test.each([0, 1, 1000, 9_000_000])('reads %i bytes as they are', async (size) => {
      const { store, put } = await open()
      const content = Buffer.alloc(size, 'streamform')
      put('x', content)
      expect(Buffer.compare(await contentOf(store, await only(store)), content)).toBe(0)
    })

    test('knows the generation that was read, and whether a later listing has the same', async () => {
      const { store, put } = await open()
      put('x', 'one')
      const object = await only(store)
      const reader = store.read(object)
      expect(() => reader.generation()).toThrow('once all has been read')
      for await (const _ of reader.pieces);
      expect(store.isVersionOf(reader.generation(), object.version)).toBe(true)
      put('x', 'three')
      expect(store.isVersionOf(reader.generation(), (await only(store)).version)).toBe(false)
    })

    test('gives the object as it is now, and nothing of what is not there', async () => {
      const { store, put, remove } = await open()
      put('a/x', 'one')
      const object = await only(store)
      expect(await store.stat('a/x')).toEqual(object)
      expect(await store.stat('a/y')).toBe(undefined)
      remove('a/x')
      expect(await store.stat('a/x')).toBe(undefined)
    })

    test('does not read what replaced the listed object, nor one that is gone', async () => {
      const { store, put, remove } = await open()
      put('x', 'one')
      const object = await only(store)
      put('x', 'three')
      await expect(contentOf(store, object)).rejects.toThrow(ObjectChanged)
      remove('x')
      await expect(contentOf(store, object)).rejects.toThrow(ObjectChanged)
    })

    test('reads names with quotes, blanks, percents, line breaks and marks that turn the text', async () => {
      const { store, put } = await open()
      const names = [
        `it's "x"; drop table y`,
        'a b%2Fc#d?e&f',
        'line\nbreak',
        'right\u202eleft',
        '..x',
        'a/..b/…',
        'n'.repeat(240),
      ]
      for (const each of names) put(each, `content of ${each}`)
      const objects = await listed(store)
      const contents = await Promise.all(objects.map((object) => contentOf(store, object)))
      expect(new Map(objects.map(({ name: each }, index) => [each, String(contents[index])]))).toEqual(
        new Map(names.map((each) => [each, `content of ${each}`])),
      )
    })
  })
}
