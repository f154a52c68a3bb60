import type { SqlType } from '../../googlesql/types/type.ts'
import type { Batch, RawColumn, Vector } from '../landing.ts'
import { countPresent, encodeLevels, type Levels, optionalLevels } from './levels.ts'
import { ThriftWriter } from './thrift.ts'
import { type EncodedValues, encodeValues, type LeafVector, type TextEncoding } from './values.ts'

/**
 * Writes rows as Parquet, uncompressed, one row group for each batch: a file that a warehouse reads once. Columns come
 * out in the order of `columns`, all of them optional; what a batch does not name is NULL (an ARRAY: empty). The sink is to
 * use up or copy each piece that it is given: its memory is written again for the next.
 *
 * @example
 * const parquet = new ParquetWriter(columns, (bytes) => writeSync(file, bytes))
 * parquet.write(batch)
 * parquet.finish()
 */
export class ParquetWriter {
  private readonly columns: readonly RawColumn[]
  private readonly sink: (bytes: Uint8Array) => void
  private readonly texts: TextEncoding
  private readonly groups: RowGroup[] = []
  private position = 0

  constructor(
    columns: readonly RawColumn[],
    sink: (bytes: Uint8Array) => void,
    texts: TextEncoding = 'lengths first',
  ) {
    this.columns = columns
    this.sink = sink
    this.texts = texts
    this.emit(magic)
  }

  /** Bytes written so far. */
  get size(): number {
    return this.position
  }

  write(batch: Batch): void {
    const given = new Map(batch.columns.map(({ name, vector }) => [name, vector]))
    const unknown = batch.columns.find(({ name }) => !this.columns.some((column) => column.name === name))
    if (unknown !== undefined) throw new Error(`the table has no column ${unknown.name}`)
    const chunks: Chunk[] = []
    const start = this.position
    const rows: Levels = { slots: batch.length, max: 0, each: 0 }
    for (const { name, type } of this.columns) {
      this.writeColumn([name], type, given.get(name), rows, undefined, undefined, chunks)
    }
    this.groups.push({ chunks, rows: batch.length, bytes: this.position - start })
  }

  /** Writes the footer; nothing may follow. */
  finish(): void {
    const footer = new ThriftWriter()
    footer.i32(1, 1)
    footer.structs(2, schemaElements(this.columns), (element) => writeElement(footer, element))
    footer.i64(
      3,
      this.groups.reduce((sum, { rows }) => sum + rows, 0),
    )
    footer.structs(4, this.groups, ({ chunks, rows, bytes }) => {
      footer.structs(1, chunks, (chunk) => writeChunk(footer, chunk))
      footer.i64(2, bytes)
      footer.i64(3, rows)
    })
    footer.text(6, 'streamform')
    const bytes = footer.finish()
    this.emit(bytes)
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, bytes.length, true)
    this.emit(length)
    this.emit(magic)
  }

  private writeColumn(
    path: readonly string[],
    type: SqlType,
    vector: Vector | undefined,
    parent: Levels,
    repetition: Levels | undefined,
    index: Int32Array | undefined,
    chunks: Chunk[],
  ): void {
    if (vector !== undefined && vector.kind !== type.kind) {
      throw new Error(`column ${path.join('.')} is ${type.kind}, the batch has ${vector.kind}`)
    }
    if (type.kind === 'ARRAY') {
      if (repetition !== undefined) throw new Error(`an ARRAY within an ARRAY: ${path.join('.')}`)
      const list = listSlots(parent, vector?.kind === 'ARRAY' ? vector.offsets : undefined)
      const element = vector?.kind === 'ARRAY' ? vector.element : undefined
      const below = [...path, 'list', 'element']
      this.writeColumn(below, type.element, element, list.levels, list.repetition, list.index, chunks)
      return
    }
    const valid = vector?.kind === 'ARRAY' ? undefined : vector?.valid
    const levels =
      vector === undefined
        ? absent(parent)
        : optionalLevels(parent, index === undefined ? valid : gather(valid, index))
    if (type.kind === 'STRUCT') {
      const fields = vector?.kind === 'STRUCT' ? vector.fields : []
      for (const field of type.fields) {
        const name = field.name ?? ''
        const child = fields.find((candidate) => candidate.name === name)?.vector
        this.writeColumn([...path, name], field.type, child, levels, repetition, index, chunks)
      }
      return
    }
    this.writeLeaf(path, type, vector as LeafVector | undefined, levels, repetition, index, chunks)
  }

  private writeLeaf(
    path: readonly string[],
    type: SqlType,
    vector: LeafVector | undefined,
    levels: Levels,
    repetition: Levels | undefined,
    index: Int32Array | undefined,
    chunks: Chunk[],
  ): void {
    const values: EncodedValues =
      vector === undefined || countPresent(levels) === 0
        ? { encoding: 'PLAIN', parts: [] }
        : encodeValues(vector, levels, index, this.texts)
    const parts = [
      ...(repetition === undefined ? [] : [encodeLevels(repetition)]),
      encodeLevels(levels),
      ...values.parts,
    ]
    const size = parts.reduce((sum, part) => sum + part.length, 0)
    const encoding = encodings[values.encoding]
    const header = new ThriftWriter()
    header.i32(1, 0)
    header.i32(2, size)
    header.i32(3, size)
    header.struct(5, () => {
      header.i32(1, levels.slots)
      header.i32(2, encoding)
      header.i32(3, encodings.RLE)
      header.i32(4, encodings.RLE)
    })
    const at = this.position
    if (values.dictionary !== undefined) this.writeDictionary(values.dictionary)
    const data = this.position
    this.emit(header.finish())
    for (const part of parts) if (part.length > 0) this.emit(part)
    const bytes = this.position - at
    chunks.push({ path, physical: leafOf(type).physical, encoding, values: levels.slots, at, data, bytes })
  }

  private writeDictionary(value: Uint8Array): void {
    const header = new ThriftWriter()
    header.i32(1, 2)
    header.i32(2, value.length)
    header.i32(3, value.length)
    header.struct(7, () => {
      header.i32(1, 1)
      header.i32(2, encodings.PLAIN)
    })
    this.emit(header.finish())
    this.emit(value)
  }

  private emit(bytes: Uint8Array): void {
    this.sink(bytes)
    this.position += bytes.length
  }
}

const magic = Uint8Array.from([0x50, 0x41, 0x52, 0x31]) // PAR1

const encodings = { PLAIN: 0, RLE: 3, DELTA_LENGTH_BYTE_ARRAY: 6, RLE_DICTIONARY: 8 } as const

interface RowGroup {
  readonly chunks: readonly Chunk[]
  readonly rows: number
  readonly bytes: number
}

interface Chunk {
  readonly path: readonly string[]
  readonly physical: number
  readonly encoding: number
  readonly values: number
  /** Where its pages begin, and where the page of values does: a dictionary may come before. */
  readonly at: number
  readonly data: number
  readonly bytes: number
}

/** Nothing is present below what is. */
function absent(parent: Levels): Levels {
  return { slots: parent.slots, max: parent.max + 1, each: parent.each }
}

function gather(valid: Uint8Array | undefined, index: Int32Array): Uint8Array | undefined {
  if (valid === undefined) return undefined
  const out = new Uint8Array(index.length)
  for (let slot = 0; slot < index.length; slot++) {
    const element = index[slot] as number
    out[slot] = element < 0 ? 0 : (valid[element] as number)
  }
  return out
}

interface ListSlots {
  readonly levels: Levels
  readonly repetition: Levels
  /** The element of each slot, -1 for the slot of an empty list; undefined: each slot is its own element. */
  readonly index: Int32Array | undefined
}

/** One slot for each element, and one for each row without any; the list itself is always there, maybe empty. */
function listSlots(parent: Levels, offsets: Uint32Array | undefined): ListSlots {
  const rows = parent.slots
  const same = parent.each === parent.max ? lengthOfAll(offsets, rows) : 0
  if (same > 0) return equalLists(parent, same)
  let slots = 0
  for (let row = 0; row < rows; row++) slots += Math.max(1, lengthOf(offsets, row))
  const each = new Uint8Array(slots)
  const repeat = new Uint8Array(slots)
  const index = new Int32Array(slots).fill(-1)
  let slot = 0
  for (let row = 0; row < rows; row++) {
    const above = typeof parent.each === 'number' ? parent.each : (parent.each[row] as number)
    const length = above === parent.max ? lengthOf(offsets, row) : 0
    if (length === 0) each[slot++] = above === parent.max ? parent.max + 1 : above
    for (let element = 0; element < length; element++) {
      each[slot] = parent.max + 2
      repeat[slot] = element === 0 ? 0 : 1
      index[slot++] = (offsets?.[row] as number) + element
    }
  }
  return {
    levels: { slots: slot, max: parent.max + 2, each: each.subarray(0, slot) },
    repetition: { slots: slot, max: 1, each: repeat.subarray(0, slot) },
    index: index.subarray(0, slot),
  }
}

/** Lists that all have the same length, such as sort keys and primary keys: nothing has to be looked at one by one. */
function equalLists(parent: Levels, length: number): ListSlots {
  const slots = parent.slots * length
  const max = parent.max + 2
  const levels = { slots, max, each: max }
  if (length === 1) return { levels, repetition: { slots, max: 1, each: 0 }, index: undefined }
  const repeat = new Uint8Array(slots).fill(1)
  for (let first = 0; first < slots; first += length) repeat[first] = 0
  return { levels, repetition: { slots, max: 1, each: repeat }, index: undefined }
}

/** The length of every list, if it is the same and they begin with the first element; else 0. */
function lengthOfAll(offsets: Uint32Array | undefined, rows: number): number {
  if (offsets === undefined || offsets[0] !== 0) return 0
  const length = lengthOf(offsets, 0)
  for (let row = 1; row < rows; row++) if (lengthOf(offsets, row) !== length) return 0
  return length
}

function lengthOf(offsets: Uint32Array | undefined, row: number): number {
  return offsets === undefined ? 0 : (offsets[row + 1] as number) - (offsets[row] as number)
}

/** A node of Parquet's schema, which is a tree written depth first. */
interface Element {
  readonly name: string
  readonly repetition?: number
  readonly children?: number
  readonly leaf?: Leaf
  readonly list?: boolean
}

interface Leaf {
  readonly physical: number
  readonly length?: number
  readonly converted?: number
  /** Which member of the LogicalType union, and how its content is written. */
  readonly logical?: number
  readonly content?: (writer: ThriftWriter) => void
}

const optional = 1
const repeated = 2

function schemaElements(columns: readonly RawColumn[]): Element[] {
  return [
    { name: 'row', children: columns.length },
    ...columns.flatMap(({ name, type }) => elementsOf(name, type)),
  ]
}

function elementsOf(name: string, type: SqlType): Element[] {
  switch (type.kind) {
    case 'STRUCT':
      return [
        { name, repetition: optional, children: type.fields.length },
        ...type.fields.flatMap((field) => elementsOf(field.name ?? '', field.type)),
      ]
    case 'ARRAY':
      return [
        { name, repetition: optional, children: 1, list: true },
        { name: 'list', repetition: repeated, children: 1 },
        ...elementsOf('element', type.element),
      ]
    default:
      return [{ name, repetition: optional, leaf: leafOf(type) }]
  }
}

function timeContent(utc: boolean): (writer: ThriftWriter) => void {
  return (writer) => {
    writer.boolean(1, utc)
    writer.struct(2, () => writer.struct(2, () => {}))
  }
}

const leaves: Readonly<Record<string, Leaf>> = {
  BOOL: { physical: 0 },
  INT64: { physical: 2 },
  FLOAT64: { physical: 5 },
  DATE: { physical: 1, converted: 6, logical: 6 },
  TIME: { physical: 2, logical: 7, content: timeContent(false) },
  DATETIME: { physical: 2, logical: 8, content: timeContent(false) },
  TIMESTAMP: { physical: 2, converted: 10, logical: 8, content: timeContent(true) },
  STRING: { physical: 6, converted: 0, logical: 1 },
  JSON: { physical: 6, converted: 19, logical: 12 },
  BYTES: { physical: 6 },
  NUMERIC: {
    physical: 7,
    length: 16,
    converted: 5,
    logical: 5,
    content: (writer) => {
      writer.i32(1, 9)
      writer.i32(2, 38)
    },
  },
}

function leafOf(type: SqlType): Leaf {
  const leaf = leaves[type.kind]
  if (leaf === undefined) throw new Error(`raw tables have no ${type.kind}`)
  return leaf
}

function writeElement(writer: ThriftWriter, { name, repetition, children, leaf, list }: Element): void {
  if (leaf !== undefined) writer.i32(1, leaf.physical)
  if (leaf?.length !== undefined) writer.i32(2, leaf.length)
  if (repetition !== undefined) writer.i32(3, repetition)
  writer.text(4, name)
  if (children !== undefined) writer.i32(5, children)
  if (leaf?.converted !== undefined) writer.i32(6, leaf.converted)
  if (list === true) writer.i32(6, 3)
  if (leaf?.converted === 5) {
    writer.i32(7, 9)
    writer.i32(8, 38)
  }
  const { logical, content } = leaf ?? (list === true ? { logical: 3, content: undefined } : {})
  if (logical !== undefined) {
    writer.struct(10, () => writer.struct(logical, () => content?.(writer)))
  }
}

function writeChunk(writer: ThriftWriter, chunk: Chunk): void {
  const { path, physical, encoding, values, at, data, bytes } = chunk
  writer.i64(2, at)
  writer.struct(3, () => {
    writer.i32(1, physical)
    writer.integers(2, [encoding, encodings.RLE, ...(data > at ? [encodings.PLAIN] : [])])
    writer.texts(3, path)
    writer.i32(4, 0)
    writer.i64(5, values)
    writer.i64(6, bytes)
    writer.i64(7, bytes)
    writer.i64(9, data)
    if (data > at) writer.i64(11, at)
  })
}
