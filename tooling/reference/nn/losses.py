"""Values and gradients of losses, with masks, weights and all reductions.

Run by hand: python3 tooling/reference/nn/losses.py (tried with torch 1.13).
"""

import numpy as np
import torch
import torch.nn.functional as F

from fixture import case, random, write

generator = np.random.default_rng(7)
MASK = np.array([[1, 1, 0, 1], [1, 0, 0, 1], [1, 1, 1, 1]])
WEIGHTS = np.array([[0.5, 1, 2, 0], [1, 3, 1, 1], [0.25, 1, 1, 2]])
TARGETS = np.array([[3, 0, 4, 1], [2, 2, -100, 0], [4, -100, 1, 3]])


def reduced(losses, mask, weights, reduction):
    scale = torch.ones(losses.shape, dtype=losses.dtype)
    for factor in (mask, weights):
        if factor is not None:
            factor = torch.tensor(factor, dtype=losses.dtype)
            scale = scale * factor.reshape(factor.shape + (1,) * (losses.dim() - factor.dim()))
    if reduction == "none":
        return losses * scale
    total = (losses * scale).sum()
    return total if reduction == "sum" else total / scale.sum()


WAYS = [(None, None, "mean"), (MASK, None, "mean"), (None, WEIGHTS, "mean"), (MASK, WEIGHTS, "sum"), (MASK, WEIGHTS, "none")]


def elementwise(name, losses, inputs, constants={}, options={}, ways=WAYS):
    """losses(inputs, constants) gives the unreduced losses."""
    for mask, weights, reduction in ways:
        given = {**constants}
        if mask is not None:
            given["mask"] = mask
        if weights is not None:
            given["weights"] = weights

        def forward(t):
            fixed = {key: torch.tensor(value, dtype=next(iter(t.values())).dtype) for key, value in constants.items()}
            return reduced(losses(t, fixed), mask, weights, reduction)

        yield case(name, {**options, "reduction": reduction}, inputs, given, forward)


def classes(name, function, options, shift=lambda x: x):
    logits = random(generator, 3, 4, 5)
    real = TARGETS != -100
    for mask, weights, reduction in WAYS:
        kept = real if mask is None else real * mask

        def forward(t):
            losses = function(shift(t["logits"]).permute(0, 2, 1), torch.tensor(TARGETS))
            return reduced(losses, kept, weights, reduction)

        given = {"targets": TARGETS}
        if mask is not None:
            given["mask"] = mask
        if weights is not None:
            given["weights"] = weights
        yield case(name, {**options, "ignoreIndex": -100, "reduction": reduction}, {"logits": logits}, given, forward)


def regression(name, function, options={}):
    # A feature axis, so that the mask [batch, time] meets losses [batch, time, features].
    inputs = {"predictions": random(generator, 3, 4, 2), "targets": random(generator, 3, 4, 2)}
    return elementwise(name, lambda t, _: function(t["predictions"], t["targets"]), inputs, {}, options)


def quantile(t, fixed):
    losses = []
    for index, q in enumerate([0.1, 0.5, 0.9]):
        difference = fixed["targets"] - t["predictions"][..., index]
        losses.append(torch.maximum(q * difference, (q - 1) * difference))
    return torch.stack(losses, -1)


def gaussian(t, _):
    variance = t["logVariances"].exp()
    return F.gaussian_nll_loss(t["means"], t["targets"], variance, full=True, eps=1e-30, reduction="none")


def ctc(options, input_lengths, target_lengths, targets, blank=0, classes=4, time=6, logits=None):
    logits = random(generator, len(input_lengths), time, classes) if logits is None else logits
    targets = np.array(targets)

    def forward(t):
        return F.ctc_loss(
            t["logits"].log_softmax(-1).transpose(0, 1),
            torch.tensor(targets),
            torch.tensor(input_lengths),
            torch.tensor(target_lengths),
            blank=blank,
            reduction=options.get("reduction", "mean"),
            zero_infinity=options.get("zeroInfinity", False),
        )

    given = {"targets": targets, "inputLengths": np.array(input_lengths), "targetLengths": np.array(target_lengths)}
    return case("ctc", {**options, "blank": blank}, {"logits": logits}, given, forward)


def binary(t, fixed):
    return F.binary_cross_entropy_with_logits(t["logits"], fixed["targets"], reduction="none")


BINARY_LOGITS = random(generator, 3, 4)
BINARY_LOGITS[0, 0] = 0
BINARY_LOGITS[2, 3] = 60
BINARY_LOGITS[2, 2] = -60

write(
    "losses.json",
    [
        *classes("crossEntropy", lambda x, y: F.cross_entropy(x, y, reduction="none"), {}),
        *classes(
            "crossEntropy",
            lambda x, y: F.cross_entropy(x, y, reduction="none", label_smoothing=0.1),
            {"labelSmoothing": 0.1},
        ),
        *classes("negativeLogLikelihood", lambda x, y: F.nll_loss(x, y, reduction="none"), {}, lambda x: x),
        *elementwise("binaryCrossEntropy", binary, {"logits": BINARY_LOGITS}, {"targets": random(generator, 3, 4) > 0}),
        *regression("meanSquaredError", lambda p, t: F.mse_loss(p, t, reduction="none")),
        *regression("meanAbsoluteError", lambda p, t: F.l1_loss(p, t, reduction="none")),
        *regression("huber", lambda p, t: F.huber_loss(p, t, reduction="none", delta=0.7), {"delta": 0.7}),
        *elementwise(
            "quantileLoss",
            quantile,
            {"predictions": random(generator, 3, 4, 3)},
            {"targets": random(generator, 3, 4)},
            {"quantiles": [0.1, 0.5, 0.9]},
        ),
        *elementwise(
            "gaussianNegativeLogLikelihood",
            gaussian,
            {"means": random(generator, 3, 4), "logVariances": random(generator, 3, 4), "targets": random(generator, 3, 4)},
        ),
        ctc({}, [6, 6, 6], [3, 3, 3], [[1, 2, 3], [1, 1, 2], [3, 3, 3]]),
        ctc({"reduction": "none"}, [6, 4, 5], [3, 1, 2], [[2, 2, 1], [3, 1, 1], [1, 2, 1]]),
        ctc({"reduction": "sum"}, [6, 2, 1], [3, 2, 1], [[2, 1, 2], [3, 1, 1], [1, 2, 1]], blank=0),
        ctc({"reduction": "mean"}, [6, 5], [2, 2], [[0, 1], [1, 1]], blank=3),
        ctc({"reduction": "none"}, [6, 5], [0, 2], [[1, 1], [1, 2]]),
        # The second row has too few steps for its repeated label.
        ctc({"reduction": "none", "zeroInfinity": True}, [6, 2], [2, 2], [[1, 2], [1, 1]]),
        ctc({"zeroInfinity": True}, [6, 2, 1], [2, 2, 2], [[1, 2], [1, 1], [1, 2]]),
        ctc({}, [40, 37], [8, 5], [[1, 2, 3, 4, 5, 5, 1, 1], [6, 6, 2, 1, 3, 1, 1, 1]], classes=7, time=40),
    ],
)
