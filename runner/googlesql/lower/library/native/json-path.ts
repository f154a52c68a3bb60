import { GoogleSqlError } from '../native-function.ts'

export type PathMode = 'STANDARD' | 'LEGACY'

const cache = new Map<string, readonly string[]>()

/**
 * The steps of a JSONPath: keys and indexes alike as text (`$.a[0]` and `$.a.0` are one). STANDARD quotes keys as
 * `."a.b"`, LEGACY (JSON_EXTRACT and its kin) as `['a.b']`.
 *
 * @throws GoogleSqlError in BigQuery's words
 */
export function parsePath(path: string, mode: PathMode): readonly string[] {
  const key = `${mode} ${path}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const steps = readPath(path, mode)
  if (cache.size > 1000) cache.clear()
  cache.set(key, steps)
  return steps
}

function readPath(path: string, mode: PathMode): readonly string[] {
  if (!path.startsWith('$')) throw new GoogleSqlError("JSONPath must start with '$'")
  const steps: string[] = []
  let rest = path.slice(1)
  while (rest !== '') {
    const step = readStep(rest, mode)
    if (step === undefined) {
      const operator = /\.\.|[*@?]/.exec(rest)?.[0]
      if (operator !== undefined) throw new GoogleSqlError(`Unsupported operator in JSONPath: ${operator}`)
      throw new GoogleSqlError(`Invalid token in JSONPath at: ${rest}`)
    }
    steps.push(step.key)
    rest = rest.slice(step.length)
  }
  return steps
}

function readStep(rest: string, mode: PathMode): { key: string; length: number } | undefined {
  const patterns =
    mode === 'STANDARD'
      ? [/^\."((?:[^"\\]|\\.)*)"/, /^\.([^.[\]"'*@?$]+)/, /^\[\s*(-?\d+)\s*\]/]
      : [/^\['((?:[^'\\]|\\.)*)'\]/, /^\.([^.[\]"'*@?$]+)/, /^\[\s*([^'"\]\s]+)\s*\]/]
  for (const pattern of patterns) {
    const match = pattern.exec(rest)
    if (match !== null) {
      return { key: (match[1] ?? '').replace(/\\(["'\\])/g, '$1'), length: match[0].length }
    }
  }
  return undefined
}
