"""Writes packages/serialize/fixtures/onnx: small ONNX models and what onnxruntime gives for them.

For each case: <case>.onnx, and <case>.run.safetensors with inputs and outputs by name. The folder node/ holds ONNX's own cases for the
recurrent operators as published with ONNX 1.12 (Debian package libonnx-testdata, data/node, Apache-2.0). Weights are random,
so that swapped gates show. Needs onnx, onnxruntime, numpy, safetensors. Run from the repository root.
"""

import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file, save_file

folder = Path("packages/serialize/fixtures/onnx")
folder.mkdir(parents=True, exist_ok=True)
T, N, I, H = 4, 3, 2, 3
gates = {"RNN": 1, "GRU": 3, "LSTM": 4}


def run_and_save(case, graph, inputs, outputs, opset=14):
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, folder / f"{case}.onnx")
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    results = session.run(None, inputs)
    run = {**inputs, **dict(zip(outputs, results))}
    save_file({name: np.ascontiguousarray(value) for name, value in run.items()}, folder / f"{case}.run.safetensors")


def recurrent(case, kind, direction="forward", bias=True, lengths=None, initial=False, peepholes=False, batch_first=False, **attributes):
    rng = np.random.default_rng(sum(map(ord, case)))
    draw = lambda *shape: rng.normal(0, 0.7, shape).astype(np.float32)
    D = 2 if direction == "bidirectional" else 1
    G = gates[kind]
    weights = {"W": draw(D, G * H, I), "R": draw(D, G * H, H)}
    if bias:
        weights["B"] = draw(D, 2 * G * H)
    if peepholes:
        weights["P"] = draw(D, 3 * H)
    inputs = {"X": draw(T, N, I)}
    if lengths is not None:
        inputs["lengths"] = np.array(lengths, dtype=np.int32)
    if initial:
        inputs["H0"] = draw(D, N, H)
        if kind == "LSTM":
            inputs["C0"] = draw(D, N, H)
    names = ["X", "W", "R", "B" if bias else "", "lengths" if lengths is not None else "", "H0" if initial else ""]
    if kind == "LSTM":
        names += ["C0" if initial else "", "P" if peepholes else ""]
    outputs = ["Y", "Y_h"] + (["Y_c"] if kind == "LSTM" else [])
    node = helper.make_node(kind, names, outputs, name="recurrent", hidden_size=H, direction=direction, **attributes)
    info = lambda name, array: helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
    shapes = {"Y": [T, D, N, H], "Y_h": [D, N, H], "Y_c": [D, N, H]}
    graph = helper.make_graph(
        [node],
        case,
        [info(name, array) for name, array in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name]) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    run_and_save(case, graph, inputs, outputs)
    if batch_first:
        put_batch_first(case, outputs)


def put_batch_first(case, outputs):
    """The same case with layout = 1, which onnxruntime does not run: its tensors turned by hand, as the operators' text says."""
    model = onnx.load(folder / f"{case}.onnx")
    model.graph.node[0].attribute.append(helper.make_attribute("layout", 1))
    tensors = load_file(folder / f"{case}.run.safetensors")
    for value in [*model.graph.input, *model.graph.output]:
        if value.name == "lengths":
            continue
        order = (2, 0, 1, 3) if value.name == "Y" else (1, 0, 2)
        tensors[value.name] = np.ascontiguousarray(tensors[value.name].transpose(order))
        value.CopyFrom(helper.make_tensor_value_info(value.name, TensorProto.FLOAT, tensors[value.name].shape))
    onnx.checker.check_model(model)
    onnx.save(model, folder / f"{case}.onnx")
    save_file(tensors, folder / f"{case}.run.safetensors")


for kind in gates:
    name = kind.lower()
    recurrent(f"{name}-forward", kind)
    recurrent(f"{name}-reverse", kind, direction="reverse", initial=True)
    recurrent(f"{name}-bidirectional-lengths", kind, direction="bidirectional", lengths=[4, 1, 3], initial=True)
    recurrent(f"{name}-no-bias-clip", kind, bias=False, clip=0.4)
    recurrent(f"{name}-batch-first", kind, direction="bidirectional", initial=True, lengths=[2, 4, 3], batch_first=True)
recurrent("rnn-activations", "RNN", direction="bidirectional", activations=["LeakyRelu", "HardSigmoid"], activation_alpha=[0.3, 0.25], activation_beta=[0.4])
recurrent("rnn-softsign", "RNN", direction="bidirectional", activations=["Softsign", "Elu"], activation_alpha=[0.7])
recurrent("gru-linear-before-reset", "GRU", direction="bidirectional", linear_before_reset=1, lengths=[2, 4, 3])
recurrent("gru-activations", "GRU", activations=["HardSigmoid", "Softplus"], activation_alpha=[0.2], activation_beta=[0.5])
recurrent("lstm-peepholes", "LSTM", direction="bidirectional", peepholes=True, initial=True, lengths=[4, 2, 3])
recurrent("lstm-input-forget", "LSTM", input_forget=1, peepholes=True)
recurrent("lstm-activations", "LSTM", activations=["HardSigmoid", "ScaledTanh", "Affine"], activation_alpha=[0.2, 1.5, 0.5], activation_beta=[0.5, 0.6, 0.1])

recurrent(
    "lstm-everything", "LSTM", direction="bidirectional", peepholes=True, initial=True, lengths=[4, 2, 3], clip=0.6, input_forget=1,
    activations=["HardSigmoid", "Tanh", "Softsign", "Sigmoid", "ScaledTanh", "Elu"], activation_alpha=[0.3, 1.2, 0.8], activation_beta=[0.4, 0.7],
)
recurrent(
    "gru-everything", "GRU", direction="bidirectional", initial=True, lengths=[4, 2, 3], clip=0.6, linear_before_reset=1,
    activations=["HardSigmoid", "LeakyRelu", "Sigmoid", "ThresholdedRelu"], activation_alpha=[0.3, 0.2, 0.1], activation_beta=[0.4],
)


def convolution(case, channels, outputs, width, group=1, **attributes):
    rng = np.random.default_rng(7)
    inputs = {"X": rng.normal(size=(2, channels, 9)).astype(np.float32)}
    weights = {"W": rng.normal(size=(outputs, channels // group, width)).astype(np.float32), "B": rng.normal(size=outputs).astype(np.float32)}
    graph = helper.make_graph(
        [helper.make_node("Conv", ["X", "W", "B"], ["Y"], group=group, **attributes)],
        case,
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, inputs["X"].shape)],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, [2, outputs, "length"])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    run_and_save(case, graph, inputs, ["Y"])


convolution("conv", 3, 4, 3, pads=[2, 1])
convolution("conv-groups-strides-dilations", 4, 6, 2, group=2, strides=[2], dilations=[3], pads=[0, 2])

source = Path("/usr/share/libonnx-testdata/data/node")
for case in sorted(source.glob("test_*")):
    if any(case.name.startswith(f"test_{kind}_") for kind in ["lstm", "gru", "rnn", "simple_rnn"]):
        target = folder / "node" / case.name
        shutil.copytree(case / "test_data_set_0", target, dirs_exist_ok=True, copy_function=shutil.copyfile)
        shutil.copyfile(case / "model.onnx", target / "model.onnx")
