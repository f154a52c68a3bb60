// A loader that is killed: says `ready`, waits for a line, lands the folder, says `done`.
import { land } from '../../loaders/land.ts'
import { localStore } from '../../loaders/store/local.ts'
import { openDatabase } from '../../runner/warehouse/duckdb/database.ts'
import { openLanding } from '../../runner/warehouse/duckdb/landing.ts'
import { duckDbState } from '../../runner/warehouse/duckdb/state.ts'

const [folder = '', file = '', project = '', filesPerTransaction = ''] = process.argv.slice(2)
process.stdout.write('ready\n')
await new Promise((resolve) => process.stdin.once('data', resolve))
process.stdin.destroy()
const database = await openDatabase(file)
const state = duckDbState(database, project)
await land(
  {
    store: localStore(folder),
    warehouse: { state, landing: (now) => openLanding({ database, project, now }) },
    project,
    maxDeadLetters: 0,
    filesPerTransaction: Number(filesPerTransaction),
  },
  {
    print: () => {},
    note: () => {},
    now: () => new Date(),
    interactive: false,
    signal: new AbortController().signal,
    environment: {},
    workingFolder: folder,
  },
)
await state.destroy()
database.close()
process.stdout.write('done\n')
