["orders", "customers"].forEach((name) => declare({ schema: "raw", name }));
