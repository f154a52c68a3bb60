publish("p").query((ctx) => ctx.refs("q"));
