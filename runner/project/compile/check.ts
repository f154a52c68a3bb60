import { z } from 'zod'
import { nearest } from '../../nearest.ts'
import { Problem, throwProblems } from '../../problem.ts'
import type { Path, YamlFile } from '../settings/yaml-file.ts'

/**
 * Checks a file's values against a schema and gives them with the schema's defaults. Each setting of the schema says
 * with `.describe` what it must be, as the rest of the sentence "must be …".
 * @throws Problem or Problems (exit code 2): unknown keys with the nearest known one, values with what is allowed
 */
export function check<Schema extends z.ZodObject>(
  schema: Schema,
  file: YamlFile | undefined,
): z.output<Schema> {
  const result = schema.safeParse(file?.value ?? {})
  if (result.success) return result.data
  const problems = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownKey(schema, file, [...pathOf(issue), key]))
      : [wrongValue(schema, file, pathOf(issue))],
  )
  throwProblems(problems)
  throw result.error
}

const pathOf = ({ path }: { readonly path: readonly PropertyKey[] }): Path =>
  path.filter((part) => typeof part !== 'symbol')

function unknownKey(schema: z.ZodType, file: YamlFile | undefined, path: Path): Problem {
  const key = String(path.at(-1))
  const parent = schemaAt(schema, path.slice(0, -1))
  const known = parent instanceof z.ZodObject ? Object.keys(parent.shape) : []
  const near = nearest(key, known)
  const advice =
    near === undefined ? `; known: ${known.map(quote).join(', ')}` : `; did you mean ${quote(near)}?`
  return new Problem(`unknown key ${quote(path.join('.'))}${advice}`, {
    ...file?.placeOfKey(path),
    exitCode: 2,
  })
}

function wrongValue(schema: z.ZodType, file: YamlFile | undefined, path: Path): Problem {
  const given = path.reduce<unknown>((value, part) => (value as Record<string, unknown>)?.[part], file?.value)
  const allowed = schemaAt(schema, path)?.description ?? 'keys and their values'
  const name = path.length === 0 ? 'the file' : quote(path.join('.'))
  return new Problem(`${name} must be ${allowed}; it is ${shown(given)}`, {
    ...file?.placeOf(path),
    exitCode: 2,
  })
}

function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  let at: unknown = unwrapped(schema)
  for (const part of path) {
    at = unwrapped(at instanceof z.ZodRecord ? at.valueType : at instanceof z.ZodObject && at.shape[part])
  }
  return at instanceof z.ZodType ? at : undefined
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional
    ? unwrapped(schema.unwrap())
    : schema
}

const quote = (text: string): string => `\`${text}\``

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'keys and their values'
  return typeof value === 'string' ? `the text ${JSON.stringify(value)}` : quote(String(value))
}
