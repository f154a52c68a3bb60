notebook({ name: "nb", filename: "nb.ipynb" });
