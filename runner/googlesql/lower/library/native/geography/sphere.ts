import { createRequire } from 'node:module'
import type { s2 as S2Module } from 's2js'
import { GoogleSqlError } from '../../native-function.ts'
import type { Line, Position, Rings } from './shape.ts'

/** BigQuery's Earth is a sphere of this radius, in metres. */
export const RADIUS = 6_371_010

/** A unit vector. */
export type Vector = readonly [number, number, number]

type S2 = typeof S2Module

let loaded: S2 | undefined

/** S2's geometry, read when a query first needs it. */
export function s2(): S2 {
  if (loaded !== undefined) return loaded
  const load = createRequire(import.meta.url)
  const found = (load('s2js') as { readonly s2: S2 }).s2
  loaded = found
  return found
}

export type S2Point = InstanceType<S2['Point']>

export function s2Point([longitude, latitude]: Position): S2Point {
  const { Point, LatLng } = s2()
  return Point.fromLatLng(LatLng.fromDegrees(latitude, longitude))
}

export function vector(position: Position): Vector {
  const { x, y, z } = s2Point(position)
  return [x, y, z]
}

/** The place of a vector of any length. */
export function place([x, y, z]: Vector): Position {
  const degrees = 180 / Math.PI
  return [Math.atan2(y, x) * degrees, Math.atan2(z, Math.sqrt(x * x + y * y)) * degrees]
}

export const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
]
export const norm = (a: Vector) => Math.sqrt(dot(a, a))
export const scale = (a: Vector, by: number): Vector => [a[0] * by, a[1] * by, a[2] * by]
export const add = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
export const unit = (a: Vector): Vector => scale(a, 1 / norm(a))

/** The angle between two vectors, in radians. */
export const angle = (a: Vector, b: Vector) => Math.atan2(norm(cross(a, b)), dot(a, b))

/** The point at a fraction of the way from a to b along the sphere. */
export function interpolate(fraction: number, a: Vector, b: Vector): Vector {
  if (fraction === 0) return a
  if (fraction === 1) return b
  const whole = angle(a, b)
  if (whole === 0) return a
  const tangent = unit(cross(unit(cross(a, b)), a))
  return add(scale(a, Math.cos(whole * fraction)), scale(tangent, Math.sin(whole * fraction)))
}

/** The point of the edge ab that is nearest to p. */
export function nearestOnEdge(p: Vector, a: Vector, b: Vector): Vector {
  const normal = cross(a, b)
  if (norm(normal) > 1e-15) {
    const n = unit(normal)
    const foot = add(p, scale(n, -dot(p, n)))
    if (norm(foot) > 1e-15 && dot(cross(n, a), foot) > 0 && dot(cross(b, n), foot) > 0) return unit(foot)
  }
  return angle(p, a) <= angle(p, b) ? a : b
}

/** Nearer than this, in radians (a millimetre), rounding could decide whether two things touch. */
const NEAR = 1.6e-10

/** `near` things that share no vertex: whether they touch would be a guess. */
export function tooClose(): GoogleSqlError {
  return new GoogleSqlError(
    'comparing geographies that come within a millimetre of each other elsewhere than in a common vertex is not supported locally: rounding would decide',
  )
}

export type EdgeRelation = 'apart' | 'cross'

/**
 * How two edges without a common vertex meet.
 * @throws GoogleSqlError where rounding would decide
 */
export function edgeRelation(a: Vector, b: Vector, c: Vector, d: Vector): EdgeRelation {
  const ab = cross(a, b)
  const cd = cross(c, d)
  const sides = [dot(ab, c), dot(ab, d), dot(cd, a), dot(cd, b)]
  if (sides.every((side) => Math.abs(side) > 4e-15)) {
    const [first = 0, second = 0, third = 0, fourth = 0] = sides.map(Math.sign)
    // c and d on the two sides of ab, a and b on those of cd, and on this half of the sphere.
    return first !== second && third !== fourth && first === fourth ? 'cross' : 'apart'
  }
  const gaps = [
    angle(c, nearestOnEdge(c, a, b)),
    angle(d, nearestOnEdge(d, a, b)),
    angle(a, nearestOnEdge(a, c, d)),
    angle(b, nearestOnEdge(b, c, d)),
  ]
  if (Math.min(...gaps) < NEAR) throw tooClose()
  return 'apart'
}

/** Whether a point lies on an edge as far as rounding can tell. */
export function nearEdge(p: Vector, a: Vector, b: Vector): boolean {
  return angle(p, nearestOnEdge(p, a, b)) < NEAR
}

/** What lies to the left of the ring. */
export function loop(ring: Line): InstanceType<S2['Loop']> {
  return new (s2().Loop)(ring.map(s2Point))
}

/** Whether the polygon's rings hold a point that is on none of them. */
export function within(rings: Rings, position: Position): boolean {
  const point = s2Point(position)
  const [shell, ...holes] = rings
  if (shell === undefined || !loop(shell).containsPoint(point)) return false
  return holes.every((hole) => loop(hole).containsPoint(point))
}
