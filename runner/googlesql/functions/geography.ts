import { once } from '../lower/library/once.ts'
import { arrayOf, BOOL, BYTES, FLOAT64, GEOGRAPHY, INT64, STRING, structOf } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { given, named, optional, plain, scalar } from './define.ts'
import type { FunctionEntry, Parameter, Signature } from './function.ts'

const page = 'geography_functions'
const GEOGRAPHIES = arrayOf(GEOGRAPHY)
const BOX = structOf(['xmin', FLOAT64], ['ymin', FLOAT64], ['xmax', FLOAT64], ['ymax', FLOAT64])

function geography(name: string, signatures: readonly Signature[]): FunctionEntry {
  return scalar(name, `${page}#${name.toLowerCase()}`, signatures)
}

/** A function that is one of ours by the same name. */
function direct(
  name: string,
  parameters: readonly (Parameter | SqlType)[],
  result: SqlType,
  native = name.toLowerCase(),
): FunctionEntry {
  return geography(name, [plain(parameters, result, (...args) => `googlesql_${native}(${args.join(', ')})`)])
}

const one = (names: string, result: SqlType) =>
  names.split(' ').map((name) => direct(name, [GEOGRAPHY], result))
const two = (names: string, result: SqlType) =>
  names.split(' ').map((name) => direct(name, [GEOGRAPHY, GEOGRAPHY], result))

/** `use_spheroid => FALSE` is all that BigQuery takes there. */
const sphere = optional(BOOL, 'use_spheroid')

const measured = (name: string, count: 1 | 2) =>
  geography(name, [
    plain(
      [...new Array<SqlType>(count).fill(GEOGRAPHY), sphere],
      FLOAT64,
      (...args) => `googlesql_${name.toLowerCase()}(${args.slice(0, count).join(', ')})`,
    ),
  ])

const swapped = (name: string, native: string) =>
  geography(name, [plain([GEOGRAPHY, GEOGRAPHY], BOOL, (a, b) => `googlesql_st_${native}(${b}, ${a})`)])

const flags = ['oriented', 'planar', 'make_valid'].map((name) => named(name, BOOL))

/** `make_valid` repairs what is not valid: it changes nothing of what is, and the rest raises. */
const flagged = (native: string, text: string, oriented = '', planar = '', repair = '') => {
  const read = (value: string) =>
    `googlesql_st_${native}(${value}, ${given(oriented, 'false')}, ${given(planar, 'false')})`
  return repair === '' ? read(text) : `CASE WHEN ${repair} IS NOT NULL THEN ${read(text)} END`
}

const constructors: readonly FunctionEntry[] = [
  direct('ST_GEOGPOINT', [FLOAT64, FLOAT64], GEOGRAPHY),
  geography('ST_GEOGFROMTEXT', [
    plain([STRING, optional(BOOL, 'oriented'), ...flags.slice(1)], GEOGRAPHY, (text, ...rest) =>
      flagged('geogfromtext', text, ...rest),
    ),
  ]),
  geography('ST_GEOGFROMWKB', [
    plain([BYTES, ...flags], GEOGRAPHY, (bytes, ...rest) => flagged('geogfromwkb', bytes, ...rest)),
    plain([STRING, ...flags], GEOGRAPHY, (text, ...rest) =>
      flagged('geogfromwkb', `googlesql_from_hex(${text})`, ...rest),
    ),
  ]),
  geography('ST_GEOGFROMGEOJSON', [
    plain([STRING, named('make_valid', BOOL)], GEOGRAPHY, (text) => `googlesql_st_geogfromgeojson(${text})`),
  ]),
  geography('ST_GEOGFROM', [
    plain([STRING], GEOGRAPHY, (text) => `googlesql_st_geogfrom(${text})`),
    plain([BYTES], GEOGRAPHY, (bytes) => `googlesql_st_geogfromwkb(${bytes}, false, false)`),
  ]),
  geography('ST_MAKELINE', [
    plain([GEOGRAPHY, GEOGRAPHY], GEOGRAPHY, (a, b) =>
      once(
        [a, b],
        (x, y) =>
          `CASE WHEN ${x} IS NOT NULL AND ${y} IS NOT NULL THEN googlesql_st_makeline([${x}, ${y}]) END`,
      ),
    ),
    plain([GEOGRAPHIES], GEOGRAPHY, (list) => `googlesql_st_makeline(${list})`),
  ]),
  ...(['ST_MAKEPOLYGON', 'ST_MAKEPOLYGONORIENTED'] as const).map((name) =>
    name === 'ST_MAKEPOLYGON'
      ? geography(name, [
          plain(
            [GEOGRAPHY, optional(GEOGRAPHIES)],
            GEOGRAPHY,
            (shell, holes) => `googlesql_st_makepolygon(${shell}, ${given(holes, '[]')}, false)`,
          ),
        ])
      : geography(name, [
          plain([GEOGRAPHIES], GEOGRAPHY, (rings) =>
            once([rings], (list) => `googlesql_st_makepolygon(${list}[1], ${list}[2:], true)`),
          ),
        ]),
  ),
]

const accessors: readonly FunctionEntry[] = [
  ...one('ST_X ST_Y', FLOAT64),
  ...one('ST_DIMENSION ST_NUMPOINTS ST_NUMGEOMETRIES', INT64),
  direct('ST_NPOINTS', [GEOGRAPHY], INT64, 'st_numpoints'),
  ...one('ST_GEOMETRYTYPE ST_ASTEXT ST_ASGEOJSON', STRING),
  ...one('ST_ASBINARY', BYTES),
  ...one('ST_ISEMPTY ST_ISCLOSED ST_ISCOLLECTION ST_ISRING', BOOL),
  ...one('ST_STARTPOINT ST_ENDPOINT ST_EXTERIORRING', GEOGRAPHY),
  ...one('ST_INTERIORRINGS ST_DUMPPOINTS', GEOGRAPHIES),
  direct('ST_POINTN', [GEOGRAPHY, INT64], GEOGRAPHY),
  geography('ST_DUMP', [
    plain(
      [GEOGRAPHY, optional(INT64, 'dimension')],
      GEOGRAPHIES,
      (shape, wanted) => `googlesql_st_dump(${shape}, ${given(wanted, 'CAST(-1 AS BIGINT)')})`,
    ),
  ]),
  direct('ST_BOUNDINGBOX', [GEOGRAPHY], BOX),
  geography('S2_CELLIDFROMPOINT', [
    plain(
      [GEOGRAPHY, named('level', INT64)],
      INT64,
      (point, level) => `googlesql_st_cellid(${point}, ${given(level, 'CAST(30 AS BIGINT)')})`,
    ),
  ]),
]

const relations: readonly FunctionEntry[] = [
  ...two('ST_INTERSECTS ST_DISJOINT ST_COVERS ST_CONTAINS ST_TOUCHES ST_EQUALS', BOOL),
  swapped('ST_WITHIN', 'contains'),
  swapped('ST_COVEREDBY', 'covers'),
  geography('ST_DWITHIN', [
    plain(
      [GEOGRAPHY, GEOGRAPHY, FLOAT64, sphere],
      BOOL,
      (a, b, distance) => `googlesql_st_dwithin(${a}, ${b}, ${distance})`,
    ),
  ]),
  direct('ST_INTERSECTSBOX', [GEOGRAPHY, FLOAT64, FLOAT64, FLOAT64, FLOAT64], BOOL),
]

const measures: readonly FunctionEntry[] = [
  measured('ST_LENGTH', 1),
  measured('ST_PERIMETER', 1),
  measured('ST_AREA', 1),
  measured('ST_DISTANCE', 2),
  measured('ST_MAXDISTANCE', 2),
  ...two('ST_AZIMUTH ST_LINELOCATEPOINT', FLOAT64),
  direct('ST_ANGLE', [GEOGRAPHY, GEOGRAPHY, GEOGRAPHY], FLOAT64),
]

const constructions: readonly FunctionEntry[] = [
  ...one('ST_CENTROID ST_CONVEXHULL ST_BOUNDARY', GEOGRAPHY),
  ...two('ST_INTERSECTION ST_DIFFERENCE', GEOGRAPHY),
  geography('ST_UNION', [
    plain([GEOGRAPHY, GEOGRAPHY], GEOGRAPHY, (a, b) => `googlesql_st_union(${a}, ${b})`),
    plain([GEOGRAPHIES], GEOGRAPHY, (list) => `googlesql_st_unionall(${list})`),
  ]),
  geography('ST_CLOSESTPOINT', [
    plain([GEOGRAPHY, GEOGRAPHY, sphere], GEOGRAPHY, (a, b) => `googlesql_st_closestpoint(${a}, ${b})`),
  ]),
  direct('ST_SNAPTOGRID', [GEOGRAPHY, FLOAT64], GEOGRAPHY),
  direct('ST_LINEINTERPOLATEPOINT', [GEOGRAPHY, FLOAT64], GEOGRAPHY),
]

const aggregate = (name: string, result: SqlType, native: string): FunctionEntry => ({
  name,
  kind: 'aggregate',
  page: `${page}#${name.toLowerCase()}`,
  clauses: {},
  signatures: [
    plain(
      [GEOGRAPHY],
      result,
      (shape) => `googlesql_st_${native}(list(${shape}) FILTER (WHERE ${shape} IS NOT NULL))`,
    ),
  ],
})

/** Geographies on BigQuery's sphere. What needs overlays of lines and polygons is refused, by name or when it is met. */
export const geographyFunctions: readonly FunctionEntry[] = [
  ...constructors,
  ...accessors,
  ...relations,
  ...measures,
  ...constructions,
  aggregate('ST_UNION_AGG', GEOGRAPHY, 'unionall'),
  aggregate('ST_EXTENT', BOX, 'extent'),
]
