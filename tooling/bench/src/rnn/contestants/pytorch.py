"""PyTorch behind the commands of `child.js`: python3 pytorch.py THREADS."""

import json
import struct
import sys
import time

import torch
from torch import nn
from torch.nn import functional

CHECKED_STEPS = 3
DTYPES = {"F32": torch.float32, "I32": torch.int32}


def read_work(path):
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    work = json.loads(header.pop("__metadata__")["work"])
    tensors = {}
    for name, entry in header.items():
        start, stop = (8 + length + offset for offset in entry["data_offsets"])
        elements = torch.frombuffer(bytearray(content[start:stop]), dtype=DTYPES[entry["dtype"]])
        tensors[name] = elements.reshape(entry["shape"]).clone()
    return work, tensors


class UserCell(nn.Module):
    """A cell that PyTorch does not have: the usual loop in Python, with the input projection before it."""

    def __init__(self, work):
        super().__init__()
        hidden = work["hidden"]
        shapes = {"weight_ih": [4 * hidden, work["inputSize"]], "weight_hh": [4 * hidden, hidden]}
        shapes.update({"bias_ih": [4 * hidden], "bias_hh": [4 * hidden]}, **self.extra(hidden))
        for name, shape in shapes.items():
            setattr(self, name + "_l0", nn.Parameter(torch.empty(shape)))

    def forward(self, x):
        projected = functional.linear(x, self.weight_ih_l0, self.bias_ih_l0 + self.bias_hh_l0).unbind(1)
        first = second = x.new_zeros(x.shape[0], self.weight_hh_l0.shape[1])
        outputs = []
        for step in projected:
            output, first, second = self.step(step + first @ self.weight_hh_l0.t(), first, second)
            outputs.append(output)
        return torch.stack(outputs, 1), (first, second)


class Peephole(UserCell):
    def extra(self, hidden):
        return {name: [hidden, hidden] for name in ("weight_ci", "weight_cf", "weight_co")}

    def step(self, sums, h, c):
        i, f, g, o = sums.chunk(4, 1)
        i = torch.sigmoid(i + c @ self.weight_ci_l0.t())
        f = torch.sigmoid(f + c @ self.weight_cf_l0.t())
        c = f * c + i * torch.tanh(g)
        o = torch.sigmoid(o + c @ self.weight_co_l0.t())
        h = o * torch.tanh(c)
        return h, h, c


class Oscillator(UserCell):
    def extra(self, hidden):
        return {"weight_vh": [hidden, hidden], "step_size": [hidden]}

    def step(self, sums, q, v):
        f, s, r, p = sums.chunk(4, 1)
        v = v - torch.sigmoid(f) * v + torch.tanh(p) - torch.sigmoid(s) * q
        q = torch.tanh(q + self.step_size_l0 * v)
        return torch.sigmoid(r) * torch.tanh(q + v @ self.weight_vh_l0.t()), q, v


CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
USER_CELLS = {"peephole": Peephole, "oscillator": Oscillator}


class Model(nn.Module):
    def __init__(self, work):
        super().__init__()
        self.each_step = work["loss"] == "cross-entropy"
        vocabulary = work.get("vocabulary")
        if vocabulary is not None:
            self.embedding = nn.Embedding(vocabulary, work["inputSize"])
        if work["cell"] in CELLS:
            self.rnn = CELLS[work["cell"]](work["inputSize"], work["hidden"], work["layers"], batch_first=True)
        else:
            self.rnn = USER_CELLS[work["cell"]](work)
        if work["loss"] != "none":
            self.head = nn.Linear(work["hidden"], vocabulary or 1)

    def forward(self, inputs):
        output, _ = self.rnn(self.embedding(inputs) if hasattr(self, "embedding") else inputs)
        return self.head(output if self.each_step else output[:, -1])


class Training:
    def __init__(self, model, inputs, targets, settings):
        self.model, self.inputs, self.targets = model, inputs, targets
        self.parameters = list(model.parameters())
        self.max_norm = settings["maxNorm"]
        self.optimizer = torch.optim.Adam(
            self.parameters, lr=settings["learningRate"], betas=(settings["beta1"], settings["beta2"]), eps=settings["epsilon"]
        )

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        prediction = self.model(self.inputs)
        if self.model.each_step:
            self.latest = functional.cross_entropy(prediction.flatten(0, 1), self.targets.flatten())
        else:
            self.latest = functional.mse_loss(prediction, self.targets)
        self.latest.backward()
        nn.utils.clip_grad_norm_(self.parameters, self.max_norm)
        self.optimizer.step()

    def loss(self):
        return self.latest.item()


class Inference:
    def __init__(self, model, inputs):
        self.rnn, self.inputs, self.state = model.rnn, inputs, None

    def step(self):
        with torch.inference_mode():
            _, self.state = self.rnn(self.inputs, self.state)

    def loss(self):
        return self.state[0].square().mean().item()


class Contestant:
    def prepare(self, path):
        description = about()
        work, tensors = read_work(path)
        self.before = resident_mebibytes("VmRSS")
        inputs, targets = tensors.pop("inputs"), tensors.pop("targets", None)
        model = Model(work)
        model.load_state_dict(tensors)
        if "vocabulary" in work:
            inputs, targets = inputs.long(), targets.long()
        self.task = Inference(model.eval(), inputs) if targets is None else Training(model, inputs, targets, work["training"])
        return {"supported": True, "about": description}

    def check(self, seconds):
        losses, times = [], []
        end = time.perf_counter() + float(seconds)
        while len(times) < CHECKED_STEPS:
            times.append(self.time_one())
            losses.append(self.task.loss())
            if time.perf_counter() > end:
                break
        return {"losses": losses, "times": times, "peak": self.memory()}

    def run(self, seconds):
        times = []
        start = time.thread_time()
        end = time.perf_counter() + float(seconds)
        while not times or time.perf_counter() < end:
            times.append(self.time_one())
        processor = (time.thread_time() - start) * 1000 / len(times)
        return {"times": times, "processor": processor, "peak": self.memory()}

    def profile(self, seconds):
        return {"phases": {}}

    def memory(self):
        return {"most": resident_mebibytes("VmHWM"), "before": self.before}

    def time_one(self):
        start = time.perf_counter()
        self.task.step()
        return (time.perf_counter() - start) * 1000


def about():
    """Version, and how fast it multiplies: a BLAS that does not use the processor would flatter all others."""
    a = torch.rand(512, 512)
    best = float("inf")
    for _ in range(20):
        start = time.perf_counter()
        a @ a
        best = min(best, time.perf_counter() - start)
    return f"{torch.__version__}, {2 * 512**3 / best / 1e9:.0f} GFLOP/s at 512 x 512 x 512 on {torch.get_num_threads()} of its threads"


def resident_mebibytes(field):
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith(field + ":"))
    except OSError:
        return None


def main():
    torch.set_num_threads(int(sys.argv[1]))
    contestant = Contestant()
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        try:
            answer = getattr(contestant, command)(argument)
        except Exception as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


main()
