"""Reads pairs of Parquet files with Arrow, FILE and FILE.copy; prints how many rows they have, or fails where they differ."""

import sys

import pyarrow.parquet as parquet

rows = 0
for path in sys.argv[1:]:
    own = parquet.read_table(path).to_pylist()
    copy = parquet.read_table(path + ".copy").to_pylist()
    if own != copy:
        at = next(i for i, pair in enumerate(zip(own, copy)) if pair[0] != pair[1])
        raise SystemExit(f"{path}: row {at}: {own[at]} is not {copy[at]}")
    rows += len(own)
print(rows)
