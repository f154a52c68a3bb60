import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { encodeRequest } from '../../runner/project/compile/encode-request.ts'
import { loadProtos } from '../../runner/project/compile/load-protos.ts'

const core = createRequire(import.meta.url).resolve('@dataform/core')
const type = loadProtos(core).lookupType('dataform.CoreExecutionRequest')

test('a request reads back by the .proto files of the core as what it was', () => {
  const overrides = {
    warehouse: 'w',
    defaultSchema: 'a',
    assertionSchema: 'b',
    schemaSuffix: 'c',
    defaultDatabase: 'd',
    tablePrefix: 'e',
    vars: { x: '1', ü: '' },
    databaseSuffix: 'f',
    defaultLocation: 'g',
    builtinAssertionNamePrefix: 'h',
    disableAssertions: true,
    defaultReservation: 'i',
    includeTestsInCompiledGraph: true,
    preserveGovernanceControls: true,
  }
  const filePaths = ['definitions/ä.sqlx', 'includes/b.js']
  const extension = { name: 'n', compilationMode: 'APPLICATION_CODE', options: { k: 'v' } }
  const encoded = encodeRequest({ projectDir: '/p', filePaths, overrides, extension })
  const decoded = type.toObject(type.decode(Buffer.from(encoded, 'base64')), { enums: String })
  expect(JSON.parse(JSON.stringify(decoded))).toEqual({
    compile: { compileConfig: { projectDir: '/p', filePaths, projectConfigOverride: overrides, extension } },
  })
})

test('an override that the core has no field for is refused', () => {
  const overrides = { defaultIcebergConfig: {} }
  expect(() => encodeRequest({ projectDir: '/p', filePaths: [], overrides, extension: undefined })).toThrow(
    '`defaultIcebergConfig` of a project cannot be overridden',
  )
})
