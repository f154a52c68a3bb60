import type { Problem } from '../../runner/problem.ts'
import { UnreadableFile } from '../avro/container.ts'
import { parseLine } from '../debezium/repeated-schema.ts'
import { type ContentLimits, defaultContentLimits, maxLineBytes, settingOf } from '../file/content-limits.ts'
import { RepeatedKey } from './repeated-key.ts'

/** One JSON object of a file, and where it begins there. */
export interface JsonLine {
  readonly value: unknown
  readonly offset: number
  /** Of a line that could not be read, where such are asked for, or that says a thing twice; `value` is then its bytes. */
  readonly error?: Problem
}

const newline = 10
const openBracket = 0x5b
const openBrace = 0x7b

/** Content that does not even begin as JSON objects do. */
export class NoJson extends UnreadableFile {
  constructor() {
    super('neither Avro nor JSON lines', 0)
  }
}

/**
 * The JSON values of a file: one a line, or, as some hand-made files have it, all in one array over any number of
 * lines. Numbers keep their digits (see `parseExact`). A line in which an object has a key twice is given with its error.
 *
 * @param salvage give lines that cannot be read with their error, and go on
 * @throws UnreadableFile with the byte offset for text that is not UTF-8 or not JSON
 */
export async function* jsonLines(
  content: AsyncIterable<Uint8Array>,
  salvage = false,
  limits: ContentLimits = defaultContentLimits,
): AsyncGenerator<JsonLine> {
  const most = maxLineBytes(limits)
  let wrapped: boolean | undefined
  // Of the line that has begun; put together once it ends, however many there are.
  let pieces: Uint8Array[] = []
  let size = 0
  let base = 0
  for await (const piece of content) {
    const first = wrapped === undefined ? firstCharacter(piece, base + size === 0) : undefined
    const isJson = first === openBracket || first === openBrace || beginsWithNull(piece)
    if (first !== undefined && !isJson) throw new NoJson()
    if (first !== undefined) wrapped = first === openBracket
    pieces.push(Buffer.from(piece)) // the reader uses its memory again
    size += piece.length
    const hasEnd = wrapped === false && piece.includes(newline)
    if (size > most && !hasEnd) {
      throw new UnreadableFile(`a line of more than ${most} bytes (${settingOf.maxBlockBytes})`, base)
    }
    if (!hasEnd) continue
    const lines = Buffer.concat(pieces)
    let at = 0
    for (let end = lines.indexOf(newline); end >= 0; end = lines.indexOf(newline, at)) {
      yield* linesOf(lines.subarray(at, end), base + at, salvage)
      at = end + 1
    }
    pieces = [lines.subarray(at)]
    size = lines.length - at
    base += at
  }
  const rest = Buffer.concat(pieces)
  if (wrapped === true) yield* parseArray(rest)
  else yield* linesOf(rest, base, salvage)
}

/** The first byte that is no white space; undefined while there is none. */
function firstCharacter(bytes: Uint8Array, atStart: boolean): number | undefined {
  for (let at = atStart ? byteOrderMark(bytes) : 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte !== 32 && byte !== 9 && byte !== newline && byte !== 13) return byte
  }
  return undefined
}

/** A topic's file may begin with a tombstone. */
function beginsWithNull(piece: Uint8Array): boolean {
  return /^\s*null(\s|$)/.test(Buffer.from(piece.subarray(0, 64)).toString('latin1'))
}

function byteOrderMark(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
}

function* linesOf(bytes: Uint8Array, offset: number, salvage: boolean): Generator<JsonLine> {
  try {
    const text = decode(bytes, offset)
    if (text.trim() !== '') yield { value: parse(text, offset), offset }
  } catch (error) {
    const isGiven = error instanceof RepeatedKey || (salvage && error instanceof UnreadableFile)
    if (!isGiven) throw error
    yield { value: Buffer.from(bytes), offset, error }
  }
}

function* parseArray(bytes: Uint8Array): Generator<JsonLine> {
  const values = parse(decode(bytes, 0), 0)
  if (!Array.isArray(values)) throw new UnreadableFile('JSON lines that begin with a list', 0)
  for (const value of values) yield { value, offset: 0 }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decode(bytes: Uint8Array, offset: number): string {
  try {
    return utf8.decode(bytes)
  } catch (error) {
    throw new UnreadableFile('the text is not UTF-8', offset, error)
  }
}

function parse(text: string, offset: number): unknown {
  try {
    return parseLine(text)
  } catch (error) {
    if (error instanceof RepeatedKey) throw error
    const { name, message } = error as Error
    // The engine's message shows the text around the error: contents belong in dead letters, not in messages.
    const where = /position (\d+)/.exec(message)?.[1]
    const reason = name === 'RangeError' ? 'JSON nested too deep' : 'not JSON'
    throw new UnreadableFile(
      reason,
      offset + (where === undefined ? 0 : Buffer.byteLength(text.slice(0, Number(where)))),
    )
  }
}
