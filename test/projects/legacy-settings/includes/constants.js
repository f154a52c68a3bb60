const ANSWER = 42;
module.exports = { ANSWER };
