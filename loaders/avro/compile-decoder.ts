import type { ArrayBuilder, Builder, Stored, StructBuilder } from '../columns/builder.ts'
import { CorruptError } from './corrupt.ts'
import { fastStep, nullStep } from './fast-step.ts'
import type { AvroRecord, AvroType } from './schema.ts'
import { type AvroValue, ValueReader } from './value.ts'
import { long } from './varint.ts'
import * as steps from './write-column.ts'

/** What becomes of one value of the writer's: stepped over, written into a column, or handed to a function. */
export type Plan =
  | { readonly do: 'skip'; readonly type: AvroType }
  | { readonly do: 'call'; readonly type: AvroType; readonly with: (value: AvroValue) => void }
  /** `convert` is used where there is no fast way from the type to the column; what it throws as Misfit is noted. */
  | {
      readonly do: 'write'
      readonly type: AvroType
      readonly builder: Builder
      readonly column: string
      readonly convert: Convert
      /** The value is mostly that of the record before: fields of which it is true are looked at together. */
      readonly steady?: boolean
    }
  /** One plan for each of the record's fields, in their order. */
  | {
      readonly do: 'record'
      readonly record: AvroRecord
      readonly fields: readonly Plan[]
      readonly builder?: StructBuilder
      readonly after?: (row: number) => void
    }
  /** A value that may be null; `branch` is the branch of `type` that is not. */
  | { readonly do: 'nullable'; readonly nullAt: 0 | 1; readonly value: Plan; readonly builder?: Builder }

/** An Avro value as a column holds it. @throws Misfit */
export type Convert = (value: AvroValue) => Stored

/** A value that was read but that its column cannot hold. */
export class Misfit extends Error {}

/** A record that was left out: where it lies in the block, and why. */
export interface LeftOut {
  readonly ordinal: number
  readonly start: number
  readonly end: number
  readonly column: string
  readonly reason: string
}

export interface DecodeState {
  /** Where the next record begins. */
  at: number
  /** Rows in the builders. */
  row: number
  /** Records of the block still to come. */
  count: number
  /** The next record's number in the file. */
  ordinal: number
  readonly leftOut: LeftOut[]
}

/** Decodes records of `bytes[state.at .. end]` until the block ends or the builders hold `limit` rows. */
export type Decoder = (bytes: Uint8Array, end: number, limit: number, state: DecodeState) => void

/**
 * Makes a decoder for one writer schema: generated JavaScript, a straight line of steps with no object for a row. What
 * enters the code's text is numbers only; builders, names and functions are handed in as values.
 *
 * @param ordinals the column that takes each record's number in the file
 * @param checkTexts look at each text whether it is UTF-8, and leave out the records of those that are not; without,
 *   the caller looks at whole columns (`textsAreUtf8`), which is much faster
 */
export function compileDecoder(plan: Plan, ordinals: Builder, checkTexts: boolean): Decoder {
  const code = new DecoderCode(checkTexts ? 'checkedTextInto' : 'textInto')
  code.emit(plan, 'row', 0)
  const body = `
    const { misfit, CorruptError } = steps
    ${code.declarations.join('\n')}
    return function decode(bytes, end, limit, state) {
      let at = state.at, row = state.row, count = state.count, ordinal = state.ordinal
      ${code.beginning.join('\n')}
      while (count > 0 && row < limit) {
        const start = at
        ${code.lines.join('\n')}
        if (at > end) throw new CorruptError('the data ends within a record', start)
        if (misfit.noted) {
          state.leftOut.push({ ordinal, start, end: at, column: misfit.column, reason: misfit.reason })
          misfit.noted = false
          ${code.afterLeftOut.join('\n')}
        } else {
          ordinals.words[row * 2] = ordinal | 0
          ordinals.words[row * 2 + 1] = ordinal / 4294967296 | 0
          ordinals.validity.bytes[row] = 1
          row++
        }
        ordinal++
        count--
      }
      ${code.ending.join('\n')}
      state.at = at; state.row = row; state.count = count; state.ordinal = ordinal
    }`
  const make = new Function('steps', 'values', 'ordinals', 'long', body) as (
    library: unknown,
    values: readonly unknown[],
    ordinals: Builder,
    longs: typeof long,
  ) => Decoder
  const decode = make({ ...steps, CorruptError, slowInto, callWith, skipOver }, code.values, ordinals, long)
  return (bytes, end, limit, state) => {
    steps.misfit.noted = false
    steps.readFrom(bytes)
    decode(bytes, end, limit, state)
  }
}

class DecoderCode {
  readonly lines: string[] = []
  readonly values: unknown[] = []
  private readonly places = new Map<unknown, number>()
  readonly declarations: string[] = []
  readonly beginning: string[] = []
  readonly afterLeftOut: string[] = []
  readonly ending: string[] = []
  private readonly used = new Set<string>()
  private readonly textStep: string

  constructor(textStep: 'textInto' | 'checkedTextInto') {
    this.textStep = textStep
  }

  /** @param row the expression of the row to write */
  emit(plan: Plan, row: string, depth: number): void {
    switch (plan.do) {
      case 'skip':
        this.line(`at = ${this.step('skipOver')}(bytes, at, end, ${this.value(plan.type)})`)
        return
      case 'call':
        this.line(
          `at = ${this.step('callWith')}(bytes, at, end, ${this.value(plan.type)}, ${this.value(plan.with)})`,
        )
        return
      case 'nullable':
        this.nullable(plan, row, depth)
        return
      case 'record':
        this.fields(plan.fields, row, depth)
        if (plan.builder !== undefined) this.line(`${this.value(plan.builder)}.validity.bytes[${row}] = 1`)
        if (plan.after !== undefined) this.line(`${this.value(plan.after)}(${row})`)
        return
      case 'write':
        this.write(plan, row, depth)
        return
    }
  }

  /** Steady fields that stand together are one stretch. */
  private fields(plans: readonly Plan[], row: string, depth: number): void {
    for (let next = 0; next < plans.length; ) {
      const first = next
      while (isSteady(plans[next])) next++
      if (next > first) this.stretch(plans.slice(first, next).filter(isSteady), row, depth)
      const leaves = next
      while (isLeaf(plans[next]) && !isSteady(plans[next])) next++
      this.leaves(plans.slice(leaves, next), row, depth)
      const other = plans[next]
      if (other === undefined || isSteady(other)) continue
      this.emit(other, row, depth)
      next++
    }
  }

  /** Where they are many, in functions of their own: the engine takes gigabytes to compile one of 2,000 fields. */
  private leaves(plans: readonly Plan[], row: string, depth: number): void {
    if (plans.length <= fieldsPerFunction) {
      for (const plan of plans) this.emit(plan, row, depth)
      return
    }
    for (let from = 0; from < plans.length; from += fieldsPerFunction) {
      const before = this.lines.length
      for (const plan of plans.slice(from, from + fieldsPerFunction)) this.emit(plan, 'row', depth)
      const name = `part${this.declarations.length}`
      const body = this.lines.splice(before)
      this.declarations.push(`function ${name}(bytes, at, end, row) { ${body.join('\n')} return at }`)
      this.line(`at = ${name}(bytes, at, end, ${row})`)
    }
  }

  /**
   * Fields that are not decoded again where their bytes are those of the record before: the rows in between are
   * written once another value comes, or at the end.
   */
  private stretch(plans: readonly SteadyPlan[], row: string, depth: number): void {
    const n = this.beginning.length
    const builders = this.value(plans.map(({ builder }) => builder))
    const rest = `if (row${n} + 1 < row) ${this.step('repeatRow')}(${builders}, row${n}, row)`
    this.beginning.push(`let at${n} = -1, size${n} = 0, row${n} = row - 1`)
    this.afterLeftOut.push(`at${n} = -1`)
    this.ending.push(rest)
    this.line(`if (at${n} >= 0 && ${this.step('repeats')}(at${n}, at, size${n})) at += size${n}; else {`)
    this.line(rest)
    this.line(`at${n} = at; row${n} = row`)
    for (const plan of plans) this.emit(plan, row, depth)
    this.line(`size${n} = at - at${n} }`)
  }

  private nullable(plan: Extract<Plan, { do: 'nullable' }>, row: string, depth: number): void {
    // A branch's number is a zigzag varint: 0 is the byte 0, 1 is the byte 2.
    const nullByte = plan.nullAt === 0 ? 0 : 2
    this.line('switch (bytes[at++]) {')
    this.line(`case ${2 - nullByte}:`)
    this.emit(plan.value, row, depth)
    this.line(`break; case ${nullByte}:`)
    if (plan.builder !== undefined) this.line(this.nullInto(plan.builder, row))
    this.line(`break; default: ${this.step('branchError')}(bytes[at - 1], at - 1) }`)
  }

  private nullInto(builder: Builder, row: string): string {
    return `${this.step(nullStep(builder))}(${this.value(builder)}, ${row})`
  }

  private write(plan: Extract<Plan, { do: 'write' }>, row: string, depth: number): void {
    const { type, builder, column } = plan
    if (type.kind === 'array' && builder.kind === 'ARRAY' && depth === 0) {
      this.array(plan, type.items, builder as ArrayBuilder, row, depth)
      return
    }
    if (type.kind === 'union') {
      this.union(plan, type.branches, row, depth)
      return
    }
    const target = this.value(builder)
    const name = this.value(column)
    const fast = fastStep(type, builder)
    if (fast === undefined) {
      this.line(
        `at = ${this.step('slowInto')}(bytes, at, end, ${this.value(type)}, ${target}, ${row}, ${name}, ${this.value(plan.convert)})`,
      )
      return
    }
    const before = fast.needsEnd ? 'bytes, at, end' : 'bytes, at'
    const extra = fast.argument === undefined ? '' : `, ${fast.argument}`
    const step = fast.step === 'textInto' ? this.textStep : fast.step
    this.line(`at = ${this.step(step)}(${before}, ${target}, ${row}${extra}, ${name})`)
  }

  private array(
    plan: Extract<Plan, { do: 'write' }>,
    items: AvroType,
    builder: ArrayBuilder,
    row: string,
    depth: number,
  ): void {
    const array = this.value(builder)
    const element: Plan = {
      do: 'write',
      type: items,
      builder: builder.element,
      column: plan.column,
      convert: elementConvert,
    }
    this.line(`{ let filled = ${array}.offsets[${row}], n; for (;;) {`)
    this.line(
      `n = ${this.step('arrayBlock')}(bytes, at, end, ${array}, filled); at = long.end; if (n === 0) break`,
    )
    this.line('for (const stop = filled + n; filled < stop; filled++) {')
    this.emit(element, 'filled', depth + 1)
    this.line(`} } ${array}.offsets[${row} + 1] = filled }`)
  }

  private union(
    plan: Extract<Plan, { do: 'write' }>,
    branches: readonly AvroType[],
    row: string,
    depth: number,
  ): void {
    this.line('switch (bytes[at++]) {')
    branches.slice(0, 64).forEach((branch, index) => {
      this.line(`case ${index * 2}:`)
      if (branch.kind === 'null') this.line(this.nullInto(plan.builder, row))
      else this.emit({ ...plan, type: branch }, row, depth)
      this.line('break;')
    })
    this.line(`default: ${this.step('branchError')}(bytes[at - 1], at - 1) }`)
  }

  private line(text: string): void {
    this.lines.push(text)
  }

  private value(value: unknown): string {
    const known = this.places.get(value)
    if (known !== undefined) return `v${known}`
    const index = this.values.push(value) - 1
    this.places.set(value, index)
    this.declarations.push(`const v${index} = values[${index}]`)
    return `v${index}`
  }

  private step(name: string): string {
    if (!this.used.has(name)) {
      this.used.add(name)
      this.declarations.push(`const ${name} = steps.${name}`)
    }
    return name
  }
}

const fieldsPerFunction = 32

const isLeaf = (plan: Plan | undefined): boolean =>
  plan !== undefined && plan.do !== 'record' && plan.do !== 'nullable'

type SteadyPlan = Extract<Plan, { do: 'write' }>

const isSteady = (plan: Plan | undefined): plan is SteadyPlan => plan?.do === 'write' && plan.steady === true

/** Elements of an array are scalars that have a fast way, or texts of them. */
const elementConvert: Convert = (value) =>
  value === null || typeof value === 'string' ? value : String(value)

function slowInto(
  bytes: Uint8Array,
  at: number,
  end: number,
  type: AvroType,
  builder: Builder,
  row: number,
  column: string,
  convert: Convert,
): number {
  const reader = new ValueReader(bytes, at, end)
  const value = reader.read(type)
  try {
    if (reader.sawInvalidText) throw new Misfit('the text is not UTF-8')
    builder.put(row, convert(value))
  } catch (error) {
    if (!(error instanceof Misfit)) throw error
    steps.noteMisfit(column, error.message)
    builder.put(row, null)
  }
  return reader.at
}

function callWith(
  bytes: Uint8Array,
  at: number,
  end: number,
  type: AvroType,
  call: (value: AvroValue) => void,
): number {
  const reader = new ValueReader(bytes, at, end)
  call(reader.read(type))
  return reader.at
}

function skipOver(bytes: Uint8Array, at: number, end: number, type: AvroType): number {
  const reader = new ValueReader(bytes, at, end)
  reader.read(type)
  return reader.at
}
