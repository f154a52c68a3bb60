jitData("columns", ["a", "b"]);
publish("jit_table", { type: "table", tags: ["jit"] }).jitCode(async (jctx) => {
  const { rows } = await jctx.adapter.execute("SELECT 1 AS n");
  return `SELECT ${rows[0].n} AS n`;
}).dependencies("plain");
publish("jit_view").jitCode(async (jctx) => ({ query: `SELECT '${jctx.self()}' AS me`, preOps: ["SELECT 1"] }));
publish("jit_incremental", { type: "incremental", uniqueKey: ["n"] }).jitCode(async (jctx) => `SELECT ${jctx.incremental() ? 1 : 2} AS n`);
operate("jit_operation").jitCode(async () => ["SELECT 1", "SELECT 2"]);
assert("jit_assertion").jitCode(async () => "SELECT 1 WHERE FALSE");
publish("plain", (ctx) => "SELECT 1 AS n");
