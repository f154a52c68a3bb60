// lib.es has no declarations yet for JSON.rawJSON and for the source text that a reviver is given.
interface ExactJson {
  rawJSON(text: string): unknown
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown
}

const exact = JSON as unknown as ExactJson

/** A number for `JSON.stringify` in exactly the digits of its text. */
export function rawJson(text: string): unknown {
  return exact.rawJSON(text)
}

/** A number of a JSON text that a double does not write back in the same digits: 9007199254740993, 1.10, 1e400. */
export class JsonNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toJSON(): unknown {
    return exact.rawJSON(this.text)
  }
}

/** `JSON.parse` without loss: numbers that a double would change come as `JsonNumber`. @throws SyntaxError, RangeError */
export function parseExact(text: string): unknown {
  return exact.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? new JsonNumber(source)
      : value,
  )
}

/** A JSON value as text: a text itself, anything else as JSON writes it. (`String` calls what an object says of itself.) */
export function plainText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
