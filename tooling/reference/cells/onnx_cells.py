"""What onnxruntime gives for ONNX's RNN, LSTM and GRU, in float32: peepholes, coupled gates, clips, both resets, hard sigmoids.

Run by hand, with onnx, onnxruntime and numpy: python tooling/reference/cells/onnx_cells.py
"""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from fixture import numbers, random, tree, write

BATCH, TIME, INPUT, HIDDEN = 3, 6, 2, 3
LENGTHS = [6, 2, 5]
# Our blocks of rows in the order that ONNX wants.
ORDERS = {"RNN": [0], "LSTM": [0, 3, 1, 2], "GRU": [1, 0, 2]}

CASES = [
    ("RNN", "relu, bidirectional", {"activations": ["Relu", "Relu"]}, {"activation": "relu"}, True),
    ("LSTM", "", {}, {}, False),
    ("LSTM", "bidirectional", {}, {}, True),
    ("LSTM", "P", {}, {"peephole": "diagonal"}, False),
    ("LSTM", "P, bidirectional", {}, {"peephole": "diagonal"}, True),
    ("LSTM", "clip", {"clip": 0.8}, {"gateClip": 0.8}, False),
    ("LSTM", "P, clip", {"clip": 0.8}, {"peephole": "diagonal", "gateClip": 0.8}, False),
    ("LSTM", "input_forget", {"input_forget": 1}, {"coupled": True}, False),
    ("LSTM", "input_forget, P", {"input_forget": 1}, {"coupled": True, "peephole": "diagonal"}, False),
    ("LSTM", "HardSigmoid", {"activations": ["HardSigmoid", "Tanh", "Tanh"]}, {"gateActivation": "hardSigmoidTfjs"}, False),
    (
        "LSTM",
        "HardSigmoid of Keras 3",
        {"activations": ["HardSigmoid", "Tanh", "Tanh"], "activation_alpha": [1 / 6], "activation_beta": [0.5]},
        {"gateActivation": "hardSigmoidKeras"},
        False,
    ),
    ("GRU", "linear_before_reset=1", {"linear_before_reset": 1}, {"resetAfter": True}, False),
    ("GRU", "linear_before_reset=0", {"linear_before_reset": 0}, {"resetAfter": False}, False),
    ("GRU", "linear_before_reset=0, bidirectional", {"linear_before_reset": 0}, {"resetAfter": False}, True),
    ("GRU", "clip", {"linear_before_reset": 1, "clip": 0.8}, {"gateClip": 0.8}, False),
    ("GRU", "linear_before_reset=0, clip", {"linear_before_reset": 0, "clip": 0.8}, {"resetAfter": False, "gateClip": 0.8}, False),
]


def blocks(rows, order, coupled=False):
    parts = np.split(rows, 3 if coupled else len(order))
    if coupled:  # ours are i, g, o; ONNX has rows for f that nothing reads
        i, g, o = parts
        return np.concatenate([i, o, np.full_like(i, 99), g])
    return np.concatenate([parts[block] for block in order])


def case(operator, title, attributes, options, bidirectional, seed):
    generator = np.random.default_rng(100 + seed)
    order, coupled = ORDERS[operator], bool(options.get("coupled"))
    gates = len(order) - coupled
    suffixes = ["_l0", "_l0_reverse"] if bidirectional else ["_l0"]
    weights = {}
    for suffix in suffixes:
        weights["weight_ih" + suffix] = random(generator, gates * HIDDEN, INPUT)
        weights["weight_hh" + suffix] = random(generator, gates * HIDDEN, HIDDEN)
        weights["bias_ih" + suffix] = random(generator, gates * HIDDEN)
        weights["bias_hh" + suffix] = random(generator, gates * HIDDEN)
        if options.get("peephole"):
            for gate in ["i", "o"] if coupled else ["i", "f", "o"]:
                weights[f"weight_c{gate}{suffix}"] = random(generator, HIDDEN)
    states = ["h", "c"] if operator == "LSTM" else ["h"]
    state = {name: random(generator, len(suffixes), BATCH, HIDDEN) for name in states}
    x = random(generator, BATCH, TIME, INPUT)

    both = lambda make: np.stack([make(suffix) for suffix in suffixes])
    inputs = {
        "X": x.transpose(1, 0, 2),
        "W": both(lambda s: blocks(weights["weight_ih" + s], order, coupled)),
        "R": both(lambda s: blocks(weights["weight_hh" + s], order, coupled)),
        "B": both(lambda s: np.concatenate([blocks(weights[name + s], order, coupled) for name in ("bias_ih", "bias_hh")])),
        "sequence_lens": np.array(LENGTHS, np.int32),
        "initial_h": state["h"],
    }
    if operator == "LSTM":
        inputs["initial_c"] = state["c"]
    if options.get("peephole"):
        nothing = np.full(HIDDEN, 99, np.float32)
        inputs["P"] = both(lambda s: np.concatenate([weights.get(f"weight_c{gate}{s}", nothing) for gate in "iof"]))
    outputs = ["Y", "Y_h", "Y_c"][: 1 + len(states)]
    direction = "bidirectional" if bidirectional else "forward"
    node = helper.make_node(operator, list(inputs), outputs, hidden_size=HIDDEN, direction=direction, **attributes)
    graph = helper.make_graph(
        [node],
        "cell",
        [],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in inputs.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    y, *final = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {})
    output = y.transpose(2, 0, 1, 3).reshape(BATCH, TIME, -1)
    return {
        "name": f"ONNX {operator} {title}".strip(),
        "cell": operator.lower(),
        "cellOptions": options,
        "unrollOptions": {"inputSize": INPUT, "hiddenSize": HIDDEN, "layers": 1, "direction": direction},
        "lengths": LENGTHS,
        "weights": tree(weights),
        "x": numbers(x),
        "state": tree(state),
        "seeds": {"output": numbers(np.ones_like(output))},
        "float32": {"results": tree({"output": output, **dict(zip(states, final))})},
    }


if __name__ == "__main__":
    source = f"onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}"
    write("onnx.json", source, [case(*arguments, seed) for seed, arguments in enumerate(CASES)])
