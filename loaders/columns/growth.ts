/** Room for so many, and not for one more each time. */
export function larger(capacity: number, wanted: number): number {
  return Math.max(capacity * 2, wanted)
}

/** What was there, in its new room. */
export function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from)
  return to
}

interface Run {
  copyWithin(target: number, start: number, end: number): unknown
}

/** What `values[start .. start + size]` are, `times` times more behind them. */
export function repeatRun(values: Run, start: number, size: number, times: number): void {
  const all = size * (times + 1)
  for (let done = size; done < all; done *= 2) {
    values.copyWithin(start + done, start, start + Math.min(done, all - done))
  }
}

/** Where the rows end that repeat those before them; gives how much longer each repetition makes the content. */
export function repeatOffsets(offsets: Uint32Array, row: number, size: number, times: number): number {
  const length = (offsets[row + size] as number) - (offsets[row] as number)
  const last = row + size * times
  for (let i = row + 1; i <= last; i++) offsets[i + size] = (offsets[i] as number) + length
  return length
}
