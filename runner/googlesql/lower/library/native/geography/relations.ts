import { edges, isEmpty, lineEdges, type Position, type Shape, samePlace, vertices } from './shape.ts'
import { add, edgeRelation, nearEdge, place, tooClose, unit, type Vector, vector, within } from './sphere.ts'

type Where = 'inside' | 'boundary' | 'outside'

/**
 * Where a place lies as seen from the polygons.
 * @throws GoogleSqlError where rounding would decide
 */
function inPolygons(shape: Shape, position: Position): Where {
  const around = edges({ ...shape, lines: [] })
  if (around.some(([from]) => samePlace(from, position))) return 'boundary'
  const p = vector(position)
  if (around.some(([from, to]) => nearEdge(p, vector(from), vector(to)))) throw tooClose()
  return shape.polygons.some((rings) => within(rings, position)) ? 'inside' : 'outside'
}

function isVertex(shape: Shape, position: Position): boolean {
  return vertices(shape).some((other) => samePlace(other, position))
}

/** Whether the place is part of the geography. */
function holdsPlace(shape: Shape, position: Position): boolean {
  if (isVertex(shape, position)) return true
  const p = vector(position)
  if (edges({ ...shape, polygons: [] }).some(([from, to]) => nearEdge(p, vector(from), vector(to)))) {
    throw tooClose()
  }
  return inPolygons(shape, position) === 'inside'
}

interface Edge {
  readonly from: Position
  readonly to: Position
  readonly a: Vector
  readonly b: Vector
}

function edgesOf(shape: Shape): readonly Edge[] {
  return edges(shape).map(([from, to]) => ({ from, to, a: vector(from), b: vector(to) }))
}

function share({ from, to }: Edge, other: Edge): boolean {
  return [from, to].some((place) => samePlace(place, other.from) || samePlace(place, other.to))
}

function same({ from, to }: Edge, other: Edge): boolean {
  return (
    (samePlace(from, other.from) && samePlace(to, other.to)) ||
    (samePlace(from, other.to) && samePlace(to, other.from))
  )
}

/** Whether edges that share no vertex cross. Edges from a common vertex must not run over each other. */
function anyCross(left: readonly Edge[], right: readonly Edge[]): boolean {
  let found = false
  for (const one of left) {
    for (const other of right) {
      if (same(one, other)) continue
      if (share(one, other)) {
        checkFork(one, other)
      } else if (edgeRelation(one.a, one.b, other.a, other.b) === 'cross') {
        found = true
      }
    }
  }
  return found
}

function checkFork(one: Edge, other: Edge): void {
  const free = (edge: Edge, against: Edge): Vector | undefined =>
    samePlace(edge.from, against.from) || samePlace(edge.from, against.to)
      ? samePlace(edge.to, against.from) || samePlace(edge.to, against.to)
        ? undefined
        : edge.b
      : edge.a
  const [p, q] = [free(one, other), free(other, one)]
  if (p !== undefined && nearEdge(p, other.a, other.b)) throw tooClose()
  if (q !== undefined && nearEdge(q, one.a, one.b)) throw tooClose()
}

/** ST_INTERSECTS: the two have a place in common. */
export function intersects(a: Shape, b: Shape): boolean {
  if (isEmpty(a) || isEmpty(b)) return false
  if (vertices(a).some((place) => isVertex(b, place))) return true
  if (anyCross(edgesOf(a), edgesOf(b))) return true
  return (
    vertices(b).some((place) => holdsPlace(a, place)) || vertices(a).some((place) => holdsPlace(b, place))
  )
}

const middleOf = ({ a, b }: Edge): Position => place(unit(add(a, b)))

/** ST_COVERS: no place of b is outside of a. */
export function covers(a: Shape, b: Shape): boolean {
  if (isEmpty(a) || isEmpty(b)) return false
  if (!b.points.every((place) => holdsPlace(a, place))) return false
  const mine = edgesOf(a)
  const theirs = edgesOf(b)
  const around = edgesOf({ ...a, lines: [] })
  if (!vertices(b).every((place) => holdsPlace(a, place))) return false
  if (anyCross(theirs, around)) return false
  const known = (edge: Edge) => mine.some((own) => same(own, edge))
  const inside = theirs.every((edge) => known(edge) || inPolygons(a, middleOf(edge)) === 'inside')
  if (!inside) return false
  if (b.polygons.length === 0) return true
  if (a.polygons.length === 0) return false
  // A hole of a inside of b, or another of a's boundaries there, leaves something of b out.
  const own = { ...b, points: [], lines: [] }
  return (
    around.every(({ from }) => inPolygons(own, from) !== 'inside') &&
    around.every(
      (edge) => theirs.some((other) => same(edge, other)) || inPolygons(own, middleOf(edge)) !== 'inside',
    )
  )
}

/** Ends of lines that are not closed: a line's boundary, in as far as only one of its lines ends there. */
function lineBoundary(shape: Shape): readonly Position[] {
  const ends = shape.lines.flatMap((line) => [line[0], line.at(-1)]).filter((end) => end !== undefined)
  return ends.filter((end) => ends.filter((other) => samePlace(other, end)).length % 2 === 1)
}

/** Whether a place that is a vertex or inside is interior to the geography. */
function interior(shape: Shape, position: Position): boolean {
  if (shape.points.some((point) => samePlace(point, position))) return true
  if (shape.lines.some((line) => line.some((vertex) => samePlace(vertex, position)))) {
    if (!lineBoundary(shape).some((end) => samePlace(end, position))) return true
  }
  return shape.polygons.length > 0 && inPolygons(shape, position) === 'inside'
}

/** Whether the interiors of two geographies meet. */
export function interiorsMeet(a: Shape, b: Shape): boolean {
  const [left, right] = [edgesOf(a), edgesOf(b)]
  if (anyCross(left, right)) return true
  const common = (edge: Edge, others: readonly Edge[]) => others.some((other) => same(edge, other))
  const lines = (shape: Shape) => edgesOf({ ...shape, polygons: [] })
  if (lines(a).some((edge) => common(edge, lines(b)))) return true
  const places = [...vertices(a), ...vertices(b)]
  const held = (place: Position) => interior(a, place) && interior(b, place)
  if (places.some(held)) return true
  if (
    a.polygons.length > 0 &&
    left.concat(right).some((edge) => !common(edge, edgesOf({ ...a, lines: [] })) && insideBoth(a, b, edge))
  )
    return true
  if (
    b.polygons.length > 0 &&
    left.concat(right).some((edge) => !common(edge, edgesOf({ ...b, lines: [] })) && insideBoth(b, a, edge))
  )
    return true
  return a.polygons.length > 0 && b.polygons.length > 0 && (covers(a, b) || covers(b, a))
}

/** Whether an edge of `other` runs through the polygons. */
function insideBoth(polygonal: Shape, other: Shape, edge: Edge): boolean {
  if (!edgesOf(other).some((own) => same(own, edge))) return false
  return inPolygons(polygonal, middleOf(edge)) === 'inside'
}

export function contains(a: Shape, b: Shape): boolean {
  return covers(a, b) && interiorsMeet(a, b)
}

export function touches(a: Shape, b: Shape): boolean {
  return intersects(a, b) && !interiorsMeet(a, b)
}

/** The same places, in whatever order. */
export function equals(a: Shape, b: Shape): boolean {
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b)
  return covers(a, b) && covers(b, a)
}

/** The lines' parts as places are in order: closed if it ends where it begins. */
export function isClosed(shape: Shape): boolean {
  if (isEmpty(shape)) return false
  return shape.lines.every((line) => {
    const [first, last] = [line[0], line.at(-1)]
    return first !== undefined && last !== undefined && samePlace(first, last)
  })
}

/** A single closed line that does not cross itself. */
export function isRing(shape: Shape): boolean {
  const [line, ...more] = shape.lines
  if (line === undefined || more.length > 0 || shape.points.length + shape.polygons.length > 0) return false
  if (!isClosed(shape)) return false
  const inner = line.slice(1)
  if (new Set(inner.map(String)).size !== inner.length) return false
  const all = lineEdges(line).map(([from, to]) => ({ from, to, a: vector(from), b: vector(to) }))
  return all.every((edge, index) => !anyCross([edge], all.slice(index + 1)))
}
