/** BigQuery's reserved words: names only in backticks or after a dot. https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#reserved_keywords */
export const reservedWords = [
  ...[
    'ALL',
    'AND',
    'ANY',
    'ARRAY',
    'AS',
    'ASC',
    'ASSERT_ROWS_MODIFIED',
    'AT',
    'BETWEEN',
    'BY',
    'CASE',
    'CAST',
  ],
  ...['COLLATE', 'CONTAINS', 'CREATE', 'CROSS', 'CUBE', 'CURRENT', 'DEFAULT', 'DEFINE', 'DESC', 'DISTINCT'],
  ...[
    'ELSE',
    'END',
    'ENUM',
    'ESCAPE',
    'EXCEPT',
    'EXCLUDE',
    'EXISTS',
    'EXTRACT',
    'FALSE',
    'FETCH',
    'FOLLOWING',
  ],
  ...['FOR', 'FROM', 'FULL', 'GROUP', 'GROUPING', 'GROUPS', 'HASH', 'HAVING', 'IF', 'IGNORE', 'IN', 'INNER'],
  ...['INTERSECT', 'INTERVAL', 'INTO', 'IS', 'JOIN', 'LATERAL', 'LEFT', 'LIKE', 'LIMIT', 'LOOKUP', 'MERGE'],
  ...[
    'NATURAL',
    'NEW',
    'NO',
    'NOT',
    'NULL',
    'NULLS',
    'OF',
    'ON',
    'OR',
    'ORDER',
    'OUTER',
    'OVER',
    'PARTITION',
  ],
  ...['PRECEDING', 'PROTO', 'QUALIFY', 'RANGE', 'RECURSIVE', 'RESPECT', 'RIGHT', 'ROLLUP', 'ROWS', 'SELECT'],
  ...['SET', 'SOME', 'STRUCT', 'TABLESAMPLE', 'THEN', 'TO', 'TREAT', 'TRUE', 'UNBOUNDED', 'UNION', 'UNNEST'],
  ...['USING', 'WHEN', 'WHERE', 'WINDOW', 'WITH', 'WITHIN'],
] as const

/** Words with a meaning in some place of the grammar, and names everywhere else. */
export const otherWords = [
  ...[
    'ADD',
    'AGGREGATE',
    'ALTER',
    'ALWAYS',
    'ASSERT',
    'ASSIGNMENT',
    'BATCH',
    'BEGIN',
    'BI_CAPACITY',
    'BIGDECIMAL',
  ],
  ...[
    'BIGNUMERIC',
    'BREAK',
    'CALL',
    'CAPACITY',
    'CASCADE',
    'CLONE',
    'CLUSTER',
    'COLUMN',
    'COLUMNS',
    'COMMIT',
  ],
  ...[
    'CONNECTION',
    'CONSTRAINT',
    'CONTINUE',
    'COPY',
    'CORRESPONDING',
    'DATA',
    'DATA_POLICY',
    'DATE',
    'DATETIME',
  ],
  ...['DECIMAL', 'DECLARE', 'DELETE', 'DESCRIPTOR', 'DETERMINISTIC', 'DO', 'DROP'],
  ...[
    'ELSEIF',
    'ENFORCED',
    'ERROR',
    'EXCEPTION',
    'EXECUTE',
    'EXPORT',
    'EXTEND',
    'EXTERNAL',
    'FILES',
    'FILTER',
    'FIRST',
  ],
  ...['FOREIGN', 'FORMAT', 'FUNCTION', 'GENERATED', 'GRANT', 'GRAPH_TABLE', 'IMMEDIATE', 'INCLUDE', 'INDEX'],
  ...[
    'INOUT',
    'INSERT',
    'INT64',
    'ITERATE',
    'JSON',
    'KEY',
    'LANGUAGE',
    'LAST',
    'LEAVE',
    'LOAD',
    'LOOP',
    'MATCHED',
  ],
  ...[
    'MATCH_RECOGNIZE',
    'MATERIALIZED',
    'MAX',
    'MESSAGE',
    'MIN',
    'MODEL',
    'NAME',
    'NUMERIC',
    'OFFSET',
    'OPTIONS',
  ],
  ...['ORDINAL', 'ORGANIZATION', 'OUT', 'OVERWRITE', 'PARTITIONS', 'PERCENT', 'PIVOT', 'POLICIES', 'POLICY'],
  ...[
    'PRIMARY',
    'PROCEDURE',
    'PROJECT',
    'RAISE',
    'REBUILD',
    'REFERENCES',
    'REMOTE',
    'RENAME',
    'REPEAT',
    'REPLACE',
  ],
  ...[
    'REPLICA',
    'RESERVATION',
    'RESTRICT',
    'RETURN',
    'RETURNS',
    'REVOKE',
    'ROLLBACK',
    'ROW',
    'SAFE',
    'SAFE_CAST',
  ],
  ...[
    'SAFE_OFFSET',
    'SAFE_ORDINAL',
    'SCHEMA',
    'SEARCH',
    'SECURITY',
    'SETS',
    'SNAPSHOT',
    'SOURCE',
    'STORED',
    'STORING',
  ],
  ...['STRICT', 'SYSTEM_TIME', 'TABLE', 'TARGET', 'TEMP', 'TEMPORARY', 'TIME', 'TIMESTAMP', 'TRANSACTION'],
  ...[
    'TRUNCATE',
    'TYPE',
    'UNDROP',
    'UNKNOWN',
    'UNPIVOT',
    'UNTIL',
    'UPDATE',
    'VALUE',
    'VALUES',
    'VECTOR',
    'VIEW',
  ],
  ...['WHILE', 'YIELD', 'ZONE', 'ACCESS', 'SYSTEM', 'DEFINER', 'INVOKER'],
] as const

export type ReservedWord = (typeof reservedWords)[number]
export type Keyword = ReservedWord | (typeof otherWords)[number]

export const punctuation = [
  ...[
    '(',
    ')',
    '[',
    ']',
    ',',
    ';',
    '.',
    '+',
    '-',
    '*',
    '/',
    '=',
    '<',
    '>',
    '!=',
    '<>',
    '<=',
    '>=',
    '<<',
    '>>',
  ],
  ...['||', '|', '|>', '^', '&', '~', '@', '@@', '?', ':', '=>', '->', '+=', '-=', '{', '}', '$', '!'],
] as const
export type Punctuation = (typeof punctuation)[number]

/** What a token is to the grammar: a keyword in upper case, a sign, or '' for names and literals. */
export type Word = Keyword | Punctuation | ''

const tableSize = 2048
const hashed: (Keyword | undefined)[] = new Array<Keyword | undefined>(tableSize).fill(undefined)
const reserved = new Set<string>(reservedWords)

/** Folds case: letters lose the bit that tells upper from lower; digits and `_` change too, but always alike. */
export function hashStep(hash: number, code: number): number {
  return (Math.imul(hash, 31) + (code & 0xdf)) | 0
}

for (const word of [...reservedWords, ...otherWords]) {
  let hash = 0
  for (let index = 0; index < word.length; index += 1) hash = hashStep(hash, word.charCodeAt(index))
  let slot = hash & (tableSize - 1)
  while (hashed[slot] !== undefined) slot = (slot + 1) & (tableSize - 1)
  hashed[slot] = word
}

/** The keyword that `text` holds from `start` to `end` in any case, given its hash; '' if it is none. */
export function keywordAt(text: string, start: number, end: number, hash: number): Keyword | '' {
  let slot = hash & (tableSize - 1)
  for (;;) {
    const word = hashed[slot]
    if (word === undefined) return ''
    if (word.length === end - start && foldedEquals(text, start, word)) return word
    slot = (slot + 1) & (tableSize - 1)
  }
}

function foldedEquals(text: string, start: number, word: string): boolean {
  for (let index = 0; index < word.length; index += 1) {
    const code = text.charCodeAt(start + index)
    const upper = code >= 97 && code <= 122 ? code - 32 : code
    if (upper !== word.charCodeAt(index)) return false
  }
  return true
}

/** @example isReserved('select') // true */
export function isReserved(word: string): boolean {
  return reserved.has(word.toUpperCase())
}
