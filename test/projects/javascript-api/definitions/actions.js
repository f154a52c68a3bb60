const { vars } = dataform.projectConfig;
declare({ database: "p", schema: "raw", name: "clicks", description: "one a click", columns: { at: "when" } });
publish("clicks_by_day", { type: "table" })
  .query((ctx) => `SELECT DATE(at) AS day, COUNT(*) AS clicks FROM ${ctx.ref("clicks")} GROUP BY 1`)
  .tags(["js", vars.country])
  .description(getContents("./clicks.md"))
  .columns([{ path: ["day"], description: "UTC" }])
  .dependencies("clicks_checked");
publish("clicks_checked", { type: "view", description: "view by object", assertions: { nonNull: ["at"] } })
  .query((ctx) => `SELECT * FROM ${ctx.ref({ schema: "raw", name: "clicks" })}`);
const retyped = publish("retyped", { type: "view", tags: ["typed"] });
retyped.type("incremental");
publish("short", (ctx) => `SELECT ${vars.days} AS days, '${ctx.self()}' AS me`);
publish("clicks_new", { type: "incremental", uniqueKey: ["at"], protected: true })
  .query((ctx) => `SELECT * FROM ${ctx.ref("clicks")} ${ctx.when(ctx.incremental(), `WHERE at > (SELECT MAX(at) FROM ${ctx.self()})`)}`)
  .preOps((ctx) => [`SELECT 'before ${ctx.name()}'`, ctx.when(ctx.incremental(), "SELECT 'again'")])
  .postOps("SELECT 'after'");
operate("grants", (ctx) => [`SELECT 1 FROM ${ctx.ref("short")}`, "SELECT 2"]).tags("ops").dependencies(["clicks_new"]);
operate("output").hasOutput(true).queries((ctx) => `CREATE OR REPLACE TABLE ${ctx.self()} AS SELECT 1 AS x`).description("by hand");
assert("positive").query((ctx) => `SELECT * FROM ${ctx.ref("clicks_by_day")} WHERE clicks <= 0`).tags(["check"]);
assert("other", (ctx) => `SELECT 1 FROM ${ctx.ref("output")} WHERE FALSE`).disabled();
test("counts").dataset("clicks_by_day")
  .input("clicks", "SELECT TIMESTAMP '2024-01-01' AS at")
  .expect("SELECT DATE '2024-01-01' AS day, 1 AS clicks");
for (const country of ["FR", "IT"]) {
  publish(`clicks_${country}`, { type: "table", schema: `country_${country.toLowerCase()}`, tags: [country] })
    .query((ctx) => `SELECT '${country}' AS country, * FROM ${ctx.ref("clicks")}`)
    .disabled(country === "IT");
}
jitData("limits", { rows: 10, names: ["a", "b"], nested: { yes: true, nothing: null } });
notebook({ name: "explore", filename: "explore.ipynb", location: "shop", dependencyTargets: [{ name: "short" }], tags: ["nb"] });
