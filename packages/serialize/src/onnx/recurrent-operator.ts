import { gruCell, lstmCell, rnnCell, type Bias, type Cell, type CellState, type Track } from "@unroll/cells";
import { Tensor } from "@unroll/tensor";

import type { NodeAttributes } from "./recorded-graph.js";
import { floatAttribute, floatsAttribute, textsAttribute } from "./attributes.js";
import type { Trace } from "./trace.js";

/** A recurrent operator of ONNX whose equations are those of a cell. */
export interface RecurrentOperator {
  readonly opType: "RNN" | "GRU" | "LSTM";
  /** The cell's gates in the order of its rows. */
  readonly gates: readonly string[];
  /** The operator's gates in the order of its rows; it may have some that the cell does not. */
  readonly rows: readonly string[];
  /** The cell's gates whose rows the operator has with the other sign: 1 - sigmoid(x) is sigmoid(-x). */
  readonly negated: readonly string[];
  /** The cell's peepholes in the operator's order, or none. */
  readonly peepholes: readonly string[];
  readonly attributes: NodeAttributes;
}

type Step = (x: Tensor, state: CellState) => { readonly output: Tensor; readonly state: CellState };

/**
 * The operator that computes what one track computes: the one whose equations, written as a cell with the parameters of this one, have the
 * graph of this one's step, node for node.
 *
 * @param step - The track's step, its parameters already in place.
 * @returns undefined where there is no such operator.
 */
export function recurrentOperatorOf(trace: Trace, track: Track, step: Step): RecurrentOperator | undefined {
  const { place, parameters } = track;
  const own = stepGraph(trace, track, step);
  for (const gateClip of [undefined, ...own.scalars]) {
    for (const { cell, ...operator } of operators(biasOf(parameters.keys()), gateClip)) {
      const wanted = Object.entries(cell.parameters(place));
      const fits =
        wanted.length === parameters.size &&
        wanted.every(([name, { shape }]) => parameters.get(name)?.shape.join() === shape.join()) &&
        cell.state.length === track.cell.state.length;
      if (!fits) continue;
      const values = Object.fromEntries([...parameters].map(([name, { value }]) => [name, value]));
      if (stepGraph(trace, { cell, place }, (x, state) => cell.step(values, x, state)).text === own.text) {
        return { ...operator, gates: cell.gates };
      }
    }
  }
  return undefined;
}

interface OperatorCell extends Omit<RecurrentOperator, "gates"> {
  /** The operator's equations. */
  readonly cell: Cell;
}

// Affine is alpha * x + beta.
const rnnActivations = [
  { activation: "tanh", name: "Tanh", constants: [] },
  { activation: "relu", name: "Relu", constants: [] },
  { activation: "linear", name: "Affine", constants: [1, 0] },
] as const;

const gateActivations = [
  { gateActivation: "sigmoid", activation: "Sigmoid", constants: [] },
  { gateActivation: "hardSigmoidTfjs", activation: "HardSigmoid", constants: [0.2, 0.5] },
  { gateActivation: "hardSigmoidKeras", activation: "HardSigmoid", constants: [1 / 6, 0.5] },
] as const;

// Every cell that is one of ONNX's operators, by the options that the operators have attributes for.
function* operators(bias: Bias, gateClip: number | undefined): Iterable<OperatorCell> {
  const plain = { negated: [], peepholes: [] };
  if (gateClip === undefined) {
    for (const { activation, name, constants } of rnnActivations) {
      yield {
        ...plain,
        opType: "RNN",
        cell: rnnCell({ activation, bias }),
        rows: ["h"],
        attributes: activationAttributes([name], constants),
      };
    }
  }
  const clip = gateClip === undefined ? {} : { clip: floatAttribute("clip", gateClip) };
  const clipped = gateClip === undefined ? {} : { gateClip };
  for (const { gateActivation, activation, constants } of gateActivations) {
    const activations = (...names: string[]): NodeAttributes => ({
      ...activationAttributes([activation, ...names], constants),
      ...clip,
    });
    for (const resetAfter of [true, false]) {
      for (const updateGate of ["keep", "replace"] as const) {
        yield {
          opType: "GRU",
          cell: gruCell({ resetAfter, updateGate, gateActivation, bias, ...clipped }),
          rows: ["z", "r", "n"],
          negated: updateGate === "keep" ? [] : ["z"],
          peepholes: [],
          attributes: { ...activations("Tanh"), linear_before_reset: Number(resetAfter) },
        };
      }
    }
    for (const peephole of [false, "diagonal"] as const) {
      for (const coupled of [false, true]) {
        yield {
          ...plain,
          opType: "LSTM",
          cell: lstmCell({ peephole, coupled, gateActivation, bias, ...clipped }),
          rows: ["i", "o", "f", "g"],
          peepholes: peephole === false ? [] : ["weightCi", "weightCo", "weightCf"],
          attributes: { ...activations("Tanh", "Tanh"), ...(coupled && { input_forget: 1 }) },
        };
      }
    }
  }
}

// Names of activations, and the constants of the one that has some.
function activationAttributes(names: readonly string[], [alpha, beta]: readonly number[]): NodeAttributes {
  return {
    activations: textsAttribute("activations", names),
    ...(alpha !== undefined && { activation_alpha: floatsAttribute("activation_alpha", [alpha]) }),
    ...(beta !== undefined && { activation_beta: floatsAttribute("activation_beta", [beta]) }),
  };
}

function biasOf(names: Iterable<string>): Bias {
  const all = [...names];
  if (!all.includes("biasIh")) return "none";
  return all.includes("biasHh") ? "double" : "single";
}

// A step's graph as text, in which equal computations are equal in whatever order they were written, and the positive scalars in it.
function stepGraph(
  trace: Trace,
  { cell, place }: Pick<Track, "cell" | "place">,
  step: Step,
): { readonly text: string; readonly scalars: readonly number[] } {
  return trace.inside((graph) => {
    const input = (name: string, width: number): Tensor =>
      trace.tensor({ shape: [2, width], dtype: "float32" }, `of step: ${name}`);
    const sizes = cell.stateSizes(place);
    const state = Object.fromEntries(cell.state.map((name, index) => [name, input(`state ${index}`, sizes[name] as number)]));
    const next = step(input("x", place.inputSize), state);
    const results = [next.output, ...cell.state.map((name) => next.state[name] as Tensor)].map((result) => trace.nameOf(result));
    const scalars = new Set<number>();
    const givers = new Map(graph.recorded(results).flatMap((node) => node.outputs.map((name) => [name, node] as const)));
    const lines = new Map<string, number>();
    const shown = (name: string): string => {
      const node = givers.get(name);
      if (node === undefined) return constant(name);
      const line = `${node.opType}(${node.inputs.map(shown).join("; ")}) ${JSON.stringify(node.attributes)}`;
      if (!lines.has(line)) lines.set(line, lines.size);
      return `%${lines.get(line)}.${node.outputs.indexOf(name)}`;
    };
    const constant = (name: string): string => {
      const held = graph.constants.get(name);
      if (held === undefined) return name;
      if (!Tensor.isTensor(held)) return held.integers.join();
      if (held.rank > 0) return name;
      if (held.item() > 0) scalars.add(held.item());
      return String(held.item());
    };
    const shownResults = results.map(shown);
    return { text: [...lines.keys(), ...shownResults].join("\n"), scalars: [...scalars] };
  });
}
