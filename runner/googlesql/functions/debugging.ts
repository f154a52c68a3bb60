import { quoteText } from '../lower/identifier.ts'
import { raise } from '../lower/library/raise.ts'
import { typeName } from '../types/print.ts'
import { BIGNUMERIC, INT64, NUMERIC, STRING } from '../types/scalars.ts'
import { anyType, plain, scalar, signature, typeAt } from './define.ts'
import type { FunctionEntry } from './function.ts'

/** ERROR, TYPEOF, SESSION_USER, PARSE_NUMERIC and other small families. */
export const debuggingFunctions: readonly FunctionEntry[] = [
  // ERROR fits any type: as NULL it is INT64, and DuckDB casts where the context wants another.
  scalar('ERROR', 'debugging_functions#error', [
    plain([STRING], INT64, (message) => raise(message, 'BIGINT')),
  ]),
  scalar('SESSION_USER', 'security_functions#session_user', [
    signature([], STRING, () => quoteText('local@streamform')),
  ]),
  scalar('TYPEOF', 'utility-functions#typeof', [
    signature([anyType], STRING, (_args, call) => quoteText(typeName(typeAt(call.argumentTypes, 0)))),
  ]),
  scalar('PARSE_NUMERIC', 'conversion_functions#parse_numeric', [
    plain([STRING], NUMERIC, (text) => `googlesql_parse_numeric(${text})`),
  ]),
  scalar('PARSE_BIGNUMERIC', 'conversion_functions#parse_bignumeric', [
    plain([STRING], BIGNUMERIC, (text) => `CAST(googlesql_parse_bignumeric(${text}) AS BIGNUM)`),
  ]),
]
