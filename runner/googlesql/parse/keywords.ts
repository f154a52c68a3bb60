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
  ...['ACCESS', 'ADD', 'AGGREGATE', 'ALTER', 'ALWAYS', 'ASSERT', 'BATCH', 'BEGIN', 'BIGDECIMAL'],
  ...['BIGNUMERIC', 'BREAK', 'CALL', 'CASCADE', 'CLONE', 'CLUSTER', 'COLUMN', 'COLUMNS', 'COMMIT'],
  ...['CONNECTION', 'CONSTRAINT', 'CONTINUE', 'COPY', 'CORRESPONDING', 'DATA', 'DATE', 'DATETIME'],
  ...['DECIMAL', 'DECLARE', 'DEFINER', 'DELETE', 'DESCRIPTOR', 'DETERMINISTIC', 'DO', 'DROP', 'ELSEIF'],
  ...['ENFORCED', 'ERROR', 'EXCEPTION', 'EXECUTE', 'EXPORT', 'EXTEND', 'EXTERNAL', 'FILES', 'FILTER'],
  ...['FIRST', 'FOREIGN', 'FORMAT', 'FUNCTION', 'GENERATED', 'GRANT', 'GRAPH_TABLE', 'IMMEDIATE'],
  ...['INCLUDE', 'INDEX', 'INOUT', 'INSERT', 'INVOKER', 'ITERATE', 'JSON', 'KEY', 'LANGUAGE', 'LAST'],
  ...['LEAVE', 'LOAD', 'LOOP', 'MATCHED', 'MATCH_RECOGNIZE', 'MATERIALIZED', 'MAX', 'MESSAGE', 'MIN'],
  ...['MODEL', 'NAME', 'NUMERIC', 'OFFSET', 'OPTIONS', 'OUT', 'OVERWRITE', 'PARTITIONS', 'PERCENT'],
  ...['PIVOT', 'POLICIES', 'POLICY', 'PRIMARY', 'PROCEDURE', 'PROJECT', 'RAISE', 'REFERENCES'],
  ...['REMOTE', 'RENAME', 'REPEAT', 'REPLACE', 'REPLICA', 'RESTRICT', 'RETURN', 'RETURNS', 'REVOKE'],
  ...['ROLLBACK', 'ROW', 'SAFE_CAST', 'SCHEMA', 'SEARCH', 'SECURITY', 'SETS', 'SNAPSHOT', 'SOURCE'],
  ...['STORED', 'STORING', 'STRICT', 'SYSTEM', 'SYSTEM_TIME', 'TABLE', 'TARGET', 'TEMP', 'TEMPORARY'],
  ...['TIME', 'TIMESTAMP', 'TRANSACTION', 'TRUNCATE', 'TYPE', 'UNDROP', 'UNKNOWN', 'UNPIVOT', 'UNTIL'],
  ...['UPDATE', 'VALUE', 'VALUES', 'VECTOR', 'VIEW', 'WHILE', 'ZONE'],
] as const

/** Words with a meaning in some place that messages call identifiers, not keywords. */
export const quietWords = [
  ...['ASSIGNMENT', 'BI_CAPACITY', 'CAPACITY', 'DATA_POLICY', 'ORDINAL', 'ORGANIZATION', 'REBUILD'],
  ...['RESERVATION', 'SAFE_OFFSET', 'SAFE_ORDINAL'],
] as const

export type ReservedWord = (typeof reservedWords)[number]
export type Keyword = ReservedWord | (typeof otherWords)[number] | (typeof quietWords)[number]

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
const quiet = new Set<string>(quietWords)

/** Folds case: letters lose the bit that tells upper from lower; digits and `_` change too, but always alike. */
export function hashStep(hash: number, code: number): number {
  return (Math.imul(hash, 31) + (code & 0xdf)) | 0
}

for (const word of [...reservedWords, ...otherWords, ...quietWords]) {
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

/** Whether messages call the word an identifier though the grammar knows it. */
export function isQuiet(word: Word): boolean {
  return quiet.has(word)
}
