// The source tables: the one place that names a table's key. Debezium's schema says the types.
const { sourceTable } = require('macros/source-table')

const trip = sourceTable('taxi', 'trip', { key: ['id'], row: 'a trip' })

const zone = sourceTable('taxi', 'zone', { key: ['id'], row: 'a zone' })

const tables = { trip, zone }

for (const { database, name } of Object.values(tables)) {
  declare({
    schema: `${database}_raw`,
    name,
    description: `Change events of ${database}.${name} as they landed: source_metadata, payload, and where they came from.`,
  })
}

module.exports = tables
