exports.extension = () => ({
  compile(request, session) {
    session.publish("by_extension", { type: "view" }).query("SELECT " + request.compileConfig.filePaths.filter((f) => f.startsWith("definitions")).length + " AS n");
  },
});
