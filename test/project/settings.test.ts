import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findProjectFolder, openProject } from '../../runner/project/project.ts'
import { readSettings } from '../../runner/project/settings/settings.ts'
import { readWorkflowSettings } from '../../runner/project/settings/workflow-settings.ts'
import { folderWith } from './folders.ts'

const refusal = async (work: Promise<unknown> | (() => unknown)): Promise<string> => {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    return String(error)
  }
  throw new Error('nothing was refused')
}

const refused = (yaml: string) => refusal(readSettings(folderWith({ 'streamform.yaml': yaml })))

const auto = {
  kind: 'auto',
  unavailableValue: '__debezium_unavailable_value',
  dms: {
    sequenceColumn: undefined,
    timestampColumn: undefined,
    beforeImagePrefix: undefined,
    csvNull: 'NULL',
    csvDelimiter: ',',
    datePartitions: undefined,
  },
}

describe('streamform.yaml', () => {
  const defaults = (folder: string) => ({
    warehouse: { kind: 'duckdb', path: join(folder, '.streamform/warehouse.duckdb') },
    stream: { path: join(folder, '.streamform/stream'), envelope: auto, subscription: undefined },
    landing: {
      kind: 'loader',
      maxDeadLetters: 1000,
      limits: { maxBlockBytes: 512 * 1024 ** 2, maxContentBytes: 64 * 1024 ** 3 },
    },
    run: { concurrency: 4, retries: 2 },
  })

  test.for([
    ['is missing', {}],
    ['is empty', { 'streamform.yaml': '' }],
    ['holds only comments', { 'streamform.yaml': '# nothing\n' }],
    ['holds an empty section', { 'streamform.yaml': 'run: {}\n' }],
  ] as const)('means the defaults where it %s', async ([, files]) => {
    const folder = folderWith(files)
    expect(await readSettings(folder)).toEqual(defaults(folder))
  })

  test('of this repository states the defaults', async () => {
    const root = resolve(import.meta.dirname, '../..')
    expect(await readSettings(root)).toEqual(defaults(root))
  })

  test('sets every key, with paths relative to the project and absolute ones kept', async () => {
    const yaml =
      'warehouse: {kind: duckdb, path: data/w.duckdb}\nstream: {path: /bucket}\nlanding: {max_dead_letters: 0, max_block_megabytes: 3, max_file_gigabytes: 2}\nrun: {concurrency: 9, retries: 0}\n'
    const folder = folderWith({ 'streamform.yaml': yaml })
    expect(await readSettings(folder)).toEqual({
      warehouse: { kind: 'duckdb', path: join(folder, 'data/w.duckdb') },
      stream: { path: '/bucket', envelope: auto, subscription: undefined },
      landing: {
        kind: 'loader',
        maxDeadLetters: 0,
        limits: { maxBlockBytes: 3 * 1024 ** 2, maxContentBytes: 2 * 1024 ** 3 },
      },
      run: { concurrency: 9, retries: 0 },
    })
  })

  test('says whose envelopes the stream has, and what their files do not say', async () => {
    const yaml = `stream:
  envelope: dms
  dms: {sequence_column: seq, timestamp_column: ts, before_image_prefix: BI_, csv_null: '', csv_delimiter: ';', date_partitions: true}
  debezium: {unavailable_value: n/a}
`
    const settings = await readSettings(folderWith({ 'streamform.yaml': yaml }))
    expect(settings.stream.envelope).toEqual({
      kind: 'dms',
      unavailableValue: 'n/a',
      dms: {
        sequenceColumn: 'seq',
        timestampColumn: 'ts',
        beforeImagePrefix: 'BI_',
        csvNull: '',
        csvDelimiter: ';',
        datePartitions: true,
      },
    })
  })

  test('names the envelopes there are, for one that there is not', async () => {
    expect(await refused('stream:\n  envelope: fivetran\n')).toContain(
      '2:13: `stream.envelope` must be `auto`, `datastream`, `debezium` or `dms`',
    )
    expect(await refused("stream:\n  dms: {csv_delimiter: '||'}\n")).toContain(
      '`stream.dms.csv_delimiter` must be one character',
    )
  })

  test('with a mistyped key is refused with the key meant', async () => {
    expect(await refused('landing:\n  max_dead_leters: 5\n')).toBe(
      'streamform.yaml:2:3: unknown key `landing.max_dead_leters`; did you mean `max_dead_letters`?',
    )
  })

  test('with a key like no other is refused with the known ones', async () => {
    expect(await refused('run:\n  retries: 1\nlogging: loud\n')).toBe(
      'streamform.yaml:3:1: unknown key `logging`; known: `warehouse`, `stream`, `landing`, `run`, `deploy`',
    )
  })

  test.for([
    [
      'run:\n  concurrency: four\n',
      '2:16: `run.concurrency` must be a whole number from 1 to 1000; it is the text "four"',
    ],
    ['run:\n  concurrency: 0\n', '2:16: `run.concurrency` must be a whole number from 1 to 1000; it is `0`'],
    ['run:\n  retries: 1.5\n', '2:12: `run.retries` must be a whole number from 0 to 100; it is `1.5`'],
    ['run:\n  retries:\n', '2:11: `run.retries` must be a whole number from 0 to 100; it is empty'],
    ['run: [4]\n', '1:6: `run` must be keys and their values, of concurrency, retries; it is a list'],
    [
      '- run\n',
      '1:1: the file must be keys and their values, of warehouse, stream, landing, run, deploy; it is a list',
    ],
    [
      'warehouse:\n  kind: postgres\n',
      '2:9: `warehouse.kind` must be `duckdb` or `bigquery`; it is the text "postgres"',
    ],
    [
      'warehouse: {path: ":memory:"}\n',
      '1:19: `warehouse.path` must be the path of a file on this machine, relative to the project\'s folder; it is the text ":memory:"',
    ],
    [
      'stream: {path: s3://bucket/x}\n',
      '1:16: `stream.path` must be a folder on this machine, relative to the project\'s folder, or gs://bucket/prefix; it is the text "s3://bucket/x"',
    ],
  ] as const)('with a wrong value says what was given and what is allowed: %s', async ([yaml, message]) => {
    expect(await refused(yaml)).toBe(`streamform.yaml:${message}`)
  })

  test('names BigQuery with all that is to be said of it', async () => {
    const yaml = [
      'warehouse:',
      '  kind: bigquery',
      '  project: my-billing',
      '  location: europe-west3',
      '  impersonate: builder@my-billing.iam.gserviceaccount.com',
      '  endpoint: http://127.0.0.1:9050',
      '  maximum_bytes_billed: 1000000000',
      '  job_timeout_seconds: 3600',
      '  price_per_tib: 6.25',
    ].join('\n')
    expect((await readSettings(folderWith({ 'streamform.yaml': yaml }))).warehouse).toEqual({
      kind: 'bigquery',
      project: 'my-billing',
      location: 'europe-west3',
      impersonate: 'builder@my-billing.iam.gserviceaccount.com',
      endpoint: 'http://127.0.0.1:9050',
      maximumBytesBilled: 1_000_000_000,
      jobTimeout: 3600,
      pricePerTib: 6.25,
    })
  })

  test.for([
    'http://bigquery.googleapis.com',
    'https://bigquery.example.com',
    'http://192.168.0.1:9050',
    'https://bigquery.googleapis.com.example.com',
    'localhost:9050',
  ])('sends no credentials to %s', async (endpoint) => {
    expect(await refused(`warehouse: {kind: bigquery, endpoint: "${endpoint}"}\n`)).toBe(
      `streamform.yaml:1:39: \`warehouse.endpoint\` must be https://….googleapis.com, or \`streamform serve\`'s http://127.0.0.1:PORT; it is the text "${endpoint}"`,
    )
  })

  test('with a key of the other kind of warehouse is refused', async () => {
    expect(await refused('warehouse:\n  kind: bigquery\n  path: w.duckdb\n')).toBe(
      'streamform.yaml:3:3: `warehouse.path` is a key of kind `duckdb`; the kind is `bigquery`\n  take the key away, or set `warehouse.kind: duckdb`',
    )
    expect(await refused('warehouse: {location: EU}\n')).toBe(
      'streamform.yaml:1:13: `warehouse.location` is a key of kind `bigquery`; the kind is `duckdb`\n  take the key away, or set `warehouse.kind: bigquery`',
    )
  })

  test('with several mistakes is refused with all of them', async () => {
    expect((await refused('runn: {}\nrun: {retries: no}\n')).split('\n').toSorted()).toEqual([
      'streamform.yaml:1:1: unknown key `runn`; did you mean `run`?',
      'streamform.yaml:2:16: `run.retries` must be a whole number from 0 to 100; it is the text "no"',
    ])
  })

  test('that is not YAML says where', async () => {
    expect(await refused('run:\n  retries: 1\n concurrency: 2\n')).toMatch(
      /^streamform\.yaml:3:1: this is not YAML: /,
    )
  })

  test('with a key given twice is refused', async () => {
    expect(await refused('run: {retries: 1}\nrun: {retries: 2}\n')).toBe(
      'streamform.yaml:2:1: a key is given twice',
    )
  })
})

describe('workflow_settings.yaml', () => {
  test('gives the names that a statement without a project or dataset means', async () => {
    const folder = folderWith({
      'workflow_settings.yaml':
        'defaultProject: p\ndefaultDataset: d\ndefaultAssertionDataset: a\ndefaultLocation: EU\nvars: {x: "1"}\n',
    })
    expect(await readWorkflowSettings(folder)).toEqual({
      defaultProject: 'p',
      defaultDataset: 'd',
      defaultAssertionDataset: 'a',
      defaultLocation: 'EU',
      dataformCoreVersion: undefined,
    })
  })

  test('may be the older dataform.json', async () => {
    const folder = folderWith({
      'dataform.json': '{"defaultDatabase": "p", "defaultSchema": "d", "assertionSchema": "a"}',
    })
    expect(await readWorkflowSettings(folder)).toEqual({
      defaultProject: 'p',
      defaultDataset: 'd',
      defaultAssertionDataset: 'a',
      defaultLocation: undefined,
      dataformCoreVersion: undefined,
    })
  })

  test('with a number for a name says so', async () => {
    const folder = folderWith({ 'workflow_settings.yaml': 'defaultProject: 12\n' })
    expect(await refusal(readWorkflowSettings(folder))).toBe(
      'workflow_settings.yaml:1:17: `defaultProject` must be text; it is `12`',
    )
  })
})

describe('the project', () => {
  test('is the nearest folder upward that holds workflow_settings.yaml', async () => {
    const folder = folderWith({
      'workflow_settings.yaml': 'defaultProject: outer\n',
      'inner/workflow_settings.yaml': 'defaultProject: inner\n',
      'inner/definitions/deep/a.sqlx': 'select 1',
      'definitions/a.sqlx': 'select 1',
    })
    expect(findProjectFolder(join(folder, 'inner/definitions/deep'))).toBe(join(folder, 'inner'))
    expect(findProjectFolder(join(folder, 'definitions'))).toBe(folder)
    expect((await openProject(join(folder, 'inner/definitions'))).workflow.defaultProject).toBe('inner')
  })

  test('that is nowhere is refused with what to do', async () => {
    const folder = folderWith({ 'notes.txt': '' })
    expect(await refusal(() => findProjectFolder(folder))).toBe(
      `no \`workflow_settings.yaml\` in ${folder} or any folder above it\n  change to the folder of a Dataform project, or make one with \`streamform init\``,
    )
  })

  test('with only streamform.yaml is refused with what is missing', async () => {
    const folder = folderWith({ 'streamform.yaml': '', 'sub/x.txt': '' })
    expect(await refusal(() => findProjectFolder(join(folder, 'sub')))).toBe(
      `${folder} holds \`streamform.yaml\` but no \`workflow_settings.yaml\`\n  a streamform project is a Dataform project: add \`workflow_settings.yaml\` with \`defaultProject\` and \`defaultDataset\``,
    )
  })
})
