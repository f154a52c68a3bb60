#!/usr/bin/env node
// Starts the command line under a Node that can run TypeScript. Plain JavaScript on purpose: an older Node must be
// able to read this file far enough to find the pinned one, or to say in one line what to do.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(import.meta.url)

/** The Node that npm installed beside us (package.json, optionalDependencies), if it did. */
function pinnedNode() {
  const { platform, arch } = process
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    for (const name of [`node-${platform}-${arch}`, `node-bin-${platform}-${arch}`]) {
      const node = join(folder, 'node_modules', name, 'bin', 'node')
      if (existsSync(node)) return node
    }
  }
  return undefined
}

/** Runs this file again under `node`; Ctrl-C and termination reach the child, which decides what they mean. */
function restartUnder(node) {
  const child = spawn(node, [file, ...process.argv.slice(2)], { stdio: 'inherit' })
  process.on('SIGINT', () => {}) // the terminal sends it to the child as well
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code))
}

if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import('./strip-types.js')
  const { main } = await import('../runner/cli.ts')
  process.exitCode = await main(process.argv.slice(2))
} else {
  const node = pinnedNode()
  if (node === undefined) {
    process.stderr.write(
      `streamform needs Node 24 or later; this is ${process.version}, and npm has installed no other for ` +
        `${process.platform}-${process.arch}: install Node 24 (https://nodejs.org) and run the command again\n`,
    )
    process.exit(2)
  }
  restartUnder(node)
}
