/** What `countryTotals` gives beside its dimensions. */
const columns = {
  countries: 'Number of countries.',
  population: 'People.',
  surface_km2: 'Surface in square kilometres.',
  people_per_km2: 'People per square kilometre, to one decimal.',
  life_expectancy: "Life expectancy in years, each country's counted by its people, to one decimal.",
  gnp_per_person_usd: 'Gross national product per person in US dollars, to the dollar.',
}

/** The sum of `value` over countries where `given` is known, too. */
const sumWhere = (value, given) => `SUM(IF(${given} IS NULL, NULL, ${value}))`

/**
 * Countries added up by some of their facts.
 *
 * @param {string[]} dimensions columns of country_facts; what is NULL in one is counted as `(unknown)`
 * @param {object} context the SQLX file's `ref`
 * @returns {string} a query: one row for each combination of the dimensions
 */
const countryTotals = (dimensions, { ref }) => `
WITH
  countries AS (
    SELECT * REPLACE (${dimensions.map((name) => `COALESCE(${name}, '(unknown)') AS ${name}`).join(', ')})
    FROM ${ref('world_x_analytics', 'country_facts')}
  )
SELECT
  ${dimensions.join(',\n  ')},
  COUNT(*) AS countries,
  SUM(population) AS population,
  SUM(surface_km2) AS surface_km2,
  ROUND(SAFE_DIVIDE(${sumWhere('population', 'surface_km2')}, SUM(surface_km2)), 1) AS people_per_km2,
  ROUND(SAFE_DIVIDE(SUM(life_expectancy * population), ${sumWhere('population', 'life_expectancy')}), 1) AS life_expectancy,
  ROUND(SAFE_DIVIDE(SUM(gnp_million_usd) * 1000000, ${sumWhere('population', 'gnp_million_usd')})) AS gnp_per_person_usd
FROM countries
GROUP BY ${dimensions.join(', ')}
ORDER BY ${dimensions.join(', ')}`

module.exports = { columns, countryTotals }
