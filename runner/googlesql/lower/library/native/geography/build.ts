import { GoogleSqlError } from '../../native-function.ts'
import { type Line, type Position, type Rings, type Shape, samePlace } from './shape.ts'
import { loop, s2, s2Point } from './sphere.ts'

/**
 * A place in BigQuery's form: longitudes from -180 to 180.
 * @throws GoogleSqlError for a latitude beyond the poles or a number that is none
 */
export function position(longitude: number, latitude: number, caller = 'ST_GeogPoint'): Position {
  if (!Number.isFinite(longitude) || !Number.isFinite(latitude)) {
    throw new GoogleSqlError(`${caller} failed: coordinates must be finite, got (${longitude}, ${latitude})`)
  }
  if (Math.abs(latitude) > 90) {
    throw new GoogleSqlError(
      `${caller} failed: Latitude must be between -90 and 90 degrees, got ${latitude} degrees.`,
    )
  }
  const turned = Math.abs(longitude) <= 180 ? longitude : longitude - 360 * Math.round(longitude / 360)
  return [turned === 0 ? 0 : turned, latitude === 0 ? 0 : latitude]
}

function sameVertex(a: Position, b: Position): boolean {
  // All longitudes are one at a pole, and 180 is -180.
  return samePlace(a, b) || s2Point(a).equals(s2Point(b))
}

function withoutRepeats(line: Line): Line {
  return line.filter((place, index) => {
    const before = line[index - 1]
    return before === undefined || !sameVertex(before, place)
  })
}

/** @throws GoogleSqlError for one of fewer than two different places */
export function lineOf(places: Line): Line {
  const line = withoutRepeats(places)
  if (line.length < 2) {
    throw new GoogleSqlError('Invalid LineString: a line needs at least two different vertices')
  }
  return line
}

/**
 * A polygon of closed rings: the first is the shell. Unless `oriented`, the smaller side of each ring is its inside;
 * the shell goes counter-clockwise and the holes clockwise.
 *
 * @throws GoogleSqlError for a ring that is not closed or has fewer than three different places
 */
export function polygonOf(rings: readonly Line[], oriented = false): Rings {
  return rings.map((closed, index) => {
    const first = closed[0]
    const last = closed.at(-1)
    if (first === undefined || last === undefined || !sameVertex(first, last)) {
      throw new GoogleSqlError('Invalid polygon loop: the first and last vertex must be the same')
    }
    const ring = withoutRepeats(closed).slice(0, -1)
    if (new Set(ring.map(String)).size < 3) {
      throw new GoogleSqlError('Invalid polygon loop: a loop needs at least three different vertices')
    }
    if (oriented) return ring
    const inside = loop(ring).isNormalized()
    return inside === (index === 0) ? ring : [...ring].reverse()
  })
}

/** Points in the order of their cells, each once. */
export function pointsOf(places: readonly Position[]): readonly Position[] {
  if (places.length < 2) return places
  const keyed = places.map((place) => ({ place, cell: s2().cellid.fromPoint(s2Point(place)) }))
  keyed.sort((a, b) => (a.cell < b.cell ? -1 : a.cell > b.cell ? 1 : 0))
  return keyed
    .filter(({ place }, index) => {
      const before = keyed[index - 1]
      return before === undefined || !sameVertex(before.place, place)
    })
    .map(({ place }) => place)
}

/** A geography of its parts as they were given. */
export function shapeOf(given: Shape): Shape {
  return { ...given, points: pointsOf(given.points) }
}
