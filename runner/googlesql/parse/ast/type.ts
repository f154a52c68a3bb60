import type { StringLiteral } from './literal.ts'
import type { Identifier, Path, Span } from './node.ts'

/** A type as written: `INT64`, `STRING(10)`, `ARRAY<STRUCT<a INT64, b STRING>>`, `RANGE<DATE>`. */
export type TypeNode = SimpleType | ArrayType | StructType | RangeType | TableType | AnyType

interface TypeBase extends Span {
  /** `(10)`, `(38, 9)`; `MAX` as the text 'MAX'. */
  readonly parameters?: readonly (bigint | 'MAX')[] | undefined
  /** `STRING COLLATE 'und:ci'`. */
  readonly collate?: StringLiteral | undefined
}

export interface SimpleType extends TypeBase {
  readonly kind: 'simpleType'
  readonly name: Path
}

export interface ArrayType extends TypeBase {
  readonly kind: 'arrayType'
  readonly element: TypeNode
}

export interface StructType extends TypeBase {
  readonly kind: 'structType'
  readonly fields: readonly StructTypeField[]
}

export interface StructTypeField extends Span {
  readonly kind: 'structTypeField'
  readonly name: Identifier | undefined
  readonly type: TypeNode
}

export interface RangeType extends TypeBase {
  readonly kind: 'rangeType'
  readonly element: TypeNode
}

/** Parameters of table functions: `TABLE<a INT64, b STRING>`. */
export interface TableType extends TypeBase {
  readonly kind: 'tableType'
  readonly columns: readonly StructTypeField[]
}

/** Parameters of SQL functions: `ANY TYPE`, `ANY TABLE` and their like; `name` is the word after ANY, upper case. */
export interface AnyType extends TypeBase {
  readonly kind: 'anyType'
  readonly name: string
}
