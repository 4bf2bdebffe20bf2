import type { Interpreter, Tensor } from "@unroll/tensor";

import { checkTensor } from "./check-tensor.js";
import { below } from "./grad.js";
import type { PullbackContext } from "./node.js";
import { recording, rests } from "./recording.js";
import type { Tape } from "./tape.js";
import type { Variable } from "./variable.js";

/** What an operation gives: one tensor, or several. */
export type CustomOutput = Tensor | readonly Tensor[];

/** What a derivative may read. */
export interface CustomContext<O extends CustomOutput> extends PullbackContext {
  readonly inputs: readonly Tensor[];
  readonly output: O;
}

/**
 * An operation with a derivative of its own. `forward` runs on plain tensors (or is traced), `backward` in tensor methods; if those
 * differentiate, so does the operation, any number of times. Both are pure; what forward leaves to backward is an output more.
 *
 * @param forward - gives one tensor or several, from tensors alone.
 * @param backward - gives an array with the gradient of each input, from the cotangent of the output, which has the output's form;
 * undefined for none.
 * @param options - `name` for errors, default `"customVjp"`; `innerFrom`, the first of those outputs that the operation itself goes on
 * from, so that `backward` has to complete their gradients; none when left out.
 * @throws AutogradError `not-tensor` or `asynchronous` when `forward` gives no tensor, `mismatch` when `backward` gives other gradients.
 * @example
 * const clipGradient = customVjp((x) => x.copy(), (g) => [g.maximum(-1).minimum(1)]);
 */
export function customVjp<O extends CustomOutput>(
  forward: (...inputs: Tensor[]) => O,
  backward: (cotangent: O, context: CustomContext<O>) => readonly (Tensor | undefined)[],
  { name = "customVjp", innerFrom = Infinity }: { readonly name?: string; readonly innerFrom?: number } = {},
): (...inputs: Tensor[]) => O {
  const call = (...inputs: Tensor[]): O => {
    const tape = topTape(inputs);
    if (tape === undefined) {
      const made = forward(...inputs);
      for (const x of Array.isArray(made) ? made : [made]) checkTensor(name, x);
      return made;
    }
    const values = inputs.map((input) => below(input, tape));
    const output = call(...values);
    if (rests(recording(), tape.level)) {
      for (const input of inputs) if (input.interpreter === tape) recording().capture?.add(input as Variable);
      return output;
    }
    const single = !Array.isArray(output);
    const outputs = tape.record({
      name,
      inputs,
      outputs: single ? [output as Tensor] : (output as readonly Tensor[]),
      innerFrom,
      pullback: (cotangents, context) =>
        backward((single ? cotangents[0] : cotangents) as O, { inputs: values, output, ...context }),
    });
    return (single ? outputs[0] : outputs) as O;
  };
  return call;
}

// Tracers above or between run the forward function itself.
function topTape(inputs: readonly Tensor[]): Tape | undefined {
  let top: Interpreter | undefined;
  for (const { interpreter } of inputs) if (interpreter.level > (top?.level ?? 0)) top = interpreter;
  return top?.name === "tape" ? (top as Tape) : undefined;
}
