import type { QueryBody, SetOperation, SetOperator } from './ast.ts'
import type { Parser } from './parser.ts'

type Operand = Exclude<QueryBody, SetOperation>

/** True at `UNION`, also behind `LEFT OUTER` and the like, which otherwise begin a join. */
export function atSetOperator(p: Parser): boolean {
  const { word } = p
  if (isOperator(word)) return true
  if (word !== 'FULL' && word !== 'LEFT' && word !== 'INNER' && word !== 'OUTER') return false
  return isOperator(p.peek()) || (p.peek() === 'OUTER' && isOperator(p.peek(2)))
}

function isOperator(word: string): word is SetOperator['operator'] {
  return word === 'UNION' || word === 'INTERSECT' || word === 'EXCEPT'
}

/** `first UNION ALL b UNION ALL c`; the current token begins the first operator. */
export function parseSetOperation(p: Parser, first: Operand, operand: (p: Parser) => Operand): SetOperation {
  const operation = parseSetOperator(p)
  const inputs = [first, operand(p)]
  while (atSetOperator(p)) {
    const at = p.start
    if (!sameOperator(operation, parseSetOperator(p))) {
      p.fail(
        'Different set operations cannot be used in the same query without using parentheses for grouping',
        at,
      )
    }
    inputs.push(operand(p))
  }
  return { kind: 'setOperation', start: first.start, end: p.end, operation, inputs }
}

/** `LEFT OUTER UNION ALL STRICT CORRESPONDING BY (a)`, `UNION DISTINCT BY NAME`, … */
export function parseSetOperator(p: Parser): SetOperator {
  const start = p.start
  const mode = parseMode(p)
  const operator = p.word
  if (!isOperator(operator)) {
    p.fail(`Expected keyword EXCEPT or keyword INTERSECT or keyword UNION but got ${p.describe()}`)
  }
  p.advance()
  const quantifier = p.word
  if (operator === 'EXCEPT' && quantifier !== 'ALL' && quantifier !== 'DISTINCT' && quantifier !== '(') {
    p.failPlain('EXCEPT must be followed by ALL, DISTINCT, or "("', p.tokens.starts[p.index - 1])
  }
  if (quantifier !== 'ALL' && quantifier !== 'DISTINCT') {
    p.fail(`Expected keyword ALL or keyword DISTINCT but got ${p.describe()}`)
  }
  p.advance()
  const strict = p.word === 'STRICT' ? (true as const) : undefined
  if (strict && mode !== undefined) {
    p.fail(`STRICT cannot be used with ${mode === 'INNER' ? 'inner' : 'outer'} mode in set operations`)
  }
  if (strict) p.advance()
  const matching = parseMatching(p)
  if (mode !== undefined && matching === undefined) {
    p.failPlain(`${mode} in set operations cannot be used without CORRESPONDING`, start)
  }
  const columns = parseMatchColumns(p, matching)
  return { kind: 'setOperator', start, end: p.end, operator, quantifier, mode, matching, strict, columns }
}

function parseMode(p: Parser): SetOperator['mode'] {
  if (p.take('INNER')) return 'INNER'
  if (p.take('OUTER')) return 'FULL'
  if (p.word !== 'LEFT' && p.word !== 'FULL') return undefined
  const mode = p.word
  p.advance()
  p.take('OUTER')
  return mode
}

function parseMatching(p: Parser): SetOperator['matching'] {
  if (p.take('CORRESPONDING')) return 'CORRESPONDING'
  if (!p.take('BY')) return undefined
  p.expect('NAME')
  return 'BY NAME'
}

function parseMatchColumns(p: Parser, matching: SetOperator['matching']): SetOperator['columns'] {
  const opens = (matching === 'BY NAME' && p.take('ON')) || (matching === 'CORRESPONDING' && p.take('BY'))
  return opens ? p.parenthesizedIdentifiers() : undefined
}

function sameOperator(a: SetOperator, b: SetOperator): boolean {
  const columns = (operator: SetOperator) => operator.columns?.map(({ name }) => name.toLowerCase()).join(',')
  return (
    a.operator === b.operator &&
    a.quantifier === b.quantifier &&
    a.mode === b.mode &&
    a.matching === b.matching &&
    a.strict === b.strict &&
    columns(a) === columns(b)
  )
}
