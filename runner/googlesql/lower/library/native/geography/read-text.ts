import { GoogleSqlError } from '../../native-function.ts'
import { lineOf, polygonOf, position, shapeOf } from './build.ts'
import { EMPTY_SHAPE, joined, type Line, type Position, type Shape } from './shape.ts'
import { sphericalLine } from './tessellate.ts'

export interface ReadOptions {
  /** Rings have their inside on the left, however large it is. */
  readonly oriented?: boolean
  /** Edges are straight in degrees. */
  readonly planar?: boolean
  /** The function that reads, for messages. */
  readonly caller?: string
}

interface Reader {
  readonly text: string
  at: number
  readonly options: ReadOptions
}

/**
 * A geography of well-known text.
 * @throws GoogleSqlError for text that is none
 */
export function readText(text: string, options: ReadOptions = {}): Shape {
  const reader: Reader = { text, at: 0, options }
  const shape = readShape(reader)
  skip(reader)
  if (reader.at !== text.length) fail(reader)
  return shapeOf(shape)
}

/** A value in the form in which it is kept (see `storedText`): nothing of it is checked or changed again. */
export function readStored(text: string): Shape {
  const reader: Reader = { text, at: 0, options: {} }
  return readParts(reader, {
    line: (line) => line,
    polygon: (rings) => rings.map((ring) => ring.slice(0, -1)),
    place: (longitude, latitude) => [longitude, latitude],
  })
}

interface Builders {
  readonly place: (longitude: number, latitude: number) => Position
  readonly line: (line: Line) => Line
  readonly polygon: (rings: readonly Line[]) => readonly Line[]
}

function readShape(reader: Reader): Shape {
  const { oriented, planar, caller = 'ST_GeogFromText' } = reader.options
  const drawn = (line: Line) => (planar === true ? sphericalLine(line) : line)
  return readParts(reader, {
    place: (longitude, latitude) => position(longitude, latitude, caller),
    line: (line) => lineOf(drawn(line)),
    polygon: (rings) => polygonOf(rings.map(drawn), oriented),
  })
}

function readParts(reader: Reader, build: Builders): Shape {
  const name = word(reader)
  if (/^\s*EMPTY\b/i.test(reader.text.slice(reader.at))) {
    word(reader)
    return EMPTY_SHAPE
  }
  switch (name) {
    case 'POINT': {
      const [point, ...more] = readLine(reader, build)
      if (point === undefined || more.length > 0) return fail(reader)
      return { ...EMPTY_SHAPE, points: [point] }
    }
    case 'MULTIPOINT':
      return { ...EMPTY_SHAPE, points: readLine(reader, build) }
    case 'LINESTRING':
      return { ...EMPTY_SHAPE, lines: [build.line(readLine(reader, build))] }
    case 'MULTILINESTRING':
      return { ...EMPTY_SHAPE, lines: listOf(reader, () => build.line(readLine(reader, build))) }
    case 'POLYGON':
      return { ...EMPTY_SHAPE, polygons: [build.polygon(listOf(reader, () => readLine(reader, build)))] }
    case 'MULTIPOLYGON':
      return {
        ...EMPTY_SHAPE,
        polygons: listOf(reader, () => build.polygon(listOf(reader, () => readLine(reader, build)))),
      }
    case 'GEOMETRYCOLLECTION':
      return joined(listOf(reader, () => readParts(reader, build)))
    default:
      return fail(reader)
  }
}

function listOf<T>(reader: Reader, item: () => T): readonly T[] {
  take(reader, '(')
  const items = [item()]
  while (peek(reader) === ',') {
    take(reader, ',')
    items.push(item())
  }
  take(reader, ')')
  return items
}

/** `(1 2, 3 4)`; each place may have parentheses of its own. */
function readLine(reader: Reader, build: Builders): Line {
  return listOf(reader, () => {
    const inner = peek(reader) === '('
    if (inner) take(reader, '(')
    const place = build.place(number(reader), number(reader))
    if (inner) take(reader, ')')
    return place
  })
}

function number(reader: Reader): number {
  skip(reader)
  const match = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i.exec(reader.text.slice(reader.at, reader.at + 60))
  if (match === null) return fail(reader)
  reader.at += match[0].length
  return Number(match[0])
}

function word(reader: Reader): string {
  skip(reader)
  const match = /^[A-Za-z]+/.exec(reader.text.slice(reader.at, reader.at + 30))
  if (match === null) return fail(reader)
  reader.at += match[0].length
  return match[0].toUpperCase()
}

function peek(reader: Reader): string | undefined {
  skip(reader)
  return reader.text[reader.at]
}

function take(reader: Reader, sign: string): void {
  if (peek(reader) !== sign) fail(reader)
  reader.at += 1
}

function skip(reader: Reader): void {
  while (/\s/.test(reader.text[reader.at] ?? '')) reader.at += 1
}

function fail(reader: Reader): never {
  const { caller = 'ST_GeogFromText' } = reader.options
  throw new GoogleSqlError(`${caller} failed: Invalid WKT: '${reader.text}'`)
}
