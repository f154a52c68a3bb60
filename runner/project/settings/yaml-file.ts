import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import { type Place, Problem, throwProblems } from '../../problem.ts'

export type Path = readonly (string | number)[]

/** A YAML file as plain values that still know where each of them stands. */
export interface YamlFile {
  /** undefined where the file is empty. */
  readonly value: unknown
  /** Where the value at `path` stands; where it is missing, where what should hold it stands. */
  readonly placeOf: (path: Path) => Place
  /** Where the key that is the last of `path` stands. */
  readonly placeOfKey: (path: Path) => Place
}

/**
 * Reads a YAML file; undefined if there is none.
 * @param shownAs the file's name in messages (relative to the project's folder)
 * @throws Problem or Problems with line and column for text that is not YAML, keys given twice included
 */
export async function readYamlFile(file: string, shownAs = basename(file)): Promise<YamlFile | undefined> {
  const text = await readText(file, shownAs)
  if (text === undefined) return undefined
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file: shownAs, line, column: col }
  }
  throwProblems(
    document.errors.map(({ code, message, pos }) => {
      const what =
        code === 'DUPLICATE_KEY' ? 'a key is given twice' : `this is not YAML: ${firstLine(message)}`
      return new Problem(what, { ...placeAt(pos[0]), exitCode: 2 })
    }),
  )
  return {
    value: document.toJS() ?? undefined,
    placeOf: (path) => placeAt(offsetOf(nearestNode(document, path))),
    placeOfKey: (path) => placeAt(offsetOf(keyNode(document, path) ?? nearestNode(document, path))),
  }
}

async function readText(file: string, shownAs: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Problem(`this file cannot be read: ${(cause as Error).message}`, { file: shownAs, cause })
  }
}

const firstLine = (message: string): string => message.split('\n', 1)[0] ?? message

const offsetOf = (node: Node | undefined): number => node?.range?.[0] ?? 0

function nearestNode(document: Document, path: Path): Node | undefined {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node)) return node
  }
  return document.contents ?? undefined
}

function keyNode(document: Document, path: Path): Node | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (!isMap(parent)) return undefined
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
  return isNode(pair?.key) ? pair.key : undefined
}
