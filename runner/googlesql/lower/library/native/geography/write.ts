import { type Line, type Position, parts, type Rings, type Shape } from './shape.ts'
import { planarLine } from './tessellate.ts'

/** A number with as many digits as BigQuery prints, in C's form: 1.2, 4.7e-06. */
export function degrees(value: number): string {
  if (value === 0) return '0'
  const [digits = '', exponent = '0'] = value.toExponential(14).split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 15) return String(Number(value.toPrecision(15)))
  const mantissa = digits.replace(/\.?0+$/, '')
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

type Print = (value: number) => string

const pair = (print: Print) => (place: Position) => `${print(place[0])} ${print(place[1])}`
const list = (print: Print, line: Line) => `(${line.map(pair(print)).join(', ')})`
const closed = (ring: Line): Line => [...ring, ...ring.slice(0, 1)]
const rings = (print: Print, polygon: Rings) =>
  `(${polygon.map((ring) => list(print, closed(ring))).join(', ')})`

/** Well-known text as ST_ASTEXT gives it. */
export function wellKnownText(shape: Shape, print: Print = degrees): string {
  const count = parts(shape)
  if (count === 0) return 'GEOMETRYCOLLECTION EMPTY'
  const { points, lines, polygons } = shape
  const point = (place: Position) => `(${pair(print)(place)})`
  const kinds: readonly (readonly [string, string, readonly string[]])[] = [
    ['POINT', 'MULTIPOINT', points.map(point)],
    ['LINESTRING', 'MULTILINESTRING', lines.map((line) => list(print, line))],
    ['POLYGON', 'MULTIPOLYGON', polygons.map((polygon) => rings(print, polygon))],
  ]
  for (const [single, multiple, texts] of kinds) {
    if (texts.length !== count) continue
    if (count === 1) return `${single}${texts[0]}`
    const inner = single === 'POINT' ? texts.map((text) => text.slice(1, -1)) : texts
    return `${multiple}(${inner.join(', ')})`
  }
  const all = kinds.flatMap(([single, , texts]) => texts.map((text) => `${single}${text}`))
  return `GEOMETRYCOLLECTION(${all.join(', ')})`
}

/** The text by which a value is kept: every digit of every number. */
export function storedText(shape: Shape): string {
  return wellKnownText(shape, String)
}

const place = ([longitude, latitude]: Position) => `[${degrees(longitude)}, ${degrees(latitude)}]`
const places = (line: Line) => `[ ${planarLine(line).map(place).join(', ')} ]`
const bare = (polygon: Rings) => `[ ${polygon.map((ring) => places(closed(ring))).join(', ')} ]`

/** GeoJSON as ST_ASGEOJSON gives it: its edges are straight in degrees, so that curved ones get more places. */
export function geoJson(shape: Shape): string {
  const count = parts(shape)
  const object = (type: string, key: string, text: string) => `{ "type": "${type}", "${key}": ${text} } `
  const { points, lines, polygons } = shape
  const kinds: readonly (readonly [string, readonly string[]])[] = [
    ['Point', points.map(place)],
    ['LineString', lines.map(places)],
    ['Polygon', polygons.map(bare)],
  ]
  for (const [name, texts] of kinds) {
    if (texts.length !== count || count === 0) continue
    if (count === 1) return object(name, 'coordinates', texts[0] ?? '[]')
    return object(`Multi${name}`, 'coordinates', `[ ${texts.join(', ')} ]`)
  }
  const all = kinds.flatMap(([name, texts]) => texts.map((text) => object(name, 'coordinates', text).trim()))
  return object('GeometryCollection', 'geometries', `[ ${all.join(', ')} ]`)
}

/** `ST_Polygon`, `ST_MultiPoint`, `ST_GeometryCollection` … */
export function geometryType(shape: Shape): string {
  const text = wellKnownText(shape)
  const names: Readonly<Record<string, string>> = {
    POINT: 'Point',
    MULTIPOINT: 'MultiPoint',
    LINESTRING: 'LineString',
    MULTILINESTRING: 'MultiLineString',
    POLYGON: 'Polygon',
    MULTIPOLYGON: 'MultiPolygon',
  }
  return `ST_${names[/^[A-Z]+/.exec(text)?.[0] ?? ''] ?? 'GeometryCollection'}`
}
