"""Writes packages/serialize/fixtures/onnx/torch: what torch.onnx.export makes of recurrent models, and what PyTorch gives for them.

For each case: <case>-<opset>.onnx, and <case>.run.safetensors with inputs and outputs of some runs by name, as "0.x", "0.y", "1.x": the first at
the size that was exported, the others at other sizes of the axes that were exported as dynamic. Made with PyTorch 1.13 (Debian python3-torch);
needs safetensors. Run from the repository root.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

folder = Path("packages/serialize/fixtures/onnx/torch")
folder.mkdir(parents=True, exist_ok=True)


class PackedClassifier(nn.Module):
    """Tokens of several lengths, read both ways; the last states of both directions decide."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(7, 3, padding_idx=0)
        self.rnn = nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True, dropout=0.3)
        self.head = nn.Linear(8, 3)

    def forward(self, tokens, lengths):
        packed = pack_padded_sequence(self.embedding(tokens), lengths, batch_first=True, enforce_sorted=True)
        output, (h, _) = self.rnn(packed)
        output, _ = pad_packed_sequence(output, batch_first=True)
        return F.log_softmax(self.head(torch.cat([h[-2], h[-1]], dim=1)), dim=1), output


class ZeroStateForecaster(nn.Module):
    """A normalised window, an initial state of its own making, several steps ahead."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(2, 5, num_layers=2, batch_first=True)
        self.head = nn.Linear(5, 6)

    def forward(self, x):
        mean = x.mean(dim=1, keepdim=True)
        scale = torch.sqrt(((x - mean) ** 2).mean(dim=1, keepdim=True) + 1e-5)
        h = torch.zeros(2, x.size(0), 5)
        c = torch.zeros(2, x.size(0), 5)
        y, _ = self.rnn((x - mean) / scale, (h, c))
        return self.head(y[:, -1]).view(x.size(0), 3, 2) * scale + mean


class StatefulTagger(nn.Module):
    """Time first, the state as an input and an output."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(3, 4, num_layers=2)
        self.norm = nn.LayerNorm(4)
        self.head = nn.Linear(4, 2)

    def forward(self, x, h):
        y, h = self.rnn(x, h)
        return torch.softmax(self.head(F.gelu(self.norm(y))), dim=-1), h


class AttentionPooling(nn.Module):
    """Steps weighted by scores that ignore the padding."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(3, 4, nonlinearity="relu", bidirectional=True, batch_first=True)
        self.score = nn.Linear(8, 1)
        self.head = nn.Sequential(nn.Linear(8, 5), nn.BatchNorm1d(5), nn.LeakyReLU(), nn.Linear(5, 2))

    def forward(self, x, lengths):
        y, _ = self.rnn(x)
        padding = torch.arange(x.size(1)).unsqueeze(0) >= lengths.unsqueeze(1)
        scores = self.score(y).squeeze(-1).masked_fill(padding, float("-inf"))
        weights = torch.softmax(scores, dim=1)
        return self.head(torch.bmm(weights.unsqueeze(1), y).squeeze(1)), weights


class LastStep(nn.Module):
    """The output at each row's own last step, directions apart, chunks and residuals."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 4, 3, padding=1)
        self.rnn = nn.GRU(4, 4, bidirectional=True, batch_first=True)

    def forward(self, x, lengths):
        features = torch.tanh(self.conv(x.transpose(1, 2))).transpose(1, 2)
        y, _ = self.rnn(features)
        forward, backward = y.chunk(2, dim=-1)
        both = torch.stack([forward, backward], dim=2).sum(dim=2) + features
        index = (lengths - 1).view(-1, 1, 1).expand(-1, 1, both.size(2))
        last = both.gather(1, index).squeeze(1)
        most, where = both.max(dim=1)
        return last, most, where, both[:, ::2].flatten(1, 2).clamp(-0.5, 0.5).mean(dim=1)


class CellByCell(nn.Module):
    """Cells in a loop, which the exporter unrolls."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTMCell(2, 3)
        self.gru = nn.GRUCell(3, 3)

    def forward(self, x):
        h = torch.zeros(x.size(0), 3)
        c, g = h, h
        outputs = []
        for t in range(4):
            h, c = self.lstm(x[:, t], (h, c))
            g = self.gru(h, g)
            outputs.append(torch.where(g > 0, g, 0.1 * h))
        return torch.stack(outputs, dim=1)


class Autoencoder(nn.Module):
    """One vector for a sequence, repeated for the decoder."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.LSTM(2, 4)
        self.decoder = nn.LSTM(4, 3)
        self.head = nn.Linear(3, 2)

    def forward(self, x):
        _, (h, c) = self.encoder(x)
        code = torch.cat((h, c[..., :0]), dim=-1).expand(x.size(0), -1, -1)
        y, _ = self.decoder(code)
        rebuilt = self.head(y)
        return rebuilt, F.softplus((rebuilt - x).abs()).sum(dim=(0, 2)), F.pad(h[0], (1, 0), value=1.0)


class ModulesAsFunctions(nn.Module):
    """Modules that the exporter writes as functions of the model, one calling others, with attributes of their own."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(3, 4, batch_first=True)
        self.norm = nn.LayerNorm(4)
        self.hidden = nn.Sequential(nn.Linear(4, 4), nn.LeakyReLU(0.2))
        self.head = nn.Sequential(nn.Linear(4, 2), nn.LeakyReLU(0.1))

    def forward(self, x):
        y, _ = self.rnn(x)
        return self.head(self.hidden(self.norm(y))).sum(1)


def export(case, make, names, axes, runs, outputs, opsets=(9, 13, 17), **options):
    torch.manual_seed(sum(map(ord, case)))
    model = make().eval()
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.5)
    saved = {}
    for index, inputs in enumerate(runs):
        results = model(*inputs)
        results = results if isinstance(results, tuple) else (results,)
        for name, value in [*zip(names, inputs), *zip(outputs, results)]:
            saved[f"{index}.{name}"] = value.detach().clone().contiguous()
    save_file(saved, folder / f"{case}.run.safetensors")
    for opset in opsets:
        path = str(folder / f"{case}-{opset}.onnx")
        torch.onnx.export(model, runs[0], path, input_names=names, output_names=outputs, dynamic_axes=axes, opset_version=opset, **options)


batch_time = {0: "batch", 1: "time"}
lengths = lambda *values: torch.tensor(values)
tokens = lambda *shape: torch.randint(1, 7, shape)
draw = torch.randn
torch.manual_seed(1)
# The exporter writes the initial state of a packed sequence for the batch that it saw.
export(
    "packed-classifier", PackedClassifier, ["tokens", "lengths"], {"tokens": batch_time, "lengths": {0: "batch"}},
    [(tokens(3, 5), lengths(5, 4, 2)), (tokens(3, 7), lengths(7, 6, 1))], ["log_probabilities", "features"],
)
export("zero-state-forecaster", ZeroStateForecaster, ["x"], {"x": batch_time}, [(draw(2, 6, 2),), (draw(5, 3, 2),), (draw(1, 1, 2),)], ["y"])
export(
    "stateful-tagger", StatefulTagger, ["x", "h"], {"x": {0: "time", 1: "batch"}, "h": {1: "batch"}},
    [(draw(4, 2, 3), draw(2, 2, 4)), (draw(1, 1, 3), draw(2, 1, 4))], ["y", "h_next"],
)
export(
    "attention-pooling", AttentionPooling, ["x", "lengths"], {"x": batch_time, "lengths": {0: "batch"}},
    [(draw(3, 4, 3), lengths(4, 1, 2)), (draw(2, 6, 3), lengths(3, 6))], ["y", "weights"], opsets=(11, 13, 17),
)
export(
    "last-step", LastStep, ["x", "lengths"], {"x": batch_time, "lengths": {0: "batch"}},
    [(draw(2, 5, 3), lengths(5, 2)), (draw(3, 8, 3), lengths(1, 8, 4))], ["last", "most", "where", "y"], opsets=(11, 13, 17),
)
export("cell-by-cell", CellByCell, ["x"], {"x": {0: "batch"}}, [(draw(2, 4, 2),), (draw(3, 4, 2),)], ["y"])
export("autoencoder", Autoencoder, ["x"], {"x": {0: "time", 1: "batch"}}, [(draw(4, 2, 2),), (draw(2, 3, 2),)], ["y", "error", "code"])
export(
    "modules-as-functions", ModulesAsFunctions, ["x"], {"x": batch_time}, [(draw(2, 5, 3),), (draw(3, 2, 3),)], ["y"], opsets=(15,),
    export_modules_as_functions={nn.LayerNorm, nn.Sequential, nn.LeakyReLU, nn.Linear},
)
