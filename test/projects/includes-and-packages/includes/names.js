const { join } = require("path");
const settings = require("./settings.json");
const shared = require("includes/deep/shared");
function source(name) { return `${settings.prefix}_${name}`; }
module.exports = { source, shared: shared.text, path: join("a", "b") };
