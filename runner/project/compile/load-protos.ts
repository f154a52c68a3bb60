import { basename, dirname, join } from 'node:path'
import protobuf from 'protobufjs'

/**
 * The messages of the `.proto` files that ship beside the core: its own and its configuration's, which use each other's
 * types without importing them.
 */
export function loadProtos(coreFile: string): protobuf.Root {
  const folder = dirname(coreFile)
  const root = new protobuf.Root()
  root.resolvePath = (_from, to) => (protobuf.common.get(to) ? to : join(folder, basename(to)))
  return root.loadSync(['core.proto', 'configs.proto'])
}
