"""Prints Terraform files as JSON: {file: tree}, as python-hcl2 reads them."""

import json
import sys

import hcl2

print(json.dumps({path: hcl2.load(open(path, encoding="utf8")) for path in sys.argv[1:]}))
