exports.valid = "valid_from, valid_to";
