import { createGenerator, tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { seriesFromCsv, seriesFromCsvStream } from "../csv.js";
import * as data from "../index.js";
import { DataError } from "../index.js";

// What plain JavaScript passes: the same functions without their types.
const {
  accuracy,
  addingBatch,
  backtest,
  bitsPerCharacter,
  bucketByLength,
  charVocabulary,
  confusionMatrix,
  contiguousBatches,
  copyBatch,
  countingBatch,
  documentBatches,
  fillMissing,
  fitScaler,
  holtWinters,
  linearAutoregression,
  meanAbsoluteError,
  meanAbsoluteScaledError,
  mackeyGlassSignal,
  naive,
  ngramModel,
  oneHot,
  padSequences,
  periodicFunctionBatch,
  perplexity,
  pinballLoss,
  randomSignal,
  reberString,
  resample,
  seasonalDifference,
  seasonalNaive,
  seriesFromColumns,
  seriesFromRows,
  shuffledOrder,
  splitByPosition,
  standard,
  temporalOrderBatch,
  trainOnAll,
  windowBatch,
  windowBatches,
  windows,
  wordVocabulary,
} = data as unknown as Record<string, (...values: unknown[]) => Loose>;
interface Loose extends Iterable<unknown> {
  readonly [name: string]: (...values: unknown[]) => Loose;
}

const y = Array.from({ length: 60 }, (_, t) => t + (t % 7) + 1);
const times = y.map((_, t) => Date.UTC(2020, 0, 1 + t));
const series = seriesFromColumns!({ y }, { times });
const source = windows!(series, { length: 5, horizon: 2 });
const ids = Int32Array.from({ length: 100 }, (_, t) => t % 7);
const generator = createGenerator(1);
const words = charVocabulary!("ab");

describe("an unknown word is refused with those that there are", () => {
  it.each<[string, () => unknown, string]>([
    [
      "aggregate",
      () => resample!(series, { step: "week", aggregate: "avg" }),
      'resample: aggregate must be "mean", "sum", "first", "last", "min" or "max", got "avg"',
    ],
    [
      "step",
      () => resample!(series, { step: "days" }),
      'resample: step must be "minute", "hour", "day", "week", "month", "quarter" or "year", got "days"',
    ],
    ["step named like a method", () => resample!(series, { step: "toString" }), 'got "toString"'],
    ["unit", () => resample!(series, { step: { unit: "days", step: 1 } }), 'unit of step must be "millisecond" or "month"'],
    ["scale of a batch", () => windowBatch!(source, [0], { scale: "Standard" }), 'scale must be "standard" or "last"'],
    ["scale of batches", () => windowBatches!(source, { batchSize: 2, scale: "foo" }), 'windowBatches: scale must be "standard"'],
    [
      "calendar",
      () => windows!(series, { length: 3, calendar: ["dayofweek"] }),
      'windows: calendar must be "hourOfDay", "dayOfWeek", "dayOfMonth", "dayOfYear" or "monthOfYear", got "dayofweek"',
    ],
    ["missing of windows", () => windows!(series, { length: 3, missing: "drop" }), 'missing must be "error", "skip" or "mask"'],
    ["irregular", () => windows!(series, { length: 3, irregular: "ok" }), 'irregular must be "error" or "accept"'],
    [
      "duplicates",
      () => seriesFromColumns!({ y: [1, 2] }, { times: [1, 1], duplicates: "avg" }),
      'seriesFromColumns: duplicates must be "error", "first", "last" or "mean", got "avg"',
    ],
    ["order", () => seriesFromColumns!({ y: [1, 2] }, { order: "ascending" }), 'order must be "strict" or "sort"'],
    [
      "missing, where a value is",
      () => seriesFromColumns!({ y: [1, NaN] }, { missing: "ffill" }),
      'fillMissing: rule must be "error", "drop", "forwardFill", "interpolate" or "mask", got "ffill"',
    ],
    ["missing, where none is", () => fillMissing!(series, "foo"), 'got "foo"'],
    ["missing of a column", () => fillMissing!(series, { y: "linear" }), 'got "linear"'],
    ["no rule", () => fillMissing!(series), "fillMissing: rule must be"],
    ["type of a column", () => seriesFromRows!([{ y: 1 }], { columns: { y: "numeric" } }), 'type must be "number", "boolean" or'],
    ["kind of backtest", () => backtest!(series, { initial: 30, horizon: 5, kind: "roll" }), 'kind must be "expanding" or'],
    ["kind of season", () => holtWinters!({ season: 7, kind: "mul" }), 'kind must be "additive" or "multiplicative"'],
    [
      "protocol",
      () => addingBatch!({ batchSize: 1, length: 30, generator, protocol: "le" }),
      'protocol must be "hochreiter1997"',
    ],
    ["language", () => countingBatch!({ batchSize: 1, generator, language: "ab" }), 'language must be "anbn" or "anbncn"'],
    ["variant", () => temporalOrderBatch!({ batchSize: 1, generator, variant: "6c" }), 'variant must be "6a" or "6b"'],
    ["grammar", () => reberString!({ generator, grammar: "full" }), 'grammar must be "simple" or "embedded"'],
    [
      "shape",
      () => periodicFunctionBatch!({ batchSize: 1, length: 9, period: 3, shape: "sine" }),
      'shape must be "cosine", "triangle" or "rectangle", got "sine"',
    ],
    ["unit of characters", () => charVocabulary!("x", { unit: "word" }), 'unit must be "codePoint" or "grapheme", got "word"'],
  ])("%s", (_, run, message) => refused(run, message));
});

describe("an input of another kind is refused by a DataError", () => {
  it.each<[string, () => unknown, string]>([
    ["a vocabulary of nothing", () => charVocabulary!(), "charVocabulary: needs a text, or { characters } as texts, got none"],
    ["a vocabulary of a number", () => charVocabulary!(5), "got 5"],
    ["a vocabulary of graphemes of nothing", () => charVocabulary!(undefined, { unit: "grapheme" }), "got none"],
    ["a vocabulary of words of nothing", () => wordVocabulary!(null), "wordVocabulary: needs a text, or { words } as a list"],
    ["encode of nothing", () => words.encode!(undefined), "encode: needs a text, got none"],
    ["encode of bytes", () => words.encode!(new Uint8Array(2)), 'got an instance of Uint8Array; read the file as "utf8"'],
    ["encode of nothing, graphemes", () => charVocabulary!("ab", { unit: "grapheme" }).encode!(), "encode: needs a text"],
    ["encode of nothing, words", () => wordVocabulary!("ab").encode!(), "encode: needs a text, got none"],
    ["decode of nothing", () => words.decode!(), "decode: ids must be an array or another iterable, got none"],
    ["decode of a tensor", () => words.decode!(tensor([1, 0])), "got a tensor of [2]; pass its toTypedArray()"],
    ["decode of a tensor, words", () => wordVocabulary!("ab").decode!(tensor([1])), "pass its toTypedArray()"],
    [
      "batches of a text",
      () => contiguousBatches!("text", sizes),
      'source must be an Int32Array, as encode makes it of a text, or an array of several, got "text"',
    ],
    ["batches of numbers", () => contiguousBatches!([1, 2, 3], sizes), "or an array of ids per document, got numbers"],
    ["batches of bytes", () => contiguousBatches!(new Uint8Array(9), sizes), "pass Int32Array.from(ids)"],
    [
      "batches of fractions",
      () => contiguousBatches!([[0, 0.5, 1, 2]], sizes),
      "document 1 at position 1 must be a whole number, got 0.5",
    ],
    [
      "batches without sizes",
      () => contiguousBatches!(ids),
      "contiguousBatches: batchSize must be a whole number of at least 1, got none",
    ],
    [
      "documents of fractions",
      () => documentBatches!([[1, 2.5]], sizes),
      "document 1 at position 1 must be a whole number, got 2.5",
    ],
    [
      "a split of a text",
      () => splitByPosition!("hello", [0.5, 0.5]),
      'splitByPosition: ids must be ids, as encode makes them of a text, got "hello"',
    ],
    ["a split without shares", () => splitByPosition!(ids), "splitByPosition: fractions must be an array, got none"],
    [
      "a model of fractions",
      () => ngramModel!(Array(90).fill(0.5), { vocabularySize: 3 }),
      "train at position 0 must be a whole number, got 0.5",
    ],
    ["padding of nothing", () => padSequences!(), "padSequences: sequences must be an array, got none"],
    ["padding of null", () => padSequences!([null]), "padSequences: sequence 1 must be an array, got null"],
    ["padding of fractions", () => padSequences!([[1], [0.5]]), "sequence 2 at position 0 must be a whole number, got 0.5"],
    [
      "padding of both kinds",
      () => padSequences!([Int32Array.of(1), Float32Array.of(0.5)]),
      "sequence 2 at position 0 must be a whole number",
    ],
    [
      "buckets of lists",
      () => bucketByLength!([[1], [1, 2]], { batchSize: 1 }),
      "lengths at position 0 must be a number, got an instance of Array",
    ],
    ["windows without options", () => windows!(series), "windows: length must be a whole number of at least 1, got none"],
    ["windows of numbers", () => windows!(y, { length: 3 }), "windows: needs a series, got an instance of Array; make one with"],
    ["windows with a scale", () => windows!(series, { length: 3, scale: "last" }), "pass it to windowBatches or windowBatch"],
    ["features as a text", () => windows!(series, { length: 3, features: "y" }), 'windows: features must be an array, got "y"'],
    [
      "batches without windows",
      () => windowBatches!(undefined, sizes),
      "windowBatches: source must be an object such as windows(",
    ],
    [
      "shuffle: true",
      () => windowBatches!(source, { batchSize: 2, shuffle: true }),
      "shuffle must be an object such as { seed: 1 }, got true",
    ],
    ["shuffle: {}", () => windowBatches!(source, { batchSize: 2, shuffle: {} }), "shuffledOrder: seed must be a whole number"],
    ["an order without a seed", () => shuffledOrder!(5), "shuffledOrder: seed must be a whole number, got none"],
    [
      "adding without a generator",
      () => addingBatch!({ batchSize: 2, length: 30 }),
      "needs a generator, got none; pass createGenerator(seed)",
    ],
    ["copying without options", () => copyBatch!(), "copyBatch: batchSize must be a whole number of at least 1, got none"],
    ["a signal without a generator", () => randomSignal!({ length: 5 }), "randomSignal: needs a generator"],
    [
      "a signal without options",
      () => mackeyGlassSignal!(),
      "mackeyGlassSignal: length must be a whole number of at least 1, got none",
    ],
    ["no columns", () => seriesFromColumns!(), "seriesFromColumns: needs at least one column, got none"],
    ["a column of bigint", () => seriesFromColumns!({ a: [1n] }), "values must be finite numbers, got 1n in row 1 of a"],
    ["a column of texts", () => seriesFromColumns!({ a: [1, "2"] }), 'got "2" in row 2 of a; convert it, or give null where'],
    ["a column that is a number", () => seriesFromColumns!({ a: 5 }), "seriesFromColumns: a must be an array, got 5"],
    ["a column that is a tensor", () => seriesFromColumns!({ a: tensor([1]) }), "got a tensor of [1]; pass its toTypedArray()"],
    ["rows of nothing", () => seriesFromRows!(), "seriesFromRows: rows must be an array or another iterable"],
    ["a row of nothing", () => seriesFromRows!([{ y: 1 }, null]), "row 2 must be an object such as { y: 1 }, got null"],
    ["a cell of bigint", () => seriesFromRows!([{ y: 1n }]), "y holds 1n in row 1"],
    ["CSV of a number", () => seriesFromCsv(5 as unknown as string), "seriesFromCsv: needs a text, got 5"],
    ["a metric of nothing", () => meanAbsoluteError!(undefined, [1]), "meanAbsoluteError: actual must be an array, got none"],
    ["a metric of texts", () => meanAbsoluteError!([1], ["3"]), 'forecast at position 0 must be a number, got "3"'],
    ["a metric of a tensor", () => accuracy!([1], tensor([1])), "accuracy: predicted must be an array, got a tensor of [1]"],
    [
      "a scaled metric alone",
      () => meanAbsoluteScaledError!([1], [1]),
      "meanAbsoluteScaledError: train must be an array, got none",
    ],
    ["a quantile loss alone", () => pinballLoss!([1], [1]), "pinballLoss: quantile must lie between 0 and 1, got undefined"],
    [
      "a matrix without classes",
      () => confusionMatrix!([0], [0]),
      "confusionMatrix: classes must be a whole number of at least 1, got none",
    ],
    ["a season of nothing", () => seasonalNaive!(), "seasonalNaive: season must be a whole number of at least 1, got none"],
    [
      "a difference of nothing",
      () => seasonalDifference!(),
      "seasonalDifference: season must be a whole number of at least 1, got none",
    ],
    ["a baseline of nothing", () => naive!().fit!([]).forecast!(undefined, 1), "naive: values must be an array, got none"],
    ["a fit of nothing", () => linearAutoregression!({ order: 2 }).fit!(), "values must be an array, got none"],
    [
      "a scaler that was not made",
      () => fitScaler!(trainOnAll!(series), standard),
      "needs scalers such as standard(), got a function",
    ],
    ["categories of nothing", () => oneHot!(undefined, "y"), "oneHot: needs a series, got none"],
  ])("%s", (_, run, message) => refused(run, message));

  it("pieces of a file that are bytes", async () => {
    const read = seriesFromCsvStream([new Uint8Array(3)] as unknown as string[]);
    await expect(read).rejects.toThrow(
      'seriesFromCsvStream: needs a text, got an instance of Uint8Array; read the file as "utf8"',
    );
  });
});

const sizes = { batchSize: 1, sequenceLength: 2 };

it("takes arrays of whole numbers for ids", () => {
  const batches = data.contiguousBatches(
    [
      [0, 1, 2],
      [3, 4],
    ] as unknown as Int32Array[],
    sizes,
  );
  expect([...batches].map(({ inputs }) => [...inputs.toTypedArray()])).toEqual([
    [0, 1],
    [2, 3],
  ]);
  expect(data.splitByPosition([5, 6, 7, 8] as unknown as Int32Array, [0.5, 0.5]).map((part) => [...part])).toEqual([
    [5, 6],
    [7, 8],
  ]);
});

it("refuses a cross entropy below 0, but not what rounding or a failed training makes of one", () => {
  for (const measure of [data.perplexity, data.bitsPerCharacter]) {
    expect(() => measure(-1)).toThrow("a cross entropy is not below 0, got -1; change the sign of a log likelihood");
    expect(measure(-1e-7)).toBeCloseTo(measure(0), 5);
    expect(measure(NaN)).toBeNaN();
  }
  refused(() => perplexity!(), "perplexity: a cross entropy is not below 0, got none");
  refused(() => bitsPerCharacter!("1"), 'got "1"');
});

function refused(run: () => unknown, message: string): void {
  expect(run).toThrow(message);
  expect(run).toThrow(DataError);
}
