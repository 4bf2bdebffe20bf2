export { DataError } from "./error.js";
export type { DataErrorCode } from "./error.js";
export { charVocabulary } from "./language/char-vocabulary.js";
export type { CharVocabulary } from "./language/char-vocabulary.js";
export { contiguousBatches } from "./language/contiguous-batches.js";
export type { ContiguousBatches, ContiguousBatchesOptions, TokenBatch } from "./language/contiguous-batches.js";
export { ngramModel, unigramModel } from "./language/ngram-model.js";
export type { NgramModel, NgramOptions } from "./language/ngram-model.js";
export { splitByPosition } from "./language/split-by-position.js";
