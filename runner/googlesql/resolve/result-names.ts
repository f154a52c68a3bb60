import type { OutputColumn } from './resolved.ts'

/** Columns without a name are f0_, f1_ …; a second column `a` is `a_1`. */
export function nameOutputs(columns: readonly OutputColumn[]): readonly OutputColumn[] {
  let anonymous = 0
  const taken = new Set<string>()
  return columns.map((output) => {
    let name = output.name
    if (output.anonymous) {
      name = `f${anonymous}_`
      anonymous += 1
    }
    let unique = name
    for (let count = 1; taken.has(unique.toLowerCase()); count += 1) unique = `${name}_${count}`
    taken.add(unique.toLowerCase())
    return { ...output, name: unique, anonymous: false }
  })
}
