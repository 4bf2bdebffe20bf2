"""Truncated back-propagation in float64 on PyTorch, for packages/bptt/fixtures/truncation.json.

    python3 tooling/reference/optim/truncation.py

Every k1 steps, the network runs again over the last k2 from the state it had there, cut from its history by detach(), and
the loss of the last k1 steps is walked back. The state is carried from one batch to the next.
"""

import json
from pathlib import Path

import torch

TIME, BATCHES, ROWS, INPUT, HIDDEN, OUTPUT = 8, 2, 2, 3, 4, 2
torch.manual_seed(11)
torch.set_default_dtype(torch.float64)
inputs = torch.randn(BATCHES, ROWS, TIME, INPUT)
targets = torch.randn(BATCHES, ROWS, TIME, OUTPUT)


def detach(state):
    return tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()


def run(kind, k1, k2, make, clip=None):
    torch.manual_seed(3)
    rnn, head = kind(INPUT, HIDDEN, batch_first=True), torch.nn.Linear(HIDDEN, OUTPUT)
    model = torch.nn.ModuleDict({"rnn": rnn, "head": head})
    initial = {name: value.flatten().tolist() for name, value in model.state_dict().items()}
    optimizer, losses, carried = make(model.parameters()), [], None
    for x, y in zip(inputs, targets):
        states = {0: carried}
        for loss_from in range(0, TIME, k1):
            end = min(loss_from + k1, TIME)
            start = max(0, loss_from + k1 - k2)
            output, state = rnn(x[:, start:end], states[start])
            loss = torch.nn.functional.mse_loss(head(output[:, loss_from - start :]), y[:, loss_from:end])
            optimizer.zero_grad()
            loss.backward()
            if clip:
                torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            states[end] = detach(state)
            losses.append(loss.item())
        carried = states[TIME]
    final = {name: value.flatten().tolist() for name, value in model.state_dict().items()}
    return {"initial": initial, "losses": losses, "final": final}


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=0.2, momentum=0.9)


def adam(parameters):
    return torch.optim.Adam(parameters, lr=0.05)


runs = {
    f"{name} {truncation}": run(kind, *steps, make, clip)
    for name, kind, make, clip in [
        ("rnn", torch.nn.RNN, sgd, None),
        ("lstm", torch.nn.LSTM, adam, None),
        ("gru", torch.nn.GRU, sgd, 0.3),
    ]
    for truncation, steps in [("full", (TIME, TIME)), ("k1 4 k2 4", (4, 4)), ("k1 2 k2 4", (2, 4)), ("k1 3 k2 6", (3, 6))]
}


def rounded(tree):
    if isinstance(tree, dict):
        return {key: rounded(value) for key, value in tree.items()}
    return [rounded(value) for value in tree] if isinstance(tree, list) else float(f"{tree:.14g}")


out = Path(__file__).parents[3] / "packages/bptt/fixtures/truncation.json"
out.parent.mkdir(exist_ok=True)
lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(rounded(value))}" for name, value in runs.items())
data = json.dumps({"inputs": rounded(inputs.flatten().tolist()), "targets": rounded(targets.flatten().tolist())})
out.write_text(f'{{\n"torch": "{torch.__version__}",\n"data": {data},\n"runs": {{\n{lines}\n}}\n}}\n')
