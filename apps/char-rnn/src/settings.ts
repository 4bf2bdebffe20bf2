import { gru, irnn, lstm, lstmCell, minGru, rnn, type Cell } from "@unroll/cells";
import * as v from "valibot";

/** The cells that `--cell` offers. */
export const cells: Readonly<Record<CellName, Cell>> = {
  rnn,
  irnn,
  lstm,
  peephole: lstmCell({ peephole: "diagonal" }),
  gru,
  mingru: minGru,
};

const cellNames = ["rnn", "irnn", "lstm", "peephole", "gru", "mingru"] as const;

/** A name in {@link cells}. */
export type CellName = (typeof cellNames)[number];

/** The largest whole numbers that settings take; what is beyond is a slip of the keyboard. */
export const most = {
  embedding: 65_536,
  hidden: 65_536,
  layers: 1000,
  length: 1_000_000,
  batch: 1_000_000,
  epochs: 1_000_000,
} as const;

const count = (name: keyof typeof most) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most[name]));

/** What makes a model, as a checkpoint keeps it. */
export const modelSettings = v.object({
  cell: v.picklist(cellNames),
  embedding: count("embedding"),
  hidden: count("hidden"),
  layers: count("layers"),
});

/** What makes a training, as a checkpoint keeps it. */
export const trainingSettings = v.object({
  /** Absolute path of the text; null for Moby-Dick. */
  text: v.nullable(v.string()),
  length: count("length"),
  batch: count("batch"),
  epochs: count("epochs"),
  learningRate: v.pipe(v.number(), v.gtValue(0)),
  clip: v.pipe(v.number(), v.gtValue(0)),
  seed: v.pipe(v.number(), v.integer()),
});

/** Sizes and cell of a model. */
export type ModelSettings = v.InferOutput<typeof modelSettings>;

/** Text and schedule of a training. */
export type TrainingSettings = v.InferOutput<typeof trainingSettings>;
