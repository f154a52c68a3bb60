import type { CatalogRoutine } from '../../../catalog.ts'
import type { FunctionParameter, Span, Statement } from '../../../parse/ast.ts'
import { nameParts } from '../../../parse/name-parts.ts'
import type { Value } from '../../../result.ts'
import { routineStatement } from '../../call/routine.ts'
import { place, type View, yes } from './view.ts'

type RoutineNode = Extract<Statement, { kind: 'createFunction' | 'createTableFunction' | 'createProcedure' }>

function written(routine: CatalogRoutine): RoutineNode | undefined {
  const node = routineStatement(routine)
  return node?.kind === 'createFunction' ||
    node?.kind === 'createTableFunction' ||
    node?.kind === 'createProcedure'
    ? node
    : undefined
}

const textAt = (routine: CatalogRoutine, span: Span | undefined): string | null =>
  span === undefined ? null : routine.text.slice(span.start, span.end)

const TYPES: Readonly<Record<CatalogRoutine['kind'], string>> = {
  FUNCTION: 'FUNCTION',
  AGGREGATE: 'FUNCTION',
  TABLE_FUNCTION: 'TABLE FUNCTION',
  PROCEDURE: 'PROCEDURE',
}

function languageOf(node: RoutineNode | undefined): string | null {
  const language = node?.kind === 'createTableFunction' ? undefined : node?.language
  return language === undefined ? null : language.name.toUpperCase().replace('JS', 'JAVASCRIPT')
}

function definitionOf(routine: CatalogRoutine, node: RoutineNode | undefined): string | null {
  if (node === undefined) return null
  if (node.kind === 'createTableFunction') return textAt(routine, node.query)
  if (node.kind === 'createProcedure') return node.code?.value ?? textAt(routine, node.body)
  return node.body?.kind === 'string' && node.language !== undefined
    ? node.body.value
    : textAt(routine, node.body)
}

function determinism(node: RoutineNode | undefined): string | null {
  const said = node?.kind === 'createFunction' ? node.determinism : undefined
  return said === undefined ? null : yes(said === 'DETERMINISTIC')
}

function parameterRow(
  routine: CatalogRoutine,
  { name, type, mode }: FunctionParameter,
  position: number,
): readonly Value[] {
  const shown = routine.kind === 'PROCEDURE' ? (mode ?? 'IN') : (mode ?? null)
  return [
    ...place(routine),
    BigInt(position),
    shown,
    'NO',
    name?.name ?? null,
    textAt(routine, type)?.toUpperCase() ?? null,
  ]
}

/** The views of INFORMATION_SCHEMA that tell of functions and procedures. */
export const routineViews: Readonly<Record<string, View>> = {
  ROUTINES: {
    columns: [
      ['specific_catalog', 'STRING'],
      ['specific_schema', 'STRING'],
      ['specific_name', 'STRING'],
      ['routine_catalog', 'STRING'],
      ['routine_schema', 'STRING'],
      ['routine_name', 'STRING'],
      ['routine_type', 'STRING'],
      ['data_type', 'STRING'],
      ['routine_body', 'STRING'],
      ['routine_definition', 'STRING'],
      ['external_language', 'STRING'],
      ['is_deterministic', 'STRING'],
      ['ddl', 'STRING'],
    ],
    unknown: ['security_type', 'created', 'last_altered', 'connection'],
    rows: ({ routines }) =>
      routines.map((routine) => {
        const node = written(routine)
        const language = languageOf(node)
        const returns = node?.kind === 'createProcedure' ? undefined : node?.returns
        return [
          ...place(routine),
          ...place(routine),
          TYPES[routine.kind],
          textAt(routine, returns)?.toUpperCase() ?? null,
          language === null ? 'SQL' : 'EXTERNAL',
          definitionOf(routine, node),
          language,
          determinism(node),
          routine.text,
        ]
      }),
  },
  PARAMETERS: {
    columns: [
      ['specific_catalog', 'STRING'],
      ['specific_schema', 'STRING'],
      ['specific_name', 'STRING'],
      ['ordinal_position', 'INT64'],
      ['parameter_mode', 'STRING'],
      ['is_result', 'STRING'],
      ['parameter_name', 'STRING'],
      ['data_type', 'STRING'],
    ],
    unknown: ['parameter_default', 'is_aggregate'],
    rows: ({ routines }) =>
      routines.flatMap((routine) => {
        const node = written(routine)
        const returns = node?.kind === 'createFunction' ? node.returns : undefined
        const result: readonly Value[] = [
          ...place(routine),
          0n,
          null,
          'YES',
          null,
          textAt(routine, returns)?.toUpperCase() ?? null,
        ]
        const given = node?.parameters.map((parameter, index) => parameterRow(routine, parameter, index + 1))
        return [...(returns === undefined ? [] : [result]), ...(given ?? [])]
      }),
  },
  ROUTINE_OPTIONS: {
    columns: [
      ['specific_catalog', 'STRING'],
      ['specific_schema', 'STRING'],
      ['specific_name', 'STRING'],
      ['option_name', 'STRING'],
      ['option_type', 'STRING'],
      ['option_value', 'STRING'],
    ],
    rows: ({ routines }) =>
      routines.flatMap((routine) =>
        (written(routine)?.options ?? []).map((option) => {
          const value = textAt(routine, option.value) ?? ''
          const type = option.value.kind === 'array' ? 'ARRAY<STRING>' : optionType(option.value.kind)
          return [...place(routine), nameParts(option.name).join('.'), type, value]
        }),
      ),
  },
}

const optionType = (kind: string): string =>
  kind === 'boolean' ? 'BOOL' : kind === 'integer' ? 'INT64' : kind === 'float' ? 'FLOAT64' : 'STRING'
