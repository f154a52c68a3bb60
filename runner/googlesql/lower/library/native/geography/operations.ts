import { GoogleSqlError } from '../../native-function.ts'
import { lineOf, pointsOf, polygonOf, position } from './build.ts'

import { covers, equals, intersects } from './relations.ts'
import {
  dimension,
  EMPTY_SHAPE,
  isEmpty,
  joined,
  type Line,
  type Position,
  type Shape,
  samePlace,
  vertices,
} from './shape.ts'
import {
  add,
  angle,
  cross,
  dot,
  nearestOnEdge,
  place,
  s2,
  s2Point,
  unit,
  type Vector,
  vector,
} from './sphere.ts'

function notHere(what: string): GoogleSqlError {
  return new GoogleSqlError(`${what} is not supported locally`)
}

const pointsOnly = (shape: Shape) => shape.lines.length + shape.polygons.length === 0

/** ST_UNION of what needs no overlay. */
export function union(a: Shape, b: Shape): Shape {
  if (isEmpty(a)) return b
  if (isEmpty(b)) return a
  if (pointsOnly(a) && pointsOnly(b)) {
    return { ...EMPTY_SHAPE, points: pointsOf([...a.points, ...b.points]) }
  }
  if (a === b || equals(a, b)) return a
  if (covers(a, b)) return a
  if (covers(b, a)) return b
  throw notHere('ST_UNION of lines or polygons')
}

/** ST_INTERSECTION of what needs no overlay. */
export function intersection(a: Shape, b: Shape): Shape {
  if (!intersects(a, b)) return EMPTY_SHAPE
  if (covers(a, b)) return b
  if (covers(b, a)) return a
  if (pointsOnly(a) || pointsOnly(b)) {
    const [points, other] = pointsOnly(a) ? [a, b] : [b, a]
    return { ...EMPTY_SHAPE, points: points.points.filter((point) => covers(other, pointShape(point))) }
  }
  throw notHere('ST_INTERSECTION of lines or polygons that overlap in part')
}

/** ST_DIFFERENCE of what needs no overlay. */
export function difference(a: Shape, b: Shape): Shape {
  if (!intersects(a, b)) return a
  if (covers(b, a)) return EMPTY_SHAPE
  if (pointsOnly(a)) {
    return { ...EMPTY_SHAPE, points: a.points.filter((point) => !covers(b, pointShape(point))) }
  }
  if (dimension(b) < dimension(a) && a.points.length === 0 && a.lines.length + a.polygons.length === 1) {
    // What has no extent takes nothing from what has one.
    if (pointsOnly(b)) return a
  }
  const [polygon, ...others] = a.polygons
  const [hole, ...holes] = b.polygons
  const single = polygon !== undefined && hole !== undefined && others.length + holes.length === 0
  const apart = !vertices(a).some((place) => vertices(b).some((other) => samePlace(place, other)))
  if (
    single &&
    hole.length === 1 &&
    a.lines.length + a.points.length === 0 &&
    b.lines.length + b.points.length === 0 &&
    apart &&
    covers(a, b)
  ) {
    return { ...EMPTY_SHAPE, polygons: [[...polygon, [...(hole[0] ?? [])].reverse()]] }
  }
  throw notHere('ST_DIFFERENCE of lines or polygons that overlap in part')
}

export function pointShape(point: Position): Shape {
  return { ...EMPTY_SHAPE, points: [point] }
}

/** The place of a that is nearest to b. */
export function closestPoint(a: Shape, b: Shape): Position | undefined {
  if (isEmpty(a) || isEmpty(b)) return undefined
  const [single, ...more] = a.points
  if (pointsOnly(a) && single !== undefined && more.length === 0) return single
  if (!pointsOnly(b) && !pointsOnly(a)) throw notHere('ST_CLOSESTPOINT of two lines or polygons')
  for (const point of b.points) if (covers(a, pointShape(point))) return point
  let best: { readonly away: number; readonly at: Position } | undefined
  const take = (at: Position, away: number) => {
    if (best === undefined || away < best.away) best = { at, away }
  }
  const targets = b.points.map(vector)
  for (const point of a.points) {
    const p = vector(point)
    for (const q of targets) take(point, angle(p, q))
    if (!pointsOnly(b)) throw notHere('ST_CLOSESTPOINT of several points and a line or polygon')
  }
  for (const [from, to] of edgesOf(a)) {
    const [p, q] = [vector(from), vector(to)]
    for (const t of targets) {
      const near = nearestOnEdge(t, p, q)
      take(near === p ? from : near === q ? to : place(near), angle(t, near))
    }
  }
  return best?.at
}

function edgesOf(shape: Shape): readonly (readonly [Position, Position])[] {
  const closed = (ring: Line): Line => [...ring, ...ring.slice(0, 1)]
  return [...shape.lines, ...shape.polygons.flat().map(closed)].flatMap((line) =>
    line.slice(1).map((to, index) => [line[index] ?? to, to] as const),
  )
}

/** A line through the points and lines in their order; none of none. */
export function makeLine(shapes: readonly Shape[]): Shape {
  const places = shapes.flatMap((shape): Line => {
    if (isEmpty(shape)) return []
    const [point, line] = [shape.points[0], shape.lines[0]]
    const count = shape.points.length + shape.lines.length
    if (count !== 1 || shape.polygons.length > 0) {
      throw new GoogleSqlError('ST_MakeLine: Arguments must be points or linestrings')
    }
    return line ?? (point === undefined ? [] : [point])
  })
  return places.length === 0 ? EMPTY_SHAPE : { ...EMPTY_SHAPE, lines: [lineOf(places)] }
}

/** A polygon of a shell and holes that are closed lines. */
export function makePolygon(shapes: readonly Shape[], oriented: boolean): Shape {
  const rings = shapes.map((shape) => {
    const [line] = shape.lines
    if (line === undefined || shape.lines.length > 1 || shape.points.length + shape.polygons.length > 0) {
      throw new GoogleSqlError('ST_MakePolygon: Arguments must be linestrings')
    }
    const [first, last] = [line[0], line.at(-1)]
    const closed = first !== undefined && last !== undefined && samePlace(first, last)
    return closed ? line : [...line, ...line.slice(0, 1)]
  })
  return { ...EMPTY_SHAPE, polygons: [polygonOf(rings, oriented)] }
}

/** The vector at right angles to another that S2 chooses. */
function ortho(a: Vector): Vector {
  const sizes = a.map(Math.abs)
  const largest = sizes.indexOf(Math.max(...sizes))
  const towards: [number, number, number] = [0.012, 0.0053, 0.00457]
  towards[(largest + 2) % 3] = 1
  return unit(cross(a, towards))
}

/** The least convex geography around all vertices: S2's monotone chains around a point outside. */
export function convexHull(shape: Shape): Shape {
  const unique = [...new Map(vertices(shape).map((place) => [String(place), place])).values()]
  const [only, second, ...rest] = unique
  if (only === undefined) return EMPTY_SHAPE
  if (second === undefined) return pointShape(only)
  if (rest.length === 0) return { ...EMPTY_SHAPE, lines: [lineOf(unique)] }
  const middle = unit(unique.map(vector).reduce(add))
  if (unique.some((place) => dot(vector(place), middle) < 0.01)) {
    throw notHere('ST_CONVEXHULL of more than a hemisphere')
  }
  const box = s2().Rect.fromLatLng(s2().LatLng.fromPoint(s2Point(only)))
  const bounds = unique.reduce((rect, place) => rect.addPoint(s2().LatLng.fromPoint(s2Point(place))), box)
  const { x, y, z } = bounds.capBound().center
  const origin = ortho([x, y, z])
  const keyed = unique.map((place) => ({ place, at: vector(place) }))
  const side = (a: Vector, b: Vector, c: Vector) => dot(cross(a, b), c)
  keyed.sort((a, b) => -side(origin, a.at, b.at))
  const chain = (items: typeof keyed) => {
    const out: typeof keyed = []
    for (const item of items) {
      for (;;) {
        const [last, before] = [out.at(-1), out.at(-2)]
        if (last === undefined || before === undefined || side(before.at, last.at, item.at) > 1e-15) break
        out.pop()
      }
      out.push(item)
    }
    return out.slice(0, -1)
  }
  const ring = [...chain(keyed), ...chain([...keyed].reverse())].map((item) => item.place)
  if (ring.length < 3) throw notHere('ST_CONVEXHULL of places in one line')
  return { ...EMPTY_SHAPE, polygons: [polygonOf([[...ring, ...ring.slice(0, 1)]])] }
}

/** Every place moved to the nearest multiple of the grid's size. */
export function snap(shape: Shape, grid: number): Shape {
  if (!pointsOnly(shape)) throw notHere('ST_SNAPTOGRID of lines or polygons')
  const digits = Math.max(0, Math.ceil(-Math.log10(grid)))
  const round = (value: number) => Number((Math.round(value / grid) * grid).toFixed(Math.min(15, digits + 2)))
  const points = shape.points.map(([x, y]) => position(round(x), round(y)))
  return { ...EMPTY_SHAPE, points: pointsOf(points) }
}

/** The outer boundary: ends of lines, rings as lines. */
export function boundary(shape: Shape): Shape {
  if (shape.lines.length + shape.polygons.length === 0) return EMPTY_SHAPE
  if (shape.points.length > 0 || (shape.lines.length > 0 && shape.polygons.length > 0)) {
    throw notHere('ST_BOUNDARY of a collection')
  }
  if (shape.polygons.length > 0) {
    const lines = shape.polygons.flat().map((ring) => [...ring, ...ring.slice(0, 1)])
    return { ...EMPTY_SHAPE, lines }
  }
  const ends = shape.lines.flatMap((line) => [line[0], line.at(-1)]).filter((end) => end !== undefined)
  const open = ends.filter((end) => ends.filter((other) => samePlace(end, other)).length % 2 === 1)
  return { ...EMPTY_SHAPE, points: pointsOf(open) }
}

/** All of several, joined where they are points. */
export function unionAll(shapes: readonly Shape[]): Shape {
  const all = joined(shapes)
  if (pointsOnly(all)) return { ...EMPTY_SHAPE, points: pointsOf(all.points) }
  return shapes.reduce(union, EMPTY_SHAPE)
}
