import type { Updateable } from 'kysely'
import type { Target } from '../runner/googlesql/target.ts'
import { Problem } from '../runner/problem.ts'
import type { Landing } from '../runner/warehouse/landing.ts'
import type { DeadLettersTable } from '../runner/warehouse/state.ts'
import type { Warehouse } from '../runner/warehouse/warehouse.ts'
import { Misfit } from './avro/compile-decoder.ts'
import { parseAvroSchema } from './avro/schema.ts'
import type { Stored } from './columns/builder.ts'
import { JsonRows } from './columns/json-rows.ts'
import { converter } from './datastream/convert.ts'
import { type Envelope, envelopePayload, findEnvelope, refuse } from './datastream/envelope.ts'
import {
  ColumnMisfit,
  fitColumn,
  type JsonEvent,
  type JsonObject,
  jsonEvent,
} from './datastream/json-event.ts'
import { neededColumns } from './datastream/json-payload.ts'
import { parseExact } from './datastream/raw-json.ts'
import { avroOfJson } from './datastream/value-of-json.ts'
import { FileTally } from './landing/file-tally.ts'
import { inLanding } from './landing/in-landing.ts'
import { TableWork } from './landing/table-work.ts'

export type DeadLetter = Readonly<DeadLettersTable>

/** Why an event does not land. */
interface Misfitting {
  /** The column that is to blame; null where it is the whole event. */
  readonly column: string | null
  readonly reason: string
}

export interface WaitingLetter extends Misfitting {
  readonly id: string
}

export interface RetryReport {
  /** Ids of letters whose event is in its raw table now. */
  readonly landed: readonly string[]
  /** Letters that still do not fit, and why. */
  readonly waiting: readonly WaitingLetter[]
}

/** A letter that was tried so often is tried again only when it is named. */
const maxAttempts = 10n

/**
 * Tries waiting letters once more: an event that fits its raw table by now lands there, once, with the file and row it
 * came from and the very values that its file had, in one transaction with its letter's mark. The others wait on, with
 * one attempt more and the reason of this one.
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
  return await inLanding(warehouse, now, async (landing) => {
    const letters = await waitingLetters(landing, ids)
    const retry = new Retry(landing, project)
    const landed: string[] = []
    const waiting: WaitingLetter[] = []
    const marks = new Map<string, { readonly mark: Updateable<DeadLettersTable>; readonly ids: string[] }>()
    for (const letter of letters) {
      const { id, column, attempts } = letter
      if (ids.length === 0 && attempts >= maxAttempts) {
        const reason = `${letter.reason} (tried ${attempts} times: name it to try once more)`
        waiting.push({ id, column, reason })
        continue
      }
      const misfit = await retry.land(letter)
      if (misfit === undefined) landed.push(id)
      else waiting.push({ id, ...misfit })
      const mark = {
        attempts: attempts + 1n,
        ...(misfit === undefined ? { status: 'landed' as const, settled_at: landing.loadedAt } : misfit),
      }
      const same = JSON.stringify([String(attempts), misfit ?? null])
      const marked = marks.get(same)
      if (marked === undefined) marks.set(same, { mark, ids: [id] })
      else marked.ids.push(id)
    }
    // Few statements: on BigQuery each takes a second or more.
    for (const { mark, ids: marked } of marks.values()) {
      await landing.state
        .updateTable('dead_letters')
        .set(mark)
        .where('id', 'in', marked)
        .where('status', '=', 'waiting')
        .execute()
    }
    await retry.flush()
    return { landed, waiting }
  })
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

/** Letters on their way into their raw tables, within one transaction. */
class Retry {
  private readonly landing: Landing
  private readonly project: string
  private readonly tables = new Map<string, TableWork>()
  private readonly envelopes = new Map<string, Envelope | undefined>()

  constructor(landing: Landing, project: string) {
    this.landing = landing
    this.project = project
  }

  /** Takes one letter's event; gives why if it does not fit. */
  async land(letter: DeadLetter): Promise<Misfitting | undefined> {
    const { column, reason } = letter
    // What a salvaged file had that is no event: there is nothing to try.
    if (/^{"unreadable_(from_byte|bytes|base64)":/.test(letter.event)) return { column, reason }
    const event = eventOf(letter)
    // What its envelope could not be made an event of is not made one by trying again: its reason stays.
    if (event === undefined) return { column, reason }
    try {
      await this.add(letter, event)
      return undefined
    } catch (error) {
      if (error instanceof ColumnMisfit) return { column: error.column, reason: error.message }
      if (error instanceof Misfit || error instanceof Problem) return { column: null, reason: error.message }
      throw error
    }
  }

  async flush(): Promise<void> {
    for (const table of this.tables.values()) await table.flush()
  }

  private async add(
    { event: text, file, row, raw_table: name, fingerprint }: DeadLetter,
    event: JsonEvent,
  ): Promise<void> {
    const table = await this.table(name)
    const tally = new FileTally(file)
    if (fingerprint === null) {
      await holdJson(table, event)
      rowsOf(table).add(event, Number(row), text.length, tally)
    } else {
      const envelope = await this.envelope(name, fingerprint)
      // The table may have been made anew since.
      await table.hold(envelopePayload(envelope))
      const payload = event.payload === undefined ? null : storedPayload(event.payload, envelope, table)
      rowsOf(table).add(event, Number(row), text.length, tally, payload)
    }
    rowsOf(table).endFile(tally)
  }

  private async table(name: string): Promise<TableWork> {
    const table = this.tables.get(name) ?? (await TableWork.open(this.landing, targetOf(this.project, name)))
    this.tables.set(name, table)
    return table
  }

  /** What the writer schema says of an event's values. */
  private async envelope(rawTable: string, fingerprint: string): Promise<Envelope> {
    const known = this.envelopes.get(fingerprint)
    if (known !== undefined) return known
    const row = await this.landing.state
      .selectFrom('schemas')
      .select('schema')
      .where('raw_table', '=', rawTable)
      .where('fingerprint', '=', fingerprint)
      .executeTakeFirst()
    if (row === undefined) throw new Problem('the ledger has no longer the schema of its file')
    const envelope = findEnvelope(parseAvroSchema(row.schema))
    this.envelopes.set(fingerprint, envelope)
    return envelope
  }
}

/** undefined if it is none, of Datastream's shape. */
function eventOf({ event }: DeadLetter): JsonEvent | undefined {
  try {
    return jsonEvent(parseExact(event))
  } catch (error) {
    if (error instanceof Problem || error instanceof SyntaxError) return undefined
    throw error
  }
}

const rowsOf = (table: TableWork): JsonRows => table.writer('json', (fields) => new JsonRows(fields))

/** A column is not made wider for a letter of JSON lines: what the column cannot hold is why the letter is here. */
async function holdJson(table: TableWork, event: JsonEvent): Promise<void> {
  const columns = neededColumns([event], table.payload)
  const known = new Set(table.payload.map(({ name = '' }) => name.toLowerCase()))
  await table.hold(columns.filter(({ name }) => !known.has(name.toLowerCase())))
}

/** The payload as the raw table stores it: by the writer's types, just as its file would land now. */
function storedPayload(payload: JsonObject, { payload: record }: Envelope, table: TableWork): Stored {
  const fields = new Map(record.fields.map((field) => [field.name.toLowerCase(), field]))
  return table.payload.map((column) => {
    const field = fields.get((column.name ?? '').toLowerCase())
    if (field === undefined) return null
    return fitColumn(`payload.${field.name}`, () => {
      const value = avroOfJson(Object.hasOwn(payload, field.name) ? payload[field.name] : null, field.type)
      return (converter(field.type, column.type) ?? refuse(field, column))(value)
    })
  })
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
  return await inLanding(warehouse, now, async (landing) => {
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
    return found
  })
}
