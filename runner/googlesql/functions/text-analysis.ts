import { once } from '../lower/library/once.ts'
import { BOOL, INT64, STRING } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { anyType, given, optional, scalar, signature, typeAt } from './define.ts'
import type { FunctionEntry, Parameter } from './function.ts'
import { jsonScope, textsOf } from './texts/field-texts.ts'

const page = 'text-analysis-functions'

const STRINGS: SqlType = { kind: 'ARRAY', element: STRING }

const WORDS: SqlType = {
  kind: 'ARRAY',
  element: {
    kind: 'STRUCT',
    fields: [
      { name: 'term', type: STRING },
      { name: 'count', type: INT64 },
    ],
  },
}

const option = (name: string): Parameter => optional(STRING, name)

/** True of types that have a STRING or JSON somewhere inside. */
function searchable(type: SqlType): boolean {
  if (type.kind === 'ARRAY') return searchable(type.element)
  if (type.kind === 'STRUCT') return type.fields.some((field) => searchable(field.type))
  return type.kind === 'STRING' || type.kind === 'JSON'
}

/** Text cut into terms, counted and looked for. */
export const textAnalysisFunctions: readonly FunctionEntry[] = [
  scalar('TEXT_ANALYZE', `${page}#text_analyze`, [
    signature(
      [STRING, option('analyzer'), option('analyzer_options')],
      STRINGS,
      ([text = '', analyzer, options]) =>
        `googlesql_text_analyze(${text}, ${given(analyzer, `'LOG_ANALYZER'`)}, ${given(options, 'CAST(NULL AS VARCHAR)')})`,
    ),
  ]),
  scalar('BAG_OF_WORDS', `${page}#bag_of_words`, [
    signature([STRINGS], WORDS, ([words = '']) =>
      once([words], (list) => {
        const distinct = `list_sort(list_concat(list_distinct(${list}), CASE WHEN list_count(${list}) < len(${list}) THEN [CAST(NULL AS VARCHAR)] ELSE CAST([] AS VARCHAR[]) END), 'ASC', 'NULLS FIRST')`
        const count = `CAST(len(list_filter(${list}, lambda o: o IS NOT DISTINCT FROM w)) AS BIGINT)`
        return `CASE WHEN ${list} IS NOT NULL THEN list_transform(${distinct}, lambda w: {'term': w, 'count': ${count}}) END`
      }),
    ),
  ]),
  scalar('SEARCH', 'search_functions#search', [
    {
      ...signature(
        [
          anyType,
          STRING,
          option('analyzer'),
          option('analyzer_options'),
          { ...option('json_scope'), literal: true },
        ],
        BOOL,
        ([data = '', query = '', analyzer, options], call) => {
          const texts = textsOf(data, typeAt(call.argumentTypes, 0), jsonScope(call, 4), 'left out')
          return `googlesql_search(${texts}, ${query}, ${given(analyzer, `'LOG_ANALYZER'`)}, ${given(options, 'CAST(NULL AS VARCHAR)')})`
        },
      ),
      accepts: (args) => searchable(typeAt(args, 0)),
    },
  ]),
]
