// What is made of every source table alike: change log, state, history and their check. Of each table there is one more file,
// in current/: the table as the source has it now, with what its columns mean.
const { layers } = require('macros/layers')
const tables = require('definitions/world_x/sources')

for (const table of Object.values(tables)) layers(table)
