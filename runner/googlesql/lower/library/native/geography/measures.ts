import {
  dimension,
  edges,
  isEmpty,
  type Line,
  lineEdges,
  type Position,
  ringEdges,
  type Shape,
  vertices,
} from './shape.ts'
import {
  add,
  angle,
  cross,
  dot,
  interpolate,
  loop,
  nearestOnEdge,
  norm,
  place,
  RADIUS,
  scale,
  unit,
  type Vector,
  vector,
} from './sphere.ts'

/** In metres. */
export function lineLength(line: Line): number {
  return RADIUS * lineEdges(line).reduce((sum, [a, b]) => sum + angle(vector(a), vector(b)), 0)
}

export function length(shape: Shape): number {
  return shape.lines.reduce((sum, line) => sum + lineLength(line), 0)
}

export function perimeter(shape: Shape): number {
  const around = shape.polygons.flat().flatMap(ringEdges)
  return RADIUS * around.reduce((sum, [a, b]) => sum + angle(vector(a), vector(b)), 0)
}

/** In square metres. */
export function area(shape: Shape): number {
  const whole = 4 * Math.PI
  const steradians = shape.polygons.reduce(
    (sum, [shell = [], ...holes]) =>
      sum + loop(shell).area() - holes.reduce((lost, hole) => lost + (whole - loop(hole).area()), 0),
    0,
  )
  return steradians * RADIUS * RADIUS
}

/** The least angle between edges and points of two geographies that do not intersect, in radians. */
export function leastAngle(a: Shape, b: Shape): number {
  const one = (from: Shape, to: Shape): number => {
    const targets = edges(to).map(([p, q]) => [vector(p), vector(q)] as const)
    const points = to.points.map(vector)
    let least = Number.POSITIVE_INFINITY
    for (const given of vertices(from)) {
      const p = vector(given)
      for (const [q, r] of targets) least = Math.min(least, angle(p, nearestOnEdge(p, q, r)))
      for (const q of points) least = Math.min(least, angle(p, q))
    }
    return least
  }
  return Math.min(one(a, b), one(b, a))
}

/** The greatest distance between vertices, in metres; undefined if one is empty. */
export function maxDistance(a: Shape, b: Shape): number | undefined {
  if (isEmpty(a) || isEmpty(b)) return undefined
  let most = 0
  const targets = vertices(b).map(vector)
  for (const given of vertices(a)) {
    const p = vector(given)
    for (const q of targets) most = Math.max(most, angle(p, q))
  }
  return most * RADIUS
}

/** From north, clockwise, in radians; undefined for one place or two opposite ones. */
export function azimuth(from: Position, to: Position): number | undefined {
  const [a, b] = [vector(from), vector(to)]
  if (norm(cross(a, b)) < 1e-15) return undefined
  return bearing(a, [0, 0, 1], b)
}

/** The clockwise turn at `middle` from `from` to `to`, from 0 up to two pi. */
export function turn(from: Position, middle: Position, to: Position): number | undefined {
  const [a, b, c] = [vector(from), vector(middle), vector(to)]
  if (norm(cross(a, b)) < 1e-15 || norm(cross(c, b)) < 1e-15) return undefined
  return bearing(b, a, c)
}

/** The clockwise angle at `at`, from the direction of `zero` to that of `to`, from 0 up to two pi. */
function bearing(at: Vector, zero: Vector, to: Vector): number {
  const right = cross(zero, at)
  const ahead = cross(at, right)
  const found = Math.atan2(dot(right, to), dot(ahead, to))
  return found < 0 ? found + 2 * Math.PI : found
}

/** The middle of the parts of the greatest dimension; undefined for the empty geography. */
export function centroid(shape: Shape): Position | undefined {
  const sum = [...masses(shape)].reduce(add, [0, 0, 0] as Vector)
  return norm(sum) < 1e-15 ? undefined : place(unit(sum))
}

function* masses(shape: Shape): Generator<Vector> {
  switch (dimension(shape)) {
    case 0:
      for (const point of shape.points) yield vector(point)
      return
    case 1:
      for (const [p, q] of edges({ ...shape, polygons: [] })) {
        const [a, b] = [vector(p), vector(q)]
        const middle = add(a, b)
        // An edge's centroid: its middle, weighed by its length.
        const away = norm(add(a, scale(b, -1)))
        yield scale(middle, away / norm(middle))
      }
      return
    case 2:
      for (const [shell = [], ...holes] of shape.polygons) {
        const { x, y, z } = loop(shell).centroid()
        yield [x, y, z]
        for (const hole of holes) {
          const lost = loop([...hole].reverse()).centroid()
          yield [-lost.x, -lost.y, -lost.z]
        }
      }
  }
}

/** How far along the line its point nearest to `position` is, from 0 to 1. */
export function locate(line: Line, position: Position): number {
  const p = vector(position)
  let least = Number.POSITIVE_INFINITY
  let found = 0
  let before = 0
  for (const [from, to] of lineEdges(line)) {
    const [a, b] = [vector(from), vector(to)]
    const near = nearestOnEdge(p, a, b)
    const away = angle(p, near)
    if (away < least) {
      least = away
      found = before + angle(a, near)
    }
    before += angle(a, b)
  }
  return Math.min(1, found / before)
}

/** The point at a fraction of the line's length. */
export function along(line: Line, fraction: number): Position {
  const total = lineLength(line) / RADIUS
  let left = total * fraction
  for (const [from, to] of lineEdges(line)) {
    const [a, b] = [vector(from), vector(to)]
    const step = angle(a, b)
    if (left < step) return left === 0 ? from : place(interpolate(left / step, a, b))
    left -= step
  }
  return line.at(-1) ?? [0, 0]
}

export interface Box {
  readonly xmin: number
  readonly ymin: number
  readonly xmax: number
  readonly ymax: number
}

/** The least box of longitudes and latitudes; `xmax` is above 180 where it crosses that meridian. */
export function boundingBox(shape: Shape): Box | undefined {
  if (isEmpty(shape)) return undefined
  const whole: Box = { xmin: -180, ymin: -90, xmax: 180, ymax: 90 }
  if (shape.polygons.some(([shell = []]) => loop(shell).area() > 2 * Math.PI)) return whole
  const places = vertices(shape)
  let ymin = Math.min(...places.map(([, y]) => y))
  let ymax = Math.max(...places.map(([, y]) => y))
  for (const [p, q] of edges(shape)) {
    const bulge = extremes(vector(p), vector(q))
    ymin = Math.min(ymin, ...bulge)
    ymax = Math.max(ymax, ...bulge)
  }
  const holds = (latitude: number) =>
    shape.polygons.some(([shell = []]) => loop(shell).containsPoint(pole(latitude)))
  if (holds(90)) return { ...whole, ymin }
  if (holds(-90)) return { ...whole, ymax }
  const [xmin, xmax] = longitudes(shape)
  return { xmin, ymin, xmax, ymax }
}

function pole(latitude: number) {
  return loop([
    [0, latitude],
    [0, 0],
    [90, 0],
  ]).vertex(0)
}

/** Latitudes at which an edge turns, in degrees. */
function extremes(a: Vector, b: Vector): readonly number[] {
  const normal = cross(a, b)
  if (norm(normal) < 1e-15) return []
  const n = unit(normal)
  const top = cross(cross(n, [0, 0, 1]), n)
  if (norm(top) < 1e-15) return []
  return [unit(top), scale(unit(top), -1)]
    .filter((m) => dot(cross(n, a), m) > 1e-15 && dot(cross(b, n), m) > 1e-15)
    .map((m) => place(m)[1])
}

/** The shortest span of longitudes that holds every edge. */
function longitudes(shape: Shape): readonly [number, number] {
  const spans = [
    ...shape.points.map(([x]) => [x, x] as const),
    ...edges(shape).map(([[p], [q]]) => {
      const [low, high] = p < q ? [p, q] : [q, p]
      return high - low <= 180 ? ([low, high] as const) : ([high, low + 360] as const)
    }),
  ].sort((x, y) => x[0] - y[0])
  // The widest gap is what the box leaves out.
  let best = { gap: -1, from: -180, to: 180 }
  const [first] = spans
  if (first === undefined) return [-180, 180]
  let reach = first[1]
  for (const [index, span] of spans.entries()) {
    if (index > 0 && span[0] - reach > best.gap)
      best = { gap: span[0] - reach, from: span[0], to: reach + 360 }
    reach = Math.max(reach, span[1])
  }
  const around = first[0] + 360 - reach
  if (around >= best.gap) return reach - first[0] >= 360 ? [-180, 180] : [first[0], reach]
  return [best.from, best.to]
}
