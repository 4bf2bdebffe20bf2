import { fromTypedArray, type Generator } from "@unroll/tensor";

import { checkCount } from "../checks/check-count.js";
import { checkGenerator } from "../checks/check-generator.js";
import { checkText } from "../checks/check-text.js";
import { checkWord } from "../checks/check-word.js";
import { given } from "../checks/given.js";
import { fail } from "../error.js";
import { checkTask, type TaskBatch, type TaskOptions } from "./task-batch.js";

/** Symbols of the Reber grammars by id. */
export const reberSymbols = "BTPSXVE";

interface Machine {
  /** Per state, the symbols that may come and where each leads. */
  readonly states: readonly Readonly<Record<string, number>>[];
  /** Where a string ends. */
  readonly end: number;
}

// A. S. Reber, "Implicit learning of artificial grammars", 1967: B, then five states with two ways each, then E.
const simple: Machine = {
  states: [{ B: 1 }, { T: 2, P: 3 }, { S: 2, X: 4 }, { T: 3, V: 5 }, { X: 3, S: 6 }, { P: 4, V: 6 }, { E: 7 }, {}],
  end: 7,
};

// B, T or P, a simple Reber string, the same T or P again, E: the second symbol must be remembered to the last but one.
const embedded: Machine = /* @__PURE__ */ embed();

function embed(): Machine {
  const size = simple.states.length;
  const copy = (offset: number): Readonly<Record<string, number>>[] =>
    simple.states.map((ways) => Object.fromEntries(Object.entries(ways).map(([symbol, to]) => [symbol, to + offset])));
  const [afterT, afterP] = [copy(2), copy(2 + size)];
  const last = 2 + 2 * size;
  afterT[simple.end] = { T: last };
  afterP[simple.end] = { P: last };
  return { states: [{ B: 1 }, { T: 2, P: 2 + size }, ...afterT, ...afterP, { E: last + 1 }, {}], end: last + 1 };
}

/** Which grammar: the plain one, or the one that wraps it in a symbol to be remembered. */
export type ReberGrammar = "simple" | "embedded";

function machineOf(operation: string, options: { readonly grammar: ReberGrammar }): Machine {
  const { grammar } = given(options);
  checkWord(operation, "grammar", grammar, ["simple", "embedded"]);
  return grammar === "simple" ? simple : embedded;
}

/**
 * A random Reber string, each of two ways taken with probability 1/2, such as `BTXSE` or embedded `BTBTXSETE`.
 *
 * Source: S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997, experiment 1, after
 * Reber 1967, Cleeremans et al. 1989 and Fahlman 1991.
 */
export function reberString(options: { readonly generator: Generator; readonly grammar: ReberGrammar }): string {
  const machine = machineOf("reberString", options);
  const { generator } = options;
  checkGenerator("reberString", generator);
  let text = "";
  for (let state = 0; state !== machine.end;) {
    const ways = Object.keys(machine.states[state] ?? {});
    const symbol = ways[ways.length === 1 ? 0 : generator.integer(ways.length)] as string;
    text += symbol;
    state = machine.states[state]?.[symbol] as number;
  }
  return text;
}

/**
 * The symbols that may follow each prefix of a string: element t holds those after `text[0..t]`, empty after a whole string.
 *
 * @throws DataError `format` naming the first symbol that the grammar does not allow.
 */
export function reberSuccessors(text: string, options: { readonly grammar: ReberGrammar }): string[] {
  const machine = machineOf("reberSuccessors", options);
  checkText("reberSuccessors", text);
  let state = 0;
  return [...text].map((symbol, position) => {
    const next = machine.states[state]?.[symbol];
    if (next === undefined) {
      const allowed = Object.keys(machine.states[state] ?? {}).join(" or ") || "no symbol";
      fail("format", `reberSuccessors: the ${options.grammar} grammar allows ${allowed} at position ${position}, got ${symbol}`);
    }
    state = next;
    return Object.keys(machine.states[state] ?? {}).join("");
  });
}

/**
 * Predict what may come next in Reber strings. Inputs are int32 `[batch, time]` with ids into {@link reberSymbols},
 * targets float32 `[batch, time, 7]` with 1 for each symbol that may follow. The last symbol of a string is only a
 * target, so a row has one step less than its string has symbols. A string counts as learned when at every step the
 * legal symbols have the largest outputs.
 */
export function reberBatch(options: TaskOptions & { readonly grammar: ReberGrammar }): TaskBatch {
  checkTask("reberBatch", options);
  const { batchSize, generator, grammar } = options;
  const strings = Array.from({ length: batchSize }, () => reberString({ generator, grammar }));
  const lengths = Int32Array.from(strings, (text) => text.length - 1);
  const time = lengths.reduce((longest, steps) => Math.max(longest, steps), 0);
  const inputs = new Int32Array(batchSize * time);
  const targets = new Float32Array(batchSize * time * reberSymbols.length);
  strings.forEach((text, row) => {
    writeSteps(text.slice(0, -1), reberSuccessors(text, { grammar }), inputs, targets, row * time);
  });
  return {
    inputs: fromTypedArray(inputs, [batchSize, time]),
    targets: fromTypedArray(targets, [batchSize, time, reberSymbols.length]),
    lengths,
  };
}

/**
 * The continual task: embedded Reber strings one after another, without a sign to reset the state where one ends.
 * After the last E of a string only B may follow. Shapes as in {@link reberBatch}, with `length` steps in every row.
 *
 * Source: F. A. Gers, J. Schmidhuber and F. Cummins, "Learning to forget: continual prediction with LSTM", Neural
 * Computation 12(10), 2000.
 */
export function continualReberBatch(options: TaskOptions & { readonly length: number }): TaskBatch {
  checkTask("continualReberBatch", options);
  const { batchSize, generator, length } = options;
  checkCount("continualReberBatch", "length", length);
  const inputs = new Int32Array(batchSize * length);
  const targets = new Float32Array(batchSize * length * reberSymbols.length);
  for (let row = 0; row < batchSize; row++) {
    for (let step = 0; step < length;) {
      const text = reberString({ generator, grammar: "embedded" });
      const successors = reberSuccessors(text, { grammar: "embedded" }).map((symbols) => symbols || "B");
      writeSteps(text.slice(0, length - step), successors, inputs, targets, row * length + step);
      step += text.length;
    }
  }
  return {
    inputs: fromTypedArray(inputs, [batchSize, length]),
    targets: fromTypedArray(targets, [batchSize, length, reberSymbols.length]),
    lengths: new Int32Array(batchSize).fill(length),
  };
}

function writeSteps(text: string, successors: readonly string[], inputs: Int32Array, targets: Float32Array, start: number): void {
  for (let step = 0; step < text.length; step++) {
    inputs[start + step] = reberSymbols.indexOf(text[step] as string);
    for (const symbol of successors[step] as string) {
      targets[(start + step) * reberSymbols.length + reberSymbols.indexOf(symbol)] = 1;
    }
  }
}
