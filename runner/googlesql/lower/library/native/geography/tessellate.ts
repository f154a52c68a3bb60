import type { Line, Position } from './shape.ts'
import { add, angle, dot, interpolate, place, RADIUS, unit, type Vector, vector } from './sphere.ts'

/**
 * Edges that are straight in degrees and edges that are straight on the sphere differ: either is replaced by several of
 * the other kind that stay within ten metres, by S2's rule (its EdgeTessellator; the two places at which the distance is
 * estimated, and by how much that may be too little, are its constants).
 */
const FRACTION = 0.31215691082248315
const TOLERANCE = (10 / RADIUS) * 0.8382999256988851

/** The other end's longitude, turned so that the way to it is the short one. */
function turned(from: Position, to: Position): Position {
  const way = to[0] - from[0]
  return Math.abs(way) <= 180 ? to : [to[0] - 360 * Math.round(way / 360), to[1]]
}

function planar(fraction: number, from: Position, to: Position): Vector {
  return vector([from[0] + (to[0] - from[0]) * fraction, from[1] + (to[1] - from[1]) * fraction])
}

function tooFar(from: Position, to: Position): boolean {
  const [a, b] = [vector(from), vector(to)]
  if (dot(a, b) < -1e-14) return true
  return [FRACTION, 1 - FRACTION].some(
    (fraction) => angle(interpolate(fraction, a, b), planar(fraction, from, to)) > TOLERANCE,
  )
}

function split(from: Position, given: Position, middle: (from: Position, to: Position) => Position): Line {
  const to = turned(from, given)
  if (!tooFar(from, to)) return [to]
  const mid = turned(from, middle(from, to))
  return [...split(from, mid, middle), ...split(mid, to, middle)]
}

function whole(line: Line, middle: (from: Position, to: Position) => Position): Line {
  return line.flatMap((to, index) => {
    const from = line[index - 1]
    return from === undefined ? [to] : split(from, to, middle)
  })
}

/** A line of the sphere with enough places that it may be drawn straight in degrees. */
export function planarLine(line: Line): Line {
  return whole(line, (from, to) => place(unit(add(vector(from), vector(to)))))
}

/** A line that is straight in degrees with enough places that it may be drawn on the sphere. */
export function sphericalLine(line: Line): Line {
  return whole(line, (from, to) => [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2])
}
