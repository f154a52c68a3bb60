/** A piece larger than this is asked for by itself: a single long text must not stay in memory. */
const mostKept = 8 * 1024 * 1024

/**
 * Memory for what is needed until the next `reset`, the same again and again: memory that is written once more costs a
 * fraction of memory that is asked for, and leaves nothing to be collected. What is taken holds anything.
 */
export class Scratch {
  private memory = new ArrayBuffer(mostKept)
  private used = 0

  /** All that was taken is done with. */
  reset(): void {
    this.used = 0
  }

  bytes(count: number): Uint8Array {
    const at = this.take(count)
    return at === undefined ? new Uint8Array(count) : new Uint8Array(this.memory, at, count)
  }

  integers(count: number): Int32Array {
    const at = this.take(count * 4)
    return at === undefined ? new Int32Array(count) : new Int32Array(this.memory, at, count)
  }

  /** Where so many bytes begin; undefined if there is no room for them. */
  private take(bytes: number): number | undefined {
    const at = this.used
    const end = at + Math.ceil(bytes / 8) * 8
    if (end > this.memory.byteLength) return undefined
    this.used = end
    return at
  }
}
