/** A function in BigQuery's SQL, and what one would write in DuckDB's own for the same values. */
export interface FunctionPair {
  readonly ours: string
  readonly theirs: string
  /** DuckDB has no such function: one of another result, which costs something like it; no limit. */
  readonly unlike?: true
  /** In which way the two are not the same, or why this peer is the nearest. */
  readonly note?: string
}

/** The source's columns that an expression names. */
export function columnsIn(sql: string): readonly string[] {
  const text = sql.replace(/'[^']*'/g, '')
  return columns.filter((column) => new RegExp(`\\b${column}\\b`).test(text))
}

const columns = [
  'n',
  'k',
  'f',
  'amount',
  's',
  'u',
  'j',
  'digits',
  'decimals',
  'mixed',
  'd',
  'dt',
  'ts',
  'dtext',
  'ttext',
]

/** Rows of plain texts, numbers, times and JSON, as DuckDB's SQL. */
export const sourceOf = (rows: number): string => `
  select i as n, (hash(i) % 2000000)::bigint - 1000000 as k, (hash(i) % 100000000) / 997 as f,
    ((hash(i) % 100000000)::decimal(38,9) / 100)::decimal(38,9) as amount,
    'customer ' || i || ' of ' || substr(md5(i::varchar), 1, 12) || '@mail' || i % 97 || '.example.com' as s,
    'Größe ' || i || ' 東京 ' || substr(md5(i::varchar), 1, 8) as u,
    '{"id": ' || i || ', "name": "customer ' || i || '", "tags": ["a", "b"], "address": {"city": "Ulm", "zip": "' || i % 90000 || '"}}' as j,
    i::varchar as digits, (i / 8)::varchar as decimals,
    case when i % 10 = 0 then 'n/a' else (i * 7)::varchar end as mixed,
    date '1970-01-01' + (hash(i) % 20000)::int as d,
    timestamp '1990-01-01' + to_microseconds((hash(i) % 1000000000000000)::bigint) as dt,
    make_timestamptz(631152000000000 + (hash(i) % 1000000000000000)::bigint) as ts,
    strftime(date '1970-01-01' + (hash(i) % 20000)::int, '%Y-%m-%d') as dtext,
    strftime(timestamp '1990-01-01' + to_seconds((hash(i) % 1000000000)::bigint), '%Y-%m-%d %H:%M:%S') as ttext
  from range(${rows}) as r(i)`

export const pairs: readonly FunctionPair[] = [
  { ours: "JSON_VALUE(j, '$.name')", theirs: "json_extract_string(j, '$.name')" },
  { ours: "JSON_VALUE(j, '$.address.zip')", theirs: "json_extract_string(j, '$.address.zip')" },
  { ours: "JSON_VALUE(j, '$.id')", theirs: "json_extract_string(j, '$.id')" },
  { ours: "JSON_VALUE(j, '$.none')", theirs: "json_extract_string(j, '$.none')" },
  { ours: "JSON_VALUE(j, '$.tags[0]')", theirs: "json_extract_string(j, '$.tags[0]')" },
  {
    ours: "JSON_QUERY(j, '$.address')",
    theirs: "json_extract(j, '$.address')::varchar",
    note: 'which may write a number in another way',
  },
  {
    ours: "ARRAY_LENGTH(JSON_VALUE_ARRAY(j, '$.tags'))",
    theirs: `len(from_json(json_extract(j, '$.tags'), '["VARCHAR"]'))`,
    note: 'which also tells no array from an empty one',
  },
  { ours: "REGEXP_CONTAINS(s, r'@mail[0-9]+')", theirs: "regexp_matches(s, '@mail[0-9]+')" },
  { ours: "REGEXP_EXTRACT(s, r'@(.+)$')", theirs: "regexp_extract(s, '@(.+)$', 1)" },
  { ours: "REGEXP_REPLACE(s, r'[0-9]+', '#')", theirs: "regexp_replace(s, '[0-9]+', '#', 'g')" },
  { ours: "ARRAY_LENGTH(REGEXP_EXTRACT_ALL(s, r'[0-9]+'))", theirs: "len(regexp_extract_all(s, '[0-9]+'))" },
  { ours: 'UPPER(s)', theirs: 'upper(s)' },
  {
    ours: 'UPPER(u)',
    theirs: "upper(replace(u, 'ß', 'ss'))",
    note: 'with ß in every row, of which upper() alone does not make SS',
  },
  { ours: 'LOWER(u)', theirs: 'lower(u)' },
  { ours: 'LENGTH(u)', theirs: 'length(u)' },
  { ours: 'SUBSTR(u, 3, 10)', theirs: 'substr(u, 3, 10)' },
  { ours: 'SUBSTR(s, -5)', theirs: 'substr(s, -5)' },
  { ours: 'LEFT(u, 4)', theirs: 'left(u, 4)' },
  { ours: 'REVERSE(u)', theirs: 'reverse(u)' },
  { ours: "LPAD(digits, 12, '0')", theirs: "lpad(digits, 12, '0')" },
  { ours: 'TRIM(u)', theirs: 'trim(u)' },
  { ours: "REPLACE(s, 'mail', 'post')", theirs: "replace(s, 'mail', 'post')" },
  { ours: "STRPOS(u, '東')", theirs: "strpos(u, '東')" },
  { ours: "INSTR(s, '@')", theirs: "strpos(s, '@')" },
  { ours: 'INSTR(s, digits)', theirs: 'strpos(s, digits)' },
  { ours: "TRANSLATE(s, 'abc', 'xyz')", theirs: "translate(s, 'abc', 'xyz')" },
  { ours: 'EDIT_DISTANCE(digits, decimals)', theirs: 'levenshtein(digits, decimals)' },
  { ours: "CONTAINS_SUBSTR(s, 'MAIL5')", theirs: "contains(lower(s), 'mail5')" },
  { ours: 'CHR(MOD(n, 1000) + 32)', theirs: 'chr((n % 1000 + 32)::int)' },
  { ours: 'NORMALIZE(u)', theirs: 'nfc_normalize(u)' },
  { ours: 'CAST(CAST(s AS BYTES) AS STRING)', theirs: 'decode(encode(s))' },
  { ours: 'FROM_HEX(TO_HEX(MD5(s)))', theirs: 'from_hex(md5(s))' },
  { ours: "SPLIT(s, '@')[OFFSET(0)]", theirs: "split_part(s, '@', 1)" },
  { ours: "ARRAY_LENGTH(SPLIT(s, ' '))", theirs: "len(string_split(s, ' '))" },
  { ours: "CONCAT(s, '-', digits)", theirs: "s || '-' || digits" },
  { ours: "STARTS_WITH(s, 'customer 1')", theirs: "starts_with(s, 'customer 1')" },
  { ours: 'TO_HEX(MD5(s))', theirs: 'md5(s)' },
  { ours: 'TO_HEX(SHA256(s))', theirs: 'sha256(s)' },
  { ours: 'TO_BASE64(CAST(s AS BYTES))', theirs: 'to_base64(encode(s))' },
  { ours: 'FARM_FINGERPRINT(s)', theirs: 'hash(s)', unlike: true },
  { ours: "FORMAT('%05d', n)", theirs: "printf('%05d', n)" },
  { ours: "FORMAT('%s-%d', s, n)", theirs: "printf('%s-%d', s, n)" },
  { ours: "FORMAT('%.2f', f)", theirs: "printf('%.2f', f)" },
  { ours: 'SAFE_CAST(mixed AS INT64)', theirs: 'try_cast(mixed as bigint)' },
  { ours: 'CAST(digits AS INT64)', theirs: 'cast(digits as bigint)' },
  { ours: 'SAFE_CAST(decimals AS FLOAT64)', theirs: 'try_cast(decimals as double)' },
  { ours: 'SAFE_CAST(decimals AS NUMERIC)', theirs: 'try_cast(decimals as decimal(38,9))' },
  { ours: 'SAFE_CAST(dtext AS DATE)', theirs: 'try_cast(dtext as date)' },
  { ours: 'SAFE_CAST(ttext AS TIMESTAMP)', theirs: 'try_cast(ttext as timestamp)' },
  { ours: 'SAFE_CAST(ttext AS DATETIME)', theirs: 'try_cast(ttext as timestamp)' },
  { ours: 'CAST(n AS STRING)', theirs: 'cast(n as varchar)' },
  {
    ours: 'CAST(f AS STRING)',
    theirs: "printf('%.17g', f)",
    note: 'a plain cast prints other digits where sixteen are the fewest',
  },
  { ours: 'CAST(amount AS STRING)', theirs: 'cast(amount as varchar)' },
  { ours: 'CAST(d AS STRING)', theirs: 'cast(d as varchar)' },
  { ours: 'CAST(dt AS STRING)', theirs: 'cast(dt as varchar)' },
  { ours: 'CAST(f AS INT64)', theirs: 'cast(f as bigint)' },
  { ours: 'ROUND(f, 2)', theirs: 'round(f, 2)' },
  { ours: 'ROUND(amount, 1)', theirs: 'round(amount, 1)' },
  { ours: 'amount * NUMERIC "1.19"', theirs: 'cast(amount * 1.19 as decimal(38,9))' },
  {
    ours: 'amount / 3',
    theirs: 'cast(amount / 3 as decimal(38,9))',
    note: 'which divides FLOAT64s: its last digits may be others',
  },
  { ours: 'MOD(n, 7)', theirs: 'n % 7' },
  { ours: 'DIV(n, 7)', theirs: 'n // 7' },
  { ours: 'SAFE_DIVIDE(f, n)', theirs: 'f / nullif(n, 0)' },
  { ours: "FORMAT_DATE('%Y-%m', d)", theirs: "strftime(d, '%Y-%m')" },
  {
    ours: "FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%S', ts)",
    theirs: "strftime(dt, '%Y-%m-%dT%H:%M:%S')",
  },
  { ours: "PARSE_DATE('%Y-%m-%d', dtext)", theirs: "strptime(dtext, '%Y-%m-%d')::date" },
  { ours: "PARSE_TIMESTAMP('%Y-%m-%d %H:%M:%S', ttext)", theirs: "strptime(ttext, '%Y-%m-%d %H:%M:%S')" },
  { ours: "PARSE_DATETIME('%Y-%m-%d %H:%M:%S', ttext)", theirs: "strptime(ttext, '%Y-%m-%d %H:%M:%S')" },
  { ours: 'DATE(ts, "Europe/Berlin")', theirs: "timezone('Europe/Berlin', ts)::date" },
  {
    ours: 'EXTRACT(HOUR FROM ts AT TIME ZONE "America/New_York")',
    theirs: "hour(timezone('America/New_York', ts))",
  },
  { ours: 'TIMESTAMP_TRUNC(ts, DAY)', theirs: "date_trunc('day', dt)" },
  { ours: 'DATE_TRUNC(d, WEEK)', theirs: "date_trunc('week', d)" },
  { ours: 'DATE_ADD(d, INTERVAL 1 MONTH)', theirs: 'd + interval 1 month' },
  { ours: 'DATE_DIFF(d, DATE "2000-01-01", DAY)', theirs: "date_diff('day', date '2000-01-01', d)" },
  { ours: 'DATE_DIFF(d, DATE "2000-01-01", MONTH)', theirs: "date_diff('month', date '2000-01-01', d)" },
  {
    ours: 'TIMESTAMP_DIFF(ts, TIMESTAMP "2000-01-01", HOUR)',
    theirs: "date_sub('hour', timestamp '2000-01-01', dt)",
  },
  { ours: 'UNIX_SECONDS(ts)', theirs: 'epoch(dt)::bigint' },
  { ours: 'EXTRACT(DAYOFWEEK FROM d)', theirs: 'dayofweek(d) + 1' },
  { ours: 'TO_JSON_STRING(STRUCT(n AS a, s AS b))', theirs: "to_json({'a': n, 'b': s})::varchar" },
]
