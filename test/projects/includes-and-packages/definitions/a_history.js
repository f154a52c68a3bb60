const history = require("../packages/history");
const again = require("packages/history");
const { asJson } = require("../includes/lists.yaml");
history("things", { key: "id", source: "raw_things" });
asJson.countries.forEach((country) => again(country, { key: country, source: "raw_things" }));
declare({ name: "raw_things", schema: names.source("raw") });
