const changeLog = require('macros/change-log')
const currentState = require('macros/current-state')
const history = require('macros/history')
const landings = require('macros/landings')
const { reconciliation } = require('macros/reconciliation')
const { forgetOld } = require('macros/retention')

/**
 * The layers of a source table that are alike for every table, so that nobody writes or copies them:
 *
 *     <table>_landings    which days each landing brought events of
 *     <table>_log         every change once, typed, never updated
 *     <table>_state       what is known of each key, deleted ones too
 *     <table>_versions    every change with the time in which it stood
 *     <table>_history     every state that a row was in (a view)
 *     <table>_as_of()     the table as it stood at an instant
 *     <table>_changes()   what became of each row between two
 *     <table>_reconciles  asserts that all of these agree
 *
 * A table without a key has the first two. The table itself, as the source has it now, is a file that people write: in it
 * stands what its columns mean (`definitions/world_x/current/city.sqlx`); or see `currentTable`.
 *
 * Each layer's SQL is in the macro that it is named after; `streamform plan city_state --sql` shows it for a table.
 *
 * @param {object} table from sources.js
 * @example for (const table of Object.values(require('definitions/world_x/sources'))) layers(table)
 */
const layers = (table) => {
  const { database, name, key, row } = table
  const current = `${database}.${name}`

  publish(`${name}_landings`, {
    type: 'incremental',
    description: `When changes of ${row} landed, and of which days they are.`,
    ...landings.landingsConfig(table),
  })
    .preOps(sql((context) => landings.landingsTaken(context)))
    .query(sql((context) => landings.landingsQuery(table, context)))

  publish(`${name}_log`, {
    type: 'incremental',
    description: `Every change of ${row}, once, in the columns of the source. Never updated.`,
    ...changeLog.config(table),
  })
    .preOps(sql((context) => changeLog.newEvents(table, context)))
    .query(sql((context) => changeLog.query(table, context)))

  if (key.length === 0) return

  publish(`${name}_state`, {
    type: 'incremental',
    description: `What is known of each ${row.replace(/^an? /, '')} ever seen: its newest change in each epoch, tombstones among them. Read ${current} instead.`,
    ...currentState.stateConfig(table),
  })
    .preOps(sql((context) => currentState.stateNews(table, context)))
    .query(sql((context) => currentState.stateQuery(table, context)))
    .postOps(sql((context) => forgetOld(table, context)))

  publish(`${name}_versions`, {
    type: 'incremental',
    description: `Every change of ${row}, with the time in which it stood; deletes too. Read ${current}_history instead.`,
    ...history.versionsConfig(table),
  })
    .preOps(sql((context) => history.versionsNews(table, context)))
    .query(sql((context) => history.versionsQuery(table, context)))

  publish(`${name}_history`, {
    type: 'view',
    description: `Every state that ${row} was in, from valid_from until valid_to. Deleted, it has none.`,
    ...history.historyConfig(table),
  }).query(sql((context) => history.historyQuery(table, context)))

  operate(`${name}_as_of`, {
    dataset: database,
    tags: ['history'],
    hasOutput: true,
    description: `A table function: ${current} as it stood at an instant.`,
  }).queries(sql((context) => history.asOfFunction(table, context)))

  operate(`${name}_changes`, {
    dataset: database,
    tags: ['history'],
    hasOutput: true,
    description: `A table function: what became of each row of ${current} between two instants, with the row before and after.`,
  }).queries(sql((context) => history.changesFunction(table, context)))

  // A dataset of its own for each database: assertions of one name must not meet.
  assert(`${name}_reconciles`, {
    dataset: `${database}_assertions`,
    tags: ['reconciliation'],
    description:
      'Every event that landed is in the log, once, and state and current table are what the log says. Reads all of them.',
  }).query(sql((context) => reconciliation(table, context)))
}

/**
 * The table as the source has it now, for one whose columns nobody describes: in place of a file in `current/`.
 *
 * @param {object} table from sources.js; it has a key
 */
const currentTable = (table) => {
  publish(table.name, {
    type: 'view',
    description: `The rows of ${table.database}.${table.name} as the source has them now.`,
    ...currentState.currentConfig(table),
  }).query(sql((context) => currentState.currentQuery(table, context)))
}

/** What Dataform gives to a query, as functions that can be taken out of it, as in SQLX: `{ ref, self, when, incremental }`. */
const sql = (text) => (context) =>
  text({
    ref: (...name) => context.ref(...name),
    self: () => context.self(),
    when: (...given) => context.when(...given),
    incremental: () => context.incremental(),
  })

module.exports = { currentTable, layers }
