const core = require("@dataform/core");
const { valid } = require("./columns");
module.exports = (name, { key, source }) => publish(`${name}_history`, { type: "view", description: typeof core.compiler })
  .query((ctx) => `SELECT ${key}, ${valid} FROM ${ctx.ref(source)}`);
