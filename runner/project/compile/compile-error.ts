import { type Position, sourcePosition } from '../source-place.ts'
import type { GraphTarget } from './compiled-graph.ts'
import type { CoreSession } from './core-session.ts'
import type { LoadedFile } from './sandbox.ts'

/** What went wrong while a project compiled, as the worker hands it over: plain data. */
export interface CompileError {
  readonly message: string
  /** `ReferenceError`, `SyntaxError` …; empty for errors that the core noted without throwing. */
  readonly name: string
  /** Relative to the project's folder; where the error arose if that is known, else where the core says. */
  readonly file: string | undefined
  readonly position: Position | undefined
  readonly actionTarget: GraphTarget | undefined
  /** For `--debug`. */
  readonly stack: string | undefined
}

export type Describe = (error: unknown, file?: string, target?: GraphTarget) => CompileError

/** Describes errors of a sandbox: the innermost frame of the project's own files is where the error arose. */
export function errorDescriber(folder: string, loaded: ReadonlyMap<string, LoadedFile>): Describe {
  return (error, file, actionTarget) => {
    const { message, name, stack } = partsOf(error)
    const place = framePlace(stack ?? '', folder, loaded)
    return {
      message,
      name,
      stack,
      actionTarget,
      file: place?.file ?? relativeTo(folder, file),
      position: place?.position,
    }
  }
}

/**
 * Records every error that the core notes, with where in the project's files it arose; the core itself keeps only the
 * message and the file.
 */
export function recordErrors(session: CoreSession, describe: Describe): readonly CompileError[] {
  const errors: CompileError[] = []
  const note = session.compileError.bind(session)
  session.compileError = (error, file, target) => {
    const at = typeof error === 'string' ? Object.assign(new Error(error), { name: '' }) : error
    errors.push(describe(at, file, target))
    note(error, file, target)
  }
  return errors
}

function partsOf(error: unknown): Pick<CompileError, 'message' | 'name' | 'stack'> {
  // Errors come from another realm, and JavaScript may throw anything: `instanceof` tells nothing.
  const { message, name, stack } = (error ?? {}) as Partial<Record<'message' | 'name' | 'stack', unknown>>
  return {
    message: typeof message === 'string' ? message : String(error),
    name: typeof name === 'string' && name !== 'Error' ? name : '',
    stack: typeof stack === 'string' ? stack : undefined,
  }
}

/** V8 writes a syntax error's place on the first line (with a caret below it), others' in the frames. */
function framePlace(stack: string, folder: string, loaded: ReadonlyMap<string, LoadedFile>) {
  const lines = stack.split('\n')
  const head = /^(\/.+):(\d+)$/.exec(lines[0] ?? '')
  const caret = lines.find((line) => /^\s*\^+\s*$/.test(line))
  const failed = head?.[1]
  if (failed?.startsWith(`${folder}/`)) {
    const column = caret === undefined ? 1 : caret.indexOf('^') + 1
    return placeIn(failed, { line: Number(head?.[2]), column }, folder, loaded)
  }
  for (const line of lines) {
    const [, file, row, column] = /^\s+at (?:.*\()?(\/.+?):(\d+):(\d+)\)?$/.exec(line) ?? []
    if (file?.startsWith(`${folder}/`) !== true || file.startsWith(`${folder}/node_modules/`)) continue
    if (file === `${folder}/index.js`) continue
    return placeIn(file, { line: Number(row), column: Number(column) }, folder, loaded)
  }
  return undefined
}

function placeIn(file: string, at: Position, folder: string, loaded: ReadonlyMap<string, LoadedFile>) {
  const text = loaded.get(file)
  const position = text === undefined ? undefined : sourcePosition(text.code, at, text.source)
  return { file: file.slice(folder.length + 1), position }
}

const relativeTo = (folder: string, file: string | undefined): string | undefined =>
  file?.startsWith(`${folder}/`) === true ? file.slice(folder.length + 1) : file
