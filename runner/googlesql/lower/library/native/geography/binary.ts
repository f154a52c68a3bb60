import { GoogleSqlError } from '../../native-function.ts'
import { lineOf, polygonOf, position, shapeOf } from './build.ts'
import type { ReadOptions } from './read-text.ts'
import { dump, EMPTY_SHAPE, joined, type Line, type Position, parts, type Shape } from './shape.ts'
import { sphericalLine } from './tessellate.ts'

const KINDS = ['', 'point', 'line', 'polygon', 'points', 'lines', 'polygons', 'collection'] as const

/**
 * A geography of well-known binary.
 * @throws GoogleSqlError for bytes that are none
 */
export function readBinary(bytes: Uint8Array, options: ReadOptions = {}): Shape {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const count = (little: boolean) => {
    const value = view.getUint32(at, little)
    at += 4
    return value
  }
  const place = (little: boolean): Position => {
    const found = position(view.getFloat64(at, little), view.getFloat64(at + 8, little), 'ST_GeogFromWKB')
    at += 16
    return found
  }
  const times = <T>(little: boolean, item: () => T): readonly T[] =>
    Array.from({ length: count(little) }, item)
  const line = (little: boolean): Line => {
    const found = times(little, () => place(little))
    return options.planar === true ? sphericalLine(found) : found
  }
  const shape = (): Shape => {
    const little = view.getUint8(at) === 1
    at += 1
    switch (KINDS[count(little)]) {
      case 'point':
        return { ...EMPTY_SHAPE, points: [place(little)] }
      case 'line':
        return { ...EMPTY_SHAPE, lines: [lineOf(line(little))] }
      case 'polygon':
        return {
          ...EMPTY_SHAPE,
          polygons: [
            polygonOf(
              times(little, () => line(little)),
              options.oriented,
            ),
          ],
        }
      case 'points':
      case 'lines':
      case 'polygons':
      case 'collection':
        return joined(times(little, shape))
      default:
        throw new RangeError('unknown kind')
    }
  }
  try {
    const found = shape()
    if (at !== bytes.length) throw new RangeError('bytes are left')
    return shapeOf(found)
  } catch (error) {
    if (error instanceof GoogleSqlError) throw error
    throw new GoogleSqlError('ST_GeogFromWKB failed: Invalid WKB')
  }
}

/** Well-known binary, little-endian, as ST_ASBINARY gives it. */
export function writeBinary(shape: Shape): Uint8Array {
  const chunks: Buffer[] = []
  const head = (kind: (typeof KINDS)[number]) => {
    const chunk = Buffer.alloc(5)
    chunk.writeUInt8(1, 0)
    chunk.writeUInt32LE(KINDS.indexOf(kind), 1)
    chunks.push(chunk)
  }
  const count = (value: number) => {
    const chunk = Buffer.alloc(4)
    chunk.writeUInt32LE(value)
    chunks.push(chunk)
  }
  const places = (line: Line) => {
    for (const [longitude, latitude] of line) {
      const chunk = Buffer.alloc(16)
      chunk.writeDoubleLE(longitude, 0)
      chunk.writeDoubleLE(latitude, 8)
      chunks.push(chunk)
    }
  }
  const single = ({ points, lines, polygons }: Shape) => {
    for (const point of points) {
      head('point')
      places([point])
    }
    for (const line of lines) {
      head('line')
      count(line.length)
      places(line)
    }
    for (const rings of polygons) {
      head('polygon')
      count(rings.length)
      for (const ring of rings) {
        count(ring.length + 1)
        places([...ring, ...ring.slice(0, 1)])
      }
    }
  }
  const all = parts(shape)
  if (all === 1) {
    single(shape)
  } else {
    const { points, lines, polygons } = shape
    const same =
      points.length === all
        ? 'points'
        : lines.length === all
          ? 'lines'
          : polygons.length === all
            ? 'polygons'
            : 'collection'
    head(all === 0 ? 'collection' : same)
    count(all)
    for (const part of dump(shape)) single(part)
  }
  return Buffer.concat(chunks)
}
