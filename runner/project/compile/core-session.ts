/** The parts of `@dataform/core` that its bundle exports and streamform uses; read from its sources (core/session.ts). */
import type { CompiledGraph, GraphTarget } from './compiled-graph.ts'

export interface CoreModule {
  readonly compiler: (code: string, path: string) => string
  readonly main: (request: string) => string
  readonly session: CoreSession
  readonly version: string
}

export interface CoreSession {
  readonly projectConfig: { readonly defaultDatabase?: string; readonly defaultSchema?: string }
  readonly actions: readonly CoreAction[]
  readonly tests: readonly CoreTest[]
  /** Set by `compile`. */
  readonly indexedActions?: { find(target: GraphTarget): readonly CoreAction[] }
  compileError(error: Error | string, file?: string, target?: GraphTarget): void
  compile(): { toJSON(): CompiledGraph }
  finalizeDatabase(database: string): string
  finalizeSchema(schema: string): string
  finalizeName(name: string): string
}

/** A text, or a function that makes it in a context (`ref`, `self`, `incremental` …). */
export type Contextable<T> = T | ((context: object) => T)

export interface CoreAction {
  readonly contextableQuery?: Contextable<string>
  readonly contextableJitCode?: unknown
  readonly contextablePreOps?: readonly Contextable<string | readonly string[]>[]
  readonly proto: { readonly enumType?: number }
  compile(): unknown
  getTarget(): GraphTarget
  getFileName(): string | undefined
}

export interface CoreTest {
  readonly proto: { readonly name?: string }
  readonly testTarget?: GraphTarget
  compile(): unknown
  getFileName(): string | undefined
}

/** What a compiled SQLX file hands to `dataform.sqlxAction`. */
export interface SqlxAction {
  readonly sqlxConfig: Readonly<Record<string, unknown>>
  readonly sqlStatementCount: number
  readonly sqlContextable: (context: object) => readonly string[]
  readonly inputContextables: readonly {
    readonly refName: readonly string[]
    readonly contextable: (context: object) => string
  }[]
  readonly incrementalWhereContextable?: unknown
  readonly preOperationsContextable?: unknown
  readonly postOperationsContextable?: unknown
}
