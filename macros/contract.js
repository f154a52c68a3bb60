/**
 * What is wrong with the columns of a table that others rely on: for an assertion, which fails the build.
 *
 * @param {string} table as `ref` gives it
 * @param {Object<string, string>} columns the type of every column, as BigQuery spells it: `ARRAY<STRING>`
 * @returns {string} a query: one row for each column that is missing, new or of another type
 * @example contractBreaches(ref('world_x_analytics', 'country_profile_v1'), { country_code: 'STRING' })
 */
const contractBreaches = (table, columns) => {
  const path = table.replaceAll('`', '').split('.')
  const name = path.pop()
  const promised = Object.entries(columns).map(
    ([column, type]) => `STRUCT('${column}' AS column_name, '${type}' AS data_type)`,
  )
  return `
-- The columns of ${table}
SELECT
  COALESCE(promised.column_name, present.column_name) AS column_name,
  promised.data_type AS promised_type,
  present.data_type AS present_type
FROM UNNEST([
  ${promised.join(',\n  ')}
]) AS promised
FULL OUTER JOIN (
  SELECT column_name, data_type
  FROM \`${[...path, 'INFORMATION_SCHEMA', 'COLUMNS'].join('.')}\`
  WHERE table_name = '${name}'
) AS present ON present.column_name = promised.column_name
WHERE promised.data_type IS NULL OR present.data_type IS NULL OR promised.data_type != present.data_type`
}

/**
 * For an assertion with the tag `severity:warn`: one row from the day on from which nobody should read a version.
 *
 * @param {string} date the day, `2027-07-01`
 * @param {string} instead what to read instead
 */
const deprecation = (date, instead) => `
SELECT DATE '${date}' AS deprecated_since, '${instead}' AS read_instead
FROM (SELECT CURRENT_DATE() AS today)
WHERE today >= DATE '${date}'`

module.exports = { contractBreaches, deprecation }
