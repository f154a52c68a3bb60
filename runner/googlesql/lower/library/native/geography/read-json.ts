import { GoogleSqlError } from '../../native-function.ts'
import { lineOf, polygonOf, position, shapeOf } from './build.ts'
import { EMPTY_SHAPE, joined, type Line, type Position, type Rings, type Shape } from './shape.ts'
import { sphericalLine } from './tessellate.ts'

const caller = 'ST_GeogFromGeoJson'

/**
 * A geography of GeoJSON, whose edges are straight in degrees.
 * @throws GoogleSqlError for text that is none
 */
export function readGeoJson(text: string): Shape {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new GoogleSqlError(`${caller} failed: Invalid GeoJson: '${text}'`)
  }
  return shapeOf(readObject(value))
}

function readObject(value: unknown): Shape {
  if (typeof value !== 'object' || value === null) return fail('an object is expected')
  const { type, coordinates, geometries } = value as Readonly<Record<string, unknown>>
  switch (type) {
    case 'Point':
      return listOf(coordinates).length === 0
        ? EMPTY_SHAPE
        : { ...EMPTY_SHAPE, points: [readPlace(coordinates)] }
    case 'MultiPoint':
      return { ...EMPTY_SHAPE, points: listOf(coordinates).map(readPlace) }
    case 'LineString':
      return { ...EMPTY_SHAPE, lines: [readLine(coordinates)] }
    case 'MultiLineString':
      return { ...EMPTY_SHAPE, lines: listOf(coordinates).map(readLine) }
    case 'Polygon':
      return { ...EMPTY_SHAPE, polygons: [readPolygon(coordinates)] }
    case 'MultiPolygon':
      return { ...EMPTY_SHAPE, polygons: listOf(coordinates).map(readPolygon) }
    case 'GeometryCollection':
      return joined(listOf(geometries).map(readObject))
    default:
      return fail(`unexpected type ${JSON.stringify(type)}`)
  }
}

function readPlace(value: unknown): Position {
  const [longitude, latitude] = listOf(value)
  if (typeof longitude !== 'number' || typeof latitude !== 'number') return fail('a place is two numbers')
  return position(longitude, latitude, caller)
}

const places = (value: unknown): Line => sphericalLine(listOf(value).map(readPlace))
const readLine = (value: unknown): Line => lineOf(places(value))
const readPolygon = (value: unknown): Rings => polygonOf(listOf(value).map(places))

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : fail('an array is expected')
}

function fail(why: string): never {
  throw new GoogleSqlError(`${caller} failed: Invalid GeoJson: ${why}`)
}
