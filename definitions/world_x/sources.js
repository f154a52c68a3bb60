// The source tables of world_x: the one place that names a table's key, and the types that change files cannot tell.
const { sourceTable } = require('macros/source-table')

const city = sourceTable('world_x', 'city', { key: ['ID'], columns: { Info: 'JSON' }, row: 'a city' })

const country = sourceTable('world_x', 'country', { key: ['Code'], row: 'a country' })

const countryinfo = sourceTable('world_x', 'countryinfo', {
  key: ['_id'],
  columns: { _id: 'HEX STRING', doc: 'JSON', _json_schema: 'JSON' }, // _id is a VARBINARY that holds text
  row: "a country's document",
})

const countrylanguage = sourceTable('world_x', 'countrylanguage', {
  key: ['CountryCode', 'Language'],
  row: 'a language of a country',
})

const tables = { city, country, countryinfo, countrylanguage }

for (const { database, name } of Object.values(tables)) {
  declare({
    schema: `${database}_raw`,
    name,
    description: `Change events of ${database}.${name} as they landed: envelope, source_metadata, payload, and where they came from.`,
  })
}

module.exports = tables
