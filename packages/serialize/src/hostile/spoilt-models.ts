import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";

import { AttributeProtoSchema, ModelProtoSchema, TensorProtoSchema, type GraphProto } from "../generated/onnx_pb.js";

/** Numbers that no model needs much memory or time for. */
export const smallSizes: readonly bigint[] = [0n, -1n, 1n, 2n, 3n, 7n, -(2n ** 31n)];
/** Numbers as an attacker chooses them. */
export const hostileSizes: readonly bigint[] = [
  ...smallSizes,
  2n ** 20n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 62n,
  -(2n ** 63n),
];

/** ONNX models with one or two wrong fields in messages that are well-formed, so that what lies behind the first check is reached. */
export function spoiltModels(
  originals: readonly Uint8Array[],
  { sizes }: { readonly sizes: readonly bigint[] },
): fc.Arbitrary<Uint8Array> {
  const one = fc.record({
    field: fc.constantFrom(...fields),
    which: fc.nat({ max: 999 }),
    place: fc.nat({ max: 9 }),
    size: fc.constantFrom(...sizes),
  });
  return fc.tuple(fc.constantFrom(...originals), fc.array(one, { minLength: 1, maxLength: 2 })).map(([original, changes]) => {
    const model = fromBinary(ModelProtoSchema, original);
    if (model.graph !== undefined) for (const { field, ...choice } of changes) field(model.graph, choice);
    return toBinary(ModelProtoSchema, model);
  });
}

interface Choice {
  readonly which: number;
  readonly place: number;
  readonly size: bigint;
}

const pick = <T>(list: readonly T[], which: number): T | undefined => list[which % Math.max(1, list.length)];

const fields: readonly ((graph: GraphProto, choice: Choice) => void)[] = [
  function dims({ initializer }, { which, place, size }) {
    const tensor = pick(initializer, which);
    if (tensor !== undefined) tensor.dims.splice(place % (tensor.dims.length + 1), 1, size);
  },
  function elementType({ initializer }, { which, place }) {
    const tensor = pick(initializer, which);
    if (tensor !== undefined) tensor.dataType = place * 3;
  },
  function data({ initializer }, { which, place }) {
    const tensor = pick(initializer, which);
    if (tensor !== undefined) tensor.rawData = tensor.rawData.subarray(place);
  },
  function tensorName({ initializer }, { which }) {
    const tensor = pick(initializer, which);
    if (tensor !== undefined) tensor.name = "__proto__";
  },
  function noInitializer(graph, { which }) {
    graph.initializer.splice(which % Math.max(1, graph.initializer.length), 1);
  },
  function extraInteger(graph, { which, size }) {
    graph.initializer.push(create(TensorProtoSchema, { name: "extra", dataType: 7, dims: [1n], int64Data: [size] }));
    const node = pick(graph.node, which);
    node?.input.push("extra");
  },
  function operator({ node }, { which, place }) {
    const changed = pick(node, which);
    const other = pick(node, which + place);
    if (changed !== undefined) changed.opType = place === 0 ? "constructor" : (other?.opType ?? "");
  },
  function input({ node }, { which, place }) {
    const changed = pick(node, which);
    changed?.input.splice(place, 1, pick(node, which + place)?.output[0] ?? "");
  },
  function noInput({ node }, { which, place }) {
    pick(node, which)?.input.splice(place % 3, 1);
  },
  function output({ node }, { which, place }) {
    const changed = pick(node, which);
    changed?.output.splice(place % 3, 1, "__proto__");
  },
  function integer({ node }, { which, place, size }) {
    const attribute = pick(pick(node, which)?.attribute ?? [], place);
    if (attribute === undefined) return;
    attribute.i = size;
    attribute.ints.splice(place % 4, 1, size);
  },
  function attributeName({ node }, { which, place }) {
    const changed = pick(node, which);
    changed?.attribute.push(create(AttributeProtoSchema, { name: "axis", type: 2, i: BigInt(place) }));
  },
  function noAttribute({ node }, { which, place }) {
    pick(node, which)?.attribute.splice(place, 1);
  },
  function order({ node }, { which }) {
    const moved = node.splice(which % Math.max(1, node.length), 1);
    node.push(...moved);
  },
];
