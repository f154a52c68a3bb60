import { existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { Problem } from '../../problem.ts'
import { readWholeTexts } from './whole-texts.ts'

export interface DatabaseOptions {
  readonly readOnly?: boolean
  /** Threads DuckDB may use; its own default is one for each core. */
  readonly threads?: number
  /** As DuckDB writes it: `4GB`; its own default is 80 % of the machine's memory. */
  readonly memoryLimit?: string
}

/** One DuckDB database with the settings that every statement of streamform relies on. */
export interface Database {
  /** Absolute; `:memory:` for one without a file. */
  readonly path: string
  readonly readOnly: boolean
  /** A connection of its own (own transaction, own temporary tables); the caller closes it with `closeSync()`. */
  connect(): Promise<DuckDBConnection>
  /** Writes out and releases the file. Connections that are still open keep it until they close. */
  close(): void
}

/**
 * Opens a database file, or creates it, or makes one in memory. Opening a file that this process already has open
 * shares it (the operating system's lock is one for a process: a second engine on the file would break it).
 *
 * Settings, for every connection: time zone UTC; ORDER BY puts NULL first ascending and last descending, as BigQuery;
 * extensions are never looked for or downloaded.
 *
 * @throws Problem if the folder is missing, the file is locked by another process, cannot be written, is no DuckDB
 *   database, is damaged, or was written by a newer DuckDB
 * @example
 * const database = await openDatabase('.streamform/warehouse.duckdb')
 * const connection = await database.connect()
 */
export async function openDatabase(path: string, options: DatabaseOptions = {}): Promise<Database> {
  const inMemory = path === ':memory:'
  const file = inMemory ? path : resolve(path)
  const readOnly = options.readOnly ?? false
  if (!inMemory) checkPlace(file, readOnly)
  const settings = duckDbSettings(options, inMemory)
  readWholeTexts()
  try {
    if (!inMemory && !existsSync(file)) await createFile(file, settings)
    const instance = inMemory
      ? await DuckDBInstance.create(path, settings)
      : await DuckDBInstance.fromCache(file, settings)
    const first = await instance.connect()
    await first.run("SET GLOBAL TimeZone = 'UTC'")
    first.closeSync()
    return { path: file, readOnly, connect: () => instance.connect(), close: () => instance.closeSync() }
  } catch (error) {
    throw openingProblem(file, error)
  }
}

/** A new file is made under another name: what is killed meanwhile must not leave half a database under this one. */
async function createFile(file: string, settings: Record<string, string>): Promise<void> {
  const made = `${file}.new-${process.pid}`
  rmSync(made, { force: true })
  const instance = await DuckDBInstance.create(made, settings)
  instance.closeSync()
  try {
    linkSync(made, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Where another process was faster its file is as good. Not every disk has links.
    if (code !== 'EEXIST' && !existsSync(file)) renameSync(made, file)
  } finally {
    rmSync(made, { force: true })
  }
}

function duckDbSettings(options: DatabaseOptions, inMemory: boolean): Record<string, string> {
  return {
    autoload_known_extensions: 'false',
    autoinstall_known_extensions: 'false',
    default_null_order: 'nulls_first_on_asc_last_on_desc',
    // Files are read once; what is kept of them is found again by name and second alone.
    enable_external_file_cache: 'false',
    // New files are in the storage format of the pinned DuckDB: its compression of texts is cheaper and as small.
    storage_compatibility_version: 'v1.5.0',
    ...(options.readOnly === true && !inMemory ? { access_mode: 'READ_ONLY' } : {}),
    ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
    ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
  }
}

/** What can be told before DuckDB opens the file, in better words than its own. */
function checkPlace(file: string, readOnly: boolean): void {
  const folder = dirname(file)
  if (!existsSync(folder)) {
    throw new Problem(`the folder of the warehouse does not exist: ${folder}`, {
      file,
      hint: 'create it, or set another `warehouse: path:` in streamform.yaml',
    })
  }
  if (!existsSync(file)) {
    if (!readOnly) return
    throw new Problem('there is no warehouse here yet', { file, hint: 'run `streamform land` to create it' })
  }
  if (statSync(file).isDirectory()) {
    throw new Problem('the warehouse must be a file, this is a folder', {
      file,
      hint: 'name a file inside it as `warehouse: path:` in streamform.yaml',
    })
  }
}

interface Explanation {
  readonly pattern: RegExp
  readonly message: (match: RegExpExecArray) => string
  readonly hint: string
}

/** DuckDB's messages on opening a file (1.5), and what they mean to the user. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern:
      /Could not set lock on file(?:.*Conflicting lock is held in (?<program>.+) \(PID (?<pid>\d+)\))?/s,
    message: ({ groups }) =>
      `the warehouse is in use by another process${
        groups?.['pid'] === undefined ? '' : ` (PID ${groups['pid']}: ${groups['program']})`
      }; one process at a time may open it`,
    hint: 'wait until that process has ended, or end it, and run the command again',
  },
  {
    pattern: /Permission denied|Read-only file system|Operation not permitted/,
    message: () => 'the warehouse cannot be written: the file or its folder is read-only for this user',
    hint: 'give this user write permission on the file and on its folder, or set another `warehouse: path:`',
  },
  {
    pattern: /not a valid DuckDB database file/,
    message: () => 'this file is not a DuckDB database',
    hint: 'set another `warehouse: path:` in streamform.yaml, or move the file away',
  },
  {
    pattern: /version number (\d+), but we can only read versions between (\d+) and (\d+)/,
    message: ([, given, , newest]) =>
      `the warehouse was written by a newer DuckDB (storage version ${given}; this one reads up to ${newest})`,
    hint: 'use the streamform that wrote it, or a newer one',
  },
  {
    pattern: /Corrupt database file|Could not read enough bytes/,
    message: () => 'the warehouse file is damaged',
    hint: 'restore it from a copy, or delete it and run `streamform build`: the change files have all that is needed',
  },
  {
    pattern: /different configuration than existing connections/,
    message: () => 'the warehouse is already open in this process with other settings',
    hint: 'close it first',
  },
]

function openingProblem(file: string, error: unknown): Problem {
  const text = error instanceof Error ? error.message : String(error)
  for (const { pattern, message, hint } of EXPLANATIONS) {
    const match = pattern.exec(text)
    if (match !== null) return new Problem(message(match), { file, hint, cause: error })
  }
  return new Problem(`cannot open the warehouse: ${text.split('\n')[0]}`, { file, cause: error })
}
