// The library: every command is an exported function of the same name.
import './strip-types.js'

export * from '../runner/commands/index.ts'
