import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import path, { dirname, extname, join, sep } from 'node:path'
import vm from 'node:vm'
import type { CoreModule } from './core-session.ts'

/** A file of the project as it was loaded: its own text and the JavaScript that ran. */
export interface LoadedFile {
  readonly source: string
  readonly code: string
}

export interface Sandbox {
  readonly core: CoreModule
  /** Runs a file of the project (again), as `require` in it would; relative names are the project's. */
  readonly require: (name: string) => unknown
  /** By absolute name. */
  readonly loaded: ReadonlyMap<string, LoadedFile>
  readonly global: Record<string, unknown>
  /**
   * Calls `work` with the core told on which file of the project it works (relative; undefined: none), for where it does
   * not see it on the stack: below a folder `node_modules`.
   */
  readonly within: <Result>(file: string | undefined, work: () => Result) => Result
  /** Calls `core.main` from a frame named `<folder>/index.js`: the core looks for callers on the stack. */
  readonly main: (request: string) => string
}

export interface SandboxOptions {
  /** The project's folder, without symbolic links. */
  readonly folder: string
  readonly coreFile: string
  /** A line that the project's JavaScript wrote to `console`. */
  readonly onLog: (line: string) => void
  /** Called before a file of the project runs. */
  readonly onLoad: (file: string) => void
  /** Changes a file's text, keeping its length, before it is compiled. */
  readonly rewrite: (source: string, file: string) => string
}

const extensions = ['.js', '.json', '.sql', '.sqlx', '.yaml', '.yml']
const parameters = ['exports', 'require', 'module', '__filename', '__dirname']

/**
 * A realm of its own in which the project's JavaScript runs as in `dataform compile`: strict mode, no environment
 * variables, of Node's modules only `path`, of files only those below the project's folder. Not a border against
 * malice: whoever can edit the project runs code here.
 */
export function createSandbox({ folder, coreFile, onLog, onLoad, rewrite }: SandboxOptions): Sandbox {
  const global = vm.createContext(sandboxGlobals(onLog)) as Record<string, unknown>
  const run = <T>(code: string): T => vm.runInContext(code, global)
  global['global'] = run('globalThis')
  run('Error.stackTraceLimit = 50')
  const parseJson = run<(text: string) => unknown>('JSON.parse')
  const modules = new Map<string, { exports: unknown }>()
  const loaded = new Map<string, LoadedFile>()
  const fallback = { core: undefined as CoreModule | undefined }

  const index = join(folder, 'index.js')
  let current = index
  Object.defineProperty(global, '__dataform_current_file', { get: () => current })
  const within = <Result>(file: string, work: () => Result): Result => {
    const before = current
    current = file
    try {
      return work()
    } finally {
      current = before
    }
  }

  const evaluate = (file: string, code: string): unknown => {
    const module = { exports: run<object>('({})') }
    modules.set(file, module)
    const wrapped = vm.compileFunction(code, parameters, {
      filename: file,
      parsingContext: global as vm.Context,
    })
    const from = dirname(file)
    const call = () =>
      wrapped.call(module.exports, module.exports, (id: string) => load(id, from), module, file, from)
    try {
      within(file === coreFile ? index : file, call)
    } catch (error) {
      modules.delete(file) // as Node does: a later require tries again
      throw error
    }
    return module.exports
  }
  const load = (id: string, from: string): unknown => {
    if (id === 'path') return path
    const file = id === '@dataform/core' ? coreFile : resolve(id, from)
    const known = modules.get(file)
    if (known !== undefined) return known.exports
    const source = readFileSync(file, 'utf8')
    if (file === coreFile) return evaluate(file, source)
    onLoad(file)
    if (extname(file) === '.json') {
      const module = { exports: parseJson(source) }
      modules.set(file, module)
      return module.exports
    }
    const compiled = fallback.core?.compiler(rewrite(source, file), file) ?? source
    // The directive shares the first line, so that every other position is the compiled text's own.
    const code = `"use strict"; ${compiled}`
    loaded.set(file, { source, code })
    return evaluate(file, code)
  }
  // An error of the sandbox's own realm: the core asks `instanceof Error`.
  const ErrorInside = run<new (message: string) => Error>('Error')
  const resolve = resolver(folder, (message) => new ErrorInside(message))

  const core = load('@dataform/core', folder) as CoreModule
  fallback.core = core
  const call = new vm.Script('(main, request) => main(request)', { filename: index })
  const callMain = call.runInContext(global as vm.Context) as (main: unknown, request: string) => string
  return {
    core,
    require: (name) => load(`./${name}`, folder),
    loaded,
    global,
    within: (file, work) => within(file === undefined ? index : join(folder, file), work),
    main: (request) => callMain(core.main, request),
  }
}

function sandboxGlobals(onLog: (line: string) => void): Record<string, unknown> {
  const log = (...values: readonly unknown[]): void =>
    onLog(values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' '))
  return {
    console: { log, info: log, warn: log, error: log, debug: log, trace: log },
    process: { platform: process.platform, arch: process.arch, version: process.version, env: {}, argv: [] },
    Buffer,
    setTimeout,
    clearTimeout,
    setImmediate,
    clearImmediate,
    setInterval,
    clearInterval,
  }
}

/**
 * Finds what `require(id)` means in a file of `from`: a relative or absolute name; a package installed for the
 * project; else a name from the project's folder (`includes/x`). Nothing outside the project's folder.
 */
function resolver(
  folder: string,
  makeError: (message: string) => Error,
): (id: string, from: string) => string {
  const inside = (file: string): boolean => file.startsWith(folder + sep)
  const isFile = (name: string): boolean =>
    existsSync(name) && statSync(name).isFile() && inside(realpathSync(name))
  const asFile = (name: string): string | undefined =>
    [name, ...extensions.map((extension) => name + extension)].find(isFile)
  const asFolder = (name: string): string | undefined => {
    const manifest = join(name, 'package.json')
    const main = isFile(manifest)
      ? (JSON.parse(readFileSync(manifest, 'utf8')) as { main?: unknown }).main
      : undefined
    const named = typeof main === 'string' ? join(name, main) : undefined
    return (named && (asFile(named) ?? asFile(join(named, 'index')))) ?? asFile(join(name, 'index'))
  }
  const asPath = (name: string): string | undefined => asFile(name) ?? asFolder(name)
  const asPackage = (id: string, from: string): string | undefined => {
    if (isBuiltin(id)) return undefined
    try {
      const file = createRequire(join(inside(from) ? from : folder, 'index.js')).resolve(id)
      return inside(file) ? file : undefined
    } catch {
      return undefined
    }
  }
  return (id, from) => {
    const relative = id.startsWith('./') || id.startsWith('../') || id === '.' || id === '..'
    const ours =
      id.startsWith('definitions/') || id.startsWith('includes/') ? asPath(join(folder, id)) : undefined
    const found = relative
      ? asPath(join(from, id))
      : path.isAbsolute(id)
        ? asPath(id)
        : (ours ?? asPackage(id, from) ?? asPath(join(folder, id)))
    if (found !== undefined) return found
    throw makeError(`Cannot find module '${id}'`)
  }
}
