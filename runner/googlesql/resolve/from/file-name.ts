import type { CatalogColumn } from '../../catalog.ts'

/** The name of the file that a row of an external table comes from; found by name, not part of `*`. */
export const FILE_NAME: CatalogColumn = { name: '_FILE_NAME', type: { kind: 'STRING' } }
