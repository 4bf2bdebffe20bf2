"""Writes packages/tensor/fixtures/printing.json: how NumPy prints arrays.

    python3 tooling/reference/tensor/printing.py

Made with NumPy 1.24.2.
"""

import json
from pathlib import Path

import numpy as np

generator = np.random.default_rng(1)


def case(values, dtype):
    array = np.array(values, dtype=dtype)
    text = np.array2string(array, separator=", ", prefix="Tensor(", threshold=200)
    return {
        "values": [None if np.isnan(value) else float(value) for value in array.ravel()],
        "shape": list(array.shape),
        "dtype": dtype,
        "text": text.replace("nan", "NaN"),
    }


chosen = [
    0.1,
    2,
    [1, 2.5],
    [1, 2],
    [0.1, 1 / 3],
    [1e-10, 1],
    [1e8, 1],
    [99999999, 1e6],
    [12345678.9, 0.5],
    [np.nan, 1.5],
    [np.nan],
    [1e-3, 1000.5],
    [123456.789, 0.001],
    [0, 0],
    [-0.0, 1],
    [1e20, -1],
    [1.5e-5],
    [100000.5, 200],
    [3e38, 1e-38],
    [0.00012345],
    [0.0001],
    [16777216, 0.125],
    # A digit more than eight places hold: cut from the exact value.
    [-0.09954002499580383],
    [[1, np.nan], [2.25, -3]],
    [[[1, 2], [3, 4]], [[5, 6], [7, 8.5]]],
]
cases = [case(values, dtype) for dtype in ("float32", "float64") for values in chosen]
cases += [case([1e300, 1e-300], "float64"), case([1e100, 1], "float64")]
for dtype in ("float32", "float64"):
    for scale in (1e-6, 1e-2, 1, 30, 1e9):
        cases.append(case(generator.normal(size=(3, 4)) * scale, dtype))
    cases.append(case(np.round(generator.normal(size=30), 2), dtype))
cases.append(case(np.arange(40) * 1000 - 7, "int32"))
cases.append(case(np.arange(60).reshape(3, 20), "int32"))
cases.append(case(np.arange(300), "int32"))
cases.append(case(np.arange(400).reshape(20, 20), "int32"))

target = Path(__file__).parents[3] / "packages/tensor/fixtures/printing.json"
target.write_text(json.dumps(cases, indent=1) + "\n")
