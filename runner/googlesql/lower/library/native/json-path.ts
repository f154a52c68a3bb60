import { GoogleSqlError } from '../native-function.ts'

export type PathMode = 'STANDARD' | 'LEGACY'

/** A key, or the index of an element, which reading takes for a key all the same. */
export type PathStep = string | number

const cache = new Map<string, readonly Step[]>()

export interface Step {
  readonly key: string
  readonly indexed: boolean
}

/**
 * The steps of a JSONPath: keys and indexes alike as text (`$.a[0]` and `$.a.0` are one). STANDARD quotes keys as
 * `."a.b"`, LEGACY (JSON_EXTRACT and its kin) as `['a.b']`.
 *
 * @throws GoogleSqlError in BigQuery's words
 */
export function parsePath(path: string, mode: PathMode): readonly string[] {
  return parseSteps(path, mode).map((step) => step.key)
}

/** The steps of a path into a value to be changed, where `.0` is a key and `[0]` an element. */
export function parseEditPath(path: string, name: string): readonly PathStep[] {
  return parseSteps(path, 'STANDARD').map(({ key, indexed }) => {
    if (!indexed) return key
    if (BigInt(key) < 0n || BigInt(key) >= 2n ** 63n)
      throw new GoogleSqlError(`Invalid input to ${name}: JSONPath contains invalid array index: ${key}`)
    return Number(key)
  })
}

/** The steps of a path, each a key or an index. */
export function parsePathSteps(path: string, mode: PathMode = 'STANDARD'): readonly Step[] {
  return parseSteps(path, mode)
}

function parseSteps(path: string, mode: PathMode): readonly Step[] {
  const key = `${mode} ${path}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const steps = readPath(path, mode)
  if (cache.size > 1000) cache.clear()
  cache.set(key, steps)
  return steps
}

function readPath(path: string, mode: PathMode): readonly Step[] {
  if (!path.startsWith('$')) throw new GoogleSqlError("JSONPath must start with '$'")
  const steps: Step[] = []
  let rest = path.slice(1)
  while (rest !== '') {
    if (mode === 'LEGACY' && rest === '.') break
    const step = readStep(rest, mode)
    if (step === undefined) {
      const operator = /\.\.|[*@?]/.exec(rest)?.[0]
      if (operator !== undefined) throw new GoogleSqlError(`Unsupported operator in JSONPath: ${operator}`)
      throw new GoogleSqlError(`Invalid token in JSONPath at: ${rest}`)
    }
    steps.push(step)
    rest = rest.slice(step.length)
  }
  return steps
}

function readStep(rest: string, mode: PathMode): (Step & { length: number }) | undefined {
  const patterns =
    mode === 'STANDARD'
      ? [/^\."((?:[^"\\]|\\.)*)"/, /^\.([^.[\]"'*@?$]+)/, /^\[\s*(-?\d+)\s*\]/]
      : [/^\['((?:[^'\\]|\\.)*)'\]/, /^\.([^.[\]"'*@?$]+)/, /^\[\s*([^'"\]\s*,]+)\s*\]/]
  for (const pattern of patterns) {
    const match = pattern.exec(rest)
    if (match !== null) {
      const key = (match[1] ?? '').replace(/\\(["'\\])/g, '$1')
      return { key, indexed: pattern === patterns[2], length: match[0].length }
    }
  }
  return undefined
}
