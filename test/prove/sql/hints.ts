/** What arguments that are texts of a small language are picked from; others would only raise. */

const dateParts = ['DAY', 'WEEK', 'WEEK(MONDAY)', 'ISOWEEK', 'MONTH', 'QUARTER', 'YEAR', 'ISOYEAR']
const timeParts = ['MICROSECOND', 'MILLISECOND', 'SECOND', 'MINUTE', 'HOUR']
const extractable = ['DAYOFWEEK', 'DAYOFYEAR', 'DATE', 'TIME', 'DATETIME']

/** Parts that a function takes, by the beginning of its name. */
export function partsOf(name: string): readonly string[] {
  if (name === 'EXTRACT') return [...dateParts, ...timeParts, ...extractable]
  if (name === 'NORMALIZE' || name === 'NORMALIZE_AND_CASEFOLD') return ['NFC', 'NFKC', 'NFD', 'NFKD']
  if (name === 'INTERVAL') return ['DAY', 'MONTH', 'YEAR', 'WEEK', 'QUARTER', ...timeParts.slice(2)]
  const day = name.startsWith('DATE_') || name.startsWith('DATETIME_') || name === 'LAST_DAY'
  const clock = /^(?:TIME|DATETIME|TIMESTAMP)_/.test(name)
  return [...(day ? dateParts : ['DAY']), ...(clock ? timeParts : [])]
}

const jsonPaths = ["'$'", "'$.a'", "'$.b[1]'", "'$.c.d'", "'$[0]'", "'$.b'", "'$.x'", '\'$["a"]\'']
const formats = [
  ...[
    "'%Y-%m-%d'",
    "'%F %T'",
    "'%c'",
    "'%e %b %y'",
    "'%A %j %U %W'",
    "'%E4Y-%m-%dT%H:%M:%E*S'",
    "'%H:%M:%E3S'",
  ],
  ...["'%D %R'", "'%I:%M %p'", "'%G-W%V-%u'", "'%s'", "'%Z %z'", "'%Q'", "'%%x'", "'%h %k %l'", "'%C %g %w'"],
]
const patterns = [
  ...["'a'", "'[a-z]+'", "r'(\\w)'", "r'\\d*'", "'b|c'", "'^a.*'", "'(?i)ABC'", "r'\\s'", "'(a)|b'", "'.'"],
  ...["'x*'", "r'\\pL+'", "'$'", "r'\\bt'", "'[^b]'", "''"],
]
const zones = ["'UTC'", "'Europe/Berlin'", "'America/New_York'", "'+05:30'", "'Asia/Kathmandu'"]
const printf = [
  "'%d'",
  "'%5d|%-5d'",
  "'%s'",
  "'%t'",
  "'%T'",
  "'%08.3f'",
  "'%x'",
  "'%e'",
  "'%g'",
  "'%q'",
  "'%%'",
]

/** Texts for argument `index` of a function, if any text would not do. */
export function textsOf(name: string, index: number): readonly string[] | undefined {
  if (/^(?:JSON_(?:QUERY|VALUE|EXTRACT|SET|REMOVE|ARRAY_)|JSON_STRIP)/.test(name) && index % 2 === 1)
    return jsonPaths
  if (/^(?:FORMAT|PARSE)_(?:DATE|TIME|DATETIME|TIMESTAMP)$/.test(name) && index === 0) return formats
  if (/^(?:FORMAT|PARSE)_TIMESTAMP$/.test(name) && index === 2) return zones
  if (name.startsWith('REGEXP_') && index === 1) return patterns
  if (name === 'REGEXP_REPLACE' && index === 2) return ["''", "'-'", "r'<\\0>'", "r'\\\\'", "r'\\1'"]
  if (name === 'FORMAT' && index === 0) return printf
  if (index > 0 && /^(?:DATE|TIME|DATETIME|TIMESTAMP|STRING|EXTRACT)(?:_TRUNC)?$/.test(name)) return zones
  if (/^LIKE/.test(name) && index > 0) return ["'%'", "'a%'", "'_b_'", "'%\\\\%'", "'a\\\\_b%'", "''"]
  if (name === 'ROUND' && index === 2) return ["'ROUND_HALF_EVEN'", "'ROUND_HALF_AWAY_FROM_ZERO'"]
  if (name === 'TRANSLATE') return ["'abc'", "'xyz'", "'ab'", "''"]
  return undefined
}

/** Numbers for argument `index` that would otherwise make memory or time run out, or only raise. */
export function numbersOf(name: string, index: number): readonly string[] | undefined {
  const small = ['0', '1', '2', '3', '-1', '5', '10']
  if (/^(?:REPEAT|LPAD|RPAD|GENERATE_|SPACE)/.test(name)) return small
  if (/^(?:SUBSTR|SUBSTRING|LEFT|RIGHT|INSTR|REGEXP_|ROUND|TRUNC|ARRAY_SLICE)/.test(name) && index > 0)
    return small
  if (/^\[/.test(name) && index > 0) return ['0', '1', '2', '-1']
  if (/(?:<<|>>)/.test(name) && index > 0) return ['0', '1', '7', '63', '64']
  return undefined
}
