"""Optimizer trajectories in float64 on PyTorch, for packages/optim/fixtures/trajectories.json.

    python3 tooling/reference/optim/trajectories.py

Minimises sum(p^4 / 4 - a_t p) with a new target a_t at each step, so that the gradient is p^3 - a_t: no other part of
either library takes part. Lion is not in PyTorch; it follows algorithm 2 of Chen et al. 2023 on plain tensors.
"""

import json
from pathlib import Path

import torch

STEPS = 12
torch.manual_seed(7)
initial = {"rnn.weight": torch.randn(2, 2, dtype=torch.float64), "rnn.bias": torch.randn(2, dtype=torch.float64)}
targets = [{name: torch.randn_like(value) for name, value in initial.items()} for _ in range(STEPS)]


class Lion(torch.optim.Optimizer):
    def __init__(self, parameters, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(parameters, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                c = beta1 * m + (1 - beta1) * p.grad
                p -= group["lr"] * (torch.sign(c) + group["weight_decay"] * p)
                m.copy_(beta2 * m + (1 - beta2) * p.grad)


def run(make, schedule=None, clip=None, losses=None, decay=None):
    parameters = {name: value.clone().requires_grad_() for name, value in initial.items()}
    optimizer = make(parameters)
    scheduler = schedule(optimizer) if schedule else None
    path, rates, average, ema = [], [], None, []
    for step, target in enumerate(targets):
        rates.append(optimizer.param_groups[0]["lr"])
        for name, p in parameters.items():
            p.grad = p.detach() ** 3 - target[name]
        if clip:
            clip(parameters.values())
        optimizer.step()
        path.append([x for p in parameters.values() for x in p.detach().flatten().tolist()])
        if decay is not None:
            now = torch.tensor(path[-1], dtype=torch.float64)
            average = now if average is None else decay * average + (1 - decay) * now
            ema.append(average.tolist())
        if losses:
            scheduler.step(losses[step])
        elif scheduler:
            scheduler.step()
    return {"path": path, "rates": rates, **({"average": ema} if ema else {})}


def plain(kind, **options):
    return lambda parameters: kind(parameters.values(), **options)


def grouped(kind, bias, **options):
    return lambda parameters: kind(
        [{"params": [parameters["rnn.weight"]]}, {"params": [parameters["rnn.bias"]], **bias}], **options
    )


o, s = torch.optim, torch.optim.lr_scheduler
runs = {
    "sgd": run(plain(o.SGD, lr=0.05)),
    "sgd momentum": run(plain(o.SGD, lr=0.05, momentum=0.9)),
    "sgd nesterov": run(plain(o.SGD, lr=0.05, momentum=0.9, nesterov=True)),
    "sgd weight decay": run(plain(o.SGD, lr=0.05, momentum=0.9, weight_decay=0.1)),
    "adagrad": run(plain(o.Adagrad, lr=0.1)),
    "adagrad weight decay": run(plain(o.Adagrad, lr=0.1, weight_decay=0.1)),
    "rmsprop": run(plain(o.RMSprop, lr=0.02)),
    "rmsprop centred": run(plain(o.RMSprop, lr=0.02, centered=True)),
    "rmsprop momentum": run(plain(o.RMSprop, lr=0.02, momentum=0.9)),
    "rmsprop centred momentum decay": run(
        plain(o.RMSprop, lr=0.02, alpha=0.9, eps=1e-6, centered=True, momentum=0.5, weight_decay=0.1)
    ),
    "adam": run(plain(o.Adam, lr=0.1)),
    "adam betas": run(plain(o.Adam, lr=0.1, betas=(0.8, 0.95), eps=1e-4)),
    "adam weight decay": run(plain(o.Adam, lr=0.1, weight_decay=0.1)),
    "amsgrad": run(plain(o.Adam, lr=0.1, betas=(0.5, 0.6), amsgrad=True)),
    "adamw": run(plain(o.AdamW, lr=0.1, weight_decay=0.1)),
    "adamw amsgrad": run(plain(o.AdamW, lr=0.1, betas=(0.5, 0.6), weight_decay=0.1, amsgrad=True)),
    "lion": run(plain(Lion, lr=0.01)),
    "lion weight decay": run(plain(Lion, lr=0.01, weight_decay=0.1)),
    "groups": run(grouped(o.AdamW, {"lr": 0.01, "betas": (0.8, 0.999)}, lr=0.1, weight_decay=0.1)),
    "decay exclusion": run(grouped(o.AdamW, {"weight_decay": 0.0}, lr=0.1, weight_decay=0.1)),
    "clip by norm": run(plain(o.SGD, lr=0.05, momentum=0.9), clip=lambda p: torch.nn.utils.clip_grad_norm_(list(p), 1.5)),
    "clip by value": run(
        plain(o.SGD, lr=0.05, momentum=0.9), clip=lambda p: torch.nn.utils.clip_grad_value_(list(p), 0.5)
    ),
    "weight average": run(plain(o.Adam, lr=0.1), decay=0.8),
    "step": run(plain(o.SGD, lr=0.05), lambda x: s.StepLR(x, 4, gamma=0.5)),
    "exponential": run(plain(o.SGD, lr=0.05), lambda x: s.ExponentialLR(x, 0.9)),
    "cosine": run(plain(o.SGD, lr=0.05), lambda x: s.CosineAnnealingLR(x, STEPS, eta_min=0.001)),
    "one-cycle": run(
        plain(o.SGD, lr=0.05), lambda x: s.OneCycleLR(x, 0.05, total_steps=STEPS + 1, cycle_momentum=False)
    ),
    "warm-up, then exponential": run(
        plain(o.Adam, lr=0.1),
        lambda x: s.SequentialLR(x, [s.LinearLR(x, 0.25, total_iters=4), s.ExponentialLR(x, 0.8)], milestones=[4]),
    ),
    "plateau": run(
        plain(o.SGD, lr=0.05),
        lambda x: s.ReduceLROnPlateau(x, factor=0.5, patience=1),
        losses=[3, 2, 2, 2, 2, 2, 1, 1, 1, 1, 0.5, 0.5],
    ),
}


def flat(tree):
    return {name: value.flatten().tolist() for name, value in tree.items()}


def rounded(tree):
    if isinstance(tree, dict):
        return {key: rounded(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [rounded(value) for value in tree]
    return float(f"{tree:.14g}")


def line(entries):
    return ",\n".join(f"{json.dumps(key)}: {json.dumps(rounded(value))}" for key, value in entries.items())


out = Path(__file__).parents[3] / "packages/optim/fixtures/trajectories.json"
out.parent.mkdir(exist_ok=True)
head = {"initial": flat(initial), "targets": [flat(target) for target in targets]}
out.write_text(f'{{\n"torch": "{torch.__version__}",\n{line(head)},\n"runs": {{\n{line(runs)}\n}}\n}}\n')
