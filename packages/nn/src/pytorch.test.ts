import { valueAndGrad } from "@unroll/autograd";
import { fromTypedArray, tensor, type DType, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import layers from "../fixtures/layers.json" with { type: "json" };
import losses from "../fixtures/losses.json" with { type: "json" };
import {
  AdditiveAttention,
  binaryCrossEntropy,
  Conv1d,
  crossEntropy,
  ctcLoss,
  dotAttention,
  Embedding,
  gaussianNegativeLogLikelihood,
  huber,
  LayerNorm,
  Linear,
  meanAbsoluteError,
  meanSquaredError,
  MixerBlock,
  Module,
  negativeLogLikelihood,
  quantileLoss,
  TcnBlock,
  withBoundParameters,
} from "./index.js";

interface Values {
  readonly shape: readonly number[];
  readonly data: readonly (number | null)[];
}
type Named<T> = Readonly<Record<string, T>>;
interface Case {
  readonly name: string;
  readonly options: Named<unknown>;
  readonly inputs: Named<Values>;
  readonly constants: Named<Values>;
  readonly cotangent: Values;
  readonly float32: { readonly output: Values; readonly gradients: Named<Values> };
  readonly float64: { readonly output: Values; readonly gradients: Named<Values> };
}

const tolerances = { float32: { relative: 1.3e-6, absolute: 1e-5 }, float64: { relative: 1e-7, absolute: 1e-7 } };
const read = ({ shape, data }: Values, dtype: DType): Tensor =>
  fromTypedArray(Float64Array.from(data, Number), shape).cast(dtype);
const integers = (values: Values | undefined): Int32Array => Int32Array.from(values?.data ?? [], Number);

// A module, the names of its inputs that are not parameters, and how it is called.
interface Layer {
  readonly module: Module;
  readonly forward: (given: Named<Tensor>, constants: Named<Tensor>) => Tensor;
}

class Tied extends Module {
  embedding = new Embedding(5, 3);
  head = new Linear(3, 5, { weight: this.embedding.weight });

  override *parts(): Iterable<readonly [string, unknown]> {
    yield ["weight", this.embedding.weight];
    yield ["bias", this.head.bias];
  }

  forward(indices: Tensor): Tensor {
    return this.head.forward(this.embedding.forward(indices).tanh());
  }
}

class Nothing extends Module {}

const at = (given: Named<Tensor>, name: string): Tensor => given[name] as Tensor;
const mask = (constants: Named<Tensor>): { mask: Tensor | undefined } => ({ mask: constants.mask?.cast("bool") });
const onX = (module: Module & { forward(x: Tensor): Tensor }): Layer => ({
  module,
  forward: (given) => module.forward(at(given, "x")),
});
const onIndices = (module: Module & { forward(x: Tensor): Tensor }): Layer => ({
  module,
  forward: (_, constants) => module.forward(at(constants, "indices").cast("int32")),
});

const makeLayer: Named<(options: never) => Layer> = {
  linear: () => onX(new Linear(3, 4)),
  embedding: (options: { paddingIndex?: number }) => onIndices(new Embedding(5, 3, options)),
  tied: () => onIndices(new Tied()),
  layerNorm: () => onX(new LayerNorm(3)),
  conv1d: (options: ConstructorParameters<typeof Conv1d>[0]) => onX(new Conv1d(options)),
  tcnBlock: (options: ConstructorParameters<typeof TcnBlock>[0]) => onX(new TcnBlock(options)),
  mixerBlock: (options: ConstructorParameters<typeof MixerBlock>[0]) => onX(new MixerBlock(options)),
  dotAttention: () => ({
    module: new Nothing(),
    forward: (given, constants) => dotAttention(at(given, "query"), at(given, "key"), at(given, "value"), mask(constants)).output,
  }),
  additiveAttention: (options: ConstructorParameters<typeof AdditiveAttention>[0]) => {
    const module = new AdditiveAttention(options);
    return {
      module,
      forward: (given, constants) => module.forward(at(given, "q"), at(given, "k"), at(given, "v"), mask(constants)).output,
    };
  },
};

type LossCall = (given: Named<Tensor>, constants: Named<Tensor>, options: never) => Tensor;
const withTargets =
  (name: string, loss: (x: Tensor, targets: Tensor, options: never) => Tensor, dtype?: DType): LossCall =>
  (given, constants, options) => {
    const targets = given.targets ?? at(constants, "targets");
    return loss(at(given, name), dtype === undefined ? targets : targets.cast(dtype), options);
  };
const callLoss: Named<LossCall> = {
  crossEntropy: withTargets("logits", crossEntropy, "int32"),
  negativeLogLikelihood: withTargets("logits", negativeLogLikelihood, "int32"),
  binaryCrossEntropy: withTargets("logits", binaryCrossEntropy, "bool"),
  meanSquaredError: withTargets("predictions", meanSquaredError),
  meanAbsoluteError: withTargets("predictions", meanAbsoluteError),
  huber: withTargets("predictions", huber),
  quantileLoss: withTargets("predictions", quantileLoss),
  gaussianNegativeLogLikelihood: (given, _, options) =>
    gaussianNegativeLogLikelihood(at(given, "means"), at(given, "logVariances"), at(given, "targets"), options),
};

function compare(actual: Tensor, expected: Values, dtype: keyof typeof tolerances, what: string): void {
  expect(actual.shape, what).toEqual(expected.shape);
  expect(actual.dtype, what).toBe(dtype);
  const { relative, absolute } = tolerances[dtype];
  actual.toTypedArray().forEach((value, index) => {
    const wanted = Number(expected.data[index]);
    const within = Math.abs(value - wanted) <= absolute + relative * Math.abs(wanted);
    expect(within, `${what}[${index}]: got ${value}, PyTorch gives ${wanted}`).toBe(true);
  });
}

function check(
  entry: Case,
  dtype: keyof typeof tolerances,
  call: (given: Named<Tensor>, constants: Named<Tensor>) => Tensor,
): void {
  const names = Object.keys(entry.inputs);
  const inputs = names.map((name) => read(entry.inputs[name] as Values, dtype));
  const constants = Object.fromEntries(Object.entries(entry.constants).map(([name, value]) => [name, read(value, dtype)]));
  const given = (tensors: readonly Tensor[]): Named<Tensor> =>
    Object.fromEntries(names.map((name, index) => [name, tensors[index] as Tensor]));
  compare(call(given(inputs), constants), entry[dtype].output, dtype, "output");
  const weighted = (...tensors: Tensor[]): Tensor => call(given(tensors), constants).mul(read(entry.cotangent, dtype)).sum();
  const { gradients } = valueAndGrad(weighted)(...inputs);
  names.forEach((name, index) =>
    compare(gradients[index] as Tensor, entry[dtype].gradients[name] as Values, dtype, `gradient of ${name}`),
  );
}

const dtypes = ["float32", "float64"] as const;
const titled = (cases: readonly Case[]): [string, Case][] =>
  cases.map((entry) => [`${entry.name} ${JSON.stringify(entry.options)} ${Object.keys(entry.constants).join(" ")}`, entry]);

describe.each(dtypes)("PyTorch, %s", (dtype) => {
  it.each(titled(layers.cases as unknown as Case[]))("%s", (_, entry) => {
    const { module, forward } = (makeLayer[entry.name] as (options: unknown) => Layer)(entry.options);
    const parameters = module.parameters();
    for (const name of parameters.keys()) expect(entry.inputs).toHaveProperty([name]);
    check(entry, dtype, (given, constants) => {
      const stands = [...parameters.keys()].map((name) => given[name]);
      return withBoundParameters(parameters.values(), stands, () => forward(given, constants));
    });
  });

  it.each(titled(losses.cases as unknown as Case[]))("%s", (_, entry) => {
    check(entry, dtype, (given, constants) => {
      const { weights } = constants;
      const options = { ...entry.options, ...mask(constants), weights };
      if (entry.name !== "ctc") return (callLoss[entry.name] as (...all: unknown[]) => Tensor)(given, constants, options);
      return ctcLoss(at(given, "logits"), at(constants, "targets").cast("int32"), {
        ...entry.options,
        inputLengths: integers(entry.constants.inputLengths),
        targetLengths: integers(entry.constants.targetLengths),
      });
    });
  });
});

it("fails when the blocks of a fixture are swapped", () => {
  const entry = (layers.cases as unknown as Case[]).find(({ name }) => name === "linear") as Case;
  const module = new Linear(3, 4);
  expect(() =>
    check(entry, "float64", (given) => {
      module.weight.bind(at(given, "weight").take(tensor([1, 0, 2, 3], { dtype: "int32" }), { axis: 0 }));
      module.bias?.bind(given.bias);
      return module.forward(at(given, "x"));
    }),
  ).toThrow(/PyTorch gives/);
});
