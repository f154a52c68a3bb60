module.exports = {
  fails: (x) => {
    return x.missing.property;
  },
};
