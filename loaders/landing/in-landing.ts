import { type Landing, LandingConflict } from '../../runner/warehouse/landing.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'

/**
 * Does work in a landing and commits it; does it anew, on what the tables are by then, where another landing was faster.
 *
 * @throws what the work throws; then nothing has changed
 * @example await inLanding(warehouse, now, (landing) => landing.state.updateTable('files')…)
 */
export async function inLanding<Result>(
  warehouse: Pick<Warehouse, 'landing'>,
  now: Date,
  work: (landing: Landing) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const landing = await warehouse.landing(now)
    try {
      const result = await work(landing)
      await landing.commit()
      return result
    } catch (error) {
      await landing.rollback()
      if (!(error instanceof LandingConflict)) throw error
    }
  }
}
