/**
 * The library: every command is a function of the same name, `(options, effects?) => Promise<result>`; what it gives is
 * what `--json` prints. Errors a caller can act on are `Problem`s.
 *
 * @example
 * import { land, run } from 'streamform'
 * await land({ project: 'my-project' })
 * const { status, actions } = await run({ project: 'my-project', select: ['+country_profile'] })
 */
export type { Effects } from '../effects.ts'
export type { PlannedAction } from '../execute/plan-run.ts'
export type { ActionResult, RunResults } from '../execute/run-results.ts'
export { Problem, Problems } from '../problem.ts'
export type { CompiledGraph } from '../project/compiled-graph.ts'
export { type AddTableOptions, type AddTableResult, addTable } from './add-table.ts'
export { type BuildOptions, type BuildResult, build } from './build.ts'
export type { ProjectOptions } from './command.ts'
export { type CompileOptions, compile } from './compile.ts'
export { type DeadLettersDiscardOptions, deadLettersDiscard } from './dead-letters-discard.ts'
export { type DeadLettersExportOptions, deadLettersExport } from './dead-letters-export.ts'
export { type DeadLettersListOptions, deadLettersList } from './dead-letters-list.ts'
export { type DeadLettersRetryOptions, deadLettersRetry } from './dead-letters-retry.ts'
export { type DeadLettersShowOptions, deadLettersShow } from './dead-letters-show.ts'
export { type DemoResult, demo } from './demo.ts'
export { type DriftOptions, drift } from './drift.ts'
export { type FilesForgetOptions, filesForget } from './files-forget.ts'
export { type FilesListOptions, filesList } from './files-list.ts'
export { type FilesRetryOptions, filesRetry } from './files-retry.ts'
export { type FormatOptions, type FormatResult, type FormattedFile, format } from './format.ts'
export { type FunctionsOptions, functions } from './functions.ts'
export { type InitOptions, type InitResult, init } from './init.ts'
export { type LandCommandOptions, land } from './land.ts'
export { type ListedAction, ls } from './ls.ts'
export { type PlanOptions, plan } from './plan.ts'
export { type PrivacyOptions, type PrivacyResult, privacy } from './privacy.ts'
export type { SelectionOptions } from './project-flags.ts'
export { type QueryOptions, type QueryResult, query } from './query.ts'
export { type ResumeOptions, resume } from './resume.ts'
export { type RunOptions, run } from './run.ts'
export { type ListedRun, type RunsOptions, runs } from './runs.ts'
export { type SampleCommandOptions, sample } from './sample.ts'
export { type ServeOptions, type ServeResult, serve } from './serve.ts'
export { type ShowOptions, type ShowResult, show } from './show.ts'
export { type TestOptions, type TestResults, test } from './test.ts'
