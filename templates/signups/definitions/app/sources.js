// The source's collection: its key, and what its text holds.
const { sourceTable } = require('macros/source-table')

const signups = sourceTable('app', 'signups', {
  key: ['_id'],
  columns: { _doc: 'JSON' },
  row: 'a sign-up',
})

declare({
  schema: 'app_raw',
  name: 'signups',
  description: 'Changes of app.signups as they landed: source_metadata, payload, and where they came from.',
})

module.exports = { signups }
