import { createHash } from 'node:crypto'
import type { Target } from '../../googlesql/target.ts'
import { Problem } from '../../problem.ts'
import type { Batch, RawColumn, Vector } from '../landing.ts'
import { ParquetWriter } from '../parquet/write-parquet.ts'
import type { BigQueryClient } from './client.ts'
import { BigQueryProblem, isNotFound } from './errors.ts'
import { runJob } from './job.ts'
import { withTextForJson } from './landing-columns.ts'
import { schemaOf } from './landing-table.ts'
import { createLandingTables, stagingDataset } from './landing-turn.ts'
import type { RunStatement } from './state.ts'

/** A part is in memory until it is loaded. */
const bytesPerPart = 64 * 1024 * 1024

/** Rows of one raw table as a Parquet file. */
export interface Part {
  readonly target: Target
  readonly columns: readonly RawColumn[]
  readonly rows: number
  readonly bytes: Uint8Array
}

/** A part whose rows are in a table of their own. */
export interface StagedPart extends Omit<Part, 'bytes'> {
  readonly staging: Target
}

/** Writes a part. */
export class PartWriter {
  readonly columns: readonly RawColumn[]
  private readonly target: Target
  private readonly chunks: Uint8Array[] = []
  private readonly writer: ParquetWriter
  private rows = 0

  constructor(target: Target, columns: readonly RawColumn[]) {
    this.target = target
    this.columns = columns
    // The arrays are the batch's and the writer's again at once. (`slice` of a Buffer copies nothing.)
    const keep = (bytes: Uint8Array) => this.chunks.push(new Uint8Array(bytes))
    // Which encodings BigQuery's reader takes is not documented: these are what every reader does.
    this.writer = new ParquetWriter(withTextForJson(columns), keep, 'plain')
  }

  get isFull(): boolean {
    return this.writer.size >= bytesPerPart
  }

  write(batch: Batch): void {
    this.writer.write({
      length: batch.length,
      columns: batch.columns.map(({ name, vector }) => ({ name, vector: jsonAsText(vector) })),
    })
    this.rows += batch.length
  }

  finish(): Part {
    this.writer.finish()
    return {
      target: this.target,
      columns: this.columns,
      rows: this.rows,
      bytes: Buffer.concat(this.chunks.splice(0)),
    }
  }
}

function jsonAsText(vector: Vector): Vector {
  switch (vector.kind) {
    case 'JSON':
      return { ...vector, kind: 'STRING' }
    case 'STRUCT':
      return {
        ...vector,
        fields: vector.fields.map(({ name, vector: field }) => ({ name, vector: jsonAsText(field) })),
      }
    case 'ARRAY':
      return { ...vector, element: jsonAsText(vector.element) }
    default:
      return vector
  }
}

export interface LoadPartOptions {
  readonly client: BigQueryClient
  /** The project of the staging dataset. */
  readonly project: string
  readonly run: RunStatement
  /** Tells the jobs of two landings of the same content apart. */
  readonly landing: string
  /** Once aborted the load is cancelled. */
  readonly signal: AbortSignal
}

const attempts = 3

/**
 * Loads a part into a staging table whose name, like the job's, comes from the landing and what it holds: asked for again
 * after a lost answer, the same load is the same job.
 *
 * @throws BigQueryProblem; Problem if another number of rows arrived
 */
export async function loadPart(options: LoadPartOptions, part: Part): Promise<StagedPart> {
  const { client, project, run, landing, signal } = options
  const { target, columns, rows, bytes } = part
  const schema = { fields: schemaOf(withTextForJson(columns)) }
  const hash = hashOf(landing, JSON.stringify([target, schema]), bytes)
  const staging: Target = { database: project, schema: stagingDataset, name: `part_${hash}` }
  for (let attempt = 1; ; attempt += 1) {
    const id = `streamform_load_${hash}_${attempt}`
    try {
      const { statistics } = await runJob(client, {
        id,
        configuration: loadOf(staging, schema),
        upload: bytes,
        signal,
      })
      const arrived = Number(statistics.load?.outputRows ?? rows)
      if (arrived !== rows)
        throw new Problem(`${rows} rows were uploaded, ${arrived} arrived in ${staging.name}`)
      return { target, columns, rows, staging }
    } catch (error) {
      if (!(error instanceof BigQueryProblem) || attempt >= attempts) throw error
      if (isNotFound(error)) await run(createLandingTables(project), [])
      else if (!error.transient) throw error
    }
  }
}

function loadOf({ database, schema: datasetId, name }: Target, schema: object): object {
  return {
    load: {
      destinationTable: { projectId: database, datasetId, tableId: name },
      sourceFormat: 'PARQUET',
      // Lists as Parquet has them, three levels deep, are arrays and no records.
      parquetOptions: { enableListInference: true },
      schema,
      createDisposition: 'CREATE_IF_NEEDED',
      writeDisposition: 'WRITE_TRUNCATE',
    },
  }
}

/** 24 digits of SHA-256, of each part's length and content. */
export function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest('hex').slice(0, 24)
}
