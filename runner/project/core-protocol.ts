import { basename, dirname, join } from 'node:path'
import protobuf from 'protobufjs'
import type { CompiledGraph, JsonObject, ProjectConfig } from './compiled-graph.ts'

/** What one call of the core's `main` is asked. */
export interface CompileRequest {
  readonly projectDir: string
  /** Relative to the project's folder, with forward slashes. */
  readonly filePaths: readonly string[]
  readonly projectConfigOverride: ProjectConfig
  readonly extension: JsonObject | undefined
}

/** The messages between `@dataform/core` and its caller, by the `.proto` files that ship in the package. */
export interface CoreProtocol {
  /** As base64: bytes made outside the sandbox are no `Uint8Array` inside it. */
  readonly encode: (request: CompileRequest) => string
  readonly decode: (base64: string) => CompiledGraph
}

export function coreProtocol(coreFile: string): CoreProtocol {
  const root = loadProtos(coreFile, 'core.proto')
  const request = root.lookupType('dataform.CoreExecutionRequest')
  const response = root.lookupType('dataform.CoreExecutionResponse')
  return {
    encode: ({ extension, ...given }) => {
      const compileConfig = extension === undefined ? given : { ...given, extension }
      return Buffer.from(
        request.encode(request.fromObject({ compile: { compileConfig } })).finish(),
      ).toString('base64')
    },
    decode: (base64) => {
      const decoded = response.decode(Buffer.from(base64, 'base64'))
      return response.toObject(decoded, { enums: String, longs: String, bytes: String, json: true })[
        'compile'
      ]['compiledGraph']
    },
  }
}

/** One of the core's `.proto` files with all that it imports. */
export function loadProtos(coreFile: string, name: string): protobuf.Root {
  const folder = dirname(coreFile)
  const root = new protobuf.Root()
  root.resolvePath = (_from, to) => (protobuf.common.get(to) ? to : join(folder, basename(to)))
  return root.loadSync(name)
}
