/**
 * Quotes a name for BigQuery, so that reserved words, spaces, quotes and umlauts are names like any other.
 *
 * @param {string} name a column's name as the source spells it
 * @returns {string} the name between backticks
 * @example identifier('order') // `order`
 */
const identifier = (name) => {
  if (typeof name !== 'string' || name === '') {
    throw new Error(`a column's name is a text that is not empty; given: ${JSON.stringify(name)}`)
  }
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
}

module.exports = { identifier }
