import { BOOL } from '../types/scalars.ts'
import { anyType, operator, plain } from './define.ts'
import type { FunctionEntry } from './function.ts'

/** AND, OR, NOT and the IS operators (operators#logical_operators, operators#is_operators). */
export const logicalOperators: readonly FunctionEntry[] = [
  operator('AND', 'logical_operators', [plain([BOOL, BOOL], BOOL, (x, y) => `(${x} AND ${y})`)]),
  operator('OR', 'logical_operators', [plain([BOOL, BOOL], BOOL, (x, y) => `(${x} OR ${y})`)]),
  operator('NOT', 'logical_operators', [plain([BOOL], BOOL, (x) => `(NOT ${x})`)]),
  operator('IS NULL', 'is_operators', [plain([anyType], BOOL, (x) => `(${x} IS NULL)`)]),
  operator('IS NOT NULL', 'is_operators', [plain([anyType], BOOL, (x) => `(${x} IS NOT NULL)`)]),
  operator('IS TRUE', 'is_operators', [plain([BOOL], BOOL, (x) => `(${x} IS NOT DISTINCT FROM TRUE)`)]),
  operator('IS NOT TRUE', 'is_operators', [plain([BOOL], BOOL, (x) => `(${x} IS DISTINCT FROM TRUE)`)]),
  operator('IS FALSE', 'is_operators', [plain([BOOL], BOOL, (x) => `(${x} IS NOT DISTINCT FROM FALSE)`)]),
  operator('IS NOT FALSE', 'is_operators', [plain([BOOL], BOOL, (x) => `(${x} IS DISTINCT FROM FALSE)`)]),
]
