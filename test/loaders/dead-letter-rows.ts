import type { TestWarehouse } from './fresh-warehouse.ts'

/** What waits as dead letters, in the order of files and rows, with the payload of each event. */
export async function deadLetters({ warehouse }: TestWarehouse): Promise<
  {
    readonly column: string | null
    readonly row: bigint
    readonly reason: string
    readonly payload: unknown
  }[]
> {
  const letters = await warehouse.state
    .selectFrom('dead_letters')
    .select(['column', 'row', 'reason', 'event'])
    .where('status', '=', 'waiting')
    .orderBy('file')
    .orderBy('row')
    .execute()
  return letters.map(({ event, ...letter }) => ({ ...letter, payload: JSON.parse(event).payload }))
}
