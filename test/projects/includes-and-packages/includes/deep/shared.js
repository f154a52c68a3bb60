exports.text = "deep " + dataform.projectConfig.vars.env;
