"""Writes packages/serialize/fixtures/onnx/operator-cases.ndjson.gz: ONNX's own cases for the operators that can be imported.

Taken from the backend test data published with ONNX 1.12 (Debian package libonnx-testdata, data/node, Apache-2.0): every case of up to 3 kB
whose operators are all in the table of packages/serialize/src/onnx/operators. One case a line: its name, and the model, inputs and outputs as
base64. The cases of RNN, GRU and LSTM lie beside it as they were published, in node/. Needs onnx. Run from the repository root.
"""

import base64
import gzip
import json
import re
from pathlib import Path

import onnx

source = Path("/usr/share/libonnx-testdata/data/node")
target = Path("packages/serialize/fixtures/onnx/operator-cases.ndjson.gz")
table = " ".join(path.read_text() for path in Path("packages/serialize/src/onnx/operators").glob("*.ts"))
supported = set(re.findall(r"^  ([A-Z]\w*): ", table, re.M))

# What the importer refuses, or cannot hold.
refused = re.compile(
    "BFLOAT16|FLOAT16|STRING|training|pool_with|batch_dim1|identity_(opt|sequence)|scan_sum|window|multiply"
)


def operators(graph):
    for node in graph.node:
        yield node.op_type
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from operators(attribute.g)


def encoded(path):
    return base64.b64encode(path.read_bytes()).decode()


lines = []
for case in sorted(source.iterdir()):
    files = [path for path in case.rglob("*") if path.is_file()]
    if sum(path.stat().st_size for path in files) > 3000 or refused.search(case.name):
        continue
    model = onnx.load(case / "model.onnx")
    if not set(operators(model.graph)) <= supported:
        continue
    data = case / "test_data_set_0"
    tensors = lambda kind: [encoded(data / f"{kind}_{i}.pb") for i in range(len(list(data.glob(f"{kind}_*.pb"))))]
    case_ = {"name": case.name, "model": encoded(case / "model.onnx"), "inputs": tensors("input"), "outputs": tensors("output")}
    lines.append(json.dumps(case_))
with gzip.GzipFile(target, "wb", mtime=0) as file:
    file.write("\n".join(lines).encode())
print(len(lines), "cases of", len(supported), "operators")
