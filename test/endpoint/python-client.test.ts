import { expect, test } from 'vitest'
import { pythonSession } from './exchanges/exchanges.ts'
import { python } from './installed-clients.ts'
import { openEndpoint } from './open-endpoint.ts'

const programs = python()
if (programs === undefined)
  console.log("Google's client for Python is not installed: STREAMFORM_CI=1 installs it")

test.skipIf(programs === undefined)(
  "Google's client for Python does what it does with BigQuery",
  async () => {
    const endpoint = await openEndpoint()
    const results = await pythonSession(endpoint, programs ?? '').finally(() => endpoint.close())
    const raised = (name: string, message: string) => ({
      raised: name,
      message: expect.stringContaining(message),
    })
    expect(results).toEqual({
      reads_every_type: [
        [
          '5',
          '1.5',
          'True',
          'é',
          "b'\\x00'",
          '1.5',
          '2024-01-02',
          '03:04:05.250000',
          '2024-01-02 03:04:05.100000',
          '2024-01-02 03:04:05.678901+00:00',
          "{'a': 1}",
          '[1, 2]',
          "{'a': 'x', 'b': [{'c': 1}]}",
          "{'start': datetime.date(2024, 1, 1), 'end': None}",
          'None',
        ],
      ],
      query_and_wait: [['5']],
      raises_at_once: raised('NotFound', 'Not found: Table my-project:py.none'),
      raises_at_the_result: raised('BadRequest', 'Unrecognized name: nope at [1:8]'),
      sends_parameters: [
        [
          '9007199254740993',
          "['x', 'y']",
          '2024-01-02',
          '2024-01-02 03:04:05.678901+00:00',
          '1.23',
          "b'\\x00\\xff'",
        ],
      ],
      loads_json: [
        2,
        [
          ['None', 'None'],
          ['1', "{'x': [1, 2]}"],
        ],
      ],
      loads_csv_in_parts: 20000,
      raises_on_a_bad_load: raised('BadRequest', "Could not parse 'x' as INT64 for field a"),
      updates_a_table_only_from_what_was_read: [
        'one',
        [
          ['a', null],
          ['b', 'added'],
        ],
        'PreconditionFailed',
      ],
      streams_rows: [[], ['invalid'], [['1', '1.5']]],
      pages: [4, 4, 2],
      dry_runs: ['SELECT', ['a'], 't'],
      counts_what_dml_did: [[], 1, 1],
      lists: [['py'], ['csv', 'json', 't'], 3],
      keeps_a_session: [true, [['1'], ['2']], 'BadRequest'],
      reads_external_tables: [
        'EXTERNAL',
        ['CSV', ['gs://b/day=*'], 1],
        [
          ['1', '2024-01-02', 'gs://b/day=2024-01-02/a.csv'],
          ['2', '2024-01-03', 'gs://b/day=2024-01-03/b.csv'],
        ],
        [
          ['1', '2024-01-02', 'gs://b/day=2024-01-02/a.csv'],
          ['2', '2024-01-03', 'gs://b/day=2024-01-03/b.csv'],
        ],
      ],
      lists_a_part_of_a_table: [9, 99, [['7'], ['8'], ['9']]],
      makes_routines: [['SCALAR_FUNCTION', 'x * 3', true, true], [['21']], []],
      asks_what_it_may_do: [[], ['bigquery.tables.get'], 'local@streamform'],
      // One or the other, by which call the job's end came.
      cancels: {
        raised: expect.stringMatching(/^(BadRequest|GoogleAPICallError)$/),
        message: expect.stringContaining('Job execution was cancelled'),
      },
    })
  },
  300_000,
)
