import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DOUBLE,
  DuckDBBlobValue,
  type DuckDBListValue,
  DuckDBStructValue,
  type DuckDBType,
  type DuckDBValue,
  LIST,
  listValue,
  STRUCT,
  VARCHAR,
} from '@duckdb/node-api'
import { geographyText } from '../../../../types/physical.ts'
import { GoogleSqlError, type NativeFunction } from '../../native-function.ts'
import { readBinary, writeBinary } from './binary.ts'
import { position } from './build.ts'
import * as measure from './measures.ts'
import * as operate from './operations.ts'
import { readGeoJson } from './read-json.ts'
import { readStored, readText } from './read-text.ts'
import * as relate from './relations.ts'
import { dimension, dump, EMPTY_SHAPE, isEmpty, type Position, parts, type Shape, vertices } from './shape.ts'
import { RADIUS, s2, s2Point } from './sphere.ts'
import { geoJson, geometryType, storedText, wellKnownText } from './write.ts'

/** How a GEOGRAPHY is kept: see `physicalType`. */
const GEOGRAPHY = STRUCT({ [geographyText]: VARCHAR })
const BOX = STRUCT({ xmin: DOUBLE, ymin: DOUBLE, xmax: DOUBLE, ymax: DOUBLE })

const decode = (value: DuckDBValue): Shape =>
  value instanceof DuckDBStructValue ? readStored(String(value.entries[geographyText])) : EMPTY_SHAPE
const encode = (shape: Shape): DuckDBStructValue =>
  new DuckDBStructValue({ [geographyText]: storedText(shape) })
const encodeList = (shapes: readonly Shape[]) => listValue(shapes.map(encode))
const decodeList = (value: DuckDBListValue): readonly Shape[] =>
  value.items.filter((item) => item !== null).map(decode)
const encodePoint = (place: Position | undefined) =>
  place === undefined ? null : encode(operate.pointShape(place))
const box = (found: measure.Box | undefined) =>
  found === undefined ? null : new DuckDBStructValue({ ...found })

/** A function of geographies first, then of plain values. */
function over(
  name: string,
  count: number,
  rest: readonly DuckDBType[],
  returns: DuckDBType,
  evaluate: (shapes: readonly Shape[], rest: readonly DuckDBValue[]) => DuckDBValue,
): NativeFunction {
  return {
    name: `googlesql_st_${name}`,
    parameters: [...Array.from({ length: count }, () => GEOGRAPHY), ...rest],
    returns,
    evaluate: (...args: readonly DuckDBValue[]) =>
      evaluate(args.slice(0, count).map(decode), args.slice(count)),
  }
}

const one = (
  name: string,
  returns: DuckDBType,
  evaluate: (shape: Shape, ...rest: readonly DuckDBValue[]) => DuckDBValue,
  rest: readonly DuckDBType[] = [],
) => over(name, 1, rest, returns, ([shape = EMPTY_SHAPE], more) => evaluate(shape, ...more))

const two = (
  name: string,
  returns: DuckDBType,
  evaluate: (a: Shape, b: Shape, ...rest: readonly DuckDBValue[]) => DuckDBValue,
  rest: readonly DuckDBType[] = [],
) => over(name, 2, rest, returns, ([a = EMPTY_SHAPE, b = EMPTY_SHAPE], more) => evaluate(a, b, ...more))

function pointOf(shape: Shape, caller: string): Position | undefined {
  const [point, ...more] = shape.points
  if (isEmpty(shape)) return undefined
  if (point === undefined || more.length > 0 || parts(shape) !== 1) {
    throw new GoogleSqlError(`${caller} failed: argument is not a point`)
  }
  return point
}

function lineOf(shape: Shape, caller: string): readonly Position[] {
  const [line, ...more] = shape.lines
  if (line === undefined || more.length > 0 || parts(shape) !== 1) {
    throw new GoogleSqlError(`${caller} failed: argument is not a linestring`)
  }
  return line
}

function distance(a: Shape, b: Shape): number | undefined {
  if (isEmpty(a) || isEmpty(b)) return undefined
  return relate.intersects(a, b) ? 0 : measure.leastAngle(a, b) * RADIUS
}

function read(bytesOrText: Uint8Array, planar: boolean, oriented: boolean): Shape {
  return readBinary(bytesOrText, { planar, oriented })
}

function boxPolygonHolds(shape: Shape, given: readonly DuckDBValue[]): boolean {
  const [xmin = 0, ymin = 0, xmax = 0, ymax = 0] = given.map(Number)
  if (parts(shape) !== shape.points.length) {
    throw new GoogleSqlError('ST_INTERSECTSBOX of lines or polygons is not supported locally')
  }
  return shape.points.some(([x, y]) => {
    if (y < ymin || y > ymax) return false
    return [x - 360, x, x + 360].some((turned) => turned >= xmin && turned <= xmax)
  })
}

function numPoints(shape: Shape): bigint {
  const rings = shape.polygons.flat().length
  return BigInt(vertices(shape).length + rings)
}

const relations: readonly NativeFunction[] = [
  two('intersects', BOOLEAN, relate.intersects),
  two('disjoint', BOOLEAN, (a, b) => !relate.intersects(a, b)),
  two('covers', BOOLEAN, relate.covers),
  two('contains', BOOLEAN, relate.contains),
  two('touches', BOOLEAN, relate.touches),
  two('equals', BOOLEAN, relate.equals),
  one('isclosed', BOOLEAN, relate.isClosed),
  one('isring', BOOLEAN, relate.isRing),
  one('isempty', BOOLEAN, isEmpty),
  one('iscollection', BOOLEAN, (shape) => parts(shape) > 1),
  one('intersectsbox', BOOLEAN, (shape, ...given) => boxPolygonHolds(shape, given), [
    DOUBLE,
    DOUBLE,
    DOUBLE,
    DOUBLE,
  ]),
  two('dwithin', BOOLEAN, (a, b, within) => (distance(a, b) ?? Number.POSITIVE_INFINITY) <= Number(within), [
    DOUBLE,
  ]),
]

const measures: readonly NativeFunction[] = [
  one('x', DOUBLE, (shape) => pointOf(shape, 'ST_X')?.[0] ?? null),
  one('y', DOUBLE, (shape) => pointOf(shape, 'ST_Y')?.[1] ?? null),
  one('length', DOUBLE, measure.length),
  one('perimeter', DOUBLE, measure.perimeter),
  one('area', DOUBLE, measure.area),
  two('distance', DOUBLE, (a, b) => distance(a, b) ?? null),
  two('maxdistance', DOUBLE, (a, b) => measure.maxDistance(a, b) ?? null),
  two('azimuth', DOUBLE, (a, b) => {
    const [from, to] = [pointOf(a, 'ST_AZIMUTH'), pointOf(b, 'ST_AZIMUTH')]
    return from && to ? (measure.azimuth(from, to) ?? null) : null
  }),
  over('angle', 3, [], DOUBLE, (shapes) => {
    const [a, b, c] = shapes.map((shape) => pointOf(shape, 'ST_ANGLE'))
    return a && b && c ? (measure.turn(a, b, c) ?? null) : null
  }),
  one('dimension', BIGINT, (shape) => BigInt(dimension(shape))),
  one('numpoints', BIGINT, numPoints),
  one('numgeometries', BIGINT, (shape) => BigInt(parts(shape))),
  one('boundingbox', BOX, (shape) => box(measure.boundingBox(shape))),
  {
    name: 'googlesql_st_extent',
    parameters: [LIST(GEOGRAPHY)],
    returns: BOX,
    evaluate: (list: DuckDBListValue) => {
      const shapes = decodeList(list)
      const all = {
        points: shapes.flatMap((shape) => shape.points),
        lines: shapes.flatMap((shape) => shape.lines),
        polygons: shapes.flatMap((shape) => shape.polygons),
      }
      return box(measure.boundingBox(all))
    },
  },
  two('linelocatepoint', DOUBLE, (line, point) => {
    const place = pointOf(point, 'ST_LINELOCATEPOINT')
    return place === undefined ? null : measure.locate(lineOf(line, 'ST_LINELOCATEPOINT'), place)
  }),
  one(
    'cellid',
    BIGINT,
    (shape, level) => {
      const place = pointOf(shape, 'S2_CELLIDFROMPOINT')
      if (place === undefined) return null
      const { cellid } = s2()
      return BigInt.asIntN(64, cellid.parent(cellid.fromPoint(s2Point(place)), Number(level)))
    },
    [BIGINT],
  ),
]

const texts: readonly NativeFunction[] = [
  one('astext', VARCHAR, (shape) => wellKnownText(shape)),
  one('asgeojson', VARCHAR, geoJson),
  one('asbinary', BLOB, (shape) => new DuckDBBlobValue(writeBinary(shape))),
  one('geometrytype', VARCHAR, geometryType),
  {
    name: 'googlesql_st_geogpoint',
    parameters: [DOUBLE, DOUBLE],
    returns: GEOGRAPHY,
    evaluate: (x: number, y: number) => encodePoint(position(x, y)),
  },
  {
    name: 'googlesql_st_geogfromtext',
    parameters: [VARCHAR, BOOLEAN, BOOLEAN],
    returns: GEOGRAPHY,
    evaluate: (text: string, oriented: boolean, planar: boolean) =>
      encode(readText(text, { oriented, planar })),
  },
  {
    name: 'googlesql_st_geogfromgeojson',
    parameters: [VARCHAR],
    returns: GEOGRAPHY,
    evaluate: (text: string) => encode(readGeoJson(text)),
  },
  {
    name: 'googlesql_st_geogfromwkb',
    parameters: [BLOB, BOOLEAN, BOOLEAN],
    returns: GEOGRAPHY,
    evaluate: (value: DuckDBBlobValue, oriented: boolean, planar: boolean) =>
      encode(read(value.bytes, planar, oriented)),
  },
  {
    name: 'googlesql_st_geogfrom',
    parameters: [VARCHAR],
    returns: GEOGRAPHY,
    evaluate: (text: string) => {
      const trimmed = text.trim()
      if (trimmed.startsWith('{')) return encode(readGeoJson(trimmed))
      if (/^(?:[0-9a-f]{2})+$/i.test(trimmed)) return encode(readBinary(Buffer.from(trimmed, 'hex')))
      return encode(readText(trimmed, { caller: 'ST_GeogFrom' }))
    },
  },
]

const constructions: readonly NativeFunction[] = [
  one('centroid', GEOGRAPHY, (shape) =>
    isEmpty(shape) ? encode(shape) : encodePoint(measure.centroid(shape)),
  ),
  one('startpoint', GEOGRAPHY, (shape) => encodePoint(lineOf(shape, 'ST_STARTPOINT')[0])),
  one('endpoint', GEOGRAPHY, (shape) => encodePoint(lineOf(shape, 'ST_ENDPOINT').at(-1))),
  one(
    'pointn',
    GEOGRAPHY,
    (shape, index) => {
      const at = Number(index)
      return at === 0 ? null : encodePoint(lineOf(shape, 'ST_POINTN').at(at > 0 ? at - 1 : at))
    },
    [BIGINT],
  ),
  one(
    'lineinterpolatepoint',
    GEOGRAPHY,
    (shape, fraction) =>
      encodePoint(measure.along(lineOf(shape, 'ST_LINEINTERPOLATEPOINT'), Number(fraction))),
    [DOUBLE],
  ),
  one('exteriorring', GEOGRAPHY, (shape) => {
    const [ring] = shape.polygons[0] ?? []
    if (ring === undefined || parts(shape) !== 1) {
      throw new GoogleSqlError('ST_EXTERIORRING failed: argument is not a polygon')
    }
    return encode({ ...EMPTY_SHAPE, lines: [[...ring, ...ring.slice(0, 1)]] })
  }),
  one('interiorrings', LIST(GEOGRAPHY), (shape) => {
    const [polygon] = shape.polygons
    if (polygon === undefined || parts(shape) !== 1) {
      throw new GoogleSqlError('ST_INTERIORRINGS failed: argument is not a polygon')
    }
    return encodeList(
      polygon.slice(1).map((ring) => ({ ...EMPTY_SHAPE, lines: [[...ring, ...ring.slice(0, 1)]] })),
    )
  }),
  one(
    'dump',
    LIST(GEOGRAPHY),
    (shape, wanted) =>
      encodeList(dump(shape).filter((part) => Number(wanted) < 0 || dimension(part) === Number(wanted))),
    [BIGINT],
  ),
  one('dumppoints', LIST(GEOGRAPHY), (shape) => {
    const closed = shape.polygons.flat().map((ring) => [...ring, ...ring.slice(0, 1)])
    return encodeList([...shape.points, ...shape.lines.flat(), ...closed.flat()].map(operate.pointShape))
  }),
  two('union', GEOGRAPHY, (a, b) => encode(operate.union(a, b))),
  two('intersection', GEOGRAPHY, (a, b) => encode(operate.intersection(a, b))),
  two('difference', GEOGRAPHY, (a, b) => encode(operate.difference(a, b))),
  two('closestpoint', GEOGRAPHY, (a, b) => encodePoint(operate.closestPoint(a, b))),
  one('convexhull', GEOGRAPHY, (shape) => encode(operate.convexHull(shape))),
  one('boundary', GEOGRAPHY, (shape) => encode(operate.boundary(shape))),
  one('snaptogrid', GEOGRAPHY, (shape, size) => encode(operate.snap(shape, Number(size))), [DOUBLE]),
  {
    name: 'googlesql_st_unionall',
    parameters: [LIST(GEOGRAPHY)],
    returns: GEOGRAPHY,
    evaluate: (list: DuckDBListValue) => encode(operate.unionAll(decodeList(list))),
  },
  {
    name: 'googlesql_st_makeline',
    parameters: [LIST(GEOGRAPHY)],
    returns: GEOGRAPHY,
    evaluate: (list: DuckDBListValue) => encode(operate.makeLine(decodeList(list))),
  },
  {
    name: 'googlesql_st_makepolygon',
    parameters: [GEOGRAPHY, LIST(GEOGRAPHY), BOOLEAN],
    returns: GEOGRAPHY,
    evaluate: (shell: DuckDBValue, holes: DuckDBListValue, oriented: boolean) =>
      encode(operate.makePolygon([decode(shell), ...decodeList(holes)], oriented)),
  },
]

/** Geography on the sphere: every place in BigQuery's form, computed as S2 does. */
export const geographyFunctions: readonly NativeFunction[] = [
  ...relations,
  ...measures,
  ...texts,
  ...constructions,
]
