"""Cells that no library has, by their papers' equations in float64, with gradients by PyTorch's autograd.

Run by hand: python3 tooling/reference/cells/equations.py (tried with torch 1.13).
"""

import numpy as np
import torch
from torch import sigmoid, tanh

from fixture import numbers, random, tree, write

BATCH, TIME, INPUT, HIDDEN, OTHER = 3, 6, 2, 3, 2
LENGTHS = [6, 2, 5]


def ln(x, gain, bias):
    mean = x.mean(-1, keepdim=True)
    variance = ((x - mean) ** 2).mean(-1, keepdim=True)
    return (x - mean) / torch.sqrt(variance + 1e-5) * gain + bias


def both(w, x, h):
    return x @ w["weight_ih"].T + w["bias_ih"] + h @ w["weight_hh"].T + w["bias_hh"]


def jordan(w, x, y):
    hidden = tanh(both(w, x, y))
    y = tanh(hidden @ w["weight_ho"].T + w["bias_ho"])
    return y, [y]


def full_peephole(w, x, h, c):
    i, f, g, o = both(w, x, h).chunk(4, -1)
    i, f = sigmoid(i + c @ w["weight_ci"].T), sigmoid(f + c @ w["weight_cf"].T)
    c = f * c + i * tanh(g)
    h = sigmoid(o + c @ w["weight_co"].T) * tanh(c)
    return h, [h, c]


def clipped(w, x, h, c):
    i, f, g, o = both(w, x, h).chunk(4, -1)
    c = torch.clamp(sigmoid(f) * c + sigmoid(i) * tanh(g), -0.4, 0.4)
    h = sigmoid(o) * tanh(c)
    return h, [h, c]


def coupled_projected(w, x, h, c):
    i, g, o = both(w, x, h).chunk(3, -1)
    i = sigmoid(i + w["weight_ci"] * c)
    c = (1 - i) * c + i * tanh(g)
    h = (sigmoid(o + w["weight_co"] * c) * tanh(c)) @ w["weight_hr"].T
    return h, [h, c]


def gru_replace(w, x, h):
    rx, zx, nx = (x @ w["weight_ih"].T + w["bias_ih"]).chunk(3, -1)
    rh, zh, nh = (h @ w["weight_hh"].T + w["bias_hh"]).chunk(3, -1)
    z = sigmoid(zx + zh)
    h = (1 - z) * h + z * tanh(nx + sigmoid(rx + rh) * nh)
    return h, [h]


def gru_before_replace(w, x, h):
    rx, zx, nx = (x @ w["weight_ih"].T + w["bias_ih"]).chunk(3, -1)
    (wr, wz, wn), (br, bz, bn) = w["weight_hh"].chunk(3), w["bias_hh"].chunk(3)
    r, z = sigmoid(rx + h @ wr.T + br), sigmoid(zx + h @ wz.T + bz)
    h = (1 - z) * h + z * tanh(nx + (r * h) @ wn.T + bn)
    return h, [h]


def layer_norm_lstm(w, x, h, c):
    sums = ln(x @ w["weight_ih"].T, w["gain_ih"], w["bias_ih"]) + ln(h @ w["weight_hh"].T, w["gain_hh"], w["bias_hh"])
    i, f, g, o = sums.chunk(4, -1)
    c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    h = sigmoid(o) * tanh(ln(c, w["gain_c"], w["bias_c"]))
    return h, [h, c]


def layer_norm_gru(w, x, h):
    cut = 2 * HIDDEN

    def halves(y, side):
        gain, bias = w["gain_" + side], w["bias_" + side]
        return ln(y[:, :cut], gain[:cut], bias[:cut]), ln(y[:, cut:], gain[cut:], bias[cut:])

    (rzx, nx), (rzh, nh) = halves(x @ w["weight_ih"].T, "ih"), halves(h @ w["weight_hh"].T, "hh")
    r, z = sigmoid(rzx + rzh).chunk(2, -1)
    h = z * h + (1 - z) * tanh(nx + r * nh)
    return h, [h]


def min_gru(w, x, h):
    z, n = (x @ w["weight_ih"].T + w["bias_ih"]).chunk(2, -1)
    h = (1 - sigmoid(z)) * h + sigmoid(z) * n
    return h, [h]


def min_lstm(w, x, h):
    i, f, g = (x @ w["weight_ih"].T + w["bias_ih"]).chunk(3, -1)
    i, f = sigmoid(i), sigmoid(f)
    h = f / (f + i) * h + i / (f + i) * g
    return h, [h]


def indrnn(w, x, h):
    h = torch.relu(x @ w["weight_ih"].T + w["bias_ih"] + w["weight_hh"] * h)
    return h, [h]


def weights(gates, recurrent=HIDDEN, **more):
    rows = gates * HIDDEN
    return {"weight_ih": (rows, INPUT), "weight_hh": (rows, recurrent), "bias_ih": (rows,), "bias_hh": (rows,), **more}


H, HH = (HIDDEN,), (HIDDEN, HIDDEN)
CASES = [
    ("jordan", jordan, "jordan", {"outputSize": OTHER}, {"y": OTHER}, weights(1, OTHER, weight_ho=(OTHER, HIDDEN), bias_ho=(OTHER,))),
    ("LSTM with full peepholes", full_peephole, "lstm", {"peephole": "full"}, {"h": HIDDEN, "c": HIDDEN}, weights(4, weight_ci=HH, weight_cf=HH, weight_co=HH)),
    ("LSTM with cellClip", clipped, "lstm", {"cellClip": 0.4}, {"h": HIDDEN, "c": HIDDEN}, weights(4)),
    ("LSTM coupled, peephole, projected", coupled_projected, "lstm", {"coupled": True, "peephole": "diagonal", "projSize": OTHER}, {"h": OTHER, "c": HIDDEN}, weights(3, OTHER, weight_ci=H, weight_co=H, weight_hr=(OTHER, HIDDEN))),
    ("GRU, z replaces", gru_replace, "gru", {"updateGate": "replace"}, {"h": HIDDEN}, weights(3)),
    ("GRU, reset before, z replaces", gru_before_replace, "gru", {"updateGate": "replace", "resetAfter": False}, {"h": HIDDEN}, weights(3)),
    ("layer-normalised LSTM", layer_norm_lstm, "layerNormLstm", {}, {"h": HIDDEN, "c": HIDDEN}, weights(4, gain_ih=(4 * HIDDEN,), gain_hh=(4 * HIDDEN,), gain_c=H, bias_c=H)),
    ("layer-normalised GRU", layer_norm_gru, "layerNormGru", {}, {"h": HIDDEN}, weights(3, gain_ih=(3 * HIDDEN,), gain_hh=(3 * HIDDEN,))),
    ("minGRU", min_gru, "minGru", {}, {"h": HIDDEN}, {"weight_ih": (2 * HIDDEN, INPUT), "bias_ih": (2 * HIDDEN,)}),
    ("minLSTM", min_lstm, "minLstm", {}, {"h": HIDDEN}, {"weight_ih": (3 * HIDDEN, INPUT), "bias_ih": (3 * HIDDEN,)}),
    ("IndRNN", indrnn, "indrnn", {}, {"h": HIDDEN}, {"weight_ih": (HIDDEN, INPUT), "weight_hh": H, "bias_ih": H}),
]  # fmt: skip


def case(title, step, cell, options, widths, shapes, seed):
    generator = np.random.default_rng(200 + seed)
    draw = lambda *shape: random(generator, *shape)
    arrays = {name: draw(*shape) for name, shape in shapes.items()}
    x, state = draw(BATCH, TIME, INPUT), {name: draw(1, BATCH, width) for name, width in widths.items()}
    width = next(iter(widths.values()))
    seeds = {"output": draw(BATCH, TIME, width), **{name: draw(*value.shape) for name, value in state.items()}}

    leaf = lambda value: torch.tensor(value, dtype=torch.float64, requires_grad=True)
    w, xs, starts = {name: leaf(value) for name, value in arrays.items()}, leaf(x), {name: leaf(value) for name, value in state.items()}
    outputs, finals = [], {name: [] for name in widths}
    for row, length in enumerate(LENGTHS):  # each row alone, so that no mask is needed
        now = [start[0, row : row + 1] for start in starts.values()]
        out = []
        for t in range(length):
            y, now = step(w, xs[row : row + 1, t], *now)
            out.append(y)
        outputs.append(torch.cat(out + [torch.zeros(1, width, dtype=torch.float64)] * (TIME - length)))
        for name, value in zip(widths, now):
            finals[name].append(value)
    results = {"output": torch.stack(outputs), **{name: torch.cat(rows)[None] for name, rows in finals.items()}}
    sum((results[name] * torch.tensor(seed)).sum() for name, seed in seeds.items()).backward()
    gradients = {"x": xs.grad, **{name: start.grad for name, start in starts.items()}, **{name + "_l0": value.grad for name, value in w.items()}}
    return {
        "name": f"equations {title}",
        "cell": cell,
        "cellOptions": options,
        "unrollOptions": {"inputSize": INPUT, "hiddenSize": HIDDEN, "layers": 1, "direction": "forward"},
        "lengths": LENGTHS,
        "weights": tree({name + "_l0": value for name, value in arrays.items()}),
        "x": numbers(x),
        "state": tree(state),
        "seeds": tree(seeds),
        "float64": {
            "results": tree({name: value.detach().numpy() for name, value in results.items()}),
            "gradients": tree({name: value.numpy() for name, value in gradients.items()}),
        },
    }


if __name__ == "__main__":
    write("equations.json", f"equations, PyTorch {torch.__version__} autograd", [case(*row, seed) for seed, row in enumerate(CASES)])
