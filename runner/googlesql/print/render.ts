import type { Doc, Suffix } from './doc.ts'

interface Command {
  readonly indent: number
  readonly flat: boolean
  readonly doc: Doc
}

/** Lays a document out in lines of `width` characters where that is possible. Iterative: documents nest deep. */
export function render(root: Doc, width: number): string {
  const output: string[] = []
  const stack: Command[] = [{ indent: 0, flat: false, doc: root }]
  let suffixes: { readonly suffix: Suffix; readonly indent: number }[] = []
  let column = 0
  /** The indentation of a line that has no text yet: a line that stays empty gets none. */
  let margin = 0

  const write = (text: string) => {
    if (margin > 0) output.push(' '.repeat(margin))
    margin = 0
    output.push(text)
  }
  const flush = () => {
    for (const { suffix, indent } of suffixes) {
      if (suffix.ownLine) output.push('\n', ' '.repeat(indent), suffix.text)
      else write(` ${suffix.text}`)
    }
    suffixes = []
  }

  for (let command = stack.pop(); command !== undefined; command = stack.pop()) {
    const { indent, flat, doc } = command
    if (typeof doc === 'string') {
      if (doc === '') continue
      write(doc)
      const lineBreak = doc.lastIndexOf('\n')
      column = lineBreak < 0 ? column + doc.length : doc.length - lineBreak - 1
    } else if (doc.kind === 'concat') {
      for (let index = doc.parts.length - 1; index >= 0; index -= 1) {
        stack.push({ indent, flat, doc: doc.parts[index] as Doc })
      }
    } else if (doc.kind === 'indent') stack.push({ indent: indent + 2, flat, doc: doc.content })
    else if (doc.kind === 'group') {
      const fitting = flat || (!doc.broken && fits(doc.content, stack, width - column))
      stack.push({ indent, flat: fitting, doc: doc.content })
    } else if (doc.kind === 'suffix') suffixes.push({ suffix: doc, indent })
    else if (flat && !doc.broken) {
      if (doc.flat !== '') write(doc.flat)
      column += doc.flat.length
    } else {
      flush()
      output.push('\n')
      margin = indent
      column = indent
    }
  }
  flush()
  return output.join('')
}

/** Whether `doc`, flat, and what follows up to the next possible break, has room in `room` characters. */
function fits(doc: Doc, rest: readonly Command[], room: number): boolean {
  const stack: { readonly flat: boolean; readonly doc: Doc }[] = [{ flat: true, doc }]
  let left = room
  let next = rest.length - 1
  while (left >= 0) {
    let command = stack.pop()
    if (command === undefined) {
      if (next < 0) return true
      command = rest[next] as Command
      next -= 1
    }
    const { flat, doc: current } = command
    if (typeof current === 'string') {
      const lineBreak = current.indexOf('\n')
      if (lineBreak >= 0) return left >= lineBreak
      left -= current.length
    } else if (current.kind === 'concat') {
      for (let index = current.parts.length - 1; index >= 0; index -= 1) {
        stack.push({ flat, doc: current.parts[index] as Doc })
      }
    } else if (current.kind === 'indent') stack.push({ flat, doc: current.content })
    else if (current.kind === 'group') stack.push({ flat: flat && !current.broken, doc: current.content })
    else if (current.kind === 'line') {
      if (!flat || current.broken) return true
      left -= current.flat.length
    }
  }
  return false
}
