publish("by_api", { type: "table", iceberg: { connection: "DEFAULT" } }).query("SELECT 1 AS a");
