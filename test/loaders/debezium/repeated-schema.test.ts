import { expect, test } from 'vitest'
import { parseExact } from '../../../loaders/datastream/raw-json.ts'
import { RepeatedKey } from '../../../loaders/datastream/repeated-key.ts'
import { parseLine } from '../../../loaders/debezium/repeated-schema.ts'

const schema = '{"type":"struct","fields":[{"type":"int64","field":"after","parameters":{"scale":1.10}}]}'
const other = '{"type":"struct","fields":[]}'

const texts = [
  `{"schema":${schema},"payload":{"op":"c","id":9007199254740993}}`,
  `{"schema":${schema},"payload":{"op":"c","id":2}}`,
  `{"schema":${schema},"payload":null}`,
  `{"schema":${schema},"payload":{"op":"c"}} \r`,
  `{"schema":${schema},"payload":1,"more":2}`,
  `{"schema":${other},"payload":{"op":"c"}}`,
  `{"schema":${schema},"payload":"a }"}`,
  `{"schema": ${schema}, "payload": 1}`,
  '{"schema":1}',
  'null',
  '[1]',
]

const broken = [
  `{"schema":${schema},"payload":{"op":"c"}`,
  `{"schema":${schema},"payload":}`,
  `{"schema":${schema},"payload":1}}`,
  `{"schema":${schema},"payload":1} {}`,
]

test('a line that begins as the one before is read as if it stood alone', () => {
  for (const text of [...texts, ...texts.toReversed(), ...texts]) {
    expect([text, parseLine(text)]).toEqual([text, parseExact(text)])
  }
})

test('and is refused as if it stood alone', () => {
  for (const text of broken) {
    parseLine(texts[0] ?? '')
    expect(() => parseLine(text)).toThrow(SyntaxError)
    expect(() => parseExact(text)).toThrow(SyntaxError)
  }
})

test('a key that is there twice is refused, also behind a schema that is known', () => {
  for (const payload of ['1,"payload":2', '{"op":"c","op":"d"}']) {
    parseLine(texts[0] ?? '')
    expect(() => parseLine(`{"schema":${schema},"payload":${payload}}`)).toThrow(RepeatedKey)
  }
})
