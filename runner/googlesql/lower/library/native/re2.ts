import { GoogleSqlError } from '../native-function.ts'

/**
 * An RE2 pattern as a JavaScript one, for the questions that DuckDB's functions do not answer: where each match lies,
 * and what comes after an empty one. The pattern is known to be well-formed: DuckDB's own RE2 has read it before.
 * Anchors, classes and dots are written out, so that no flag but `i` has a meaning that differs.
 *
 * @throws GoogleSqlError for syntax whose meaning in JavaScript could differ: refused, not guessed
 */
export function javascriptOf(pattern: string): RegExp {
  return new RegExp(new Translation(pattern).whole(), 'gdu')
}

interface Flags {
  readonly i: boolean
  readonly m: boolean
  readonly s: boolean
  readonly U: boolean
}

const word = '0-9A-Za-z_'
const space = '\\t\\n\\f\\r '
const perl: Readonly<Record<string, string>> = { d: '0-9', s: space, w: word }
const posix: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\0-\\x7f',
  blank: '\\t ',
  cntrl: '\\0-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word,
  xdigit: '0-9A-Fa-f',
}
const controls: Readonly<Record<string, string>> = {
  a: '\\x07',
  f: '\\f',
  t: '\\t',
  n: '\\n',
  r: '\\r',
  v: '\\v',
}
const edge = `(?-i:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`
const noEdge = `(?-i:(?<=[${word}])(?=[${word}])|(?<![${word}])(?![${word}]))`

class Translation {
  readonly #points: readonly string[]
  #at = 0

  constructor(pattern: string) {
    this.#points = Array.from(pattern)
  }

  whole(): string {
    const { text } = this.#sequence({ i: false, m: false, s: false, U: false })
    if (this.#at < this.#points.length) this.#odd(')')
    return text
  }

  /** Up to the group's end, which stays. */
  #sequence(given: Flags): { readonly text: string; readonly captures: boolean } {
    let flags = given
    let text = ''
    let close = ''
    let captures = false
    for (let next = this.#peek(); next !== undefined && next !== ')'; next = this.#peek()) {
      if (next === '|') {
        this.#at++
        // A flag that was set in this branch holds in the next ones too.
        text += close === '' ? '|' : `${close}|(?${flags.i ? 'i' : '-i'}:`
        continue
      }
      const set = this.#flagsAlone()
      if (set !== undefined) {
        flags = apply(flags, set)
        text += `${close}(?${flags.i ? 'i' : '-i'}:`
        close = ')'
        continue
      }
      const atom = this.#atom(flags)
      const times = this.#quantifier(flags.U)
      if (times !== '' && atom.within) this.#odd('a group within a repeated one')
      captures ||= atom.captures
      text += times === '' ? atom.text : `(?:${atom.text})${times}`
    }
    return { text: text + close, captures }
  }

  /** `within`: a capturing group lies inside of it, whose content JavaScript forgets between repetitions. */
  #atom(flags: Flags): { readonly text: string; readonly captures: boolean; readonly within: boolean } {
    const plain = (text: string) => ({ text, captures: false, within: false })
    const next = this.#take()
    switch (next) {
      case '.':
        return plain(flags.s ? '[\\s\\S]' : '[^\\n]')
      case '^':
        return plain(flags.m ? '(?:^|(?<=\\n))' : '^')
      case '$':
        return plain(flags.m ? '(?:$|(?=\\n))' : '$')
      case '[':
        return plain(this.#class(flags))
      case '(':
        return this.#group(flags)
      case '\\':
        return plain(this.#escape(flags))
      default:
        return plain(literal(next))
    }
  }

  #group(flags: Flags): { readonly text: string; readonly captures: boolean; readonly within: boolean } {
    const named = this.#match(/^\?P<\w+>/)
    const set = named === undefined ? this.#match(/^\?[imsU-]*:/) : undefined
    if (named === undefined && set === undefined && this.#peek() === '?') this.#odd('(?')
    const inner = set === undefined ? flags : apply(flags, set.slice(1, -1))
    const body = this.#sequence(inner)
    this.#at++
    if (set === undefined) return { text: `(${body.text})`, captures: true, within: body.captures }
    const open = inner.i === flags.i ? '(?:' : inner.i ? '(?i:' : '(?-i:'
    return { text: `${open}${body.text})`, captures: body.captures, within: body.captures }
  }

  /** `(?i)`, `(?s-m)`: to the end of the group that it stands in. */
  #flagsAlone(): string | undefined {
    const found = this.#match(/^\(\?[imsU-]+\)/)
    return found?.slice(2, -1)
  }

  #quantifier(ungreedy: boolean): string {
    const times = this.#match(/^(?:[*+?]|\{\d+(?:,\d*)?\})/)
    if (times === undefined) return ''
    const asked = this.#match(/^\?/) !== undefined
    return `${times}${asked !== ungreedy ? '?' : ''}`
  }

  #escape(flags: Flags): string {
    const quoted = this.#match(/^Q[\s\S]*?(?:\\E|$)/)
    if (quoted !== undefined)
      return `(?:${Array.from(quoted.slice(1).replace(/\\E$/, '')).map(literal).join('')})`
    const next = this.#take()
    if (next === 'A') return '^'
    if (next === 'z') return '$'
    if (next === 'b') return edge
    if (next === 'B') return noEdge
    if (next === 'E') return '(?:)'
    if (next === 'C') return this.#odd('\\C')
    const set = perl[next.toLowerCase()]
    if (set !== undefined) {
      if (next === 'W' && flags.i) this.#odd('\\W without regard to case')
      return next === next.toLowerCase() ? `[${set}]` : `[^${set}]`
    }
    if (next === 'p' || next === 'P') return this.#property(next)
    return this.#character(next)
  }

  /** After `\p` or `\P`: a category or a script. */
  #property(sign: 'p' | 'P'): string {
    const name = this.#match(/^\{\^?\w+\}/)?.slice(1, -1) ?? this.#take()
    const negated = name.startsWith('^') !== (sign === 'P')
    const bare = name.replace('^', '')
    if (bare === 'Any') return negated ? '[^\\s\\S]' : '[\\s\\S]'
    return `\\${negated ? 'P' : 'p'}{${bare.length <= 2 ? bare : `Script=${bare}`}}`
  }

  /** A character by its code or its letter; `first` has been taken. */
  #character(first: string): string {
    const control = controls[first]
    if (control !== undefined) return control
    if (first === 'x') {
      const digits = this.#match(/^(?:\{[0-9A-Fa-f]+\}|[0-9A-Fa-f]{2})/) ?? this.#odd('\\x')
      return `\\u{${digits.replace(/[{}]/g, '')}}`
    }
    if (/[0-7]/.test(first)) {
      const digits = first + (this.#match(/^[0-7]{1,2}/) ?? '')
      return `\\u{${Number.parseInt(digits, 8).toString(16)}}`
    }
    return /\w/.test(first) ? this.#odd(`\\${first}`) : literal(first)
  }

  #class(flags: Flags): string {
    let text = this.#match(/^\^/) === undefined ? '[' : '[^'
    let first = true
    for (let next = this.#take(); first || next !== ']'; next = this.#take()) {
      first = false
      const named = next === '[' ? this.#match(/^:\^?\w+:\]/) : undefined
      if (named !== undefined) {
        const set = posix[named.replace(/\W/g, '')] ?? this.#odd(`[${named}`)
        if (named.startsWith(':^')) this.#odd(`[${named}`)
        text += set
        continue
      }
      text += next === '\\' ? this.#escapeInClass(flags) : literal(next)
      if (this.#peek() === '-' && this.#points[this.#at + 1] !== ']') {
        this.#at++
        text += '-'
      }
    }
    return `${text}]`
  }

  #escapeInClass(flags: Flags): string {
    const next = this.#take()
    const set = perl[next.toLowerCase()]
    if (set !== undefined) {
      if (next === next.toLowerCase()) return set
      if (flags.i) this.#odd(`\\${next} without regard to case`)
      return next === 'S'
        ? '\\0-\\x08\\v\\x0e-\\x1f!-\\u{10ffff}'
        : next === 'D'
          ? '\\0-\\/:-\\u{10ffff}'
          : '\\0-\\/:-@\\[-\\^`\\{-\\u{10ffff}'
    }
    if (next === 'p' || next === 'P') return this.#property(next)
    return this.#character(next)
  }

  #peek(): string | undefined {
    return this.#points[this.#at]
  }

  #take(): string {
    const next = this.#points[this.#at++]
    return next ?? this.#odd('its end')
  }

  #match(expected: RegExp): string | undefined {
    const found = expected.exec(this.#points.slice(this.#at).join(''))?.[0]
    if (found !== undefined) this.#at += Array.from(found).length
    return found
  }

  #odd(what: string): never {
    throw new GoogleSqlError(
      `regular expression ${this.#points.join('')}: ${what} is not supported locally here`,
    )
  }
}

/** `i`, `s-m`: those before the sign are set, those behind it taken away. */
function apply(flags: Flags, change: string): Flags {
  const [on = '', off = ''] = change.split('-')
  const of = (flag: string, known: boolean) => (on.includes(flag) ? true : off.includes(flag) ? false : known)
  return { i: of('i', flags.i), m: of('m', flags.m), s: of('s', flags.s), U: of('U', flags.U) }
}

function literal(point: string): string {
  if (/[A-Za-z0-9 _]/.test(point)) return point
  return `\\u{${(point.codePointAt(0) ?? 0).toString(16)}}`
}
