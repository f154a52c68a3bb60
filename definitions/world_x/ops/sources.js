// streamform's own tables: what the loader has seen and done. `streamform land` makes them.
for (const [name, description] of [
  ['files', 'The ledger: every change file ever seen and what became of it.'],
  ['dead_letters', 'Events that could not be landed, kept until they are tried again or discarded.'],
]) {
  declare({ schema: 'streamform', name, description })
}
