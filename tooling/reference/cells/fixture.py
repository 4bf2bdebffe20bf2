"""Cases of packages/cells/fixtures: one JSON file per oracle, tensors as shape and row-major values."""

import json
import pathlib

import numpy as np

FIXTURES = pathlib.Path(__file__).resolve().parents[3] / "packages" / "cells" / "fixtures"


def numbers(array):
    """The shortest decimals that give the same bits back in the array's own dtype."""
    array = np.asarray(array)
    return {"shape": list(array.shape), "data": [float(str(value)) for value in array.ravel()]}


def tree(tensors):
    return {name: numbers(value) for name, value in tensors.items()}


def random(generator, *shape):
    """Normal values rounded to 1/64, which float32 and its shortest decimals hold exactly, so that float32 and float64 start from the same numbers."""
    return (np.round(generator.normal(size=shape) * 64) / 64).astype(np.float32)


def write(name, source, cases):
    FIXTURES.mkdir(exist_ok=True)
    body = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    text = '{"source":%s,"cases":[\n%s\n]}\n' % (json.dumps(source), body)
    (FIXTURES / name).write_text(text)
    print(f"{name}: {len(cases)} cases, {len(text)} bytes")
