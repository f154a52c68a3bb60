test("by js").dataset("model").input("source", "SELECT 9 AS id").input(["shop", "other"], (ctx) => "SELECT 9 AS id, 8 AS v").expect("SELECT 9 AS id, 8 AS v");
