import { basename, dirname, join } from 'node:path'
import protobuf from 'protobufjs'
import type { JsonObject, ProjectConfig } from './compiled-graph.ts'

/** What one call of the core's `main` is asked. */
export interface CompileRequest {
  readonly projectDir: string
  /** Relative to the project's folder, with forward slashes. */
  readonly filePaths: readonly string[]
  readonly projectConfigOverride: ProjectConfig
  readonly extension: JsonObject | undefined
}

/** The request as the core's `main` takes it. In base64: bytes made outside the sandbox are no `Uint8Array` inside it. */
export function encodeRequest(coreFile: string, { extension, ...given }: CompileRequest): string {
  const type = loadProtos(coreFile).lookupType('dataform.CoreExecutionRequest')
  const compileConfig = extension === undefined ? given : { ...given, extension }
  return Buffer.from(type.encode(type.fromObject({ compile: { compileConfig } })).finish()).toString('base64')
}

/** The core's messages and its configuration's, which use each other's types without importing them. */
export function loadProtos(coreFile: string): protobuf.Root {
  const folder = dirname(coreFile)
  const root = new protobuf.Root()
  root.resolvePath = (_from, to) => (protobuf.common.get(to) ? to : join(folder, basename(to)))
  return root.loadSync(['core.proto', 'configs.proto'])
}
