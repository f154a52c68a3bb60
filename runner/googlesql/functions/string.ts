import { Problem } from '../../problem.ts'
import { quoteText } from '../lower/identifier.ts'
import { once, onceUnlessCheap } from '../lower/library/once.ts'
import { raise, raiseText } from '../lower/library/raise.ts'
import { arrayOf, BOOL, BYTES, INT64, STRING } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { lowerCast } from './casts/cast.ts'
import {
  anyType,
  named,
  operator,
  part,
  plain,
  refused,
  repeated,
  scalar,
  signature,
  typeAt,
} from './define.ts'
import type { Call, FunctionEntry, Signature } from './function.ts'
import { jsonScope, textsOf } from './texts/field-texts.ts'
import { instr } from './texts/instr.ts'
import { changeCase } from './texts/letter-case.ts'
import { pad } from './texts/pad.ts'
import {
  bytesLength,
  duckType,
  either,
  guarded,
  least,
  lengthOf,
  slice,
  substr,
} from './texts/text-or-bytes.ts'

const page = 'string_functions'
const first = (args: readonly SqlType[]) => typeAt(args, 0)

function string(name: string, signatures: readonly Signature[]): FunctionEntry {
  return scalar(name, `${page}#${name.toLowerCase()}`, signatures)
}

/** Unicode's white space, which TRIM without characters takes away. */
const whiteSpaces =
  ' \t\n\v\f\r\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'
const whiteSpace = quoteText(whiteSpaces)

function trim(name: 'TRIM' | 'LTRIM' | 'RTRIM'): FunctionEntry {
  const side = name === 'TRIM' ? 'BOTH' : name === 'LTRIM' ? 'LEFT' : 'RIGHT'
  const duck = name.toLowerCase()
  return string(name, [
    // Without characters, DuckDB takes spaces alone (of any width), ten times as fast as characters that it is told.
    plain([STRING], STRING, (value) =>
      onceUnlessCheap([value], (x) => {
        const others = Array.from(whiteSpaces).filter((sign) => !/\p{Zs}/u.test(sign))
        const found = others.map((sign) => `contains(${x}, ${quoteText(sign)})`).join(' OR ')
        return `CASE WHEN ${found} THEN ${duck}(${x}, ${whiteSpace}) ELSE ${duck}(${x}) END`
      }),
    ),
    plain([STRING, STRING], STRING, (value, set) => `${duck}(${value}, ${set})`),
    plain([BYTES, BYTES], BYTES, (value, set) => `googlesql_bytes_trim(${value}, ${set}, '${side}')`),
  ])
}

/** True of a literal with no character twice, which is an error. */
function distinctSigns(literal: string): boolean {
  const signs = Array.from(/^'([^']*)'$/.exec(literal)?.[1] ?? '--')
  return new Set(signs).size === signs.length
}

function side(name: 'LEFT' | 'RIGHT'): FunctionEntry {
  return string(
    name,
    either(['same', INT64], 'same', ([value = '', length = ''], bytes) =>
      once([value, length], (v, n) => {
        const part =
          name === 'LEFT'
            ? slice(v, '1', least(n), bytes)
            : slice(
                v,
                `CASE WHEN ${n} IS NOT NULL THEN greatest(${lengthOf(v, bytes)} - ${n} + 1, 1) END`,
                undefined,
                bytes,
              )
        return guarded(
          `${n} < 0 AND ${v} IS NOT NULL`,
          `Second argument in ${name}() cannot be negative`,
          duckType(bytes),
          part,
        )
      }),
    ),
  )
}

function length(name: string): FunctionEntry {
  return string(
    name,
    either(['same'], INT64, ([value = ''], bytes) => lengthOf(value, bytes)),
  )
}

/** NORMALIZE's form is a bare word, as date parts are. */
function normalForm(form: string): string {
  if (['NFC', 'NFKC', 'NFD', 'NFKD'].includes(form)) return form
  throw new Problem(`NORMALIZE: ${form} is none of NFC, NFKC, NFD, NFKD`)
}

const concat = (duck: 'VARCHAR' | 'BLOB', type: SqlType): Signature =>
  signature([type, repeated(type)], type, (args) =>
    args.length === 1
      ? (args[0] ?? '')
      : `CAST((${args.map((arg) => `CAST(${arg} AS ${duck})`).join(' || ')}) AS ${duck})`,
  )

/** What CONCAT and || take beside STRING: what a CAST makes one of. */
const printable = ({ kind }: SqlType): boolean =>
  ['INT64', 'NUMERIC', 'BIGNUMERIC', 'FLOAT64', 'BOOL', 'STRING'].includes(kind) ||
  ['DATE', 'TIME', 'DATETIME', 'TIMESTAMP', 'INTERVAL'].includes(kind)

/** Arguments as texts, the constants among them at once. */
const texts = (args: readonly string[], { argumentTypes }: Call): readonly string[] =>
  args.map((arg, index) => lowerCast(arg, argumentTypes[index] ?? STRING, STRING))

const concatTexts: Signature = {
  ...signature([printable, repeated(printable)], STRING, (args, call) =>
    args.length === 1 ? (texts(args, call)[0] ?? '') : `(${texts(args, call).join(' || ')})`,
  ),
  unlisted: true,
}

export const stringFunctions: readonly FunctionEntry[] = [
  operator('||', 'concatenation_operator', [
    plain([STRING, STRING], STRING, (x, y) => `(${x} || ${y})`),
    // Of two constant NULLs DuckDB forgets the type.
    plain([BYTES, BYTES], BYTES, (x, y) => `CAST((${x} || ${y}) AS BLOB)`),
    {
      ...signature([printable, printable], STRING, (args, call) => `(${texts(args, call).join(' || ')})`),
      unlisted: true,
    },
    plain(['ARRAY<T1>', 'ARRAY<T1>'], first, (x, y) =>
      once(
        [x, y],
        (a, b) => `CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE list_concat(${a}, ${b}) END`,
      ),
    ),
  ]),
  string('ASCII', [
    plain([STRING], INT64, (value) =>
      once([value], (x) => {
        const message = `'Argument to ASCII is not a structurally valid ASCII string: ''' || ${x} || ''''`
        return `CASE WHEN ${x} = '' THEN 0 WHEN ascii(${x}) < 128 THEN CAST(ascii(${x}) AS BIGINT) WHEN ${x} IS NOT NULL THEN ${raise(message, 'BIGINT')} END`
      }),
    ),
    plain(
      [BYTES],
      INT64,
      (x) => `coalesce(googlesql_bytes_to_code_points(${x})[1], CASE WHEN ${x} IS NOT NULL THEN 0 END)`,
    ),
  ]),
  string('BYTE_LENGTH', [plain([STRING], INT64, (x) => `strlen(${x})`), plain([BYTES], INT64, bytesLength)]),
  string('OCTET_LENGTH', [plain([STRING], INT64, (x) => `strlen(${x})`), plain([BYTES], INT64, bytesLength)]),
  string('CHAR_LENGTH', [plain([STRING], INT64, (x) => `length(${x})`)]),
  string('CHARACTER_LENGTH', [plain([STRING], INT64, (x) => `length(${x})`)]),
  length('LENGTH'),
  string('CHR', [
    plain([INT64], STRING, (value) =>
      onceUnlessCheap(
        [value],
        (x) =>
          `CASE WHEN ${x} BETWEEN 1 AND 55295 THEN chr(TRY_CAST(${x} AS INTEGER)) ELSE googlesql_chr(${x}) END`,
      ),
    ),
  ]),
  string('CODE_POINTS_TO_BYTES', [
    plain([arrayOf(INT64)], BYTES, (x) => `googlesql_code_points_to_bytes(${x})`),
  ]),
  string('CODE_POINTS_TO_STRING', [
    plain([arrayOf(INT64)], STRING, (value) =>
      onceUnlessCheap([value], (x) => {
        const one = `CASE WHEN c BETWEEN 1 AND 55295 THEN chr(TRY_CAST(c AS INTEGER)) ELSE googlesql_chr(c) END`
        const text = `coalesce(array_to_string(list_transform(${x}, lambda c: ${one}), ''), '')`
        return `CASE WHEN list_count(${x}) = len(${x}) THEN ${text} END`
      }),
    ),
  ]),
  string('TO_CODE_POINTS', [
    plain([STRING], arrayOf(INT64), (value) =>
      onceUnlessCheap(
        [value],
        (x) =>
          `CASE WHEN ${x} = '' THEN CAST([] AS BIGINT[]) ELSE list_transform(string_split(${x}, ''), lambda c: CAST(unicode(c) AS BIGINT)) END`,
      ),
    ),
    plain([BYTES], arrayOf(INT64), (x) => `googlesql_bytes_to_code_points(${x})`),
  ]),
  string('UNICODE', [
    plain([STRING], INT64, (value) =>
      once([value], (x) => `CASE WHEN ${x} = '' THEN 0 ELSE CAST(unicode(${x}) AS BIGINT) END`),
    ),
  ]),
  string('CONCAT', [concat('VARCHAR', STRING), concat('BLOB', BYTES), concatTexts]),
  string('CONTAINS_SUBSTR', [
    signature([STRING, STRING, named('json_scope', STRING)], BOOL, ([value = '', part = '']) =>
      onceUnlessCheap([value, part], (v, p) => {
        const ascii = `strlen(${v}) = length(${v}) AND strlen(${p}) = length(${p})`
        return `CASE WHEN ${ascii} THEN contains(lower(${v}), lower(${p})) ELSE googlesql_contains_substr(${v}, ${p}) END`
      }),
    ),
    signature(
      [anyType, STRING, named('json_scope', STRING, { literal: true })],
      BOOL,
      ([value = '', part = ''], call) => {
        const texts = textsOf(value, typeAt(call.argumentTypes, 0), jsonScope(call, 2), 'as text')
        return once([texts, part], (list, wanted) => {
          const found = `list_transform(${list}, lambda t: googlesql_contains_substr(t, ${wanted}))`
          // TRUE if one field has it; else NULL if one is NULL.
          return `CASE WHEN list_contains(${found}, true) THEN true WHEN list_count(${found}) < len(${found}) THEN NULL ELSE false END`
        })
      },
    ),
  ]),
  string(
    'EDIT_DISTANCE',
    either(['same', 'same'], INT64, ([x = '', y = '', max], bytes) => {
      const slow = (a: string, b: string) =>
        `googlesql_${bytes ? 'bytes_' : ''}edit_distance(${a}, ${b}, ${max ?? '9223372036854775807'})`
      if (bytes || max !== undefined) return slow(x, y)
      // DuckDB compares bytes.
      return onceUnlessCheap([x, y], (a, b) => {
        const ascii = `strlen(${a}) = length(${a}) AND strlen(${b}) = length(${b})`
        return `CASE WHEN ${ascii} THEN levenshtein(${a}, ${b}) ELSE ${slow(a, b)} END`
      })
    }).map((entry) => ({
      ...entry,
      parameters: [...entry.parameters, named('max_distance', INT64)],
    })),
  ),
  string(
    'STARTS_WITH',
    either(['same', 'same'], BOOL, ([value = '', part = ''], bytes) =>
      bytes ? `starts_with(hex(${value}), hex(${part}))` : `starts_with(${value}, ${part})`,
    ),
  ),
  string(
    'ENDS_WITH',
    either(['same', 'same'], BOOL, ([value = '', part = ''], bytes) =>
      bytes ? `ends_with(hex(${value}), hex(${part}))` : `ends_with(${value}, ${part})`,
    ),
  ),
  string('FROM_BASE32', [plain([STRING], BYTES, (x) => `googlesql_from_base32(${x})`)]),
  string('FROM_BASE64', [
    // DuckDB takes a sign between two that fill up for none.
    plain([STRING], BYTES, (value) =>
      onceUnlessCheap([value], (x) => {
        const usual = `ends_with(${x}, '=') OR NOT contains(${x}, '=')`
        return `coalesce(CASE WHEN ${usual} THEN TRY(from_base64(${x})) END, googlesql_from_base64(${x}))`
      }),
    ),
  ]),
  string('FROM_HEX', [
    plain([STRING], BYTES, (value) =>
      onceUnlessCheap([value], (x) => `coalesce(TRY(unhex(${x})), googlesql_from_hex(${x}))`),
    ),
  ]),
  string('TO_BASE32', [plain([BYTES], STRING, (x) => `googlesql_to_base32(${x})`)]),
  string('TO_BASE64', [plain([BYTES], STRING, (x) => `to_base64(${x})`)]),
  string('TO_HEX', [
    // What DuckDB's digests give is hexadecimal already.
    plain(
      [BYTES],
      STRING,
      (x) => /^unhex\(((?:md5|sha1|sha256)\(encode\([\w."$]+\)\))\)$/.exec(x)?.[1] ?? `lower(hex(${x}))`,
    ),
  ]),
  string('INITCAP', [
    plain(
      [STRING],
      STRING,
      (x) => `googlesql_initcap(${x}, ${quoteText(`${whiteSpaces}[](){}/\\|<>!?@"^#$&~_,.:;*%+-`)})`,
    ),
    plain([STRING, STRING], STRING, (x, delimiters) => `googlesql_initcap(${x}, ${delimiters})`),
  ]),
  string('INSTR', instr),
  side('LEFT'),
  side('RIGHT'),
  string('LOWER', changeCase('LOWER')),
  string('UPPER', changeCase('UPPER')),
  string('LPAD', pad('LPAD')),
  string('RPAD', pad('RPAD')),
  trim('TRIM'),
  trim('LTRIM'),
  trim('RTRIM'),
  string('NORMALIZE', [
    signature([STRING, { ...part, optional: true }], STRING, ([value = '', form = 'NFC']) =>
      onceUnlessCheap([value], (x) => {
        const other =
          normalForm(form) === 'NFC' ? `nfc_normalize(${x})` : `googlesql_normalize(${x}, '${form}')`
        return `CASE WHEN strlen(${x}) = length(${x}) THEN ${x} ELSE ${other} END`
      }),
    ),
  ]),
  string('NORMALIZE_AND_CASEFOLD', [
    signature(
      [STRING, { ...part, optional: true }],
      STRING,
      ([x = '', form = 'NFC']) => `googlesql_normalize_fold(${x}, '${normalForm(form)}')`,
    ),
  ]),
  string(
    'REPEAT',
    either(['same', INT64], 'same', ([value = '', count = ''], bytes) =>
      once([value, count], (v, n) => {
        // Of a constant NULL DuckDB would repeat bytes.
        const result = bytes ? `unhex(repeat(hex(${v}), ${n}))` : `repeat(CAST(${v} AS VARCHAR), ${n})`
        const wrong = guarded(
          `${n} < 0 AND ${v} IS NOT NULL`,
          'Second argument (repeat count) for REPEAT cannot be negative',
          duckType(bytes),
          result,
        )
        const size = `${bytes ? bytesLength(v) : `strlen(${v})`} * ${n} > 1048576`
        const large = raiseText('Output of REPEAT exceeds max allowed output size of 1MB', duckType(bytes))
        return `CASE WHEN ${n} > 1048576 AND ${lengthOf(v, bytes)} > 0 THEN ${large} WHEN ${lengthOf(v, bytes)} > 0 AND ${size} THEN ${large} ELSE ${wrong} END`
      }),
    ),
  ),
  string(
    'REPLACE',
    either(['same', 'same', 'same'], 'same', ([value = '', from = '', to = ''], bytes) =>
      bytes
        ? `googlesql_bytes_replace(${value}, ${from}, ${to})`
        : once(
            [value, from, to],
            (v, f, t) =>
              `CASE WHEN ${f} = '' AND ${t} IS NOT NULL THEN ${v} ELSE replace(${v}, ${f}, ${t}) END`,
          ),
    ),
  ),
  string('REVERSE', [
    plain([STRING], STRING, (value) =>
      // Outside ASCII DuckDB's own keeps what is seen as one character together: BigQuery reverses code points.
      onceUnlessCheap([value], (x) => {
        const points = `array_to_string(list_reverse(string_split(${x}, '')), '')`
        return `CASE WHEN strlen(${x}) = length(${x}) THEN reverse(${x}) ELSE ${points} END`
      }),
    ),
    plain([BYTES], BYTES, (x) => `googlesql_bytes_reverse(${x})`),
  ]),
  string('SAFE_CONVERT_BYTES_TO_STRING', [
    plain([BYTES], STRING, (value) =>
      onceUnlessCheap([value], (x) => `coalesce(TRY(decode(${x})), googlesql_safe_utf8(${x}))`),
    ),
  ]),
  string('SOUNDEX', [plain([STRING], STRING, (x) => `googlesql_soundex(${x})`)]),
  string('SPLIT', [
    plain([STRING], arrayOf(STRING), (value) => `string_split(${value}, ',')`),
    plain([STRING, STRING], arrayOf(STRING), (value, by) =>
      once(
        [value, by],
        (v, d) =>
          `CASE WHEN ${d} IS NULL THEN NULL WHEN ${v} = '' THEN [''] ELSE string_split(${v}, ${d}) END`,
      ),
    ),
    plain([BYTES, BYTES], arrayOf(BYTES), (value, by) => `googlesql_bytes_split(${value}, ${by})`),
  ]),
  string(
    'STRPOS',
    either(['same', 'same'], INT64, ([value = '', part = ''], bytes) =>
      bytes ? `googlesql_bytes_find(${value}, ${part}, 1, 1)` : `strpos(${value}, ${part})`,
    ),
  ),
  string('SUBSTR', either(['same', INT64, INT64], 'same', substr, 2)),
  string('SUBSTRING', either(['same', INT64, INT64], 'same', substr, 2)),
  string(
    'TRANSLATE',
    either(['same', 'same', 'same'], 'same', ([value = '', from = '', to = ''], bytes) =>
      bytes
        ? `googlesql_bytes_translate(${value}, ${from}, ${to})`
        : distinctSigns(from)
          ? `translate(${value}, ${from}, ${to})`
          : `googlesql_translate(${value}, ${from}, ${to})`,
    ),
  ),
  refused('COLLATE', `${page}#collate`, 'collation is not supported locally'),
]
