#!/bin/sh
# Writes packages/serialize/src/generated/onnx_pb.ts from onnx.proto of ONNX 1.23.2. Run from the repository root, with the
# folder of onnx.proto (the Python package onnx carries it), protoc and the npm package @bufbuild/protoc-gen-es at hand.
set -eu
protoc -I"$1" --plugin=protoc-gen-es="$(command -v protoc-gen-es)" \
  --es_out=packages/serialize/src/generated --es_opt=target=ts,import_extension=js onnx.proto
npx prettier --write packages/serialize/src/generated/onnx_pb.ts
