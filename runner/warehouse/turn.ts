const turns = new Map<unknown, Promise<void>>()

/**
 * Landings of this process on one warehouse go one after another: waits for those before it, and gives the function that
 * ends this one's turn.
 *
 * @param warehouse what tells it from others: equal text, or the same object
 */
export async function waitForTurn(warehouse: unknown): Promise<() => void> {
  const before = turns.get(warehouse)
  const { promise, resolve } = Promise.withResolvers<void>()
  turns.set(warehouse, promise)
  await before
  return () => {
    if (turns.get(warehouse) === promise) turns.delete(warehouse)
    resolve()
  }
}
