import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { LandedTable } from '../../runner/scaffold/landed-table.ts'
import { type Scaffold, scaffold as scaffoldWith, type Templates } from '../../runner/scaffold/scaffold.ts'

const root = join(import.meta.dirname, '..', '..')
const templates = (name: string) => readFileSync(join(root, 'macros', 'scaffold', name), 'utf8')
const handWritten = (path: string) => readFileSync(join(root, path), 'utf8')
const scaffold = (
  table: LandedTable,
  text: string | undefined,
  read: Templates,
  replace: boolean,
): Scaffold => scaffoldWith(table, { sources: text, templates: read, replace })
const sources = handWritten('definitions/world_x/sources.js')

const city: LandedTable = {
  source: { database: 'world_x', table: 'city' },
  dataset: 'world_x',
  name: 'city',
  key: ['ID'],
  columns: [
    { name: 'ID', type: 'int' },
    { name: 'Name', type: 'string' },
    { name: 'Info', type: 'json', readAs: 'JSON' },
  ],
}

/** Without what a person says of the table in words. */
const wordless = (text: string) =>
  text.replace(/^ {2}description: .*$/m, '').replace(/^ {2}columns: \{$[\s\S]*?^ {2}\}$/m, '')
const fileOf = (files: readonly { path: string; content: string }[], path: string) =>
  files.find((file) => file.path === path)?.content

describe('a scaffold', () => {
  test('is what the hand-written files of world_x are, but for the words', () => {
    const { files } = scaffold(city, sources, templates, false)
    expect(files.map(({ path }) => path)).toEqual([
      'definitions/world_x/sources.js',
      'definitions/world_x/layers.js',
      'definitions/world_x/current/city.sqlx',
    ])
    for (const { path, content } of files)
      expect([path, wordless(content)]).toEqual([path, wordless(handWritten(path))])
  })

  test('writes all of a first table', () => {
    const { files } = scaffold(
      { ...city, dataset: 'geo', source: { database: 'geo', table: 'city' } },
      undefined,
      templates,
      false,
    )
    expect(
      fileOf(files, 'definitions/geo/sources.js'),
    ).toBe(`// The source tables of geo: the one place that names a table's key, and the types that change files cannot tell.
const { sourceTable } = require('macros/source-table')

const city = sourceTable('geo', 'city', { key: ['ID'], columns: { Info: 'JSON' } })

const tables = { city }

for (const { database, name } of Object.values(tables)) {
  declare({
    schema: \`\${database}_raw\`,
    name,
    description: \`Change events of \${database}.\${name} as they landed: envelope, source_metadata, payload, and where they came from.\`,
  })
}

module.exports = tables
`)
    expect(fileOf(files, 'definitions/geo/current/city.sqlx')).toBe(`config {
  type: "view",
  description: "The rows of geo.city as the source has them now.",
  ...require("macros/current-state").currentConfig(require("definitions/geo/sources").city),
  columns: {
    ID: "The key; int in the change files.",
    Name: "string in the change files.",
    Info: "json in the change files."
  }
}

js {
  const { city } = require("definitions/geo/sources");
  const { currentQuery } = require("macros/current-state");
}

\${currentQuery(city, { ref })}
`)
  })

  test('adds a table to those that are declared, and leaves the rest of the file alone', () => {
    const table: LandedTable = { ...city, name: 'river', source: { database: 'world_x', table: 'river' } }
    const { files } = scaffold(table, sources, templates, false)
    const added = fileOf(files, 'definitions/world_x/sources.js') ?? ''
    expect(added).toBe(
      sources.replace(
        /const tables = \{ (.*) \}/,
        "const river = sourceTable('world_x', 'river', { key: ['ID'], columns: { Info: 'JSON' } })\n\nconst tables = { $1, river }",
      ),
    )
    expect(scaffold(table, added, templates, false).files[0]?.content).toBe(added)
  })

  test('breaks a long list of tables into lines, and adds to such a list', () => {
    const names = Array.from({ length: 12 }, (_, index) => `a_table_of_many_${index}`)
    let text: string | undefined
    for (const name of names)
      text = scaffold({ ...city, name, source: { ...city.source, table: name } }, text, templates, false)
        .files[0]?.content
    expect(text).toContain(`const tables = {\n${names.map((name) => `  ${name},\n`).join('')}}\n`)
  })

  test('of a table without a key is a log alone, and its declaration says so', () => {
    const { files, key } = scaffold({ ...city, key: [], dataset: 'geo' }, undefined, templates, false)
    expect(key).toEqual([])
    expect(files.map(({ path }) => path)).toEqual(['definitions/geo/sources.js', 'definitions/geo/layers.js'])
    expect(files[0]?.content).toContain(`// world_x.city at the source.
// Its events name no key: it has a change log and no current table.
const city = sourceTable('geo', 'city', { columns: { Info: 'JSON' } })
`)
  })

  test('takes the key that a person declared over the one that the events name', () => {
    const rowless = sources.replace(", row: 'a city'", '')
    const declared = rowless.replace(
      "{ key: ['ID'], columns: { Info: 'JSON' } }",
      '{\n  key: [\'CountryCode\', "Name"], // natural\n}',
    )
    const { files, key } = scaffold(city, declared, templates, false)
    expect(key).toEqual(['CountryCode', 'Name'])
    expect(files[0]?.content).toBe(declared)
    expect(scaffold(city, declared, templates, true).files[0]?.content).toBe(rowless)
  })

  test('keeps names that are reserved, or hold quotes, dots, spaces, umlauts, as they are at the source', () => {
    const table: LandedTable = {
      source: { database: 'my-shop', table: 'class "Größe\'s" v1.0' },
      dataset: 'my_shop',
      name: 'class _Größe_s_ v1_0',
      key: ['select', "it's"],
      columns: [
        { name: 'select', type: 'int' },
        { name: "it's", type: 'string' },
        { name: 'a "b".c', type: 'json', readAs: 'JSON' },
        { name: 'größe', type: 'timestamp-micros', maybeDate: true },
        { name: '__proto__', type: 'int' },
      ],
    }
    const { files, variable } = scaffold(table, undefined, templates, false)
    expect(variable).toBe('class_Gro_e_s_v1_0')
    expect(files.map(({ path }) => path)).toContain('definitions/my_shop/current/class_Gro_e_s_v1_0.sqlx')
    expect(files[0]?.content).toContain(`// my-shop.class "Größe's" v1.0 at the source.
// Change files write MySQL's DATE and DATETIME as TIMESTAMP: say in \`columns\` which are which of größe.
const class_Gro_e_s_v1_0 = sourceTable('my_shop', 'class _Größe_s_ v1_0', {
  key: ['select', "it's"],
  columns: { 'a "b".c': 'JSON' },
})
`)
    expect(fileOf(files, 'definitions/my_shop/current/class_Gro_e_s_v1_0.sqlx')).toContain(`config {
  type: "view",
  name: "class _Größe_s_ v1_0",
  description: "The rows of my-shop.class \\"Größe's\\" v1.0 as the source has them now.",
  ...require("macros/current-state").currentConfig(require("definitions/my_shop/sources").class_Gro_e_s_v1_0),
  columns: {
    select: "Part of the key; int in the change files.",
    "it's": "Part of the key; string in the change files.",
    "a \\"b\\".c": "json in the change files.",
    "größe": "timestamp-micros in the change files.",
    ["__proto__"]: "int in the change files."
  }
}
`)
  })

  test('gives tables whose names become one another names of their own', () => {
    const table = (name: string): LandedTable => ({
      ...city,
      name,
      dataset: 'shop',
      source: { database: 'shop', table: name },
    })
    const first = scaffold(table('order items'), undefined, templates, false)
    const second = scaffold(table('Order_items'), first.files[0]?.content, templates, false)
    const third = scaffold(table('class'), second.files[0]?.content, templates, false)
    expect([first.variable, second.variable, third.variable]).toEqual([
      'order_items',
      'Order_items_2',
      'class_2',
    ])
  })

  test('leaves the file that makes the layers to those who have written in it', () => {
    const { files } = scaffoldWith(city, { sources, templates, replace: true, layers: '// mine' })
    expect(fileOf(files, 'definitions/world_x/layers.js')).toBe('// mine')
  })

  test('is refused where two tables would share a name', () => {
    expect(() => scaffold({ ...city, name: 'city_log' }, sources, templates, false)).toThrow(
      '`world_x.city_log` would be a table of both `city_log` and `city`',
    )
  })

  test('says where to add a table by hand, if the list of tables is another form', () => {
    expect(() => scaffold({ ...city, name: 'river' }, 'module.exports = {}\n', templates, false)).toThrow(
      'there is no list of tables, `const tables = { … }`, to add `river` to',
    )
  })
})
