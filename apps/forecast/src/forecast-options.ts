import { gru, lstm, lstmCell, rnn, type Cell } from "@unroll/cells";
import type { durations } from "@unroll/data";

/** The cells that `--cell` offers: the four of the lecture. */
export const cells = { rnn, lstm, peephole: lstmCell({ peephole: "diagonal" }), gru } as const satisfies Record<string, Cell>;

/** A name in {@link cells}. */
export type CellName = keyof typeof cells;

/** What `--missing` offers. */
export type MissingChoice = "error" | "forward-fill" | "interpolate";

/** Options of the command line. */
export interface ForecastOptions {
  /** Column to forecast; the only numeric one when left out. */
  readonly target?: string;
  /** Column of timestamps; found out when left out. */
  readonly time?: string;
  /** More numeric columns to read. */
  readonly features: readonly string[];
  /** Rows to forecast. */
  readonly horizon: number;
  /** Rows of a season, 1 for none; found out when left out. */
  readonly season?: number;
  /** Rows the network reads; from season and horizon when left out. */
  readonly length?: number;
  readonly missing: MissingChoice;
  readonly sort: boolean;
  readonly duplicates: "error" | "first" | "last" | "mean";
  readonly resample?: keyof typeof durations;
  readonly cell: CellName;
  readonly all: boolean;
  readonly hidden: number;
  readonly layers: number;
  /** Passes over the training part; as many as make 1,300 updates, at most 100, when left out. */
  readonly epochs?: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Rows of the test at the end; a tenth when left out. */
  readonly test?: number;
  /** Rows from one origin of the backtest to the next; the horizon, or as few as make 26 origins, when left out. */
  readonly stride?: number;
  /** Times to learn anew: spread evenly over the test, the last at its end for the forecast. */
  readonly refit: number;
  /** Share of the values that the intervals should hold. */
  readonly level: number;
  /** Folder for the results. */
  readonly out: string;
}
