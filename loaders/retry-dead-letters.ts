import type { Target } from '../runner/googlesql/target.ts'
import type { StructField } from '../runner/googlesql/types/type.ts'
import { Problem } from '../runner/problem.ts'
import type { Landing } from '../runner/warehouse/landing.ts'
import type { DeadLettersTable } from '../runner/warehouse/state.ts'
import type { Warehouse } from '../runner/warehouse/warehouse.ts'
import { Misfit } from './avro/compile-decoder.ts'
import { parseAvroSchema } from './avro/schema.ts'
import { envelopePayload, findEnvelope } from './datastream/envelope.ts'
import { ColumnMisfit, jsonEvent } from './datastream/json-event.ts'
import { payloadColumns } from './datastream/json-payload.ts'
import type { PayloadField } from './datastream/payload-plan.ts'
import { parseExact } from './datastream/raw-json.ts'
import { unionType } from './datastream/types.ts'
import { FileTally } from './file-tally.ts'
import { JsonRows } from './json-rows.ts'
import { TableWork } from './table-work.ts'

export type DeadLetter = Readonly<DeadLettersTable>

export interface RetryReport {
  /** Ids of letters whose event is in its raw table now. */
  readonly landed: readonly string[]
  /** Letters that still do not fit, and why. */
  readonly waiting: readonly { readonly id: string; readonly reason: string }[]
}

/** A letter that was tried so often is tried again only when it is named. */
const maxAttempts = 10n

/**
 * Tries waiting letters once more: an event that fits its raw table by now lands there, once, with the file and row it
 * came from, in one transaction with its letter's mark. The others wait on, with one attempt more.
 *
 * @param ids all that wait if none are named
 * @throws Problem if an id is not that of a waiting letter
 */
export async function retryDeadLetters(
  warehouse: Pick<Warehouse, 'landing'>,
  project: string,
  ids: readonly string[],
  now: Date,
): Promise<RetryReport> {
  const landing = await warehouse.landing(now)
  try {
    const letters = await waitingLetters(landing, ids)
    const landed: string[] = []
    const waiting: { id: string; reason: string }[] = []
    for (const letter of letters) {
      if (ids.length === 0 && letter.attempts >= maxAttempts) {
        const tried = `tried ${letter.attempts} times: name it to try once more`
        waiting.push({ id: letter.id, reason: `${letter.reason} (${tried})` })
        continue
      }
      const reason = await landLetter(landing, project, letter)
      if (reason === undefined) landed.push(letter.id)
      else waiting.push({ id: letter.id, reason })
      await landing.state
        .updateTable('dead_letters')
        .set({
          attempts: letter.attempts + 1n,
          ...(reason === undefined ? { status: 'landed', settled_at: landing.loadedAt } : { reason }),
        })
        .where('id', '=', letter.id)
        .where('status', '=', 'waiting')
        .execute()
    }
    await landing.commit()
    return { landed, waiting }
  } catch (error) {
    await landing.rollback()
    throw error
  }
}

/** Waiting letters, by ids or all. @throws Problem if an id is not that of a waiting letter */
export async function waitingLetters(
  landing: Pick<Landing, 'state'>,
  ids: readonly string[],
): Promise<readonly DeadLetter[]> {
  let query = landing.state.selectFrom('dead_letters').selectAll().where('status', '=', 'waiting')
  if (ids.length > 0) query = query.where('id', 'in', ids)
  const letters = await query.orderBy('file').orderBy('row').execute()
  const missing = ids.filter((id) => !letters.some((letter) => letter.id === id))
  if (missing.length === 0) return letters
  throw new Problem(`no dead letter waits under ${missing.map((id) => `\`${id}\``).join(', ')}`, {
    hint: 'see `streamform dead-letters list`',
    exitCode: 2,
  })
}

/** Lands one letter's event; gives the reason if it does not fit. */
async function landLetter(
  landing: Landing,
  project: string,
  letter: DeadLetter,
): Promise<string | undefined> {
  // Texts that are not UTF-8 are kept as their bytes: there is no text that they could land as.
  if (letter.event.includes('"invalid_utf8_base64"')) return letter.reason
  // What a salvaged file had that is no event: there is nothing to try.
  if (/^{"unreadable_(from_byte|base64)":/.test(letter.event)) return letter.reason
  try {
    const event = jsonEvent(parseExact(letter.event))
    const table = await TableWork.open(landing, targetOf(project, letter.raw_table))
    const writers = await writerPayloads(landing, letter.raw_table)
    // No event of its file may have fitted: then there is no table yet, and JSON alone does not say what a date is.
    for (const payload of writers) await table.hold(payload)
    const refused = table.payload.find(({ name }) => `payload.${name}` === letter.column)?.type.kind
    // As JSON a text cannot be told from bytes in base64: what was none of the column's type stays here.
    if (refused === 'BYTES' || refused === 'STRUCT') return letter.reason
    const mixed = mixedColumns(writers, table.payload)
    const isMixed = ([name, value]: [string, unknown]) => value !== null && mixed.has(name.toLowerCase())
    if (Object.entries(event.payload ?? {}).some(isMixed)) return letter.reason
    const payload = event.payload === undefined ? [] : [event.payload]
    const columns = payloadColumns(payload, table.payload)
    // A column is not made wider for a letter: what the column cannot hold is why the letter is here.
    if (table.wouldChange(columns.filter(({ name }) => table.payload.some((field) => field.name === name)))) {
      return letter.reason
    }
    await table.hold(columns)
    const rows = table.writer('json', (fields) => new JsonRows(fields))
    const tally = new FileTally(letter.file)
    rows.add(event, Number(letter.row), letter.event.length, tally)
    rows.endFile(tally)
    await table.flush()
    return undefined
  } catch (error) {
    if (error instanceof ColumnMisfit) return `${error.column}: ${error.message}`
    if (error instanceof Misfit || error instanceof Problem) return error.message
    throw error
  }
}

/** The payloads of every Avro schema that the raw table's files had. */
async function writerPayloads(
  landing: Landing,
  rawTable: string,
): Promise<readonly (readonly PayloadField[])[]> {
  const schemas = await landing.state
    .selectFrom('schemas')
    .select('schema')
    .where('raw_table', '=', rawTable)
    .orderBy('first_seen_at')
    .execute()
  return schemas
    .filter(({ schema }) => !schema.startsWith('{"json":'))
    .map(({ schema }) => envelopePayload(findEnvelope(parseAvroSchema(schema))))
}

/** Columns that some writer has of a type whose values the raw table's cannot hold: what their JSON is, nothing says. */
function mixedColumns(
  writers: readonly (readonly PayloadField[])[],
  columns: readonly StructField[],
): ReadonlySet<string> {
  const types = new Map(columns.map(({ name = '', type }) => [name.toLowerCase(), type]))
  const isMixed = ({ name, type }: PayloadField) => {
    const column = types.get(name.toLowerCase())
    return column !== undefined && unionType(type, column) === undefined
  }
  return new Set(
    writers
      .flat()
      .filter(isMixed)
      .map(({ name }) => name.toLowerCase()),
  )
}

function targetOf(project: string, rawTable: string): Target {
  const dot = rawTable.indexOf('.')
  return { database: project, schema: rawTable.slice(0, dot), name: rawTable.slice(dot + 1) }
}

/** Marks waiting letters as given up; they stay in the table. @throws Problem if an id is not that of a waiting letter */
export async function discardDeadLetters(
  warehouse: Pick<Warehouse, 'landing'>,
  ids: readonly string[],
  now: Date,
): Promise<readonly string[]> {
  const landing = await warehouse.landing(now)
  try {
    const letters = await waitingLetters(landing, ids)
    const found = letters.map(({ id }) => id)
    if (found.length > 0) {
      await landing.state
        .updateTable('dead_letters')
        .set({ status: 'discarded', settled_at: landing.loadedAt })
        .where('id', 'in', found)
        .where('status', '=', 'waiting')
        .execute()
    }
    await landing.commit()
    return found
  } catch (error) {
    await landing.rollback()
    throw error
  }
}
