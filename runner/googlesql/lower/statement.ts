import type { ResolvedStatement } from '../resolve/statement/resolved-statement.ts'
import { lowerAlter, lowerCreateTable, lowerCreateView, lowerRoutine } from './ddl.ts'
import { lowerDelete, lowerInsert, lowerUpdate } from './dml.ts'
import { guardFieldCasts } from './guard-field-casts.ts'
import { physicalSchema, physicalTable } from './identifier.ts'
import { lowerMerge } from './merge.ts'
import { lowerQuery } from './query.ts'
import { count, nothing, type Step } from './step.ts'

/** A resolved statement as DuckDB statements; more than one must run in one transaction. */
export function lowerStatement(statement: ResolvedStatement): readonly Step[] {
  return stepsOf(statement).map((step) => ({ ...step, sql: guardFieldCasts(step.sql) }))
}

function stepsOf(statement: ResolvedStatement): readonly Step[] {
  switch (statement.kind) {
    case 'query':
      return [{ sql: lowerQuery(statement.query), gives: 'rows' }]
    case 'insert':
      return [count(lowerInsert(statement))]
    case 'update':
      return [count(lowerUpdate(statement))]
    case 'delete':
      return [count(lowerDelete(statement))]
    case 'merge':
      return lowerMerge(statement)
    case 'truncate':
      return [count(`DELETE FROM ${physicalTable(statement.table.target)}`)]
    case 'create table':
      return lowerCreateTable(statement)
    case 'create view':
      return lowerCreateView(statement)
    case 'alter':
      return lowerAlter(statement)
    case 'create schema':
      return [nothing(`CREATE SCHEMA ${physicalSchema(statement)}`)]
    case 'drop schema':
      return [nothing(`DROP SCHEMA ${physicalSchema(statement)}${statement.cascade ? ' CASCADE' : ''}`)]
    case 'drop table': {
      const kind = statement.table.viewText === undefined ? 'TABLE' : 'VIEW'
      return [nothing(`DROP ${kind} ${physicalTable(statement.table.target)}`)]
    }
    case 'create routine':
      return statement.temporary ? [] : lowerRoutine(statement.routine)
    case 'drop routine':
      return [nothing(`DROP MACRO ${physicalTable(statement.routine.target)}`)]
    case 'nothing':
      return []
  }
}
