export { DataError } from "./error.js";
export type { DataErrorCode } from "./error.js";
export { charVocabulary } from "./language/char-vocabulary.js";
export type { CharUnit, CharVocabulary, SavedCharVocabulary } from "./language/char-vocabulary.js";
export { contiguousBatches } from "./language/contiguous-batches.js";
export type { ContiguousBatches, ContiguousBatchesOptions, TokenBatch } from "./language/contiguous-batches.js";
export { ngramModel, unigramModel } from "./language/ngram-model.js";
export type { NgramModel, NgramOptions } from "./language/ngram-model.js";
export { splitByPosition } from "./language/split-by-position.js";
export { addingBatch } from "./synthetic/adding.js";
export { copyBatch } from "./synthetic/copy.js";
export type { CopyOptions } from "./synthetic/copy.js";
export { countingBatch, countingSymbols } from "./synthetic/counting-language.js";
export type { CountingLanguage, CountingOptions } from "./synthetic/counting-language.js";
export { mackeyGlassSignal } from "./synthetic/mackey-glass.js";
export type { MackeyGlassOptions } from "./synthetic/mackey-glass.js";
export { continualReberBatch, reberBatch, reberString, reberSuccessors, reberSymbols } from "./synthetic/reber.js";
export type { ReberGrammar } from "./synthetic/reber.js";
export { cyclicSignal, randomSignal, seasonalSignal, sineSignal, trendingSignal } from "./synthetic/signals.js";
export type { SignalOptions } from "./synthetic/signals.js";
export type { TaskBatch, TaskOptions } from "./synthetic/task-batch.js";
export { temporalOrderBatch, temporalOrderClasses, temporalOrderSymbols } from "./synthetic/temporal-order.js";
export { periodicFunctionBatch, spikeDelayBatch, timedSpikesBatch } from "./synthetic/timing.js";
export type { SpikeOptions } from "./synthetic/timing.js";
export type { ColumnType } from "./series/column-reader.js";
export { seriesFromColumns } from "./series/from-columns.js";
export type { Cell, SeriesOptions, Timestamp } from "./series/from-columns.js";
export { createRowReader, seriesFromAsyncRows, seriesFromRows } from "./series/from-rows.js";
export type { Row, RowOptions, RowReader } from "./series/from-rows.js";
export { fillMissing } from "./series/missing.js";
export type { MissingRule, MissingRules } from "./series/missing.js";
export { oneHot } from "./series/one-hot.js";
export { durations, resample } from "./series/resample.js";
export type { Aggregate } from "./series/resample.js";
export type { Segment, Series, SeriesRole } from "./series/series.js";
export { parseTime, rowsPer } from "./series/time-axis.js";
export type { Frequency } from "./series/time-axis.js";
export { shuffledOrder } from "./order/shuffled-order.js";
export type { ShuffledOrder } from "./order/shuffled-order.js";
export { backtest, blockedFolds } from "./splits/backtest.js";
export type { BacktestFold, BacktestOptions, BlockedFold } from "./splits/backtest.js";
export { chronologicalSplit, trainOnAll } from "./splits/chronological-split.js";
export type { CalendarFeature } from "./windows/calendar.js";
export { windowBatch, windowBatches } from "./windows/window-batches.js";
export type { WindowBatch, WindowBatches, WindowBatchesOptions } from "./windows/window-batches.js";
export { windows } from "./windows/windows.js";
export type { WindowFeature, WindowOptions, WindowRows, Windows } from "./windows/windows.js";
export { drift, movingAverage, naive, seasonalNaive } from "./baselines/baseline.js";
export type { Baseline, FittedBaseline } from "./baselines/baseline.js";
export { holtWinters } from "./baselines/holt-winters.js";
export { linearAutoregression } from "./baselines/linear-autoregression.js";
export { accuracy, bitsPerCharacter, confusionMatrix, f1Scores, perplexity } from "./metrics/classification-metrics.js";
export type { ClassScore } from "./metrics/classification-metrics.js";
export {
  intervalCoverage,
  meanAbsoluteError,
  meanAbsoluteScaledError,
  pinballLoss,
  rootMeanSquaredError,
  symmetricPercentageError,
} from "./metrics/forecast-metrics.js";
export { fitScaler, scalerFromJSON } from "./scaling/fit-scaler.js";
export type { FittedScaler, SavedScaler } from "./scaling/fit-scaler.js";
export { difference, log, minMax, robust, seasonalDifference, standard } from "./scaling/scalers.js";
export type { Scaler } from "./scaling/scalers.js";
export type { ScalerStep } from "./scaling/step.js";
export { specialTokens, splitWords, wordVocabulary } from "./language/word-vocabulary.js";
export type { Vocabulary } from "./language/vocabulary.js";
export type { WordVocabulary, WordVocabularyOptions } from "./language/word-vocabulary.js";
export { bucketByLength, paddingWaste } from "./sequences/bucket-by-length.js";
export type { Buckets } from "./sequences/bucket-by-length.js";
export { documentBatches } from "./sequences/document-batches.js";
export type { DocumentBatch, DocumentBatches } from "./sequences/document-batches.js";
export { padSequences } from "./sequences/pad-sequences.js";
export type { PaddedSequences } from "./sequences/pad-sequences.js";
export type { WindowScale } from "./windows/window-scale.js";
