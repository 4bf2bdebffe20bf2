"""Writes packages/serialize/fixtures/pytorch: state dicts of PyTorch's recurrent layers and what their forward gives.

For each case: <case>.safetensors and <case>.pt hold the state dict as PyTorch saves it, <case>.run.safetensors an input
[batch, time, features], the initial state, and the outputs. Run from the repository root:

    python3 -m venv --system-site-packages /somewhere && /somewhere/bin/pip install safetensors
    /somewhere/bin/python tooling/reference/serialize/make_pytorch_fixtures.py
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

folder = Path("packages/serialize/fixtures/pytorch")
folder.mkdir(parents=True, exist_ok=True)


def save(case, module, run):
    state = {name: value.contiguous() for name, value in module.state_dict().items()}
    save_file(state, folder / f"{case}.safetensors", metadata={"format": "pt"})
    torch.save(module.state_dict(), folder / f"{case}.pt")
    save_file({name: value.detach().contiguous() for name, value in run.items()}, folder / f"{case}.run.safetensors")


def recurrent(case, kind, **options):
    torch.manual_seed(len(case))
    module = kind(3, 4, batch_first=True, **options)
    directions = 2 if options.get("bidirectional") else 1
    rows = options.get("num_layers", 1) * directions
    x = torch.randn(2, 5, 3)
    h = torch.randn(rows, 2, 4)
    run = {"x": x, "h_0": h}
    if kind is torch.nn.LSTM:
        c = torch.randn(rows, 2, 4)
        y, (h_n, c_n) = module(x, (h, c))
        run |= {"c_0": c, "c_n": c_n}
    else:
        y, h_n = module(x, h)
    save(case, module, run | {"y": y, "h_n": h_n})


for name, kind in {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}.items():
    recurrent(name, kind)
    recurrent(f"{name}-2-bidirectional", kind, num_layers=2, bidirectional=True)


class Classifier(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(7, 3)
        self.rnn = torch.nn.LSTM(3, 4, batch_first=True)
        self.head = torch.nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.rnn(self.embedding(x))[0])


torch.manual_seed(1)
classifier = Classifier()
tokens = torch.randint(0, 7, (2, 5))
save("classifier", classifier, {"x": tokens, "y": classifier(tokens)})

# What a .pt file may hold beside plain float32 rows: views, one storage under two names, other dtypes, a training.
torch.manual_seed(2)
base = torch.arange(12, dtype=torch.float32).reshape(3, 4)
torch.save(
    {
        "transposed": base.t(),
        "part": base[1:, 2:],
        "again": base,
        "scalar": torch.tensor(3.5),
        "empty": torch.zeros(0, 3),
        "double": torch.tensor([1.5, -0.0], dtype=torch.float64),
        "half": torch.tensor([1.5, -2.0], dtype=torch.float16),
        "bfloat": torch.tensor([1.5, -2.0], dtype=torch.bfloat16),
        "long": torch.tensor([-5, 2**31 - 1]),
        "int": torch.tensor([7], dtype=torch.int32),
        "short": torch.tensor([-7], dtype=torch.int16),
        "byte": torch.tensor([255], dtype=torch.uint8),
        "bool": torch.tensor([True, False]),
    },
    folder / "kinds.pt",
)
optimizer = torch.optim.Adam(classifier.parameters())
classifier(tokens).sum().backward()
optimizer.step()
torch.save(
    {"epoch": 3, "loss": 0.25, "model": classifier.state_dict(), "optimizer": optimizer.state_dict(), "names": ["a", None, (1, True)]},
    folder / "training.pt",
)
torch.save(torch.nn.LSTM(2, 2), folder / "whole-module.pt")
torch.save({"weight": torch.nn.Parameter(torch.ones(2))}, folder / "parameter.pt")
torch.save({"weight": torch.ones(2)}, folder / "legacy.pt", _use_new_zipfile_serialization=False)

# What torch.onnx.export makes of a classifier and of a forecaster with layers, directions and an initial state of its own making.
exported = Path("packages/serialize/fixtures/onnx")
torch.onnx.export(classifier, (tokens,), exported / "torch-classifier.onnx", input_names=["x"], output_names=["y"], opset_version=14, dynamic_axes={"x": {0: "batch", 1: "time"}})
save_file({"x": tokens, "y": classifier(tokens).detach()}, exported / "torch-classifier.run.safetensors")


class Forecaster(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = torch.nn.GRU(3, 4, num_layers=2, bidirectional=True, batch_first=True)
        self.norm = torch.nn.LayerNorm(8)
        self.head = torch.nn.Linear(8, 2)

    def forward(self, x):
        y, _ = self.rnn(x)
        return self.head(torch.relu(self.norm(y[:, -1, :])))


torch.manual_seed(3)
forecaster = Forecaster().eval()
x = torch.randn(2, 5, 3)
torch.onnx.export(forecaster, (x,), exported / "torch-forecaster.onnx", input_names=["x"], output_names=["y"], opset_version=14, dynamic_axes={"x": {0: "batch"}})
save_file({"x": x, "y": forecaster(x).detach()}, exported / "torch-forecaster.run.safetensors")
