"""Outputs and gradients of PyTorch's nn.RNN, nn.LSTM and nn.GRU, in float32 and float64.

Run by hand: python3 tooling/reference/cells/pytorch.py (tried with torch 1.13).
"""

import itertools

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from fixture import numbers, random, tree, write

BATCH, TIME, INPUT, HIDDEN, PROJECTED = 3, 6, 2, 3, 2
LENGTHS = [6, 2, 5]

KINDS = {
    "rnn": (torch.nn.RNN, {"nonlinearity": "tanh"}, {}),
    "rnn relu": (torch.nn.RNN, {"nonlinearity": "relu"}, {"activation": "relu"}),
    "lstm": (torch.nn.LSTM, {}, {}),
    "lstm projected": (torch.nn.LSTM, {"proj_size": PROJECTED}, {"projSize": PROJECTED}),
    "gru": (torch.nn.GRU, {}, {}),
}
SHAPES = {
    "": ({}, None),
    "no bias": ({"bias": False}, None),
    "2 layers": ({"num_layers": 2}, None),
    "bidirectional": ({"bidirectional": True}, None),
    "2 layers, bidirectional, packed": ({"num_layers": 2, "bidirectional": True}, LENGTHS),
}


def run(module, arrays, lengths, dtype):
    """One pass forward and back. The loss is the sum of every result times a fixed random tensor."""
    module = module.to(dtype)
    module.zero_grad(set_to_none=True)
    module.load_state_dict({name: torch.tensor(value, dtype=dtype) for name, value in arrays["weights"].items()})
    x = torch.tensor(arrays["x"], dtype=dtype, requires_grad=True)
    states = [torch.tensor(value, dtype=dtype, requires_grad=True) for value in arrays["state"].values()]
    given = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False) if lengths else x
    output, final = module(given, tuple(states) if len(states) > 1 else states[0])
    if lengths:
        output, _ = pad_packed_sequence(output, batch_first=True, total_length=TIME)
    final = final if isinstance(final, tuple) else (final,)
    results = [output, *final]
    seeds = [torch.tensor(arrays["seeds"][name], dtype=dtype) for name in ["output", *arrays["state"]]]
    sum((result * seed).sum() for result, seed in zip(results, seeds)).backward()
    names = ["output", *arrays["state"]]
    return {
        "results": tree({name: result.detach().numpy() for name, result in zip(names, results)}),
        "gradients": tree(
            {
                "x": x.grad.numpy(),
                **{name: state.grad.numpy() for name, state in zip(arrays["state"], states)},
                **{name: weight.grad.numpy() for name, weight in module.named_parameters()},
            }
        ),
    }


def case(kind, shape, seed):
    make, own, options = KINDS[kind]
    more, lengths = SHAPES[shape]
    generator = np.random.default_rng(seed)
    module = make(INPUT, HIDDEN, batch_first=True, **own, **more)
    tracks = more.get("num_layers", 1) * (2 if more.get("bidirectional") else 1)
    width = own.get("proj_size", HIDDEN)
    widths = {"h": width, "c": HIDDEN} if make is torch.nn.LSTM else {"h": width}
    directions = 2 if more.get("bidirectional") else 1
    arrays = {
        "weights": {name: random(generator, *value.shape) for name, value in module.state_dict().items()},
        "x": random(generator, BATCH, TIME, INPUT),
        "state": {name: random(generator, tracks, BATCH, size) for name, size in widths.items()},
        "seeds": {"output": random(generator, BATCH, TIME, directions * width)},
    }
    arrays["seeds"].update({name: random(generator, *value.shape) for name, value in arrays["state"].items()})
    return {
        "name": " ".join(["PyTorch", kind, shape]).strip(),
        "cell": kind.split()[0],
        "cellOptions": {**options, **({"bias": "none"} if more.get("bias") is False else {})},
        "unrollOptions": {
            "inputSize": INPUT,
            "hiddenSize": HIDDEN,
            "layers": more.get("num_layers", 1),
            "direction": "bidirectional" if more.get("bidirectional") else "forward",
        },
        **({"lengths": lengths} if lengths else {}),
        "weights": tree(arrays["weights"]),
        "x": numbers(arrays["x"]),
        "state": tree(arrays["state"]),
        "seeds": tree(arrays["seeds"]),
        "float32": run(module, arrays, lengths, torch.float32),
        "float64": run(module, arrays, lengths, torch.float64),
    }


if __name__ == "__main__":
    pairs = itertools.product(KINDS, SHAPES)
    write("pytorch.json", f"PyTorch {torch.__version__}", [case(kind, shape, seed) for seed, (kind, shape) in enumerate(pairs)])
