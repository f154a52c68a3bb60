import { UnreadableFile } from '../avro/container.ts'

/** A field of a line; `isQuoted`: it stood in quotes, so that it is a text whatever it says. */
export interface CsvField {
  readonly text: string
  readonly isQuoted: boolean
}

export interface CsvLine {
  readonly fields: readonly CsvField[]
  /** Where in the file it begins, in bytes. */
  readonly offset: number
}

/**
 * The lines of a CSV file (RFC 4180): a field with a delimiter, a quote or a line break in it stands in quotes, a quote
 * within is doubled. Empty lines count for nothing.
 *
 * @param maxLineLength in characters
 * @throws UnreadableFile for text that is not UTF-8, a quote that is not closed, or text beside one
 */
export async function* csvLines(
  content: AsyncIterable<Uint8Array>,
  delimiter: string,
  maxLineLength: number,
): AsyncGenerator<CsvLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  let offset = 0
  let isEnd = false
  const iterator = content[Symbol.asyncIterator]()
  while (!isEnd) {
    const next = await iterator.next()
    isEnd = next.done === true
    try {
      rest += next.done === true ? decoder.decode() : decoder.decode(next.value, { stream: true })
    } catch (error) {
      throw new UnreadableFile('the text is not UTF-8', offset, error)
    }
    for (;;) {
      const line = takeLine(rest, delimiter, offset, isEnd)
      if (line === undefined) break
      const [only] = line.fields
      if (line.fields.length > 1 || only?.isQuoted === true || (only?.text ?? '') !== '')
        yield { fields: line.fields, offset }
      offset += Buffer.byteLength(rest.slice(0, line.end))
      rest = rest.slice(line.end)
    }
    if (rest.length > maxLineLength)
      throw new UnreadableFile(`a line of more than ${maxLineLength} characters`, offset)
  }
}

interface TakenLine {
  readonly fields: readonly CsvField[]
  /** Where the next one begins. */
  readonly end: number
}

/** The first line; undefined while it has no end yet. */
function takeLine(text: string, delimiter: string, offset: number, isEnd: boolean): TakenLine | undefined {
  if (text === '') return undefined
  const fields: CsvField[] = []
  let at = 0
  for (;;) {
    const field = takeField(text, at, delimiter, offset, isEnd)
    if (field === undefined) return undefined
    fields.push(field)
    at = field.end
    const sign = text[at]
    if (sign === delimiter) at++
    else if (sign === '\n') return { fields, end: at + 1 }
    else if (sign === '\r' && text[at + 1] === '\n') return { fields, end: at + 2 }
    else return { fields, end: at }
  }
}

/** The field that begins at `from`; undefined if the text may end within it. */
function takeField(
  text: string,
  from: number,
  delimiter: string,
  offset: number,
  isEnd: boolean,
): (CsvField & { readonly end: number }) | undefined {
  if (text[from] === '"') return takeQuoted(text, from, delimiter, offset, isEnd)
  for (let at = from; at < text.length; at++) {
    const sign = text[at]
    if (sign === delimiter || sign === '\n') {
      const end = sign === '\n' && at > from && text[at - 1] === '\r' ? at - 1 : at
      return { text: text.slice(from, end), isQuoted: false, end }
    }
  }
  return isEnd ? { text: text.slice(from), isQuoted: false, end: text.length } : undefined
}

function takeQuoted(
  text: string,
  from: number,
  delimiter: string,
  offset: number,
  isEnd: boolean,
): (CsvField & { readonly end: number }) | undefined {
  const parts: string[] = []
  let begin = from + 1
  for (;;) {
    const quote = text.indexOf('"', begin)
    if (quote < 0) {
      if (isEnd) throw new UnreadableFile('a quote that is not closed', offset)
      return undefined
    }
    parts.push(text.slice(begin, quote))
    const after = text[quote + 1]
    if (after === '"') {
      parts.push('"')
      begin = quote + 2
      continue
    }
    if (after === undefined && !isEnd) return undefined
    const isClosed = after === undefined || after === delimiter || after === '\n'
    const isBroken = after === '\r' && (text[quote + 2] === '\n' || (text[quote + 2] === undefined && !isEnd))
    if (!isClosed && !isBroken) throw new UnreadableFile('text beside a quoted field', offset)
    if (isBroken && text[quote + 2] === undefined) return undefined
    return { text: parts.join(''), isQuoted: true, end: quote + 1 }
  }
}
