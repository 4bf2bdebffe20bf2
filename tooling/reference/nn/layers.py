"""Outputs and gradients of layers, blocks and attention, written in torch.nn.functional.

Run by hand: python3 tooling/reference/nn/layers.py (tried with torch 1.13).
"""

import numpy as np
import torch
import torch.nn.functional as F

from fixture import case, random, write

BATCH, TIME, SIZE, OUT, KERNEL = 2, 7, 3, 4, 3
generator = np.random.default_rng(5)


def draw(**shapes):
    return {name.replace("__", "."): random(generator, *shape) for name, shape in shapes.items()}


def convolve(x, weight, bias, dilation, before, after):
    padded = F.pad(x.transpose(1, 2), (before, after))
    return F.conv1d(padded, weight, bias, dilation=dilation).transpose(1, 2)


def linear():
    inputs = draw(x=(BATCH, TIME, SIZE), weight=(OUT, SIZE), bias=(OUT,))
    return case("linear", {}, inputs, {}, lambda t: F.linear(t["x"], t["weight"], t["bias"]))


def embedding(padding):
    indices = np.array([[4, 0, 2], [2, 4, 4]])
    options = {} if padding is None else {"paddingIndex": padding}
    forward = lambda t: F.embedding(torch.tensor(indices), t["weight"], padding_idx=padding)
    return case("embedding", options, draw(weight=(5, SIZE)), {"indices": indices}, forward)


def tied():
    """An embedding whose weight is also that of the output layer, with a tanh between."""
    indices = np.array([[4, 0, 2], [2, 4, 4]])
    forward = lambda t: F.linear(torch.tanh(F.embedding(torch.tensor(indices), t["weight"])), t["weight"], t["bias"])
    return case("tied", {}, draw(weight=(5, SIZE), bias=(5,)), {"indices": indices}, forward)


def layer_norm():
    inputs = draw(x=(BATCH, TIME, SIZE), weight=(SIZE,), bias=(SIZE,))
    return case("layerNorm", {}, inputs, {}, lambda t: F.layer_norm(t["x"], (SIZE,), t["weight"], t["bias"]))


def conv1d(padding, dilation, kernel):
    reach = (kernel - 1) * dilation
    before = {"causal": reach, "same": reach // 2, "none": 0}[padding]
    after = reach - before if padding == "same" else 0
    inputs = draw(x=(BATCH, TIME, SIZE), weight=(OUT, SIZE, kernel), bias=(OUT,))
    options = {"inputSize": SIZE, "outputSize": OUT, "kernelSize": kernel, "dilation": dilation, "padding": padding}
    forward = lambda t: convolve(t["x"], t["weight"], t["bias"], dilation, before, after)
    return case("conv1d", options, inputs, {}, forward)


def tcn_block(out, dilation):
    inputs = draw(
        x=(BATCH, TIME, SIZE),
        conv1__weight=(out, SIZE, KERNEL),
        conv1__bias=(out,),
        conv2__weight=(out, out, KERNEL),
        conv2__bias=(out,),
    )
    if out != SIZE:
        inputs |= draw(skip__weight=(out, SIZE), skip__bias=(out,))
    before = (KERNEL - 1) * dilation

    def forward(t):
        hidden = F.relu(convolve(t["x"], t["conv1.weight"], t["conv1.bias"], dilation, before, 0))
        change = F.relu(convolve(hidden, t["conv2.weight"], t["conv2.bias"], dilation, before, 0))
        skip = t["x"] if out == SIZE else F.linear(t["x"], t["skip.weight"], t["skip.bias"])
        return F.relu(change + skip)

    options = {"inputSize": SIZE, "outputSize": out, "kernelSize": KERNEL, "dilation": dilation}
    return case("tcnBlock", options, inputs, {}, forward)


def mixer_block():
    time_hidden, feature_hidden = 5, 4
    inputs = draw(
        x=(BATCH, TIME, SIZE),
        timeNorm__weight=(SIZE,),
        timeNorm__bias=(SIZE,),
        timeMixing__up__weight=(time_hidden, TIME),
        timeMixing__up__bias=(time_hidden,),
        timeMixing__down__weight=(TIME, time_hidden),
        timeMixing__down__bias=(TIME,),
        featureNorm__weight=(SIZE,),
        featureNorm__bias=(SIZE,),
        featureMixing__up__weight=(feature_hidden, SIZE),
        featureMixing__up__bias=(feature_hidden,),
        featureMixing__down__weight=(SIZE, feature_hidden),
        featureMixing__down__bias=(SIZE,),
    )

    def forward(t):
        def mlp(x, name):
            up = F.linear(x, t[f"{name}.up.weight"], t[f"{name}.up.bias"])
            return F.linear(F.gelu(up, approximate="tanh"), t[f"{name}.down.weight"], t[f"{name}.down.bias"])

        def norm(x, name):
            return F.layer_norm(x, (SIZE,), t[f"{name}.weight"], t[f"{name}.bias"])

        mixed = t["x"] + mlp(norm(t["x"], "timeNorm").transpose(1, 2), "timeMixing").transpose(1, 2)
        return mixed + mlp(norm(mixed, "featureNorm"), "featureMixing")

    options = {"time": TIME, "features": SIZE, "timeHidden": time_hidden, "featureHidden": feature_hidden}
    return case("mixerBlock", options, inputs, {}, forward)


MASKS = {
    None: None,
    "keys": np.array([[1, 1, 0, 1, 0], [0, 1, 1, 1, 1]]),
    "queries": (np.arange(5) <= np.arange(2, 5)[:, None]) * np.ones((BATCH, 1, 1)),
}


def softmax(scores, kind):
    if MASKS[kind] is None:
        return scores.softmax(-1)
    mask = torch.tensor(MASKS[kind] != 0)
    return scores.masked_fill(~(mask if mask.dim() == 3 else mask[:, None]), -torch.inf).softmax(-1)


def constants(kind):
    return {} if MASKS[kind] is None else {"mask": MASKS[kind]}


def dot_attention(kind):
    inputs = draw(query=(BATCH, 3, SIZE), key=(BATCH, 5, SIZE), value=(BATCH, 5, OUT))

    def forward(t):
        scores = t["query"] @ t["key"].transpose(1, 2) / SIZE**0.5
        return softmax(scores, kind) @ t["value"]

    return case("dotAttention", {}, inputs, constants(kind), forward)


def additive_attention(kind):
    inputs = draw(
        q=(BATCH, 3, 2),
        k=(BATCH, 5, SIZE),
        v=(BATCH, 5, OUT),
        query__weight=(6, 2),
        key__weight=(6, SIZE),
        key__bias=(6,),
        energy__weight=(1, 6),
    )

    def forward(t):
        query = F.linear(t["q"], t["query.weight"])[:, :, None]
        key = F.linear(t["k"], t["key.weight"], t["key.bias"])[:, None]
        scores = F.linear(torch.tanh(query + key), t["energy.weight"])[..., 0]
        return softmax(scores, kind) @ t["v"]

    options = {"querySize": 2, "keySize": SIZE, "hiddenSize": 6}
    return case("additiveAttention", options, inputs, constants(kind), forward)


write(
    "layers.json",
    [
        linear(),
        embedding(None),
        embedding(2),
        tied(),
        layer_norm(),
        *[conv1d(*arguments) for arguments in [("causal", 1, 3), ("causal", 2, 3), ("same", 3, 2), ("none", 2, 3), ("causal", 1, 1)]],
        tcn_block(SIZE, 1),
        tcn_block(OUT, 2),
        mixer_block(),
        *[dot_attention(kind) for kind in MASKS],
        *[additive_attention(kind) for kind in MASKS],
    ],
)
