// Node strips the types of a project's own files, but not of files below node_modules: this lets an installed
// streamform run from its TypeScript sources as a cloned one does (https://nodejs.org/api/typescript.html).
import { readFileSync } from 'node:fs'
import { enableCompileCache, registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'

// Node keeps what it has stripped and compiled (in the system's temporary folder): every later start, and every worker,
// is 0.1 to 0.2 s faster.
enableCompileCache()

const root = new URL('..', import.meta.url).href

const emitWarning = process.emitWarning
process.emitWarning = (warning, ...rest) => {
  if (!String(warning).includes('Type Stripping') && !String(warning).includes('stripTypeScriptTypes')) {
    emitWarning.call(process, warning, ...rest)
  }
}

if (root.includes('/node_modules/')) {
  registerHooks({
    load(url, context, nextLoad) {
      if (!url.startsWith(root) || !url.endsWith('.ts')) return nextLoad(url, context)
      const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'))
      return { format: 'module', source, shortCircuit: true }
    },
  })
}
