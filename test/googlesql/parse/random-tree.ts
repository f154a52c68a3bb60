import fc from 'fast-check'
import type {
  Call,
  Expression,
  FromItem,
  Identifier,
  Membership,
  Path,
  Query,
  QueryBody,
  Select,
  SelectItem,
  TypeNode,
} from '../../../runner/googlesql/parse/ast.ts'
import { parseExpression } from '../../../runner/googlesql/parse/index.ts'

const at = { start: 0, end: 0 } as const

const name = fc.constantFrom('a', 'b', 'c1', '_x', 'offset', 'Value', 'date', 'pivot', 'order_id')
const quotedName = fc.constantFrom('select', 'a b', 'x`y', 'ümlaut', 'tab\\slash', '1st')

const identifier: fc.Arbitrary<Identifier> = fc.oneof(
  {
    weight: 5,
    arbitrary: name.map((text) => ({ kind: 'identifier' as const, ...at, name: text, quoted: false })),
  },
  quotedName.map((text) => ({ kind: 'identifier' as const, ...at, name: text, quoted: true })),
)

const path: fc.Arbitrary<Path> = fc
  .array(identifier, { minLength: 1, maxLength: 3 })
  .map((parts) => ({ kind: 'path', ...at, parts }))

const literals = [
  ...[
    'NULL',
    'TRUE',
    'FALSE',
    '0',
    '42',
    '0xFF',
    '1.5',
    '.5',
    '1e9',
    "'a'",
    '"it\'s"',
    "r'\\d'",
    "'''a\nb'''",
  ],
  ...["b'\\xff'", "DATE '2024-01-01'", "NUMERIC '1.5'", "JSON '{}'", "RANGE<DATE> '[2024-01-01, UNBOUNDED)'"],
  ...['@p', '?', '@@time_zone'],
]
const literal: fc.Arbitrary<Expression> = fc.constantFrom(...literals).map((text) => parseExpression(text))

const type: fc.Arbitrary<TypeNode> = fc.letrec<{ type: TypeNode }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('INT64', 'STRING', 'DATE').map((text) => simpleType(text)),
    tie('type').map((element) => ({ kind: 'arrayType' as const, ...at, element })),
    fc
      .array(fc.record({ name: fc.option(identifier, { nil: undefined }), type: tie('type') }), {
        maxLength: 2,
      })
      .map((fields) => ({
        kind: 'structType' as const,
        ...at,
        fields: fields.map((field) => ({ kind: 'structTypeField' as const, ...at, ...field })),
      })),
  ),
})).type

function simpleType(text: string): TypeNode {
  const parts = [{ kind: 'identifier', ...at, name: text, quoted: false }] as const
  return { kind: 'simpleType', ...at, name: { kind: 'path', ...at, parts } }
}

const functionName = fc.constantFrom('f', 'IF', 'coalesce', 'LEFT', 'SUM').map(
  (text): Path => ({
    kind: 'path',
    ...at,
    parts: [{ kind: 'identifier', ...at, name: text, quoted: false }],
  }),
)

const binaryOperators = [
  '||',
  '*',
  '/',
  '+',
  '-',
  '<<',
  '>>',
  '&',
  '^',
  '|',
  '=',
  '<>',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
] as const

interface Trees {
  readonly expression: Expression
  readonly membership: Membership
  readonly call: Call
  readonly select: Select
  readonly item: SelectItem
  readonly from: FromItem
  readonly body: Exclude<QueryBody, { kind: 'setOperation' | 'fromQuery' }>
  readonly query: Query
}

const few = { minLength: 1, maxLength: 3 } as const

/** Random trees, such as no parser made: their operands have no parentheses, their offsets mean nothing. */
export const trees = fc.letrec<Trees>((tie: fc.LetrecTypedTie<Trees>): fc.LetrecValue<Trees> => {
  const expression = tie('expression')
  const negated = fc.boolean()
  const operators: readonly fc.Arbitrary<Expression>[] = [
    fc
      .record({
        operator: fc.constantFrom('-' as const, '+' as const, '~' as const, 'NOT' as const),
        operand: expression,
      })
      .map((node) => ({ kind: 'unary' as const, ...at, ...node })),
    fc
      .record({ operator: fc.constantFrom(...binaryOperators), left: expression, right: expression })
      .map((node) => ({ kind: 'binary' as const, ...at, ...node })),
    fc
      .record({
        operator: fc.constantFrom('AND' as const, 'OR' as const),
        operands: fc.array(expression, { minLength: 2, maxLength: 3 }),
      })
      .map((node) => ({ kind: 'logical' as const, ...at, ...node })),
    fc
      .record({ operand: expression, negated, test: fc.constantFrom('NULL' as const, 'TRUE' as const) })
      .map((node) => ({ kind: 'is' as const, ...at, ...node })),
    fc
      .record({ left: expression, negated, right: expression })
      .map((node) => ({ kind: 'isDistinctFrom' as const, ...at, ...node })),
    fc
      .record({ operand: expression, negated, low: expression, high: expression })
      .map((node) => ({ kind: 'between' as const, ...at, ...node })),
    fc
      .record({ operand: expression, negated, pattern: expression })
      .map((node) => ({ kind: 'like' as const, ...at, ...node })),
    fc
      .record({ operand: expression, negated, source: tie('membership') })
      .map((node) => ({ kind: 'in' as const, ...at, ...node })),
  ]
  const others: readonly fc.Arbitrary<Expression>[] = [
    tie('call'),
    fc
      .record({
        operand: fc.option(expression, { nil: undefined }),
        whens: fc.array(fc.record({ condition: expression, result: expression }), few),
        otherwise: fc.option(expression, { nil: undefined }),
      })
      .map(({ whens, ...node }) => ({
        kind: 'case' as const,
        ...at,
        ...node,
        whens: whens.map((when) => ({ kind: 'when' as const, ...at, ...when })),
      })),
    fc
      .record({ safe: fc.boolean(), operand: expression, type })
      .map((node) => ({ kind: 'cast' as const, ...at, ...node })),
    fc
      .array(expression, { maxLength: 3 })
      .map((elements) => ({ kind: 'array' as const, ...at, keyword: false, elements })),
    fc
      .array(expression, { minLength: 2, maxLength: 3 })
      .map((elements) => ({ kind: 'tuple' as const, ...at, elements })),
    fc
      .array(fc.record({ value: expression, alias: fc.option(identifier, { nil: undefined }) }), {
        maxLength: 3,
      })
      .map((fields) => ({
        kind: 'struct' as const,
        ...at,
        fields: fields.map((field) => ({ kind: 'structValue' as const, ...at, ...field })),
      })),
    fc
      .record({ operand: expression, name: identifier })
      .map((node) => ({ kind: 'field' as const, ...at, ...node })),
    fc
      .record({
        operand: expression,
        accessor: fc.constantFrom(undefined, 'OFFSET' as const, 'SAFE_ORDINAL' as const),
        index: expression,
      })
      .map((node) => ({ kind: 'subscript' as const, ...at, ...node })),
    fc.record({ value: expression, from: fc.constantFrom('DAY', 'hour') }).map(({ value, from }) => ({
      kind: 'interval' as const,
      ...at,
      value,
      from: { kind: 'identifier' as const, ...at, name: from, quoted: false },
    })),
    tie('query').map((query) => ({ kind: 'subquery' as const, ...at, query })),
    tie('query').map((query) => ({ kind: 'exists' as const, ...at, query })),
  ]
  return {
    expression: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'tree', withCrossShrink: true },
      { weight: 2, arbitrary: literal },
      { weight: 3, arbitrary: path },
      ...[...operators, ...others].map((arbitrary) => ({ weight: 1, arbitrary })),
    ),
    membership: fc.oneof(
      // A list of nothing but one subquery would be that query.
      fc
        .array(expression, few)
        .filter(([first, ...rest]) => rest.length > 0 || first?.kind !== 'subquery')
        .map((elements) => ({ kind: 'list' as const, ...at, elements })),
      tie('query').map((query) => ({ kind: 'inQuery' as const, ...at, query })),
      expression.map((inner) => ({ kind: 'inUnnest' as const, ...at, expression: inner })),
    ),
    call: fc
      .record({
        name: functionName,
        safe: fc.boolean(),
        distinct: fc.boolean(),
        args: fc.array(expression, few),
        nulls: fc.constantFrom(undefined, 'IGNORE' as const, 'RESPECT' as const),
      })
      .map((node) => ({ kind: 'call' as const, ...at, ...node })),
    item: fc.oneof(
      fc
        .record({ expression, alias: fc.option(identifier, { nil: undefined }) })
        .map((node) => ({ kind: 'selectExpression' as const, ...at, ...node })),
      fc
        .record({
          operand: fc.option(path, { nil: undefined }),
          except: fc.array(identifier, { maxLength: 2 }),
        })
        .map((node) => ({ kind: 'selectStar' as const, ...at, ...node, replace: [] })),
    ),
    select: fc
      .record({
        quantifier: fc.constantFrom(undefined, 'DISTINCT' as const),
        items: fc.array(tie('item'), few),
        from: fc.option(tie('from'), { nil: undefined }),
        where: fc.option(expression, { nil: undefined }),
        having: fc.option(expression, { nil: undefined }),
      })
      .map((node) => ({ kind: 'select' as const, ...at, ...node, windows: [] })),
    from: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'tree' },
      fc
        .record({ path, alias: fc.option(identifier, { nil: undefined }) })
        .map((node) => ({ kind: 'tablePath' as const, ...at, ...node, pivots: [] })),
      fc
        .record({ query: tie('query'), alias: fc.option(identifier, { nil: undefined }) })
        .map((node) => ({ kind: 'tableSubquery' as const, ...at, ...node, pivots: [] })),
      expression.map((inner) => ({ kind: 'unnest' as const, ...at, expression: inner, pivots: [] })),
    ),
    body: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'tree' },
      tie('select'),
      tie('query').map((query) => ({ kind: 'parenthesizedQuery' as const, ...at, query })),
    ),
    query: fc
      .record({
        bodies: fc.array(tie('body'), few),
        quantifier: fc.constantFrom('ALL' as const, 'DISTINCT' as const),
        orderBy: fc.array(fc.record({ expression, direction: fc.constantFrom(undefined, 'DESC' as const) }), {
          maxLength: 2,
        }),
        limit: fc.option(expression, { nil: undefined }),
      })
      .map(({ bodies, quantifier, orderBy, limit }) => ({
        kind: 'query' as const,
        ...at,
        body: joined(bodies, quantifier),
        orderBy: orderBy.map((item) => ({ kind: 'orderItem' as const, ...at, ...item })),
        limit: limit === undefined ? undefined : { kind: 'limit' as const, ...at, count: limit },
        pipes: [],
      })),
  }
})

function joined(bodies: readonly Trees['body'][], quantifier: 'ALL' | 'DISTINCT'): QueryBody {
  const [only, ...rest] = bodies
  if (only !== undefined && rest.length === 0) return only
  const operation = { kind: 'setOperator', ...at, operator: 'UNION', quantifier } as const
  return { kind: 'setOperation', ...at, operation, inputs: bodies }
}
