"""Cases of packages/nn/fixtures: what goes in, once, and what PyTorch gives for it in float32 and float64."""

import json
import pathlib

import numpy as np
import torch

FIXTURES = pathlib.Path(__file__).resolve().parents[3] / "packages" / "nn" / "fixtures"


def random(generator, *shape):
    """Normal values of three decimals, so that float32 and float64 start from the same numbers."""
    return np.round(generator.normal(size=shape), 3)


def numbers(array):
    """The shortest decimals that give the same bits back in the array's own dtype; null for NaN, "inf" for infinity."""
    array = np.asarray(array)
    return {"shape": list(array.shape), "data": [json_number(value) for value in array.ravel()]}


def json_number(value):
    number = float(value) if isinstance(value, np.bool_) else float(str(value))
    if not np.isfinite(number):
        return None if np.isnan(number) else "inf"
    return int(number) if number == int(number) else number


def case(name, options, inputs, constants, forward):
    """
    Runs forward(inputs) in both precisions; inputs and outputs are dicts of arrays. The gradients are those of
    sum(output * cotangent), with a random cotangent, for every input.
    """
    results = {}
    cotangent = None
    for dtype in (torch.float32, torch.float64):
        leaves = {key: torch.tensor(value, dtype=dtype, requires_grad=True) for key, value in inputs.items()}
        output = forward(leaves)
        if cotangent is None:
            cotangent = random(np.random.default_rng(len(name)), *output.shape)
        (output * torch.tensor(cotangent, dtype=dtype)).sum().backward()
        results[str(dtype).removeprefix("torch.")] = {
            "output": numbers(output.detach().numpy()),
            "gradients": {
                key: numbers(torch.zeros_like(leaf) if leaf.grad is None else leaf.grad) for key, leaf in leaves.items()
            },
        }
    return {
        "name": name,
        "options": options,
        "inputs": {key: numbers(value) for key, value in inputs.items()},
        "constants": {key: numbers(value) for key, value in constants.items()},
        "cotangent": numbers(cotangent),
        **results,
    }


def write(name, cases):
    FIXTURES.mkdir(exist_ok=True)
    body = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in cases)
    source = f"PyTorch {torch.__version__}, tooling/reference/nn"
    text = '{"source":%s,"cases":[\n%s\n]}\n' % (json.dumps(source), body)
    (FIXTURES / name).write_text(text)
    print(f"{name}: {len(cases)} cases, {len(text)} bytes")
