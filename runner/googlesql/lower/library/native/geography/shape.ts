/** A place: longitude and latitude in degrees. */
export type Position = readonly [longitude: number, latitude: number]

export type Line = readonly Position[]

/** A polygon's rings without their closing position: the shell counter-clockwise, then the holes clockwise. */
export type Rings = readonly Line[]

/** A GEOGRAPHY's value: the parts of each dimension. Nothing of any is the empty geography. */
export interface Shape {
  readonly points: readonly Position[]
  readonly lines: readonly Line[]
  readonly polygons: readonly Rings[]
}

export const EMPTY_SHAPE: Shape = { points: [], lines: [], polygons: [] }

export function isEmpty(shape: Shape): boolean {
  return parts(shape) === 0
}

/** Number of points, lines and polygons. */
export function parts(shape: Shape): number {
  return shape.points.length + shape.lines.length + shape.polygons.length
}

/** 0, 1 or 2: that of the greatest part; -1 for the empty geography. */
export function dimension(shape: Shape): number {
  if (shape.polygons.length > 0) return 2
  if (shape.lines.length > 0) return 1
  return shape.points.length > 0 ? 0 : -1
}

export function samePlace(a: Position, b: Position): boolean {
  return a[0] === b[0] && a[1] === b[1]
}

/** Every vertex, in the order of the parts; a ring's first is not repeated. */
export function vertices(shape: Shape): readonly Position[] {
  return [...shape.points, ...shape.lines.flat(), ...shape.polygons.flat(2)]
}

/** Every edge, of lines and rings. */
export function edges(shape: Shape): readonly (readonly [Position, Position])[] {
  return [...shape.lines.flatMap(lineEdges), ...shape.polygons.flat().flatMap(ringEdges)]
}

export function lineEdges(line: Line): readonly (readonly [Position, Position])[] {
  return line.slice(1).map((to, index) => [line[index] ?? to, to] as const)
}

export function ringEdges(ring: Line): readonly (readonly [Position, Position])[] {
  return ring.map((from, index) => [from, ring[(index + 1) % ring.length] ?? from] as const)
}

/** The parts as geographies of their own, in the order in which they print. */
export function dump(shape: Shape): readonly Shape[] {
  return [
    ...shape.points.map((point) => ({ ...EMPTY_SHAPE, points: [point] })),
    ...shape.lines.map((line) => ({ ...EMPTY_SHAPE, lines: [line] })),
    ...shape.polygons.map((polygon) => ({ ...EMPTY_SHAPE, polygons: [polygon] })),
  ]
}

export function joined(shapes: readonly Shape[]): Shape {
  return {
    points: shapes.flatMap((shape) => shape.points),
    lines: shapes.flatMap((shape) => shape.lines),
    polygons: shapes.flatMap((shape) => shape.polygons),
  }
}
