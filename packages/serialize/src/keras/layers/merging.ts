import { concat, onesLike, type Tensor } from "@unroll/tensor";

import type { Flow, KerasLayer, LayerBuilder } from "../layer.js";
import type { LayerConfig } from "../layer-config.js";

/** Add, Multiply, Maximum, Minimum, Average and Subtract: element by element, broadcast. */
export function elementwiseLayer(
  join: (a: Tensor, b: Tensor) => Tensor,
  { mean = false }: { readonly mean?: boolean } = {},
): LayerBuilder {
  return (config) => ({
    run(inputs) {
      const [first, ...others] = several(inputs, config);
      const joined = others.reduce((sum, { value }) => join(sum, value), (first as Flow).value);
      return { outputs: [{ value: mean ? joined.div(inputs.length) : joined, mask: eitherMask(inputs) }] };
    },
  });
}

/** Concatenate along any axis but the batch. */
export function concatenateLayer(config: LayerConfig): KerasLayer {
  const [axis = -1] = config.integers("axis", [-1]);
  return {
    run(inputs) {
      const value = concat(
        several(inputs, config).map((input) => input.value),
        { axis },
      );
      const lastAxis = axis === -1 || axis === value.rank - 1;
      return { outputs: [{ value, mask: lastAxis ? eitherMask(inputs) : joinedMasks(inputs, { axis, config }) }] };
    },
  };
}

function several(inputs: readonly Flow[], config: LayerConfig): readonly Flow[] {
  return inputs.length > 1 ? inputs : config.refuse("joins several inputs, got one", "check how the layers are connected");
}

// A step is real where any input says so; an input without mask says so of all.
function eitherMask(inputs: readonly Flow[]): Tensor | undefined {
  const masks = inputs.map(({ mask }) => mask);
  return masks.every((mask) => mask !== undefined) ? masks.reduce((a, b) => a.logicalOr(b)) : undefined;
}

// Along time: one mask after the other; all steps of an input without mask are real.
function joinedMasks(
  inputs: readonly Flow[],
  { axis, config }: { readonly axis: number; readonly config: LayerConfig },
): Tensor | undefined {
  if (inputs.every(({ mask }) => mask === undefined)) return undefined;
  if (axis !== 1)
    return config.refuse(`joins masked inputs along axis ${axis}, which is not supported`, "join along time or features");
  const masks = inputs.map(
    ({ value, mask }) => mask ?? onesLike(value.slice({ axis: 2, start: 0, stop: 1 }).squeeze({ axis: 2 })).cast("bool"),
  );
  return concat(masks, { axis: 1 });
}
