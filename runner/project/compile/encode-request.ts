import protobuf from 'protobufjs/minimal.js'
import type { Json, JsonObject, ProjectConfig } from './compiled-graph.ts'

/** What one call of the core's `main` is asked. */
export interface CompileRequest {
  readonly projectDir: string
  /** Relative to the project's folder, with forward slashes. */
  readonly filePaths: readonly string[]
  /** In place of what the project's settings say. */
  readonly overrides: ProjectConfig
  /** As `workflow_settings.yaml` has it. */
  readonly extension: JsonObject | undefined
}

/** Fields of ProjectConfig by their names in `overrides`. Numbers are those of core.proto. */
const overrideFields: Readonly<Record<string, number>> = {
  warehouse: 1,
  defaultSchema: 2,
  assertionSchema: 5,
  schemaSuffix: 7,
  defaultDatabase: 9,
  tablePrefix: 11,
  databaseSuffix: 15,
  defaultLocation: 16,
  builtinAssertionNamePrefix: 18,
  disableAssertions: 20,
  defaultReservation: 21,
  includeTestsInCompiledGraph: 22,
  preserveGovernanceControls: 24,
}

/**
 * The message CoreExecutionRequest as the core's `main` takes it, in base64: bytes made outside the sandbox are no
 * `Uint8Array` inside it. The numbers of its fields, which protobuf's rules keep for ever, are written out because
 * reading the .proto files takes longer than compiling a small project.
 */
export function encodeRequest({ projectDir, filePaths, overrides, extension }: CompileRequest): string {
  const writer = protobuf.Writer.create()
  inner(writer, 1, () => {
    // CompileExecutionRequest
    inner(writer, 1, () => {
      // CompileConfig
      text(writer, 1, projectDir)
      inner(writer, 3, () => writeOverrides(writer, overrides))
      for (const file of filePaths) text(writer, 8, file)
      if (extension !== undefined) inner(writer, 10, () => writeExtension(writer, extension))
    })
  })
  return Buffer.from(writer.finish()).toString('base64')
}

function writeOverrides(writer: protobuf.Writer, { vars = {}, ...others }: ProjectConfig): void {
  for (const [name, value] of Object.entries(others)) {
    const number = overrideFields[name]
    if (number === undefined) throw new Error(`\`${name}\` of a project cannot be overridden`)
    if (typeof value === 'boolean') writer.uint32(number << 3).bool(value)
    else if (typeof value === 'string') text(writer, number, value)
  }
  writeMap(writer, 14, vars)
}

function writeExtension(writer: protobuf.Writer, { name, compilationMode, options }: JsonObject): void {
  if (typeof name === 'string') text(writer, 1, name)
  const mode = compilationModeOf(compilationMode)
  if (mode !== undefined) writer.uint32(2 << 3).int32(mode)
  if (typeof options === 'object') writeMap(writer, 3, options as Readonly<Record<string, string>>)
}

/** A mode by its name or its number; Dataform's own command line understands only the number. */
function compilationModeOf(mode: Json | undefined): number | undefined {
  if (typeof mode === 'number') return mode
  const number = ['COMPILATION_MODE_UNSPECIFIED', 'PROLOGUE', 'APPLICATION_CODE'].indexOf(String(mode))
  return number === -1 ? undefined : number
}

function writeMap(writer: protobuf.Writer, number: number, map: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(map)) {
    inner(writer, number, () => {
      text(writer, 1, key)
      text(writer, 2, value)
    })
  }
}

const text = (writer: protobuf.Writer, number: number, value: string): void => {
  writer.uint32((number << 3) | 2).string(value)
}

/** A message within a message. */
function inner(writer: protobuf.Writer, number: number, write: () => void): void {
  writer.uint32((number << 3) | 2).fork()
  write()
  writer.ldelim()
}
