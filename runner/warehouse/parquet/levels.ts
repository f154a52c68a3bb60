/**
 * How deep each slot of a column is defined (Dremel's definition levels), either one number for all slots or one
 * byte for each; `max` is the level of a slot that has a value here.
 */
export interface Levels {
  readonly slots: number
  readonly max: number
  readonly each: number | Uint8Array
}

/** The levels of an optional column below `parent`, of which `valid` says which slots are present. */
export function optionalLevels(parent: Levels, valid: Uint8Array | undefined): Levels {
  const max = parent.max + 1
  const { slots, each } = parent
  if (valid === undefined && typeof each === 'number') {
    return { slots, max, each: each === parent.max ? max : each }
  }
  const levels = new Uint8Array(slots)
  for (let slot = 0; slot < slots; slot++) {
    const above = typeof each === 'number' ? each : (each[slot] as number)
    levels[slot] = above === parent.max && (valid === undefined || valid[slot] === 1) ? max : above
  }
  return { slots, max, each: levels }
}

/** How many slots have a value. */
export function countPresent({ slots, max, each }: Levels): number {
  if (typeof each === 'number') return each === max ? slots : 0
  let count = 0
  for (let slot = 0; slot < slots; slot++) if (each[slot] === max) count++
  return count
}

/**
 * Levels as Parquet's data pages hold them: four bytes of length, then RLE / bit-packed runs
 * (https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE). Nothing where `max` is 0.
 */
export function encodeLevels({ slots, max, each }: Levels): Uint8Array {
  if (max === 0) return new Uint8Array(0)
  const runs = typeof each === 'number' ? repeatedRun(slots, each) : packedRun(slots, max, each)
  const page = new Uint8Array(4 + runs.length)
  new DataView(page.buffer).setUint32(0, runs.length, true)
  page.set(runs, 4)
  return page
}

function repeatedRun(slots: number, level: number): Uint8Array {
  return Uint8Array.from([...varint(slots * 2), level])
}

function packedRun(slots: number, max: number, each: Uint8Array): Uint8Array {
  const width = 32 - Math.clz32(max)
  const groups = Math.ceil(slots / 8)
  const header = varint(groups * 2 + 1)
  const out = new Uint8Array(header.length + groups * width)
  out.set(header)
  let at = header.length
  for (let group = 0; group < groups; group++) {
    let bits = 0
    for (let i = 7; i >= 0; i--) bits = (bits << width) | (each[group * 8 + i] ?? 0)
    // Eight levels of at most 3 bits: 24 bits, which an integer of JavaScript's bit operations holds.
    for (let byte = 0; byte < width; byte++) out[at++] = (bits >>> (8 * byte)) & 255
  }
  return out
}

/** An unsigned LEB128 number, as a list of bytes. */
export function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest % 128) | 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return bytes
}
