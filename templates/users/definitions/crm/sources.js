// The source table: its key, the types that JSON does not tell, and what is nobody's business.
const { sourceTable } = require('macros/source-table')

const users = sourceTable('crm', 'users', {
  key: ['username'],
  columns: { joined_on: 'DATE', profile: 'JSON' },
  row: 'a user',
  privacy: { full_name: 'name', email: 'email', phone: 'phone', pin: 'secret' },
})

declare({
  schema: 'crm_raw',
  name: 'users',
  description:
    'Change events of crm.users as they landed: source_metadata, payload, and where they came from.',
})

module.exports = { users }
