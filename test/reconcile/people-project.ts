import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TemporaryProject, temporaryProject } from '../commands/temporary-project.ts'
import { root } from '../models/model-project.ts'
import { streamformIn } from '../scaffold/in-process.ts'

export interface Person {
  readonly id: number
  readonly name: string | null
  readonly mail: string
  readonly score: string
  readonly seen: string
  readonly doc: string
}

export const person = (id: number, name: string | null, more: Partial<Person> = {}): Person => ({
  id,
  name,
  mail: `p${id}@example.com`,
  score: '1.50',
  seen: '2024-05-01T12:00:00.000000Z',
  doc: '{"n": 1}',
  ...more,
})

let serial = 0

/** One change file of `shop.people`, as JSON lines. */
export const changeFile = (people: readonly (Person & { readonly deleted?: boolean })[]): string =>
  people
    .map(({ deleted = false, ...payload }) => {
      serial += 1
      return `${JSON.stringify({
        uuid: `event ${serial}`,
        read_timestamp: `2024-05-01T12:00:0${serial % 10}.000000Z`,
        source_timestamp: '2024-05-01T12:00:00.000000Z',
        object: 'shop_people',
        read_method: 'mysql-cdc-binlog',
        stream_name: 'projects/1/locations/x/streams/s',
        schema_key: 'k',
        sort_keys: [1_714_564_800_000, 'mysql-bin.000001', serial],
        source_metadata: {
          table: 'people',
          database: 'shop',
          primary_keys: ['id'],
          log_file: 'mysql-bin.000001',
          log_position: serial,
          change_type: deleted ? 'DELETE' : 'INSERT',
          is_deleted: deleted,
        },
        payload: { ...payload, doc: JSON.parse(payload.doc) },
      })}\n`
    })
    .join('')

export interface PeopleProject extends TemporaryProject {
  /** Adds a change file to the stream. */
  arrive(name: string, text: string): void
  /** The command line, in this process. */
  run(...args: readonly string[]): ReturnType<typeof streamformIn>
}

/** A project with all models of `shop.people`, whose mail is private, built from change files by name. */
export async function peopleProject(
  files: Readonly<Record<string, string>>,
  key = 'id',
): Promise<PeopleProject> {
  const project = temporaryProject()
  cpSync(join(root, 'macros'), join(project.folder, 'macros'), { recursive: true })
  const run = (...args: readonly string[]) => streamformIn(project.folder, args)
  const arrive = (name: string, text: string) => {
    const path = join(
      project.folder,
      '.streamform',
      'stream',
      'shop_people',
      '2024',
      '05',
      '01',
      '12',
      '00',
      name,
    )
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  for (const [name, text] of Object.entries(files)) arrive(name, text)
  await expectDone(run('land'))
  project.write({
    'definitions/shop/sources.js': `const { sourceTable } = require('macros/source-table')
const people = sourceTable('shop', 'people', { key: ['${key}'], columns: { score: 'NUMERIC', seen: 'TIMESTAMP', doc: 'JSON' }, privacy: { mail: 'email' } })
const tables = { people }
for (const { database, name } of Object.values(tables)) {
  declare({ schema: \`\${database}_raw\`, name })
}
module.exports = tables
`,
  })
  await expectDone(run('add', 'table', 'shop.people'))
  await expectDone(run('run'))
  return { ...project, run, arrive }
}

async function expectDone(ended: ReturnType<typeof streamformIn>): Promise<void> {
  const { code, out, err } = await ended
  if (code !== 0) throw new Error(`${out}\n${err}`)
}
