const { identifier } = require('macros/identifier')

/**
 * What a column's tag makes of it in a table's config: a description, the tag that `streamform privacy` follows, and
 * BigQuery's policy tag, if the project names one in `vars` (`policy_tag_email: projects/…/policyTags/…`).
 *
 * @param {object} table from sources.js
 * @returns {object} for the config key `columns`
 */
const privateColumns = ({ privacy }) => {
  const vars = dataform.projectConfig.vars ?? {}
  return Object.fromEntries(
    Object.entries(privacy).map(([column, kind]) => {
      const policyTag = vars[`policy_tag_${kind}`]
      return [
        column,
        {
          description: `Private: ${kind}.`,
          tags: [`privacy:${kind}`],
          ...(policyTag === undefined ? {} : { bigqueryPolicyTags: [policyTag] }),
        },
      ]
    }),
  )
}

/** What is left of a value to look at. */
const PARTS = {
  // anna@example.com: a***@example.com
  email: (value) => `REGEXP_REPLACE(${value}, r'^(.)[^@]*(@[^@]*)?.*$', r'\\1***\\2')`,
  // +41 79 123 45 67: ***67
  phone: (value) => `CONCAT('***', SUBSTR(REGEXP_REPLACE(${value}, r'[^0-9]', ''), -2))`,
  // Anna: A***
  name: (value) => `CONCAT(SUBSTR(${value}, 1, 1), '***')`,
}

/** The SQLX config that all masked views have in common. */
const maskedConfig = (table) => ({ schema: table.database, tags: ['masked', 'analytics'] })

/**
 * The current table for analysts: of an e-mail, a phone number or a name a part to look at, and in `<column>_key` a keyed
 * hash to join by, the same for the same value in every table; secrets are left out. Who has not the key cannot find a
 * value by hashing guesses: it stands in `<database>_private.masking_key`, one row with a column `masking_key`, which only
 * the views may read.
 *
 * @param {object} table from sources.js
 * @param {object} context the SQLX file's `ref`
 * @returns {string} a query over the current table
 */
const maskedQuery = (table, { ref }) => {
  const columns = Object.entries(table.privacy)
  const secrets = columns.filter(([, kind]) => kind === 'secret').map(([column]) => identifier(column))
  const shown = columns.filter(([, kind]) => kind !== 'secret')
  const text = (column) => `CAST(${identifier(column)} AS STRING)`
  const hash = (value) =>
    `TO_HEX(SHA256(CONCAT(masking.masking_key, TO_HEX(SHA256(CONCAT(masking.masking_key, ${value}))))))`
  const except = ['masking_key', ...secrets].join(', ')
  const replace = shown.map(([column, kind]) => `${PARTS[kind](text(column))} AS ${identifier(column)}`)
  const keys = shown.map(([column]) => `${hash(text(column))} AS ${identifier(`${column}_key`)}`)
  return `
SELECT
  ${[`* EXCEPT (${except})${replace.length === 0 ? '' : ` REPLACE (\n    ${replace.join(',\n    ')}\n  )`}`, ...keys].join(',\n  ')}
FROM ${ref(table.database, table.name)}
CROSS JOIN ${ref(`${table.database}_private`, 'masking_key')} AS masking`
}

module.exports = { maskedConfig, maskedQuery, privateColumns }
